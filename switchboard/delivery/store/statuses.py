"""Statuses from Meta: messages move forward, in whatever order the news arrives."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb

from switchboard.cloudapi import errors
from switchboard.consent import store as consent_store
from switchboard.delivery.store import locking, stops, unknown
from switchboard.delivery.store.results import forget_unknown
from switchboard.delivery.store.tallies import topics
from switchboard.delivery.types import State, StatusUpdate

Connection = AsyncConnection[Any]


@dataclass(slots=True)
class _Folded:
    """All that one batch of statuses says of one message."""

    message_id: UUID
    rank: int = 0
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    failed_attempt: int = 0
    error_code: int | None = None
    error_detail: str = ""
    wamid: str = ""

    def add(self, update: StatusUpdate) -> None:
        """Take one status in: the earliest moment of each step, the latest attempt's failure."""
        if update.state == State.FAILED:
            if update.attempt >= self.failed_attempt:
                self.failed_at, self.failed_attempt = update.at, update.attempt
                self.error_code, self.error_detail = update.error_code, update.error_detail
                self.wamid = self.wamid or update.wamid
            return
        self.rank = max(self.rank, int(update.state))
        self.wamid = update.wamid or self.wamid
        if update.state >= State.READ:
            self.read_at = min(update.at, self.read_at or update.at)
        elif update.state == State.DELIVERED:
            self.delivered_at = min(update.at, self.delivered_at or update.at)
        else:
            self.sent_at = min(update.at, self.sent_at or update.at)


