"""Pools of coupon codes that answers give away, one a person."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from switchboard.core.errors import SwitchboardError
from switchboard.replies import queries
from switchboard.replies.actions import coupons
from switchboard.team.rules import Right
from switchboard.web import failures, formats
from switchboard.web.rights import ConsoleRequest, needs

_LONGEST_PASTE = 2_000_000


class CodesForm(forms.Form):
    """Codes, and the pool they go into."""

    name = forms.CharField(
        label=gettext_lazy("Name of the pool"),
        max_length=60,
        help_text=gettext_lazy("A new name makes a new pool; a known one adds to it."),
    )
    codes = forms.CharField(
        label=gettext_lazy("Codes"),
        max_length=_LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line. A code that the pool has already is left out."),
    )


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def show_coupons(request: ConsoleRequest) -> HttpResponse:
    """Show the pools with what is left in them, and put codes into one."""
    workspace_id = request.member.workspace_id
    form = CodesForm(request.POST or None, initial={"name": request.GET.get("pool", "")[:60]})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            added = coupons.add_coupons(
                workspace_id=workspace_id, pool_name=name, codes=form.cleaned_data["codes"].splitlines()
            )
        except SwitchboardError as error:
            form.add_error(None, failures.say(error))
        else:
            said = ngettext("%(count)s new code in “%(pool)s”.", "%(count)s new codes in “%(pool)s”.", added)
            messages.success(request, said % {"count": formats.render_count(added), "pool": name})
            return redirect("replies:coupons")
    context = {"form": form, "pools": queries.list_pools(workspace_id)}
    return render(request, "replies/coupons.html", context, status=422 if form.errors else 200)
