"""The list of contacts, and one person."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from switchboard.consent import actions as consent_actions
from switchboard.consent import links
from switchboard.consent import queries as consent_queries
from switchboard.contacts import actions, people_queries, queries, segment_queries, tag_queries
from switchboard.contacts.details import Details
from switchboard.contacts.errors import DetailsChangedError, DetailsError
from switchboard.core import clock
from switchboard.team.rules import Right
from switchboard.web import asked, failures, seeing
from switchboard.web.contacts import many, showing, timeline
from switchboard.web.contacts.forms import DetailsForm
from switchboard.web.rights import ConsoleRequest, needs


@require_GET
def show_contacts(request: ConsoleRequest) -> HttpResponse:
    """Show contacts, newest first, by name, number or address, by tag, by import."""
    workspace_id = request.member.workspace_id
    search, tag, job = request.GET.get("q", ""), asked.whole(request, "tag"), asked.whole(request, "import")
    segment = asked.whole(request, "segment")
    page = queries.list_contacts(
        workspace_id,
        search=search,
        tag_ids=[tag] if tag else [],
        import_id=job,
        segment_id=segment,
        before=asked.whole(request, "before"),
        by_part_of_phone=seeing.may_see_phones(),
    )
    tags = {row.pk: row for row in queries.list_tags(workspace_id)}
    standings = consent_queries.map_standings(workspace_id, [contact.pk for contact in page.contacts])
    rows = [
        {
            "contact": contact,
            "tags": [tags[key] for key in (*contact.tags, *(getattr(contact, "classes", None) or ())) if key in tags],
            "standing": standings.get(contact.pk),
        }
        for contact in page.contacts
    ]
    context: dict[str, Any] = {
        "rows": rows,
        "next_before": page.next_before,
        "tags": tags.values(),
        "search": search,
        "tag": tag,
        "import_id": job,
        "segment": segment_queries.get_segment(workspace_id, segment) if segment else None,
        "is_filtered": bool(search or tag or job or segment),
        "is_later": "before" in request.GET,
    }
    if not request.htmx:
        context["fields"] = queries.list_fields(workspace_id)
        context["edits"] = many.list_edits(request)
    part = "contacts/list.html#rows" if request.htmx else "contacts/list.html"
    return render(request, part, context)


@require_GET
def show_contact(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Show one person: who it is, consent, orders, and everything that happened."""
    workspace_id = request.member.workspace_id
    former = people_queries.find_alias(workspace_id, contact_id)
    if former is not None:
        return redirect("contacts:detail", former)
    contact = queries.get_contact(workspace_id, contact_id)
    return render(request, "contacts/detail.html", _describe(workspace_id, contact))


def _describe(workspace_id: int, contact: Any) -> dict[str, Any]:
    tags = {row.pk: row for row in queries.list_tags(workspace_id)}
    now, fields, contact_id = clock.now(), queries.list_fields(workspace_id), contact.pk
    standing = consent_queries.find_standing(workspace_id, contact_id)
    entries = consent_queries.list_entries(workspace_id, contact_id)
    classes = tag_queries.map_classes(workspace_id, [contact_id]).get(contact_id, [])
    return {
        "contact": contact,
        "tags": [tags[key] for key in (*contact.tags, *classes) if key in tags],
        "other_tags": [row for key, row in tags.items() if key not in contact.tags and key not in classes],
        "fields": showing.list_values(fields, contact.fields),
        "field_keys": [field.key for field in fields],
        "permissions": showing.list_permissions(standing),
        "identities": queries.list_identities(workspace_id, contact_id),
        "standing": standing,
        "entries": entries,
        "lines": timeline.list_everything(workspace_id, contact_id, fields=fields, entries=entries),
        "purchases": people_queries.find_purchases(workspace_id, contact_id),
        "twins": people_queries.list_twins(workspace_id, contact),
        "merges": people_queries.list_merges(workspace_id, contact_id, since=now - timedelta(hours=24)),
        "link": links.build_link(workspace_id, contact_id),
    }


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def change_details(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Correct what a person is called and how they are reached, in place on their page."""
    workspace_id = request.member.workspace_id
    contact = queries.get_contact(workspace_id, contact_id)
    there = Details(contact.name, contact.email, contact.language)
    form = DetailsForm(request.POST if request.method == "POST" else None, there=there)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            done = actions.change_details(
                workspace_id=workspace_id,
                contact_id=contact_id,
                typed=form.read_typed(),
                seen=form.read_seen(),
                by=request.user.pk,
                now=clock.now(),
            )
            if done:
                messages.success(request, _("Saved. You can undo it for 24 hours."))
            # Without a place of its own the browser keeps the form's, and the message stands above it, out of sight.
            return redirect(reverse("contacts:detail", args=[contact_id]) + "#top")
        except DetailsError as error:
            form.add_error(error.field, failures.say(error))
        except DetailsChangedError as error:
            form.mark_changed()
            context["fault"] = failures.say(error)
    status = 409 if "fault" in context else 422 if form.errors else 200
    return render(request, "contacts/detail.html", {**_describe(workspace_id, contact), **context}, status=status)


@require_POST
@needs(Right.SEND)
def opt_out(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Note that this person wants no more messages."""
    contact = queries.get_contact(request.member.workspace_id, contact_id)
    consent_actions.withdraw_consent(
        workspace_id=request.member.workspace_id,
        contact_id=contact.pk,
        source=_("Noted in the console"),
        actor=f"user:{request.user.pk}",
        at=clock.now(),
    )
    name = seeing.call_person(contact)
    messages.success(request, _("%(name)s is opted out of everything the business starts.") % {"name": name})
    return redirect("contacts:detail", contact_id)


@require_POST
@needs(Right.SEND)
def subscribe(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Note that this person has said themselves that they want messages, where, and in which words."""
    contact = queries.get_contact(request.member.workspace_id, contact_id)
    category, _sep, basis = request.POST.get("consent", "").partition(":")
    consent_actions.grant_consent(
        workspace_id=request.member.workspace_id,
        contact_id=contact.pk,
        category=category,
        basis=basis,
        source=request.POST.get("source", ""),
        wording=request.POST.get("wording", ""),
        actor=f"user:{request.user.pk}",
        at=clock.now(),
        is_own_wish="own_wish" in request.POST,
    )
    messages.success(request, _("The consent of %(name)s is recorded.") % {"name": seeing.call_person(contact)})
    return redirect("contacts:detail", contact_id)
