"""What the fortnight's report finds, and whom the clean-up would be about."""

from datetime import datetime, timedelta
from typing import Any

from switchboard.contacts import hygiene_store, tag_queries
from switchboard.contacts.models import Cleanup, HygieneReport, Tag
from switchboard.core import statements
from switchboard.core.tenancy import seeing_all

UNCHANGED, INACTIVE = timedelta(days=182), timedelta(days=182)
# People are proposed as inactive every three months; invalid numbers at any time.
INACTIVE_EVERY = timedelta(days=91)
SENT_WITHIN = timedelta(days=90)
# Above this share of corrections a rule is wrong more often than it should be.
RED_RATE = 0.05


def find_report(workspace_id: int) -> HygieneReport | None:
    """Return the newest report."""
    return HygieneReport.objects.filter(workspace_id=workspace_id).order_by("-id").first()


def find_everything(workspace_id: int, now: datetime) -> dict[str, Any]:
    """Return the findings of a report: tags that stand still, overlap, crowd or are wrong, and people to clean up."""
    given = {"workspace_id": workspace_id, "amber": tag_queries.AMBER, "red": tag_queries.RED}
    with seeing_all():
        [(amber, red)] = statements.fetch(hygiene_store.SQL_COUNT_CROWDED, given)
        overlaps = statements.fetch(hygiene_store.SQL_LIST_OVERLAPS, given)
        errors = statements.fetch(hygiene_store.SQL_COUNT_ERRORS, given)
    names = dict(Tag.objects.filter(workspace_id=workspace_id).values_list("pk", "name"))
    still = Tag.objects.filter(workspace_id=workspace_id, moved_on__lte=(now - UNCHANGED).date()).order_by("moved_on")
    given_count, corrected = sum(row[2] for row in errors), sum(row[3] for row in errors)
    return {
        "unchanged": [
            {"id": tag.pk, "name": tag.name, "people": tag.people_count, "since": str(tag.moved_on)} for tag in still
        ],
        "overlaps": [
            {
                "one": names.get(one, ""),
                "one_id": one,
                "other": names.get(other, ""),
                "other_id": other,
                "both": both,
                "all": every,
            }
            for one, other, both, every in overlaps
        ],
        "crowded": {"amber": amber, "red": red},
        "errors": [
            {"id": tag_id, "name": name, "people": people, "corrected": many, "rate": _rate(people, many)}
            for tag_id, name, people, many in errors
            if many
        ],
        "error_rate": _rate(given_count, corrected),
        "is_inactive_due": is_inactive_due(workspace_id, now),
        "inactive": len(list_proposed(workspace_id, Cleanup.Kind.INACTIVE, now)),
        "invalid": len(list_proposed(workspace_id, Cleanup.Kind.INVALID, now)),
    }


def _rate(people: int, corrected: int) -> float:
    return round(corrected / max(people, corrected, 1), 4)


def is_inactive_due(workspace_id: int, now: datetime) -> bool:
    """Tell whether three months have passed since inactive people were last cleaned up."""
    lately = Cleanup.objects.filter(
        workspace_id=workspace_id, kind=Cleanup.Kind.INACTIVE, undone_at__isnull=True, done_at__gt=now - INACTIVE_EVERY
    )
    return not lately.exists()


def list_proposed(workspace_id: int, kind: str, now: datetime) -> list[int]:
    """Return the people whom a clean-up of this kind would mark, those left out who are marked already."""
    done = Cleanup.objects.filter(workspace_id=workspace_id, kind=kind, undone_at__isnull=True)
    marked = {detail.get("marked_with", 0) for detail in done.values_list("detail", flat=True)}
    statement = hygiene_store.SQL_LIST_INACTIVE if kind == Cleanup.Kind.INACTIVE else hygiene_store.SQL_LIST_INVALID
    given = {"workspace_id": workspace_id, "since": now - INACTIVE, "marked": sorted(marked)}
    with seeing_all():
        return [contact_id for (contact_id,) in statements.fetch(statement, given)]


def count_sent(workspace_id: int, contact_ids: list[int], now: datetime) -> int:
    """Count the broadcasts' messages that went to these people in the last 90 days: what leaving them out would save."""
    given = {"workspace_id": workspace_id, "contact_ids": contact_ids, "since": now - SENT_WITHIN}
    with seeing_all():
        [(count,)] = statements.fetch(hygiene_store.SQL_COUNT_SENT, given)
    return int(count)
