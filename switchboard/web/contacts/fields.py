"""The page of typed fields."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from switchboard.contacts import actions, queries
from switchboard.core import clock
from switchboard.core.errors import Conflict, Invalid
from switchboard.team.rules import Right
from switchboard.web import failures, words
from switchboard.web.rights import ConsoleRequest, needs


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def show_fields(request: ConsoleRequest) -> HttpResponse:
    """Show the fields that people can have, and make one."""
    workspace_id, fault = request.member.workspace_id, ""
    if request.method == "POST":
        try:
            actions.create_field(
                workspace_id=workspace_id,
                key=request.POST.get("key", ""),
                kind=request.POST.get("kind", ""),
                choices=request.POST.get("choices", "").splitlines(),
                currency=request.POST.get("currency", ""),
                now=clock.now(),
            )
            return redirect("contacts:fields")
        except (Invalid, Conflict) as error:
            fault = failures.say(error)
    rows = [{"field": field, "kind": words.FIELD_KINDS[field.kind]} for field in queries.list_fields(workspace_id)]
    context = {"rows": rows, "kinds": words.FIELD_KINDS.items(), "fault": fault, "typed": request.POST}
    return render(request, "contacts/fields.html", context, status=422 if fault else 200)


@require_POST
@needs(Right.SEND)
def change_field(request: ConsoleRequest, field_id: int) -> HttpResponse:
    """Change what a field holds."""
    field = actions.change_field(
        workspace_id=request.member.workspace_id,
        field_id=field_id,
        kind=request.POST.get("kind", ""),
        choices=request.POST.get("choices", "").splitlines(),
        currency=request.POST.get("currency", ""),
        country=request.member.workspace.country,
    )
    messages.success(request, _("The field %(name)s is changed.") % {"name": field.key})
    return redirect("contacts:fields")


@require_POST
@needs(Right.SEND)
def delete_field(request: ConsoleRequest, field_id: int) -> HttpResponse:
    """Give a field up, with its values where somebody said so."""
    count = actions.delete_field(
        workspace_id=request.member.workspace_id,
        field_id=field_id,
        now=clock.now(),
        with_values="with_values" in request.POST,
    )
    messages.success(request, _("The field is deleted; %(n)s people had a value.") % {"n": count})
    return redirect("contacts:fields")
