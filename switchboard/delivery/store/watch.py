"""What the watch of the worker looks at: what has stopped, what stands still, what failed lately. Over all workspaces."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from switchboard.delivery.rules.failures import Batch

Connection = AsyncConnection[Any]

# Stopped numbers and templates that wait for Meta are few. Nobody is told twice of what a person did.
SQL_LIST_STOPPED_NUMBERS = """
SELECT workspace_id, id AS number_id, account_id, stopped_code AS code FROM numbers_number
WHERE stopped_at IS NOT NULL AND stopped_code NOT IN ('', 'person')
ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class StoppedNumber:
    """A number that an error has stopped."""

    workspace_id: int
    number_id: int
    account_id: int
    code: str


async def list_stopped_numbers(connection: Connection) -> list[StoppedNumber]:
    """Return every number that an error has stopped."""
    async with connection.cursor(row_factory=class_row(StoppedNumber)) as cursor:
        await cursor.execute(SQL_LIST_STOPPED_NUMBERS)
        return await cursor.fetchall()


# Open incidents are few. Index: core_incident_open; the primary key of templates.
SQL_LIST_MENDED_TEMPLATES = """
SELECT incident.workspace_id, incident.subject_id FROM core_incident incident
LEFT JOIN templates_template template
    ON template.id = incident.subject_id::bigint AND template.workspace_id = incident.workspace_id
WHERE incident.kind = 'template_stopped' AND incident.ended_at IS NULL
  AND (template.id IS NULL OR template.state = 'approved')
"""


async def list_mended_templates(connection: Connection) -> list[tuple[int, str]]:
    """Return the templates with an open incident that may be sent again."""
    return [(row[0], row[1]) for row in await (await connection.execute(SQL_LIST_MENDED_TEMPLATES)).fetchall()]


@dataclass(frozen=True, slots=True)
class Standing:
    """A broadcast with rows that should have left, and why they may not have."""

    workspace_id: int
    broadcast_id: int
    since: datetime
    is_stopped: bool
    may_any_number: bool


# A lane's mark is a lower bound of its first row, and every claim that looks at it raises it: one that stays behind
# while its number and its own pace are free means that nobody looks. Index: delivery_lane_due, delivery_lanepace_pkey.
SQL_LIST_STANDING = """
SELECT lane.workspace_id, lane.origin_id AS broadcast_id, min(lane.low_water_at) AS since,
    bool_or(EXISTS (SELECT FROM delivery_stopswitch switch
        WHERE switch.workspace_id IN (0, lane.workspace_id) AND switch.is_on)) AS is_stopped,
    bool_or(number.state = 'connected' AND number.stopped_at IS NULL) AS may_any_number
FROM delivery_lane lane
JOIN numbers_number number ON number.id = lane.number_id AND number.workspace_id = lane.workspace_id
LEFT JOIN delivery_pacestate pace ON pace.number_id = lane.number_id AND pace.workspace_id = lane.workspace_id
WHERE lane.state = 'active' AND lane.low_water_at <= %(before)s AND lane.origin_kind = 'broadcast'
  AND (pace.next_at IS NULL OR pace.next_at <= %(before)s)
  AND NOT EXISTS (SELECT FROM delivery_lanepace own
      WHERE own.lane_id = lane.id AND own.made_for = lane.pace AND own.next_at > %(before)s)
GROUP BY lane.workspace_id, lane.origin_id
ORDER BY lane.origin_id
"""


async def list_standing(connection: Connection, before: datetime) -> list[Standing]:
    """Return the broadcasts that have stood still since a moment although something was due."""
    async with connection.cursor(row_factory=class_row(Standing)) as cursor:
        await cursor.execute(SQL_LIST_STANDING, {"before": before})
        return await cursor.fetchall()


# The newest tallies of one broadcast by the transaction that wrote them, until they are squashed by minute. Corrections
# (a sent message that failed, a failed one that is sent again) are no outcomes. Index: delivery_tally_by_origin.
SQL_LATEST_OUTCOMES = """
SELECT xmin::text AS batch, measure, reason, amount FROM delivery_tally
WHERE workspace_id = %(workspace_id)s AND origin_kind = 'broadcast' AND origin_id = %(broadcast_id)s
  AND measure IN ('sent', 'delivered', 'failed') AND minute >= %(since)s AND amount > 0
ORDER BY id DESC LIMIT 3000
"""
_LOOKED_BACK = timedelta(minutes=30)


async def list_latest_outcomes(
    connection: Connection, workspace_id: int, broadcast_id: int, *, since: datetime, now: datetime
) -> list[Batch]:
    """Return what became of a broadcast's latest messages, newest first, a transaction each."""
    given = {"workspace_id": workspace_id, "broadcast_id": broadcast_id, "since": max(since, now - _LOOKED_BACK)}
    cursor = await connection.execute(SQL_LATEST_OUTCOMES, given)
    rows = await cursor.fetchall()
    return [_batch(list(some)) for _, some in groupby(rows, key=lambda row: row[0])]


def _batch(rows: list[Any]) -> Batch:
    counts: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for _, measure, reason, amount in rows:
        if measure == "failed":
            failed[reason] += amount
        else:
            counts[measure] += amount
    return Batch(counts["sent"], counts["delivered"], failed)


# The first waiting message of each lane stands for the others: one template, one moment of planning.
# Index: delivery_lane_due, then primary keys.
SQL_LIST_RECATEGORISED = """
SELECT DISTINCT lane.workspace_id, lane.origin_id FROM delivery_lane lane
JOIN delivery_message message ON message.id = lane.low_water_id AND message.workspace_id = lane.workspace_id
JOIN templates_template template ON template.id = message.template_id AND template.workspace_id = lane.workspace_id
WHERE lane.state = 'active' AND lane.low_water_at IS NOT NULL AND lane.origin_kind = 'broadcast'
  AND message.category <> 'marketing' AND template.category = 'marketing'
ORDER BY lane.origin_id
"""


async def list_recategorised(connection: Connection) -> list[tuple[int, int]]:
    """Return the broadcasts (with their workspace) whose template was made marketing after they were planned."""
    return [(row[0], row[1]) for row in await (await connection.execute(SQL_LIST_RECATEGORISED)).fetchall()]


# Once per broadcast. Index: delivery_lane_by_origin, the keys of outbox and standings.
SQL_COUNT_ALLOWED = """
SELECT count(*), count(*) FILTER (WHERE standing.marketing_basis <> '' AND standing.opted_out_at IS NULL)
FROM delivery_lane lane
JOIN delivery_outbox outbox ON outbox.lane_id = lane.id
LEFT JOIN consent_standing standing
    ON standing.contact_id = outbox.contact_id AND standing.workspace_id = lane.workspace_id
WHERE lane.workspace_id = %(workspace_id)s AND lane.origin_kind = 'broadcast' AND lane.origin_id = %(broadcast_id)s
"""


async def count_allowed(connection: Connection, workspace_id: int, broadcast_id: int) -> tuple[int, int]:
    """Return how many of a broadcast wait in the outbox, and how many of them have agreed to marketing."""
    given = {"workspace_id": workspace_id, "broadcast_id": broadcast_id}
    row = await (await connection.execute(SQL_COUNT_ALLOWED, given)).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
