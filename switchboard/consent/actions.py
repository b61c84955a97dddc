"""People agree and opt out: a line in the ledger and the standing that follows from it, in one transaction.

Call these inside `core.tenancy.workspace_scope`. Opt-outs that come as messages go through `consent.store`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from switchboard.consent import standing
from switchboard.consent.errors import AlreadyWithdrawnError, BasisError, OptedOutError, SourceMissingError
from switchboard.consent.models import Entry, Standing
from switchboard.contacts.types import ImportedPeople
from switchboard.core import statements


@transaction.atomic
def grant_consent(
    *,
    workspace_id: int,
    contact_id: int,
    category: str,
    basis: str,
    source: str,
    actor: str,
    at: datetime,
    wording: str = "",
    evidence: Mapping[str, Any] | None = None,
    is_own_wish: bool = False,
) -> None:
    """Record that a person agreed. Somebody who has opted out comes back only by their own new wish.

    :raises BasisError: the basis cannot hold for the category.
    :raises SourceMissingError: nobody says where.
    :raises OptedOutError: opted out, and this is not the person's own wish.
    """
    if not standing.is_basis_for(category, basis):
        raise BasisError(field="basis")
    if not source.strip():
        raise SourceMissingError(field="source")
    now_at = _lock_standing(workspace_id, contact_id)
    if now_at.opted_out_at is not None and not is_own_wish:
        raise OptedOutError
    marketing, utility = standing.bases_granted(category, basis)
    now_at.marketing_basis = marketing or now_at.marketing_basis
    now_at.utility_basis = "opt_in" if "opt_in" in {utility, now_at.utility_basis} else utility or now_at.utility_basis
    now_at.opted_out_at = None
    now_at.save(update_fields=["marketing_basis", "utility_basis", "opted_out_at"])
    Entry.objects.create(
        workspace_id=workspace_id,
        contact_id=contact_id,
        kind=Entry.Kind.GRANT,
        category=category,
        basis=basis,
        source=source.strip()[:255],
        wording=wording,
        evidence=dict(evidence or {}),
        actor=actor[:64],
        at=at,
    )


@transaction.atomic
def withdraw_consent(
    *,
    workspace_id: int,
    contact_id: int,
    source: str,
    actor: str,
    at: datetime,
    wording: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """Opt a person out of everything the business starts.

    :raises AlreadyWithdrawnError: they have opted out before.
    """
    now_at = _lock_standing(workspace_id, contact_id)
    if now_at.opted_out_at is not None:
        raise AlreadyWithdrawnError
    now_at.marketing_basis = now_at.utility_basis = ""
    now_at.opted_out_at = at
    now_at.save(update_fields=["marketing_basis", "utility_basis", "opted_out_at"])
    Entry.objects.create(
        workspace_id=workspace_id,
        contact_id=contact_id,
        kind=Entry.Kind.WITHDRAW,
        category=standing.ALL,
        source=source.strip()[:255],
        wording=wording,
        evidence=dict(evidence or {}),
        actor=actor[:64],
        at=at,
    )


def _lock_standing(workspace_id: int, contact_id: int) -> Standing:
    Standing.objects.bulk_create([Standing(workspace_id=workspace_id, contact_id=contact_id)], ignore_conflicts=True)
    return Standing.objects.select_for_update(no_key=True).get(workspace_id=workspace_id, contact_id=contact_id)


# Index: consent_standing_pkey. Whoever has opted out is not touched, so they get no line in the ledger either.
SQL_GRANT_IMPORTED = """
WITH person AS (
    SELECT * FROM unnest(%(contact_ids)s::bigint[], %(lines)s::integer[]) AS person(contact_id, line)
), granted AS (
    INSERT INTO consent_standing AS standing (contact_id, workspace_id, marketing_basis, utility_basis)
    SELECT contact_id, %(workspace_id)s, %(marketing)s, %(utility)s FROM person ORDER BY contact_id
    ON CONFLICT (contact_id) DO UPDATE SET
        marketing_basis = CASE WHEN excluded.marketing_basis <> '' THEN excluded.marketing_basis
                          ELSE standing.marketing_basis END,
        utility_basis = CASE WHEN standing.utility_basis = 'opt_in' OR excluded.utility_basis = ''
                        THEN standing.utility_basis ELSE excluded.utility_basis END
        WHERE standing.opted_out_at IS NULL
    RETURNING contact_id
)
INSERT INTO consent_entry
    (workspace_id, contact_id, kind, category, basis, source, wording, evidence, actor, at)
SELECT %(workspace_id)s, person.contact_id, 'grant', %(category)s, %(basis)s, %(source)s, %(wording)s,
       jsonb_build_object('import', %(import_id)s::bigint, 'line', person.line), %(actor)s, %(at)s
FROM granted JOIN person USING (contact_id)
"""
# Index: consent_standing_pkey. A second opt-out of the same person is no news.
SQL_WITHDRAW_IMPORTED = """
WITH person AS (
    SELECT * FROM unnest(%(contact_ids)s::bigint[], %(lines)s::integer[]) AS person(contact_id, line)
), withdrawn AS (
    INSERT INTO consent_standing AS standing (contact_id, workspace_id, marketing_basis, utility_basis, opted_out_at)
    SELECT contact_id, %(workspace_id)s, '', '', %(at)s FROM person ORDER BY contact_id
    ON CONFLICT (contact_id) DO UPDATE SET marketing_basis = '', utility_basis = '', opted_out_at = excluded.opted_out_at
        WHERE standing.opted_out_at IS NULL
    RETURNING contact_id
)
INSERT INTO consent_entry
    (workspace_id, contact_id, kind, category, basis, source, wording, evidence, actor, at)
SELECT %(workspace_id)s, person.contact_id, 'withdraw', 'all', '', %(source)s, '',
       jsonb_build_object('import', %(import_id)s::bigint, 'line', person.line), %(actor)s, %(at)s
FROM withdrawn JOIN person USING (contact_id)
"""


def record_import(people: ImportedPeople) -> int:
    """Record what imported people agreed to, in the import's own transaction.

    Return how many of them are opted out: by a cell of the file, or before it, in which case they stay so.
    """
    marketing, utility = standing.bases_granted(people.category, people.basis)
    values: dict[str, Any] = {
        "workspace_id": people.workspace_id,
        "import_id": people.import_id,
        "category": people.category,
        "basis": people.basis,
        "source": people.source,
        "wording": people.wording,
        "marketing": marketing,
        "utility": utility,
        "actor": f"import:{people.import_id}",
        "at": people.at,
    }
    stayed_out = 0
    if people.agreed:
        stayed_out = len(people.agreed) - statements.execute(SQL_GRANT_IMPORTED, {**values, **_columns(people.agreed)})
    if people.opted_out:
        statements.execute(SQL_WITHDRAW_IMPORTED, {**values, **_columns(people.opted_out)})
    return stayed_out + len(people.opted_out)


def _columns(pairs: Sequence[tuple[int, int]]) -> dict[str, str]:
    """Return contacts and lines as PostgreSQL writes arrays; the driver takes ten times as long for a list."""
    contact_ids = ",".join(str(contact_id) for contact_id, _ in pairs)
    return {"contact_ids": f"{{{contact_ids}}}", "lines": f"{{{','.join(str(line) for _, line in pairs)}}}"}
