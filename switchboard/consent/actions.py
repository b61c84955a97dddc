"""People agree and opt out: a line in the ledger and the standing that follows from it, in one transaction.

Call these inside `core.tenancy.workspace_scope`. Opt-outs that come as messages go through `consent.store`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from switchboard.consent import many, standing, suppressing
from switchboard.consent.errors import AlreadyWithdrawnError, BasisError, OptedOutError, SourceMissingError
from switchboard.consent.hashing import hash_phones
from switchboard.consent.models import Entry, HashKey, Standing, Suppression
from switchboard.contacts import choosing
from switchboard.contacts.actions import edits, long_edits
from switchboard.contacts.choosing import Chosen
from switchboard.contacts.models import Edit
from switchboard.contacts.types import ImportedPeople
from switchboard.core import statements

# Where an opt-out comes from when somebody who was erased is in a list again.
ERASED_BEFORE = "erased before"


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
    if not Standing.objects.filter(workspace_id=workspace_id, contact_id=contact_id).exists():
        # Somebody who was erased and comes back by another way than their own is still opted out.
        erased = suppressing.find_suppressed_contacts(workspace_id, [contact_id]).get(contact_id)
        since = erased.opted_out_at if erased else None
        standing_of = Standing(workspace_id=workspace_id, contact_id=contact_id, opted_out_at=since)
        Standing.objects.bulk_create([standing_of], ignore_conflicts=True)
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
# Index: none. People who were made in this transaction have no standing that could be in the way.
SQL_GRANT_JOINED = """
WITH person AS (
    SELECT * FROM unnest(%(contact_ids)s::bigint[], %(lines)s::integer[]) AS person(contact_id, line)
), granted AS (
    INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis)
    SELECT contact_id, %(workspace_id)s, %(marketing)s, %(utility)s FROM person
)
INSERT INTO consent_entry
    (workspace_id, contact_id, kind, category, basis, source, wording, evidence, actor, at)
SELECT %(workspace_id)s, contact_id, 'grant', %(category)s, %(basis)s, %(source)s, %(wording)s,
       jsonb_build_object('import', %(import_id)s::bigint, 'line', line), %(actor)s, %(at)s
FROM person
"""
# The trigger on standings does not look at people whose facts say already what they agreed to.
SQL_SAY_TOLD = "SELECT set_config('app.told_consents', %(told)s, true)"
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
    agreed, joined = people.agreed, people.joined
    erased = suppressing.find_suppressed_contacts(people.workspace_id, [one for one, _ in (*agreed, *joined)])
    if erased:
        back = [pair for pair in (*agreed, *joined) if pair[0] in erased]
        agreed, joined = ([pair for pair in pairs if pair[0] not in erased] for pairs in (agreed, joined))
        statements.execute(SQL_WITHDRAW_IMPORTED, {**values, **_columns(back), "source": ERASED_BEFORE})
        stayed_out = len(back)
    if joined:
        statements.fetch(SQL_SAY_TOLD, {"told": standing.render_bits(marketing, utility)})
        statements.execute(SQL_GRANT_JOINED, {**values, **_columns(joined)})
        statements.fetch(SQL_SAY_TOLD, {"told": ""})
    if agreed:
        stayed_out += len(agreed) - statements.execute(SQL_GRANT_IMPORTED, {**values, **_columns(agreed)})
    if people.opted_out:
        statements.execute(SQL_WITHDRAW_IMPORTED, {**values, **_columns(people.opted_out)})
    return stayed_out + len(people.opted_out)


# Index: consent_entry_by_contact. The ledger is read again for each person: what was granted after the last opt-out and
# not taken back. Opt-outs of the file stay: nobody is written to because a list was withdrawn.
SQL_TAKE_BACK = """
WITH person AS (
    SELECT unnest(%(contact_ids)s::bigint[]) AS contact_id
), granted AS (
    SELECT DISTINCT entry.contact_id FROM person JOIN consent_entry AS entry USING (contact_id)
    WHERE entry.workspace_id = %(workspace_id)s AND entry.kind = 'grant' AND entry.actor = %(actor)s
)
INSERT INTO consent_entry (workspace_id, contact_id, kind, category, basis, source, wording, evidence, actor, at)
SELECT %(workspace_id)s, contact_id, 'void', 'all', '', 'import undone', '',
       jsonb_build_object('import', %(import_id)s::bigint), %(actor)s, %(at)s
FROM granted ORDER BY contact_id
RETURNING contact_id
"""
# Index: consent_standing_pkey, consent_entry_by_contact. A question for each person, and no join of sets: with statistics
# from before the import the planner made the sets anew for each of 2,000 people, which took minutes.
SQL_RECOUNT_STANDING = """
UPDATE consent_standing AS standing SET (marketing_basis, utility_basis) = (
    SELECT CASE WHEN standing.opted_out_at IS NULL AND bool_or(entry.category IN ('marketing', 'all'))
           THEN 'opt_in' ELSE '' END,
        CASE WHEN standing.opted_out_at IS NOT NULL THEN ''
             WHEN bool_or(entry.category IN ('utility', 'all') AND entry.basis = 'opt_in') THEN 'opt_in'
             WHEN bool_or(entry.category = 'utility' AND entry.basis = 'transaction') THEN 'transaction' ELSE '' END
    FROM consent_entry AS entry
    WHERE entry.workspace_id = %(workspace_id)s AND entry.contact_id = standing.contact_id AND entry.kind = 'grant'
      AND entry.id > coalesce((
          SELECT max(last_out.id) FROM consent_entry AS last_out
          WHERE last_out.workspace_id = %(workspace_id)s AND last_out.contact_id = standing.contact_id
            AND last_out.kind = 'withdraw'), 0)
      AND NOT EXISTS (
          SELECT FROM consent_entry AS void
          WHERE void.workspace_id = %(workspace_id)s AND void.contact_id = standing.contact_id AND void.kind = 'void'
            AND void.actor = entry.actor AND void.id > entry.id))
