"""What is wrong now, and what was."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from switchboard.web.incidents import reading
from switchboard.web.rights import ConsoleRequest


@require_GET
def show_incidents(request: ConsoleRequest) -> HttpResponse:
    """Show what is wrong with its cause and cure, then what is over."""
    workspace_id = request.member.workspace_id
    context = {"open": reading.list_open(workspace_id), "ended": reading.list_ended(workspace_id)}
    return render(request, "incidents/list.html#live" if request.htmx else "incidents/list.html", context)
