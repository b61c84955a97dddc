"""Tags of one person: given and taken by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from switchboard.contacts import queries as contacts_queries
from switchboard.contacts.actions import tags as actions
from switchboard.core import clock
from switchboard.team.rules import Right
from switchboard.web import seeing
from switchboard.web.rights import ConsoleRequest, needs


@require_POST
@needs(Right.SEND)
def change_tags(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Give a person a tag or take one; against a rule it stays as a correction."""
    workspace_id = request.member.workspace_id
    contact = contacts_queries.get_contact(workspace_id, contact_id)
    for name, change in (("give", actions.give_tag), ("take", actions.take_tag)):
        chosen = request.POST.get(name, "")
        if chosen.isdigit():
            change(
                workspace_id=workspace_id,
                contact_id=contact.pk,
                tag_id=int(chosen),
                now=clock.now(),
                by=request.user.pk,
            )
            messages.success(request, _("The tags of %(name)s are changed.") % {"name": seeing.call_person(contact)})
    return redirect("contacts:detail", contact_id)
