"""What pages, exports and broadcasts ask about segments and the people in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from switchboard.contacts.errors import SegmentNotFound
from switchboard.contacts.models import Contact, Segment, Tag
from switchboard.contacts.people_models import Event, Field
from switchboard.contacts.segments import counting, tree
from switchboard.contacts.segments.compiling import World, compile_where
from switchboard.contacts.segments.tree import Group
from switchboard.team.models import Workspace


def load_world(workspace_id: int, now: datetime) -> World:
    """Return what questions of a workspace are asked of: its zone, fields, segments and tags."""
    zone = Workspace.objects.values_list("time_zone", flat=True).get(pk=workspace_id)
    segments = Segment.objects.filter(workspace_id=workspace_id).values_list("pk", "definition")
    tags = Tag.objects.filter(workspace_id=workspace_id).values_list("pk", "rule")
    fields = list(Field.objects.filter(workspace_id=workspace_id).values_list("key", "kind", "slot"))
    return World(
        workspace_id=workspace_id,
        now=now,
        zone=zone,
        fields={key: kind for key, kind, _ in fields},
        segments={key: tree.parse_tree(definition) for key, definition in segments},
        tags={key: rule is not None for key, rule in tags},
        slots={key: slot for key, _, slot in fields if slot},
    )


def get_segment(workspace_id: int, segment_id: int, *, lock: bool = False) -> Segment:
    """Return a segment.

    :raises SegmentNotFound: not in this workspace.
    """
    segments = Segment.objects.filter(workspace_id=workspace_id)
    if lock:
        segments = segments.select_for_update(no_key=True)
    found = segments.filter(pk=segment_id).first()
    if found is None:
        raise SegmentNotFound
    return found


def list_segments(workspace_id: int) -> list[Segment]:
    """Return the segments of a workspace by name."""
    return list(Segment.objects.filter(workspace_id=workspace_id).order_by("name"))


def check_definition(definition: Any, world: World, *, segment_id: int | None = None) -> Group:
    """Return a question that can be asked of this workspace; `segment_id` is the segment it is to be.

    :raises SegmentError: it cannot; says why in one sentence.
    """
    parsed = tree.parse_tree(definition)
    compile_where(parsed, world, (segment_id,) if segment_id else ())
    return parsed


def count_people(workspace_id: int, definition: Any, now: datetime, *, segment_id: int | None = None) -> int:
    """Count who a question is about now.

    :raises SegmentError: it cannot be asked.
    """
    path = (segment_id,) if segment_id else ()
    return counting.count_people(tree.parse_tree(definition), load_world(workspace_id, now), path)


def list_people(
    workspace_id: int, definition: Any, now: datetime, *, before: int | None = None, limit: int = 10
) -> list[Contact]:
    """Return the newest people a question is about.

    :raises SegmentError: it cannot be asked.
    """
    return list_by_ids(workspace_id, list_ids(workspace_id, definition, now, before=before, limit=limit))


def list_ids(
    workspace_id: int, definition: Any, now: datetime, *, before: int | None = None, limit: int = 10
) -> list[int]:
    """Return the ids of the newest people a question is about.

    :raises SegmentError: it cannot be asked.
    """
    return counting.list_people(tree.parse_tree(definition), load_world(workspace_id, now), before=before, limit=limit)


def list_by_ids(workspace_id: int, contact_ids: list[int]) -> list[Contact]:
    """Return these people, the newest first."""
    people = Contact.objects.filter(workspace_id=workspace_id, pk__in=contact_ids)
    return sorted(people, key=lambda contact: -contact.pk)


def ask_for_audience(workspace_id: int, audience: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return an audience of tags and segments as a question: in any that is included, in none that is excluded.

    Tags that are gone are left out; nothing chosen is None.
    """
    chosen = [*audience.get("include_tags", ()), *audience.get("exclude_tags", ())]
    known = set(Tag.objects.filter(workspace_id=workspace_id, pk__in=chosen).values_list("pk", flat=True))

    def name(which: str) -> list[dict[str, Any]]:
        tags = [tag_id for tag_id in audience.get(f"{which}_tags", ()) if tag_id in known]
        segments = list(audience.get(f"{which}_segments", ()))
        asked: list[dict[str, Any]] = []
        if tags:
            asked.append({"field": "tag", "test": "has", "values": tags})
        if segments:
            asked.append({"field": "segment", "test": "in", "values": segments})
        return asked

    included, excluded = name("include"), name("exclude")
    parts = [{join: some} for join, some in ((tree.ANY, included), (tree.NONE, excluded)) if some]
    if not parts and audience.get("include_tags"):
        # Every tag that was chosen is gone: nobody, rather than everybody.
        return {"none": [{"any": [{"field": "joined", "test": "ever"}, {"field": "joined", "test": "never"}]}]}
    return {tree.ALL: parts} if parts else None


