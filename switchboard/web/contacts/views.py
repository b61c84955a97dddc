"""The list of contacts, and one person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.consent import actions as consent_actions
from switchboard.consent import queries as consent_queries
from switchboard.contacts import queries, segment_queries, tag_queries
from switchboard.core import clock
from switchboard.team.rules import Right
from switchboard.web import asked
from switchboard.web.contacts import timeline
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
    part = "contacts/list.html#rows" if request.htmx else "contacts/list.html"
    return render(request, part, context)


@require_GET
def show_contact(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Show one person: identities, consent, messages."""
    workspace_id = request.member.workspace_id
    contact = queries.get_contact(workspace_id, contact_id)
    tags = {row.pk: row for row in queries.list_tags(workspace_id)}
    classes = tag_queries.map_classes(workspace_id, [contact_id]).get(contact_id, [])
    context = {
        "contact": contact,
        "tags": [tags[key] for key in (*contact.tags, *classes) if key in tags],
        "other_tags": [row for key, row in tags.items() if key not in contact.tags and key not in classes],
        "identities": queries.list_identities(workspace_id, contact_id),
        "standing": consent_queries.find_standing(workspace_id, contact_id),
        "entries": consent_queries.list_entries(workspace_id, contact_id),
        "messages_both_ways": timeline.list_timeline(workspace_id, contact_id),
    }
    return render(request, "contacts/detail.html", context)


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
    messages.success(request, _("%(name)s is opted out of everything the business starts.") % {"name": contact})
    return redirect("contacts:detail", contact_id)