# Later steps fill in the earlier ones: read implies delivered implies sent implies accepted. A failure of an earlier
# attempt is history. "unconfirmed" is a guess of ours that any status corrects. Skipped rows were never sent.
# Index: the primary keys of deliveries and messages.
SQL_APPLY = """
WITH given AS (
    SELECT * FROM unnest(%(message_ids)b::uuid[], %(ranks)b::smallint[], %(sent_at)b::timestamptz[],
        %(delivered_at)b::timestamptz[], %(read_at)b::timestamptz[], %(failed_at)b::timestamptz[],
        %(failed_attempts)b::smallint[], %(reasons)s::text[], %(details)s::jsonb[], %(wamids)b::text[])
        AS given (message_id, rank, sent_at, delivered_at, read_at, failed_at, failed_attempt, reason, detail, wamid)
), old AS MATERIALIZED (
    SELECT delivery.message_id, delivery.state, delivery.reason, delivery.accepted_at, delivery.delivered_at,
        delivery.read_at,
        CASE WHEN delivery.state = 40 AND delivery.reason = 'unconfirmed' THEN 10 ELSE delivery.state END AS base
    FROM delivery_delivery delivery
    WHERE delivery.message_id = ANY(%(message_ids)b::uuid[]) AND delivery.workspace_id = %(workspace_id)s
        AND delivery.state <> -1
), step AS (
    SELECT given.*, old.state AS old_state, old.reason AS old_reason, old.accepted_at AS old_accepted_at,
        old.delivered_at AS old_delivered_at, old.read_at AS old_read_at, greatest(old.base, given.rank) AS reached
    FROM given JOIN old ON old.message_id = given.message_id
), new AS (
    UPDATE delivery_delivery delivery SET
        state = CASE WHEN step.failed_at IS NOT NULL AND step.failed_attempt = delivery.attempt AND step.reached < 40
            THEN 40 ELSE step.reached END,
        reason = CASE WHEN step.failed_at IS NOT NULL AND step.failed_attempt = delivery.attempt AND step.reached <= 40
            THEN step.reason WHEN step.reached = 40 THEN delivery.reason ELSE NULL END,
        detail = CASE WHEN step.failed_at IS NOT NULL AND step.failed_attempt = delivery.attempt AND step.reached <= 40
            THEN step.detail WHEN step.reached = 40 THEN delivery.detail ELSE NULL END,
        wamid = COALESCE(NULLIF(step.wamid, ''), delivery.wamid),
        accepted_at = CASE WHEN step.rank > 0 OR step.failed_attempt = delivery.attempt THEN COALESCE(
            delivery.accepted_at, step.sent_at, step.delivered_at, step.read_at, step.failed_at)
            ELSE delivery.accepted_at END,
        sent_at = COALESCE(delivery.sent_at, step.sent_at, step.delivered_at, step.read_at),
        delivered_at = COALESCE(delivery.delivered_at, step.delivered_at, step.read_at),
        read_at = COALESCE(delivery.read_at, step.read_at),
        failed_at = CASE WHEN step.failed_attempt = delivery.attempt
            THEN COALESCE(delivery.failed_at, step.failed_at) ELSE delivery.failed_at END
    FROM step
    WHERE delivery.message_id = step.message_id AND delivery.workspace_id = %(workspace_id)s
        AND delivery.message_id = ANY(%(message_ids)b::uuid[])
    RETURNING delivery.message_id, delivery.state, delivery.reason, delivery.accepted_at, delivery.delivered_at,
        delivery.read_at, step.old_state, step.old_reason, step.old_accepted_at, step.old_delivered_at,
        step.old_read_at
), touched AS MATERIALIZED (
    -- By itself: inside a nested loop the array is prepared anew for every row, and a batch of 1,000 took 160 ms longer.
    SELECT id, origin_kind, origin_id, number_id, contact_id, template_id FROM delivery_message
    WHERE id = ANY(%(message_ids)b::uuid[])
), known AS (
    SELECT new.*, touched.origin_kind, touched.origin_id, touched.number_id, touched.contact_id, touched.template_id
    FROM new JOIN touched ON touched.id = new.message_id
), change AS (
    SELECT known.origin_kind, known.origin_id, known.number_id, delta.measure, delta.reason,
        sum(delta.amount) AS amount
    FROM known CROSS JOIN LATERAL (VALUES
        ('sent', '', (known.accepted_at IS NOT NULL AND known.state <> 40)::int
            - (known.old_accepted_at IS NOT NULL AND known.old_state <> 40)::int),
        ('delivered', '', (known.delivered_at IS NOT NULL)::int - (known.old_delivered_at IS NOT NULL)::int),
        ('read', '', (known.read_at IS NOT NULL)::int - (known.old_read_at IS NOT NULL)::int),
        ('unknown', '', (known.state = 10)::int - (known.old_state = 10)::int),
        ('failed', COALESCE(known.reason, ''), (known.state = 40)::int),
        ('failed', COALESCE(known.old_reason, ''), - (known.old_state = 40)::int)
    ) AS delta (measure, reason, amount)
    WHERE delta.amount <> 0
    GROUP BY known.origin_kind, known.origin_id, known.number_id, delta.measure, delta.reason
), counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT %(workspace_id)s, origin_kind, origin_id, number_id, measure, reason, amount,
        date_trunc('minute', %(now)s::timestamptz)
    FROM change WHERE amount <> 0)
SELECT message_id, state, old_state, accepted_at, origin_kind, origin_id, number_id, contact_id, template_id FROM known
"""


# The planner takes a batch for a handful, and joined 1,000 by 1,000 row by row: 400 ms in a table of a million messages.
SQL_JOIN_AT_ONCE = "SELECT set_config('enable_nestloop', %(nested)s, true)"


async def record_statuses(
    connection: Connection, updates: Sequence[StatusUpdate], now: datetime
) -> dict[int, set[str]]:
    """Apply statuses in the caller's transaction; return the live topics that changed, by workspace.

    States only move forward; what the tallies gain is exactly what the rows gained.
    """
    by_workspace: dict[int, dict[UUID, _Folded]] = defaultdict(dict)
    for update in updates:
        messages = by_workspace[update.workspace_id]
        messages.setdefault(update.message_id, _Folded(update.message_id)).add(update)
    found = {}
    for workspace_id, folded in sorted(by_workspace.items()):
        found[workspace_id] = await _apply(connection, workspace_id, list(folded.values()), now)
    return found


