"""Pages of segments: the list, the sentence builder, the live count."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from switchboard.broadcasts import queries as broadcasts_queries
from switchboard.contacts import segment_queries
from switchboard.contacts.actions import segments as actions
from switchboard.contacts.errors import SegmentError
from switchboard.contacts.segments import tree
from switchboard.core import clock
from switchboard.team.rules import Right
from switchboard.web import failures
from switchboard.web.rights import ConsoleRequest, needs
from switchboard.web.segments import editor, wording
from switchboard.web.segments.choices import load_choices
from switchboard.web.segments.editor import Choices


@dataclass(frozen=True, slots=True)
class Told:
    """A segment with its question in words."""

    segment: Any
    sentence: str


def say(definition: Any, choices: Choices) -> str:
    """Return a saved question as a sentence, or why it cannot be asked any more."""
    try:
        return wording.say_group(tree.parse_tree(definition), choices.fields, choices.names)
    except SegmentError as error:
        return failures.say(error)


@require_GET
def show_segments(request: ConsoleRequest) -> HttpResponse:
    """Show the segments with what they ask."""
    workspace_id = request.member.workspace_id
    choices = load_choices(workspace_id)
    rows = [Told(segment, say(segment.definition, choices)) for segment in segment_queries.list_segments(workspace_id)]
    return render(request, "segments/list.html", {"rows": rows})


def _count(workspace_id: int, raw: Any, now: datetime, segment_id: int | None) -> dict[str, Any]:
    """Return how many people a question is about and some of them, or why it cannot be asked."""
    try:
        people = segment_queries.count_people(workspace_id, raw, now, segment_id=segment_id)
        sample = segment_queries.list_people(workspace_id, raw, now)
    except SegmentError as error:
        return {"fault": failures.say(error)}
    return {"people": people, "sample": sample}


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def edit_segment(request: ConsoleRequest, segment_id: int | None = None) -> HttpResponse:
    """Build a question, see who it is about, save it."""
    workspace_id, now = request.member.workspace_id, clock.now()
    choices = load_choices(workspace_id)
    segment = segment_queries.get_segment(workspace_id, segment_id) if segment_id else None
    raw, fault = (segment.definition if segment else editor.EMPTY), ""
    name, description = (segment.name, segment.description) if segment else ("", "")
    if request.method == "POST":
        raw = editor.read_form(request.POST, choices.fields)
        name, description = request.POST.get("name", ""), request.POST.get("description", "")
        if request.POST.get("do") == "save":
            try:
                saved = actions.save_segment(
                    workspace_id=workspace_id,
                    segment_id=segment_id,
                    name=name,
                    description=description,
                    definition=raw,
                    now=now,
                    by=request.user.pk,
                )
                messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
                return redirect("segments:detail", saved.pk)
            except SegmentError as error:
                fault = failures.say(error)
    context = {
        "segment": segment,
        "name": name,
        "description": description,
        "fault": fault,
        **_editor(raw, choices),
        **{f"count_{key}": value for key, value in _count(workspace_id, raw, now, segment_id).items()},
        "uses": segment_queries.list_uses(workspace_id, segment_id=segment_id) if segment_id else None,
        "broadcasts": _broadcasts(workspace_id, segment_id) if segment_id else [],
    }
    return render(request, "segments/edit.html", context, status=422 if fault else 200)


def _broadcasts(workspace_id: int, segment_id: int) -> list[Any]:
    return broadcasts_queries.list_of_segment(workspace_id, segment_id)


def _editor(raw: Any, choices: Choices) -> dict[str, Any]:
    return {
        "root": editor.build_rows(raw, choices),
        "fields": editor.list_fields(choices),
        "broadcast_choices": choices.values["broadcast"],
        "joins": [(key, str(label)) for key, label in wording.JOINS.items()],
        "sentence": say(raw, choices),
    }


@require_POST
@needs(Right.SEND)
def change_editor(request: ConsoleRequest) -> HttpResponse:
    """Show the question again after a field was chosen or a button pressed."""
    choices = load_choices(request.member.workspace_id)
    raw = editor.read_form(request.POST, choices.fields)
    return render(request, "segments/edit.html#editor", _editor(raw, choices))


@require_POST
@needs(Right.SEND)
def count_people(request: ConsoleRequest) -> HttpResponse:
    """Count who a question is about, while it is being written."""
    workspace_id = request.member.workspace_id
    choices = load_choices(workspace_id)
    raw = editor.read_form(request.POST, choices.fields)
    own = request.POST.get("segment", "")
    found = _count(workspace_id, raw, clock.now(), int(own) if own.isdigit() else None)
    context = {**{f"count_{key}": value for key, value in found.items()}, "sentence": say(raw, choices)}
    return render(request, "segments/edit.html#count", context)


@require_POST
@needs(Right.SEND)
def delete_segment(request: ConsoleRequest, segment_id: int) -> HttpResponse:
    """Delete a segment that nothing asks for."""
    try:
        name = actions.delete_segment(workspace_id=request.member.workspace_id, segment_id=segment_id)
    except SegmentError as error:
        messages.error(request, failures.say(error))
        return redirect("segments:detail", segment_id)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
    return redirect("segments:list")
