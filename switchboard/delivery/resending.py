"""Sending again what failed: asked for by a person, or allowed by an option. Run inside a workspace's scope.

Only messages that Meta reported failed, or of which it never said anything; what Meta accepted and has not delivered is
never sent again, because Meta itself tries for up to 30 days.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from psycopg.types.json import Jsonb

from switchboard.core import statements
from switchboard.delivery.statements import planning, resending
from switchboard.delivery.store import lanes
from switchboard.delivery.types import NEVER_LEFT, UNCONFIRMED, Origin

AT_ONCE = 2000
_ALWAYS = 30_000


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, and how long after it failed, a message with one reason may go out again by itself."""

    reason: str
    most: int
    after: timedelta = timedelta(hours=24)


# 131026: a phone that was off for weeks, an old app. 131049: the person had enough marketing that day.
RETRIES = (Retry("131026", 1), Retry("131049", 2))


def resend_unconfirmed(*, workspace_id: int, origin: Origin, origin_id: int, by: str, now: datetime) -> int:
    """Send again what stayed unconfirmed, because a person decided so; return how many that are."""
    retry = Retry(UNCONFIRMED, _ALWAYS, timedelta())
    return _resend(workspace_id, origin, origin_id, retry, by, now)


def resend_never_left(*, workspace_id: int, origin: Origin, origin_id: int, by: str, now: datetime) -> int:
    """Send again what could not be handed to Meta, because a person decided so; return how many that are."""
    retry = Retry(NEVER_LEFT, _ALWAYS, timedelta())
    return _resend(workspace_id, origin, origin_id, retry, by, now)


def resend_failed(*, workspace_id: int, origin: Origin, origin_id: int, now: datetime) -> int:
    """Send again what Meta reported failed for the moment, a day later and not too often; return how many that are."""
    return sum(_resend(workspace_id, origin, origin_id, retry, "", now) for retry in RETRIES)


def count_held_by_meta(workspace_id: int, origin: Origin, origin_id: int) -> int:
    """Return how many messages of an origin Meta holds for its quality check."""
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id}
    return int(statements.fetch(resending.SQL_COUNT_HELD_BY_META, given)[0][0])


def _resend(workspace_id: int, origin: Origin, origin_id: int, retry: Retry, by: str, now: datetime) -> int:
    given = {
        "workspace_id": workspace_id,
        "origin": origin.value,
        "origin_id": origin_id,
        "reasons": [retry.reason],
        "before": now - retry.after,
        "most": retry.most,
        "limit": AT_ONCE,
    }
    with transaction.atomic():
        rows = statements.fetch(resending.SQL_LIST_RESENDABLE, given)
        if not rows:
            return 0
        ids, lane_ids, attempts, reasons, kinds, origin_ids, number_ids = (
            list(column) for column in zip(*rows, strict=True)
        )
        own = {"workspace_id": workspace_id, "message_ids": ids, "now": now, "asked_by": by[:64]}
        statements.fetch(resending.SQL_LOCK_RESENDABLE, own)
        columns = {"attempts": attempts, "reasons": reasons, "origin_kinds": kinds}
        columns |= {"origin_ids": origin_ids, "number_ids": number_ids}
        again = {row[0] for row in statements.fetch(resending.SQL_RESEND, {**own, **columns})}
        returning = [
            (message_id, lane_id, attempt + 1)
            for message_id, lane_id, attempt in zip(ids, lane_ids, attempts, strict=True)
            if message_id in again
        ]
        _put_back(workspace_id, returning, retry, now)
        if origin is Origin.BROADCAST:
            statements.notify_live(workspace_id, ["overview", f"broadcast:{origin_id}"])
    return len(again)


def _put_back(workspace_id: int, rows: list[tuple[object, int, int]], retry: Retry, now: datetime) -> None:
    given = {
        "workspace_id": workspace_id,
        "message_ids": [message_id for message_id, _, _ in rows],
        "lane_ids": [lane_id for _, lane_id, _ in rows],
        "attempts": [attempt for _, _, attempt in rows],
        "tries": [0] * len(rows),
        "due_at": [now] * len(rows),
        "holds": ["retry"] * len(rows),
        "details": [Jsonb({"after": retry.reason})] * len(rows),
    }
    statements.execute(lanes.SQL_PUT_BACK, given)
    statements.fetch(planning.SQL_NOTIFY_DUE, {})
