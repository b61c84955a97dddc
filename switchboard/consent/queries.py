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


def may_write(workspace_id: int, contact_id: int, category: str) -> Answer:
    """Tell whether a template of this category may be sent to a person now, and if not, why."""
    found = find_standing(workspace_id, contact_id)
    if found is None:
        return Answer(may=False, reason=standing.NO_BASIS)
    reason = standing.refuse(
        category,
        marketing_basis=found.marketing_basis,
        utility_basis=found.utility_basis,
        is_opted_out=found.opted_out_at is not None,
    )
    return Answer(may=not reason, reason=reason, since=found.opted_out_at)


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
