"""Whose rows: the one description of a selection, for edits and exports."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from switchboard.contacts import queries, segment_queries
from switchboard.contacts.models import Contact

_PAGE = 2000
# Ids are small, and asking a segment of a million people takes half a second each time.
_PAGE_IDS = 100_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some of a workspace's people: named ones, or all whom a search, tag, import and segment find together."""

    contact_ids: tuple[int, ...] = ()
    search: str = ""
    tag_id: int | None = None
    import_id: int | None = None
    segment_id: int | None = None
    # Whether a part of a number may find somebody: only for those who see numbers.
    by_part_of_phone: bool = True

    @property
    def is_whole_segment(self) -> bool:
        """Whether it is a segment and nothing narrows it."""
        return bool(self.segment_id) and not (self.contact_ids or self.search or self.tag_id or self.import_id)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def parse_chosen(stored: Mapping[str, Any]) -> Chosen:
    """Read what `Chosen.as_json` wrote."""
    return Chosen(**{**stored, "contact_ids": tuple(stored.get("contact_ids") or ())})


def count_chosen(workspace_id: int, chosen: Chosen, now: datetime) -> int:
    """Count the people of a selection."""
    if chosen.contact_ids:
        return Contact.objects.filter(workspace_id=workspace_id, pk__in=chosen.contact_ids).count()
    if chosen.segment_id and chosen.is_whole_segment:
        definition = segment_queries.get_segment(workspace_id, chosen.segment_id).definition
        return segment_queries.count_people(workspace_id, definition, now, segment_id=chosen.segment_id)
    return int(_filter(workspace_id, chosen, now).count())


def iter_ids(workspace_id: int, chosen: Chosen, now: datetime, *, limit: int) -> Iterator[list[int]]:
    """Give the ids of the people of a selection, the newest first, so many at a time, each lot in order."""
    before: int | None = None
    while page := _list_ids(workspace_id, chosen, before, now):
        for start in range(0, len(page), limit):
            yield sorted(page[start : start + limit])
        before = page[-1]


def _list_ids(workspace_id: int, chosen: Chosen, before: int | None, now: datetime) -> list[int]:
    if chosen.segment_id and chosen.is_whole_segment:
        definition = segment_queries.get_segment(workspace_id, chosen.segment_id).definition
        return segment_queries.list_ids(workspace_id, definition, now, before=before, limit=_PAGE_IDS)
    people = _filter(workspace_id, chosen, now)
    if before is not None:
        people = people.filter(pk__lt=before)
    return list(people.order_by("-id").values_list("id", flat=True)[:_PAGE_IDS])


def iter_chosen(workspace_id: int, chosen: Chosen, now: datetime) -> Iterator[list[Contact]]:
    """Give the people of a selection, newest first, some thousand at a time."""
    for contact_ids in iter_ids(workspace_id, chosen, now, limit=_PAGE):
        yield segment_queries.list_by_ids(workspace_id, contact_ids)


def _filter(workspace_id: int, chosen: Chosen, now: datetime) -> Any:
    if chosen.contact_ids:
        return Contact.objects.filter(workspace_id=workspace_id, pk__in=chosen.contact_ids)
    found = queries.filter_contacts(
        workspace_id,
        search=chosen.search,
        tag_ids=[chosen.tag_id] if chosen.tag_id else [],
        import_id=chosen.import_id,
        by_part_of_phone=chosen.by_part_of_phone,
    )
    return queries.keep_segment(found, workspace_id, chosen.segment_id, now) if chosen.segment_id else found
