"""SQL of opt-outs, and of coming back, for the worker: the ledger's line and the standing, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """A person's wish that we stop, or go on. `event_key` makes it count once, however often it is delivered."""

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


# Index: consent_standing_pkey, consent_entry_by_contact, consent_entry_event_once. Only who has opted out can come back,
# and only by a message that they wrote after every wish to stop of theirs, whichever of them reaches us first; the
# clock of both is Meta's, in whole seconds, and of two of one second the wish to stop holds.
SQL_COME_BACK = """
WITH wish AS (
    SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(event_keys)s::text[],
                         %(at)s::timestamptz[], %(sources)s::text[], %(wordings)s::text[], %(evidence)s::jsonb[],
                         %(actors)s::text[])
         AS wish(workspace_id, contact_id, event_key, at, source, wording, evidence, actor)
), out AS (
    SELECT standing.contact_id, standing.workspace_id FROM consent_standing AS standing
    WHERE standing.contact_id = ANY (%(contact_ids)s::bigint[])
      AND standing.workspace_id = ANY (%(workspace_ids)s::bigint[]) AND standing.opted_out_at IS NOT NULL
    ORDER BY standing.contact_id FOR NO KEY UPDATE
), entry AS (
    INSERT INTO consent_entry
        (workspace_id, contact_id, kind, category, basis, source, wording, evidence, actor, event_key, at)
    SELECT workspace_id, contact_id, 'grant', 'all', 'opt_in', source, wording, evidence, actor, event_key, at
    FROM wish JOIN out USING (workspace_id, contact_id)
    WHERE NOT EXISTS (
        SELECT FROM consent_entry AS later
        WHERE later.workspace_id = wish.workspace_id AND later.contact_id = wish.contact_id
          AND later.kind = 'withdraw' AND later.at >= wish.at)
    ORDER BY contact_id, at
    ON CONFLICT (event_key) WHERE event_key IS NOT NULL DO NOTHING
    RETURNING workspace_id, contact_id
)
UPDATE consent_standing AS standing SET marketing_basis = 'opt_in', utility_basis = 'opt_in', opted_out_at = NULL
FROM (SELECT DISTINCT workspace_id, contact_id FROM entry) AS back
WHERE standing.contact_id = back.contact_id AND standing.workspace_id = back.workspace_id
RETURNING standing.contact_id
"""


async def withdraw(connection: Connection, wishes: Sequence[Wish]) -> set[int]:
    """Opt people out of everything the business starts; return those who were not opted out before."""
    return await _obey(connection, SQL_WITHDRAW, wishes)


async def come_back(connection: Connection, wishes: Sequence[Wish]) -> set[int]:
    """Let people who have opted out get everything again, by their own word; return those who had."""
    return await _obey(connection, SQL_COME_BACK, wishes)


async def _obey(connection: Connection, statement: str, wishes: Sequence[Wish]) -> set[int]:
    if not wishes:
        return set()
    cursor = await connection.execute(
        statement,
        {
            "workspace_ids": [one.workspace_id for one in wishes],
            "contact_ids": [one.contact_id for one in wishes],
            "event_keys": [one.event_key[:300] for one in wishes],
            "at": [one.at for one in wishes],
            "sources": [one.source[:255] for one in wishes],
            "wordings": [one.wording for one in wishes],
            "evidence": [Jsonb(one.evidence) for one in wishes],
            "actors": [one.actor[:64] for one in wishes],
        },
    )
    return {row[0] for row in await cursor.fetchall()}