_NAMED = re.compile(r"%\((\w+)\)s")


def build_ids(workspace_id: int, definition: Any, now: datetime) -> tuple[str, list[Any]]:
    """Return the statement of who a question is about, with its values in order, for use inside another query.

    :raises SegmentError: it cannot be asked.
    """
    statement, parameters = counting.build_ids(tree.parse_tree(definition), load_world(workspace_id, now))
    return _NAMED.sub("%s", statement), [parameters[name] for name in _NAMED.findall(statement)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a workspace has of its own to ask about."""

    # Key to kind, and key to the words of a choice.
    fields: dict[str, str]
    choices: dict[str, list[str]]
    events: list[str]
    languages: list[str]
    # Where the newest people are.
    countries: list[str]


_USUAL_LANGUAGES = ("en", "ja", "ko", "zh_CN", "zh_HK", "zh_TW")
_SAMPLE = 2000


def load_vocabulary(workspace_id: int) -> Vocabulary:
    """Return the custom fields, events and languages of a workspace; events and languages from the newest people."""
    fields = Field.objects.filter(workspace_id=workspace_id).values_list("key", "kind", "choices")
    newest = Event.objects.filter(workspace_id=workspace_id).order_by("-id").values_list("name", flat=True)[:_SAMPLE]
    people = Contact.objects.filter(workspace_id=workspace_id).order_by("-id").values_list("language", "country")
    found = list(people[:_SAMPLE])
    spoken = {language for language, _ in found if language}
    return Vocabulary(
        fields={key: kind for key, kind, _ in fields},
        choices={key: choices for key, kind, choices in fields if kind == "choice"},
        events=sorted(set(newest)),
        languages=sorted(spoken | set(_USUAL_LANGUAGES)),
        countries=sorted({country for _, country in found if country}),
    )


@dataclass(frozen=True, slots=True)
class Uses:
    """What inside this room asks for a segment or a tag."""

    segments: tuple[Segment, ...]
    tags: tuple[Tag, ...]


def list_uses(workspace_id: int, *, segment_id: int = 0, tag_id: int = 0) -> Uses:
    """Return the segments and rules that name a segment or a tag."""

    def names(definition: Any) -> bool:
        parsed = tree.parse_tree(definition)
        return segment_id in tree.list_segment_ids(parsed) or tag_id in tree.list_tag_ids(parsed)

    others = Segment.objects.filter(~Q(pk=segment_id), workspace_id=workspace_id).order_by("name")
    ruled = Tag.objects.filter(~Q(pk=tag_id), workspace_id=workspace_id, rule__isnull=False).order_by("name")
    return Uses(
        segments=tuple(one for one in others if names(one.definition)),
        tags=tuple(one for one in ruled if names(one.rule)),
    )


def list_hand_tags(workspace_id: int) -> list[Tag]:
    """Return the tags that are given by hand, by name."""
    return list(Tag.objects.filter(workspace_id=workspace_id, rule__isnull=True).order_by("name"))
