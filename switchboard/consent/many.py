"""SQL of opting many people out at once, and of taking that back. Inside the caller's scope."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from switchboard.core import statements

# Index: consent_standing_pkey. Whoever has opted out before is left alone: their line is in the ledger already.
SQL_WITHDRAW_MANY = """
WITH person AS (
    SELECT unnest(%(contact_ids)s::bigint[]) AS contact_id
), former AS (
    SELECT person.contact_id, standing.marketing_basis, standing.utility_basis
    FROM person LEFT JOIN consent_standing AS standing USING (contact_id) WHERE standing.opted_out_at IS NULL
), withdrawn AS (
    INSERT INTO consent_standing AS standing (contact_id, workspace_id, marketing_basis, utility_basis, opted_out_at)
    SELECT contact_id, %(workspace_id)s, '', '', %(at)s FROM former ORDER BY contact_id
    ON CONFLICT (contact_id) DO UPDATE SET marketing_basis = '', utility_basis = '', opted_out_at = excluded.opted_out_at
        WHERE standing.opted_out_at IS NULL
    RETURNING contact_id
), entries AS (
    INSERT INTO consent_entry (workspace_id, contact_id, kind, category, basis, source, wording, evidence, actor, at)
    SELECT %(workspace_id)s, contact_id, 'withdraw', 'all', '', %(source)s, '',
        jsonb_build_object('edit', %(edit_id)s::bigint), %(actor)s, %(at)s
    FROM withdrawn ORDER BY contact_id
)
SELECT withdrawn.contact_id, jsonb_build_object('marketing', coalesce(former.marketing_basis, ''),
    'utility', coalesce(former.utility_basis, ''))
FROM withdrawn JOIN former USING (contact_id) ORDER BY withdrawn.contact_id
"""


def withdraw_many(
    *, workspace_id: int, contact_ids: Sequence[int], edit_id: int, source: str, actor: str, at: datetime
) -> list[tuple[int, dict[str, Any]]]:
    """Opt people out; return who was not out before, each with what they had agreed to."""
    given = {
        "workspace_id": workspace_id,
        "contact_ids": list(contact_ids),
        "edit_id": edit_id,
        "source": source,
        "actor": actor,
        "at": at,
    }
    return [(int(one), json.loads(before)) for one, before in statements.fetch(SQL_WITHDRAW_MANY, given)]


# Index: consent_standing_pkey, consent_entry_by_contact. Whoever has said something themselves since stays out.
SQL_TAKE_BACK_MANY = """
WITH person AS (
    SELECT * FROM unnest(%(contact_ids)s::bigint[], %(marketing)s::text[], %(utility)s::text[])
        AS person (contact_id, marketing, utility)
), restored AS (
    UPDATE consent_standing AS standing
    SET marketing_basis = person.marketing, utility_basis = person.utility, opted_out_at = NULL
    FROM person
    WHERE standing.contact_id = person.contact_id AND standing.workspace_id = %(workspace_id)s
      AND standing.opted_out_at IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM consent_entry AS later
          WHERE later.workspace_id = %(workspace_id)s AND later.contact_id = person.contact_id
            AND later.kind = 'withdraw' AND later.evidence -> 'edit' IS DISTINCT FROM to_jsonb(%(edit_id)s::bigint)
            AND later.at >= %(since)s)
    RETURNING standing.contact_id
)
INSERT INTO consent_entry (workspace_id, contact_id, kind, category, basis, source, wording, evidence, actor, at)
SELECT %(workspace_id)s, contact_id, 'void', 'all', '', 'opt-out by mistake undone', '',
    jsonb_build_object('edit', %(edit_id)s::bigint), %(actor)s, %(at)s
FROM restored ORDER BY contact_id
"""


def take_back_many(
    *,
    workspace_id: int,
    befores: Sequence[tuple[int, dict[str, Any]]],
    edit_id: int,
    actor: str,
    since: datetime,
    at: datetime,
) -> int:
    """Take an opt-out of many people back; return how many went back."""
    given = {
        "workspace_id": workspace_id,
        "contact_ids": [contact_id for contact_id, _ in befores],
        "marketing": [before.get("marketing", "") for _, before in befores],
        "utility": [before.get("utility", "") for _, before in befores],
        "edit_id": edit_id,
        "actor": actor,
        "since": since,
        "at": at,
    }
    return statements.execute(SQL_TAKE_BACK_MANY, given) if befores else 0