async def _apply(connection: Connection, workspace_id: int, folded: list[_Folded], now: datetime) -> set[str]:
    await locking.lock_deliveries(connection, workspace_id, [one.message_id for one in folded])
    cursor = connection.cursor(row_factory=namedtuple_row)
    await connection.execute(SQL_JOIN_AT_ONCE, {"nested": "off"})
    # Never prepared: a plan that does not know how many there are joins row by row, at a third of the speed.
    await cursor.execute(SQL_APPLY, {"workspace_id": workspace_id, "now": now, **_columns(folded)}, prepare=False)
    rows: list[Any] = await cursor.fetchall()
    await connection.execute(SQL_JOIN_AT_ONCE, {"nested": "on"})
    settled = [row.message_id for row in rows if row.old_state == State.UNKNOWN and row.state != State.UNKNOWN]
    if settled:
        await forget_unknown(connection, workspace_id, settled)
    await unknown.hear(connection, workspace_id, _latest_by_number(rows), now)
    codes = {one.message_id: (one.error_code, one.error_detail, one.wamid) for one in folded if one.failed_at}
    for row in rows:
        if row.state == State.FAILED and row.old_state != State.FAILED:
            await _follow(connection, workspace_id, row, *codes.get(row.message_id, (None, "", "")), now=now)
    numbers = {f"number:{row.number_id}" for row in rows}
    return topics((row.origin_kind, row.origin_id) for row in rows) | numbers


def _latest_by_number(rows: Iterable[Any]) -> dict[int, datetime]:
    """Return when each number's latest message among these was accepted."""
    latest: dict[int, datetime] = {}
    for row in rows:
        if row.accepted_at is not None:
            latest[row.number_id] = max(row.accepted_at, latest.get(row.number_id, row.accepted_at))
    return latest


async def _follow(
    connection: Connection, workspace_id: int, row: Any, code: int | None, detail: str, wamid: str, *, now: datetime
) -> None:
    """Draw the consequences of a failure for the number, the template, the account or the person."""
    if code is None:
        return
    outcome = errors.outcome_of(code)
    reason = stops.Reason(code, outcome.sentence, detail)
    if outcome.action == errors.Action.STOP_NUMBER:
        await stops.stop_number(connection, workspace_id, row.number_id, reason, now)
    elif outcome.action == errors.Action.STOP_ACCOUNT:
        await stops.stop_account_of(connection, workspace_id, row.number_id, reason, now)
    elif outcome.action == errors.Action.STOP_TEMPLATE and row.template_id is not None:
        await stops.stop_template(connection, workspace_id, row.template_id, code)
    elif outcome.action == errors.Action.OPT_OUT:
        withdrawal = consent_store.Withdrawal(
            workspace_id=workspace_id,
            contact_id=row.contact_id,
            event_key=f"status:{wamid}:{code}",
            at=now,
            source="whatsapp",
            wording=outcome.sentence,
            evidence={"message_id": str(row.message_id), "code": code},
            actor="meta",
        )
        await consent_store.withdraw(connection, [withdrawal])


def _columns(folded: Sequence[_Folded]) -> dict[str, Any]:
    return {
        "message_ids": [one.message_id for one in folded],
        "ranks": [one.rank for one in folded],
        "sent_at": [one.sent_at for one in folded],
        "delivered_at": [one.delivered_at for one in folded],
        "read_at": [one.read_at for one in folded],
        "failed_at": [one.failed_at for one in folded],
        "failed_attempts": [one.failed_attempt for one in folded],
        "reasons": [_reason(one) for one in folded],
        "details": [Jsonb({"details": one.error_detail}) if one.failed_at else None for one in folded],
        "wamids": [one.wamid for one in folded],
    }


def _reason(one: _Folded) -> str | None:
    if one.failed_at is None:
        return None
    return str(one.error_code) if one.error_code is not None else "unexplained"
