"""Keys with which programs use the API: made, replaced, taken back. Owners only."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from switchboard.core import clock
from switchboard.core.errors import Invalid
from switchboard.team import actions, keys, queries
from switchboard.team.actions import MadeKey
from switchboard.team.keys import KeyState
from switchboard.team.rules import Right
from switchboard.web import failures
from switchboard.web.keys.forms import OVERLAPS, SCOPE_WORDS, KeyForm, OverlapForm
from switchboard.web.rights import ConsoleRequest, needs


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE)
@never_cache
def show_keys(request: ConsoleRequest) -> HttpResponse:
    """Show the keys, and make one. Its secret is on the answer's page and on no other."""
    form, now = KeyForm(request.POST or None), clock.now()
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        try:
            made = actions.create_key(
                workspace_id=request.member.workspace_id,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                by=request.user.pk,
                now=now,
                expires_at=now + timedelta(days=int(days)) if days else None,
            )
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, failures.say(error))
        else:
            return _show(request, KeyForm(), made)
    return _show(request, form)


@require_POST
@needs(Right.MANAGE)
@never_cache
def rotate(request: ConsoleRequest, key_id: int) -> HttpResponse:
    """Make a key in the place of another, which goes on working for a while."""
    form = OverlapForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Choose how long the former key goes on working."))
    made = actions.rotate_key(
        workspace_id=request.member.workspace_id,
        key_id=key_id,
        by=request.user.pk,
        now=clock.now(),
        overlap=timedelta(hours=int(form.cleaned_data["hours"])),
    )
    return _show(request, KeyForm(), made)


@require_POST
@needs(Right.MANAGE)
def revoke(request: ConsoleRequest, key_id: int) -> HttpResponse:
    """End a key at once."""
    key = actions.revoke_key(workspace_id=request.member.workspace_id, key_id=key_id, now=clock.now())
    messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("keys:list")


def _show(request: ConsoleRequest, form: KeyForm, made: MadeKey | None = None) -> HttpResponse:
    workspace_id, now = request.member.workspace_id, clock.now()
    found = queries.list_keys(workspace_id)
    makers = queries.map_user_names(workspace_id, {key.created_by for key in found})
    rows = [_describe(key, makers, now) for key in found]
    context = {
        "form": form,
        "made": made,
        "rows": [row for row in rows if row["works"]],
        "ended": [row for row in rows if not row["works"]],
        "overlaps": OVERLAPS,
        "usual_overlap": str(int(keys.OVERLAP.total_seconds() // 3600)),
    }
    return render(request, "keys/list.html", context, status=422 if form.errors else 200)


def _describe(key: Any, makers: dict[int, str], now: datetime) -> dict[str, Any]:
    state = keys.state_of(expires_at=key.expires_at, revoked_at=key.revoked_at, now=now)
    return {
        "key": key,
        "works": state == KeyState.WORKS,
        "is_revoked": state == KeyState.REVOKED,
        "scopes": [(scope, SCOPE_WORDS[scope]) for scope in key.scopes if scope in SCOPE_WORDS],
        "maker": makers.get(key.created_by, ""),
    }
