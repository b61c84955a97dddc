"""What is done to one person: notes, merging with another, erasing, and handing out what is kept."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.contacts import people_queries, queries
from switchboard.contacts.actions import notes
from switchboard.core import clock
from switchboard.core.errors import Invalid
from switchboard.replies import dossier, erasing, joining, parting
from switchboard.team.rules import Right
from switchboard.web import asked, seeing
from switchboard.web.contacts import showing
from switchboard.web.rights import ConsoleRequest, needs


@require_POST
@needs(Right.ANSWER)
def add_note(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Write something down about a person."""
    notes.add_note(
        workspace_id=request.member.workspace_id,
        contact_id=contact_id,
        text=request.POST.get("text", ""),
        author=request.user.pk,
        author_name=str(request.user),
        now=clock.now(),
    )
    return redirect("contacts:detail", contact_id)


@require_POST
@needs(Right.ANSWER)
def delete_note(request: ConsoleRequest, contact_id: int, note_id: int) -> HttpResponse:
    """Take a note away."""
    notes.delete_note(workspace_id=request.member.workspace_id, contact_id=contact_id, note_id=note_id)
    return redirect("contacts:detail", contact_id)


@require_GET
@needs(Right.SEND)
def preview_merge(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Show what two people would become as one; without a second one, ask for it."""
    workspace_id = request.member.workspace_id
    contact = queries.get_contact(workspace_id, contact_id)
    other, fault = asked.whole(request, "with"), ""
    if not other and request.GET.get("who"):
        other = people_queries.find_person(workspace_id, request.GET["who"])
        fault = "" if other else _("Nobody has that number, address or id.")
    if not other or other == contact_id:
        return render(request, "contacts/merge.html", {"contact": contact, "fault": fault})
    keep, lose = (other, contact_id) if "swap" in request.GET else (contact_id, other)
    tags = {row.pk: row for row in queries.list_tags(workspace_id)}
    preview = joining.preview_merge(workspace_id, keep=keep, lose=lose)
    context = {
        "contact": contact,
        "preview": preview,
        "fields": showing.list_values(
            queries.list_fields(workspace_id), preview.kept.fields, preview.lost.fields, preview.fields
        ),
        "tags": [tags[tag] for tag in preview.tag_ids if tag in tags],
        "other": other,
        "is_swapped": "swap" in request.GET,
    }
    return render(request, "contacts/merge.html", context)


@require_POST
@needs(Right.SEND)
def merge(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Make one person of two."""
    lose = request.POST.get("lose", "")
    if not lose.isdigit():
        raise Invalid(_("Choose with whom to merge."))
    joining.merge_people(
        workspace_id=request.member.workspace_id,
        keep=contact_id,
        lose=int(lose),
        by=request.user.pk,
        now=clock.now(),
    )
    messages.success(request, _("The two are one now. You can undo that for 24 hours."))
    return redirect("contacts:detail", contact_id)


@require_POST
@needs(Right.SEND)
def undo_merge(request: ConsoleRequest, merge_id: int) -> HttpResponse:
    """Make two people of one again."""
    merge = parting.undo_merge(workspace_id=request.member.workspace_id, merge_id=merge_id, now=clock.now())
    messages.success(request, _("They are two people again."))
    return redirect("contacts:detail", merge.kept_id)


@require_POST
@needs(Right.MANAGE)
def erase(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Erase a person for good; the word has to be typed."""
    contact = queries.get_contact(request.member.workspace_id, contact_id)
    if request.POST.get("word", "").strip() != seeing.call_person(contact):
        raise Invalid(_("Type the name exactly as it stands there. Erasing cannot be undone."))
    erasing.erase_person(workspace_id=request.member.workspace_id, contact_id=contact_id, now=clock.now())
    messages.success(request, _("The person is erased. Counts stay; no import can bring them back."))
    return redirect("contacts:list")


@require_GET
@needs(Right.MANAGE)
def download_archive(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Hand out everything that is kept about a person."""
    content = dossier.build_dossier(request.member.workspace_id, contact_id)
    headers = {"Content-Disposition": f'attachment; filename="person-{contact_id}.zip"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)
