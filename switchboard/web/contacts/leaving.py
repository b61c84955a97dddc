"""The page behind a person's own link: leave, or come back. No sign-in; the link itself is the proof."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from switchboard.consent import actions, links
from switchboard.consent import queries as consent_queries
from switchboard.consent.errors import AlreadyWithdrawnError
from switchboard.contacts import people_queries
from switchboard.core import clock
from switchboard.core.tenancy import set_scope
from switchboard.team import queries as team_queries


# A mail program or an old phone may post without a cookie; the token in the address is what nobody else has.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Show how it stands, and do what the person asks. Looking alone changes nothing: programs follow links, too."""
    holder = links.read_token(token)
    if holder is None:
        return render(request, "contacts/leave.html", {"is_unknown": True}, status=404)
    set_scope(workspace_id=holder.workspace_id)
    contact_id = people_queries.find_person(holder.workspace_id, str(holder.contact_id))
    context = {"place": team_queries.get_workspace(holder.workspace_id), "token": token}
    if contact_id is None:
        return render(request, "contacts/leave.html", {**context, "is_gone": True})
    if request.method == "POST":
        _obey(request, holder.workspace_id, contact_id)
        return redirect("leave", token)
    standing = consent_queries.find_standing(holder.workspace_id, contact_id)
    is_out = standing is not None and standing.opted_out_at is not None
    return render(request, "contacts/leave.html", {**context, "is_out": is_out})


def _obey(request: HttpRequest, workspace_id: int, contact_id: int) -> None:
    given: dict[str, Any] = {
        "workspace_id": workspace_id,
        "contact_id": contact_id,
        "actor": "contact",
        "at": clock.now(),
    }
    evidence = {"address": request.META.get("REMOTE_ADDR", ""), "agent": request.headers.get("User-Agent", "")[:200]}
    if "back" in request.POST:
        wording = _("Yes, send me messages again.")
        actions.grant_consent(
            **given, category="all", basis="opt_in", source="link", wording=wording, evidence=evidence, is_own_wish=True
        )
        return
    try:
        actions.withdraw_consent(**given, source="link", wording=_("Stop all messages"), evidence=evidence)
    except AlreadyWithdrawnError:
        return
