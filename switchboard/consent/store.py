"""SQL of opt-outs for the worker: the ledger's line and the standing, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A person's wish that we stop. `event_key` makes it count once, however often it is delivered."""

    workspace_id: int
    contact_id: int
    event_key: str
    at: datetime
    source: str
    wording: str
    evidence: dict[str, Any]
    actor: str = "contact"


# Index: consent_entry_event_once, consent_standing_pkey. Only a line that is new moves the standing, so that
# a replayed STOP does not undo a later opt-in. An opt-out ends every category: a new opt-in must be recorded to return.
SQL_WITHDRAW = """
WITH wish AS (
    SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(event_keys)s::text[],
                         %(at)s::timestamptz[], %(sources)s::text[], %(wordings)s::text[], %(evidence)s::jsonb[],
                         %(actors)s::text[])
         AS wish(workspace_id, contact_id, event_key, at, source, wording, evidence, actor)
), entry AS (
    INSERT INTO consent_entry
        (workspace_id, contact_id, kind, category, basis, source, wording, evidence, actor, event_key, at)
    SELECT workspace_id, contact_id, 'withdraw', 'all', '', source, wording, evidence, actor, event_key, at
    FROM wish ORDER BY contact_id, at
    ON CONFLICT (event_key) WHERE event_key IS NOT NULL DO NOTHING
    RETURNING workspace_id, contact_id, at
)
INSERT INTO consent_standing AS standing (contact_id, workspace_id, marketing_basis, utility_basis, opted_out_at)
SELECT contact_id, workspace_id, '', '', min(at) FROM entry GROUP BY contact_id, workspace_id ORDER BY contact_id
ON CONFLICT (contact_id) DO UPDATE SET marketing_basis = '', utility_basis = '', opted_out_at = excluded.opted_out_at
    WHERE standing.opted_out_at IS NULL
RETURNING contact_id
"""


async def withdraw(connection: Connection, withdrawals: Sequence[Withdrawal]) -> set[int]:
    """Opt people out of everything the business starts; return those who were not opted out before."""
    if not withdrawals:
        return set()
    cursor = await connection.execute(
        SQL_WITHDRAW,
        {
            "workspace_ids": [one.workspace_id for one in withdrawals],
            "contact_ids": [one.contact_id for one in withdrawals],
            "event_keys": [one.event_key[:300] for one in withdrawals],
            "at": [one.at for one in withdrawals],
            "sources": [one.source[:255] for one in withdrawals],
            "wordings": [one.wording for one in withdrawals],
            "evidence": [Jsonb(one.evidence) for one in withdrawals],
            "actors": [one.actor[:64] for one in withdrawals],
        },
    )
    return {row[0] for row in await cursor.fetchall()}
