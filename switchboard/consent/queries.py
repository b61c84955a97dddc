"""What the ledger of consent says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.consent import standing
from switchboard.consent.models import Entry, Standing


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether we may write to somebody; if not, the reason and since when."""

    may: bool
    reason: str = ""
    since: datetime | None = None


def may_write(workspace_id: int, contact_id: int, category: str, at: datetime | None = None) -> Answer:
    """Tell whether a template of this category may be sent to a person, and if not, why.

    Without `at` it is the standing that the gate reads; with it the ledger says how it was at that moment.
    """
    found = find_standing(workspace_id, contact_id) if at is None else _read_standing(workspace_id, contact_id, at)
    return judge(found, category)


def judge(found: Standing | None, category: str) -> Answer:
    """Tell what a standing allows; `may_write` for somebody whose standing is known already."""
    if found is None:
        return Answer(may=False, reason=standing.NO_BASIS)
    reason = standing.refuse(
        category,
        marketing_basis=found.marketing_basis,
        utility_basis=found.utility_basis,
        is_opted_out=found.opted_out_at is not None,
    )
    return Answer(may=not reason, reason=reason, since=found.opted_out_at)


def _read_standing(workspace_id: int, contact_id: int, at: datetime) -> Standing | None:
    """Fold the ledger up to a moment: an opt-out ends everything, a void what its author had granted."""
    lines = Entry.objects.filter(workspace_id=workspace_id, contact_id=contact_id, at__lte=at).order_by("id")
    grants: list[Entry] = []
    out: datetime | None = None
    # What stood before an opt-out of many people at once, in case it is taken back.
    before: dict[int, list[Entry]] = {}
    for line in lines:
        edit = line.evidence.get("edit")
        if line.kind == Entry.Kind.WITHDRAW:
            before[edit or 0] = grants
            grants, out = [], line.at
        elif line.kind == Entry.Kind.VOID and edit:
            grants, out = before.get(edit, []), None
        elif line.kind == Entry.Kind.VOID:
            grants = [one for one in grants if one.actor != line.actor]
        else:
            grants, out = [*grants, line], None
    if not grants and out is None:
        return None
    bases = [standing.bases_granted(one.category, one.basis) for one in grants]
    return Standing(
        workspace_id=workspace_id,
        contact_id=contact_id,
        marketing_basis=next((marketing for marketing, _ in bases if marketing), ""),
        utility_basis=next((utility for _, utility in bases if utility), ""),
        opted_out_at=out,
    )


def find_standing(workspace_id: int, contact_id: int) -> Standing | None:
    """Return where a person stands; None for somebody the ledger does not know."""
    return Standing.objects.filter(workspace_id=workspace_id, contact_id=contact_id).first()


def map_standings(workspace_id: int, contact_ids: Sequence[int]) -> dict[int, Standing]:
    """Return where these people stand, by contact; those the ledger does not know are left out."""
    found = Standing.objects.filter(workspace_id=workspace_id, contact_id__in=contact_ids)
    return {one.contact_id: one for one in found}


def list_entries(workspace_id: int, contact_id: int, *, limit: int = 100) -> list[Entry]:
    """Return a person's lines of the ledger, newest first."""
    return list(Entry.objects.filter(workspace_id=workspace_id, contact_id=contact_id).order_by("-id")[:limit])


def count_opted_out(workspace_id: int) -> int:
    """Count the people of a workspace who have opted out."""
    return Standing.objects.filter(workspace_id=workspace_id, opted_out_at__isnull=False).count()
