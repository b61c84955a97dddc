"""Pages of tags."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from switchboard.contacts import segment_queries, tag_queries
from switchboard.contacts.actions import hygiene as hygiene_actions
from switchboard.contacts.actions import tags as actions
from switchboard.contacts.errors import CleanupError, SegmentError, TagError
from switchboard.core import clock
from switchboard.team import queries as team_queries
from switchboard.team.rules import Right
from switchboard.web import failures, formats
from switchboard.web.rights import ConsoleRequest, needs
from switchboard.web.segments import editor, wording
from switchboard.web.segments.choices import load_choices
from switchboard.web.segments.views import say


@require_GET
def show_tags(request: ConsoleRequest) -> HttpResponse:
    """Show the tags with who carries them, group and rule, and what can be brought back."""
    workspace_id = request.member.workspace_id
    choices = load_choices(workspace_id)
    rows = [
        {"tag": row.tag, "people": row.people, "rule": say(row.tag.rule, choices) if row.tag.rule is not None else ""}
        for row in tag_queries.list_tags(workspace_id)
    ]
    context = {
        "rows": rows,
        "undoable": [_say_cleanup(done) for done in tag_queries.list_undoable(workspace_id, limit=5)],
        "is_catching_up": tag_queries.is_catching_up(workspace_id),
    }
    return render(request, "tags/list.html", context)


def _say_cleanup(done: Any) -> dict[str, Any]:
    name = done.detail.get("tag", done.detail).get("name", "")
    people = formats.render_count(len(done.contact_ids))
    sentences = {
        "delete_tag": _("The tag “%(name)s” was deleted; %(people)s people carried it."),
        "merge_tags": _("The tag “%(name)s” was merged into another; %(people)s people carried it."),
        "inactive": _("%(people)s inactive people were marked “%(name)s”."),
        "invalid": _("%(people)s people with invalid numbers were marked “%(name)s”."),
    }
    return {"done": done, "sentence": sentences[done.kind] % {"name": name, "people": people}}


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def edit_tag(request: ConsoleRequest, tag_id: int | None = None) -> HttpResponse:
    """Make a tag or change one; its rule is built like a segment."""
    workspace_id = request.member.workspace_id
    choices = load_choices(workspace_id)
    tag = actions.get_tag(workspace_id, tag_id) if tag_id else None
    is_ruled = tag.rule is not None if tag else "rule" in request.GET or "is_ruled" in request.POST
    raw, fault = (tag.rule if tag and tag.rule else editor.EMPTY), ""
    wish = _wish_of(tag)
    if request.method == "POST":
        raw = editor.read_form(request.POST, choices.fields) if is_ruled else raw
        wish = _read_wish(request, raw if is_ruled else None)
        if request.POST.get("do") == "save":
            try:
                saved = actions.save_tag(workspace_id=workspace_id, tag_id=tag_id, wish=wish, now=clock.now())
                messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
                return redirect("tags:list")
            except (TagError, SegmentError) as error:
                fault = failures.say(error)
    context = {
        "tag": tag,
        "wish": wish,
        "is_ruled": is_ruled,
        "fault": fault,
        "root": editor.build_rows(raw, choices),
        "fields": editor.list_fields(choices),
        "joins": [(key, str(label)) for key, label in wording.JOINS.items()],
        "broadcast_choices": choices.values["broadcast"],
        "sentence": say(raw, choices) if is_ruled else "",
        "colours": actions.COLOURS,
        "groups": tag_queries.list_groups(workspace_id),
        "members": team_queries.map_member_names(workspace_id).items(),
        "others": [row for row in segment_queries.list_hand_tags(workspace_id) if row.pk != tag_id],
        "uses": segment_queries.list_uses(workspace_id, tag_id=tag_id) if tag_id else None,
    }
    return render(request, "tags/edit.html", context, status=422 if fault else 200)


def _wish_of(tag: Any) -> actions.TagWish:
    if tag is None:
        return actions.TagWish(name="")
    group = tag.group
    return actions.TagWish(
        name=tag.name,
        colour=tag.colour,
        description=tag.description,
        owner_id=tag.owner_id,
        group=group.name if group else "",
        is_exclusive=group.is_exclusive if group else False,
        rule=tag.rule,
    )


def _read_wish(request: ConsoleRequest, rule: Any) -> actions.TagWish:
    data = request.POST
    owner = data.get("owner", "")
    return actions.TagWish(
        name=data.get("name", ""),
        colour=data.get("colour", "blue"),
        description=data.get("description", ""),
        owner_id=int(owner) if owner.isdigit() else None,
        group=data.get("group", ""),
        is_exclusive="is_exclusive" in data,
        rule=rule,
    )


@require_POST
@needs(Right.SEND)
def delete_tag(request: ConsoleRequest, tag_id: int) -> HttpResponse:
    """Delete a tag; the list offers to bring it back."""
    try:
        done = actions.delete_tag(
            workspace_id=request.member.workspace_id, tag_id=tag_id, now=clock.now(), by=request.user.pk
        )
    except TagError as error:
        messages.error(request, failures.say(error))
        return redirect("tags:detail", tag_id)
    messages.success(request, _say_cleanup(done)["sentence"])
    return redirect("tags:list")


@require_POST
@needs(Right.SEND)
def merge_tag(request: ConsoleRequest, tag_id: int) -> HttpResponse:
    """Merge a tag into another one; the list offers to take it back."""
    into = request.POST.get("into", "")
    try:
        done = actions.merge_tags(
            workspace_id=request.member.workspace_id,
            tag_id=tag_id,
            into_id=int(into) if into.isdigit() else tag_id,
            now=clock.now(),
            by=request.user.pk,
        )
    except TagError as error:
        messages.error(request, failures.say(error))
        return redirect("tags:detail", tag_id)
    messages.success(request, _say_cleanup(done)["sentence"])
    return redirect("tags:list")


@require_POST
@needs(Right.SEND)
def undo(request: ConsoleRequest, cleanup_id: int) -> HttpResponse:
    """Take back what was put away."""
    try:
        done = hygiene_actions.undo_cleanup(
            workspace_id=request.member.workspace_id, cleanup_id=cleanup_id, now=clock.now()
        )
    except CleanupError as error:
        messages.error(request, failures.say(error))
        return redirect("tags:list")
    people = len(done.contact_ids)
    messages.success(
        request,
        ngettext("Undone for one person.", "Undone for %(count)s people.", people)
        % {"count": formats.render_count(people)},
    )
    return redirect("tags:list")