WHERE standing.contact_id = ANY(%(contact_ids)s) AND standing.workspace_id = %(workspace_id)s
"""


def take_back_import(
    *, workspace_id: int, import_id: int, contact_ids: Sequence[int], removed_ids: Sequence[int], at: datetime
) -> None:
    """Take back what an import's people agreed to by it; opt-outs stay."""
    values: dict[str, Any] = {
        "workspace_id": workspace_id,
        "import_id": import_id,
        "contact_ids": list(contact_ids),
        "actor": f"import:{import_id}",
        "at": at,
    }
    touched = [contact_id for (contact_id,) in statements.fetch(SQL_TAKE_BACK, values)]
    if touched:
        statements.execute(SQL_RECOUNT_STANDING, {**values, "contact_ids": touched})
    Standing.objects.filter(workspace_id=workspace_id, contact_id__in=removed_ids).delete()


@transaction.atomic
def erase_person(*, workspace_id: int, contact_id: int, phones: Sequence[str], at: datetime) -> None:
    """Forget a person's lines, and remember by a hash alone that nobody with these numbers may be written to."""
    out = Standing.objects.filter(workspace_id=workspace_id, contact_id=contact_id).first()
    last = Entry.objects.filter(workspace_id=workspace_id, contact_id=contact_id, kind=Entry.Kind.WITHDRAW)
    withdrawal = last.order_by("-id").first()
    since = out.opted_out_at if out and out.opted_out_at else at
    if suppressing.find_key(workspace_id) is None:
        HashKey.objects.bulk_create(
            [HashKey(workspace_id=workspace_id, key_encrypted=suppressing.make_key())], ignore_conflicts=True
        )
    key = suppressing.find_key(workspace_id) or b""
    rows = [
        Suppression(
            workspace_id=workspace_id,
            hash=one,
            opted_out_at=since,
            source=withdrawal.source if withdrawal and out and out.opted_out_at else "erased",
            erased_at=at,
        )
        for one in hash_phones(phones, key)
    ]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    Entry.objects.filter(workspace_id=workspace_id, contact_id=contact_id).delete()
    Standing.objects.filter(workspace_id=workspace_id, contact_id=contact_id).delete()


def _columns(pairs: Sequence[tuple[int, int]]) -> dict[str, str]:
    """Return contacts and lines as PostgreSQL writes arrays; the driver takes ten times as long for a list."""
    contact_ids = ",".join(str(contact_id) for contact_id, _ in pairs)
    return {"contact_ids": f"{{{contact_ids}}}", "lines": f"{{{','.join(str(line) for _, line in pairs)}}}"}


@transaction.atomic
def withdraw_people(*, workspace_id: int, chosen: Chosen, source: str, by: int | None, now: datetime) -> Edit:
    """Opt everybody of a selection out; a mistake can be taken back for a day."""
    edit = Edit.objects.create(workspace_id=workspace_id, kind=edits.OPT_OUT, plan={"source": source}, by=by, at=now)
    for contact_ids in choosing.iter_ids(workspace_id, chosen, now, limit=edits.STEP_PEOPLE):
        edit.people_count += withdraw_step(edit, contact_ids, now)
    edit.save(update_fields=["people_count"])
    return edit


def start_withdrawal(*, workspace_id: int, chosen: Chosen, source: str, by: int | None, now: datetime) -> Edit:
    """Have everybody of a selection opted out in the background, a step at a time."""
    return long_edits.start_plan(
        workspace_id=workspace_id, chosen=chosen, plan=edits.Plan(edits.OPT_OUT), by=by, now=now, source=source
    )


def withdraw_step(edit: Edit, contact_ids: Sequence[int], now: datetime) -> int:
    """Opt some people out, and remember what they had agreed to; return how many were not out before."""
    befores = many.withdraw_many(
        workspace_id=edit.workspace_id,
        contact_ids=contact_ids,
        edit_id=edit.pk,
        source=edit.plan["source"],
        actor=f"user:{edit.by}",
        at=now,
    )
    return edits.remember(edit, befores, now)


@transaction.atomic
def undo_withdraw_people(*, workspace_id: int, edit_id: int, by: int | None, now: datetime) -> tuple[Edit, int]:
    """Take an opt-out of many people back; whoever has asked to stop themselves since stays out.

    :raises EditRunningError: it is under way.
    :raises NothingToUndoError: it was undone before.
    :raises UndoTooLateError: it is more than 24 hours ago.
    """
    edit = edits.lock_edit(workspace_id, edit_id, now)
    edit.undone_by = by
    while take_back_step(edit, now, edits.STEP_PEOPLE):
        pass
    return edits.end_undo(edit, now), edit.restored_count


def take_back_step(edit: Edit, now: datetime, limit: int) -> bool:
    """Take the opt-out of the next people back, and note how far that is; false after the last."""
    befores = edits.list_befores(edit, after=edit.undone_through, limit=limit)
    edit.restored_count += many.take_back_many(
        workspace_id=edit.workspace_id,
        befores=befores,
        edit_id=edit.pk,
        actor=f"user:{edit.undone_by}",
        since=edit.at,
        at=now,
    )
    edit.undone_through = befores[-1][0] if befores else edit.undone_through
    return bool(befores)
