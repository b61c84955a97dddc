"""Saved questions over contacts."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from switchboard.contacts import segment_queries
from switchboard.contacts.actions.tags import look_at_everybody
from switchboard.contacts.errors import SegmentError
from switchboard.contacts.models import Segment, SegmentVersion
from switchboard.contacts.segments import tree

LONGEST_NAME = 100


def save_segment(
    *,
    workspace_id: int,
    name: str,
    definition: Any,
    now: datetime,
    by: int | None,
    description: str = "",
    segment_id: int | None = None,
) -> Segment:
    """Save a question under a name, or change one; what it asked before is kept as a version.

    :raises SegmentError: the name is empty, too long or taken, or the question cannot be asked.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise SegmentError(f"A segment needs a name of 1 to {LONGEST_NAME} characters.")
    world = segment_queries.load_world(workspace_id, now)
    parsed = tree.render_tree(segment_queries.check_definition(definition, world, segment_id=segment_id))
    segment = (
        segment_queries.get_segment(workspace_id, segment_id, lock=True)
        if segment_id
        else Segment(workspace_id=workspace_id, created_at=now, created_by=by, version=0)
    )
    is_new_question = segment.version == 0 or segment.definition != parsed
    segment.name, segment.description, segment.changed_at = name, description.strip()[:500], now
    if is_new_question:
        segment.definition, segment.version = parsed, segment.version + 1
        segment.people_count = segment_queries.count_people(workspace_id, parsed, now, segment_id=segment_id)
        segment.counted_at = now
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as error:
        raise SegmentError(f"There is a segment “{name}” already. Choose another name.") from error
    if is_new_question:
        _keep_version(segment, now, by)
        if _is_asked_by_rules(workspace_id, segment.pk):
            look_at_everybody(workspace_id)
    return segment


def _keep_version(segment: Segment, now: datetime, by: int | None) -> None:
    SegmentVersion.objects.create(
        workspace_id=segment.workspace_id,
        segment=segment,
        version=segment.version,
        definition=segment.definition,
        changed_at=now,
        changed_by=by,
    )


def _is_asked_by_rules(workspace_id: int, segment_id: int) -> bool:
    """Tell whether a rule asks for a segment, by itself or through others."""
    waiting, seen = [segment_id], set[int]()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        uses = segment_queries.list_uses(workspace_id, segment_id=one)
        if uses.tags:
            return True
        waiting += [segment.pk for segment in uses.segments]
    return False


def delete_segment(*, workspace_id: int, segment_id: int) -> str:
    """Delete a segment that nothing asks for, and return its name.

    :raises SegmentNotFound: not in this workspace.
    :raises SegmentError: another segment or a tag's rule asks for it.
    """
    segment = segment_queries.get_segment(workspace_id, segment_id, lock=True)
    uses = segment_queries.list_uses(workspace_id, segment_id=segment_id)
    if used_by := [*(one.name for one in uses.segments), *(one.name for one in uses.tags)]:
        raise SegmentError(f"“{segment.name}” is asked for by {', '.join(used_by)}. Change that first.")
    name = segment.name
    segment.delete()
    return name


def note_count(*, workspace_id: int, segment_id: int, people: int, now: datetime) -> None:
    """Keep how many people a segment had when it was last looked at."""
    Segment.objects.filter(workspace_id=workspace_id, pk=segment_id).update(people_count=people, counted_at=now)
