"""What is done to many people at once: tags, fields, opting out, exports; and undoing it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from switchboard.consent import actions as consent_actions
from switchboard.contacts import choosing, people_queries, rules
from switchboard.contacts.actions import edits, exports, long_edits
from switchboard.contacts.choosing import Chosen
from switchboard.core import clock, downloads
from switchboard.core.errors import Invalid, NotFound
from switchboard.team import rules as team_rules
from switchboard.team.rules import Right
from switchboard.web import formats, seeing, sentences
from switchboard.web.rights import ConsoleRequest, needs

_UNDONE_SHOWN = timedelta(minutes=5)
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def read_chosen(request: ConsoleRequest) -> Chosen:
    """Return whom a form is about: the ticked ones, or everybody whom its filter finds."""
    ticked = tuple(int(one) for one in request.POST.getlist("contact") if one.isdigit())

    def whole(name: str) -> int | None:
        text = request.POST.get(name, "")
        return int(text) if text.isdigit() else None

    # The page of a segment has nobody to tick.
    if request.POST.get("scope", "all" if whole("segment") else "ticked") != "all":
        if not ticked:
            raise Invalid(_("Tick the people first, or choose everybody whom the filter finds."))
        return Chosen(contact_ids=ticked)
    return Chosen(
        search=request.POST.get("q", ""),
        tag_id=whole("tag"),
        import_id=whole("import"),
        segment_id=whole("segment"),
        by_part_of_phone=seeing.may_see_phones(),
    )


@require_POST
@needs(Right.SEND)
def edit(request: ConsoleRequest) -> HttpResponseBase:
    """Change everybody who is chosen: first show how many, then do it."""
    workspace_id, now = request.member.workspace_id, clock.now()
    chosen, act = read_chosen(request), request.POST.get("act", "")
    if act == "export":
        return start_export(request)
    if "sure" not in request.POST:
        if act == "set_field":
            edits.check_change(workspace_id=workspace_id, change=_read_change(request, act))
        count = choosing.count_chosen(workspace_id, chosen, now)
        context = {
            "count": count,
            "takes_long": edits.takes_long(count),
            "posted": [(key, one) for key in request.POST for one in request.POST.getlist(key)],
        }
        return render(request, "contacts/sure.html", {**context, "act": act, "what": _say_act(request, act)})
    takes_long = edits.takes_long(choosing.count_chosen(workspace_id, chosen, now))
    given: dict[str, Any] = {"workspace_id": workspace_id, "chosen": chosen, "by": request.user.pk, "now": now}
    if act == "opt_out":
        withdraw = consent_actions.start_withdrawal if takes_long else consent_actions.withdraw_people
        done = withdraw(source=_("Noted in the console"), **given)
    else:
        change = long_edits.start_edit if takes_long else edits.edit_people
        done = change(change=_read_change(request, act), **given)
    if takes_long:
        messages.success(
            request, _("It has begun. Here you see how far it is; you can stop it, and undo it for 24 hours.")
        )
        return _go_back(request)
    shown = formats.render_count(done.people_count)
    sentence = ngettext("%(n)s person is changed.", "%(n)s people are changed.", done.people_count)
    messages.success(request, sentence % {"n": shown} + " " + _("You can undo it for 24 hours."))
    return _go_back(request)


def _go_back(request: ConsoleRequest) -> HttpResponse:
    """Lead back to the person on whose page it was asked for, or else to the list."""
    person = request.POST.get("person", "")
    return redirect("contacts:detail", int(person)) if person.isdigit() else redirect("contacts:list")


def _read_change(request: ConsoleRequest, act: str) -> edits.Change:
    if act == "add_tags":
        return edits.Change(add_tags=rules.split_tags(request.POST.get("tags", "")))
    if act == "remove_tag":
        tag = request.POST.get("remove", "")
        return edits.Change(remove_tag_ids=(int(tag),) if tag.isdigit() else ())
    return edits.Change(field_key=request.POST.get("field", ""), field_text=request.POST.get("value", ""))


def _say_act(request: ConsoleRequest, act: str) -> str:
    if act == "opt_out":
        return _("Opt them out of everything the business starts")
    if act == "add_tags":
        return _("Give them the tags %(tags)s") % {"tags": request.POST.get("tags", "")}
    if act == "remove_tag":
        return _("Take a tag from them")
    given = {"field": request.POST.get("field", ""), "value": request.POST.get("value", "") or "–"}
    return _("Set the field %(field)s to %(value)s") % given


@require_POST
@needs(Right.SEND)
def undo(request: ConsoleRequest, edit_id: int) -> HttpResponse:
    """Take a change of many people back."""
    workspace_id, now = request.member.workspace_id, clock.now()
    if edits.takes_long(edits.get_edit(workspace_id, edit_id).people_count):
        long_edits.start_undo(workspace_id=workspace_id, edit_id=edit_id, by=request.user.pk, now=now)
        messages.success(request, _("It is being undone. Here you see how far that is."))
        return _go_back(request)
    if request.POST.get("kind") == "opt_out":
        _edit, count = consent_actions.undo_withdraw_people(
            workspace_id=workspace_id, edit_id=edit_id, by=request.user.pk, now=now
        )
    else:
        _edit, count = edits.undo_edit(workspace_id=workspace_id, edit_id=edit_id, now=now)
    sentence = ngettext("%(n)s person is as before.", "%(n)s people are as before.", count)
    messages.success(request, sentence % {"n": formats.render_count(count)})
    return _go_back(request)


@require_POST
@needs(Right.SEND)
def stop(request: ConsoleRequest, edit_id: int) -> HttpResponse:
    """End a change of very many people where it is."""
    long_edits.stop_edit(workspace_id=request.member.workspace_id, edit_id=edit_id, now=clock.now())
    messages.success(request, _("Stopped. Whoever was changed stays so until you undo it."))
    return redirect("contacts:list")


@require_GET
def show_edits(request: ConsoleRequest) -> HttpResponse:
    """Show the changes of many people that are under way or can be undone."""
    return (
        render(request, "contacts/edits.html", {"edits": list_edits(request)})
        if request.htmx
        else redirect("contacts:list")
    )


def list_edits(request: ConsoleRequest) -> list[dict[str, Any]]:
    """Return the newest changes with how far each is; one that was undone in the background for some minutes more."""
    now = clock.now()
    found = people_queries.list_edits(request.member.workspace_id, since=now - edits.UNDO_FOR, limit=5)
    return [
        {
            "edit": one,
            "share": min(100, 100 * one.done_count // one.total_count) if one.total_count else 0,
            "error": sentences.translate(one.error),
        }
        for one in found
        if (one.undone_at is None and (one.people_count or one.state != "done"))
        or (one.undone_at and one.total_count and now - one.undone_at < _UNDONE_SHOWN)
    ]


@require_POST
@needs(Right.SEND)
def start_export(request: ConsoleRequest) -> HttpResponse:
    """Ask for a file of everybody who is chosen."""
    export = exports.create_export(
        workspace_id=request.member.workspace_id,
        kind=request.POST.get("format", "csv"),
        chosen=read_chosen(request),
        shows_phones=team_rules.has_right(request.member.role, Right.SEE_PHONES),
        by=request.user.pk,
        now=clock.now(),
    )
    messages.success(request, _("The file is being written; it appears here when it is ready."))
    return redirect("contacts:exports") if export.pk else redirect("contacts:list")


@require_GET
@needs(Right.SEND)
def show_exports(request: ConsoleRequest) -> HttpResponse:
    """Show the newest files."""
    rows: list[dict[str, Any]] = [
        {"export": one, "has_file": exports.find_file(one) is not None, "error": sentences.translate(one.error)}
        for one in exports.list_exports(request.member.workspace_id)
    ]
    is_busy = any(row["export"].state in {"waiting", "running"} for row in rows)
    part = "contacts/exports.html#live" if request.htmx else "contacts/exports.html"
    return render(request, part, {"rows": rows, "is_busy": is_busy})


@require_GET
@needs(Right.SEND)
def download_export(request: ConsoleRequest, export_id: int) -> HttpResponseBase:
    """Hand out a file that was asked for; with whole numbers only to whoever may see them."""
    export = exports.get_export(request.member.workspace_id, export_id)
    path = exports.find_file(export)
    may_see = team_rules.has_right(request.member.role, Right.SEE_PHONES)
    if path is None or (export.shows_phones and not may_see):
        raise NotFound(_("This file is gone. Export the people again."))
    name = f"contacts-{export.pk}.{export.format}"
    return downloads.give_file(path, name, _TYPES[export.format])
