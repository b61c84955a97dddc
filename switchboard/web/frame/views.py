"""What the frame's buttons do."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from switchboard.core import clock
from switchboard.core.errors import NotFound
from switchboard.delivery import actions as delivery_actions
from switchboard.team import actions as team_actions
from switchboard.team import queries as team_queries
from switchboard.team.rules import Right
from switchboard.web.rights import ConsoleRequest, needs


@require_GET
def show_bands(request: ConsoleRequest) -> HttpResponse:
    """Show the stop band and the problems as they are now."""
    return render(request, "components/bands.html")


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def stop(request: ConsoleRequest) -> HttpResponse:
    """Ask, then press the red button."""
    if request.method == "GET":
        return render(request, "stop.html")
    delivery_actions.set_stop_switch(
        workspace_id=request.member.workspace_id, is_on=True, by=str(request.user)[:64], now=clock.now()
    )
    return redirect(_back(request))


@require_POST
@needs(Right.PROTECT)
def resume(request: ConsoleRequest) -> HttpResponse:
    """Let messages leave again."""
    delivery_actions.set_stop_switch(
        workspace_id=request.member.workspace_id, is_on=False, by=str(request.user)[:64], now=clock.now()
    )
    messages.success(request, _("Sending goes on."))
    return redirect(_back(request))


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on; a signed-in person keeps it everywhere."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        request.session["language"] = language
        if request.user.is_authenticated:
            team_actions.set_language(user_id=request.user.pk, language=language)
        translation.activate(language)
    target = request.POST.get("next", "/")
    return redirect(target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else "/")


@require_POST
def choose_workspace(request: ConsoleRequest) -> HttpResponse:
    """Work in another workspace of one's own.

    :raises NotFound: the person does not belong to it.
    """
    wanted = request.POST.get("workspace", "")
    if wanted not in {str(place.pk) for place in team_queries.list_workspaces(user_id=request.user.pk)}:
        raise NotFound
    request.session["workspace_id"] = int(wanted)
    return redirect("overview")


def _back(request: HttpRequest) -> str:
    page = request.headers.get("referer", "/")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}) else "/"
