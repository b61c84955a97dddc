"""How often people may be written to, and how fast each number writes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.core import clock
from switchboard.core.errors import Invalid
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery import figures
from switchboard.delivery.types import Gate, PortfolioUse
from switchboard.numbers import actions as numbers_actions
from switchboard.numbers import queries as numbers_queries
from switchboard.numbers import rules
from switchboard.team import actions as team_actions
from switchboard.team.rules import Right
from switchboard.web import words
from switchboard.web.limits.forms import LimitsForm, PaceForm
from switchboard.web.rights import ConsoleRequest, needs


@require_GET
@needs(Right.PROTECT)
def show_limits(request: ConsoleRequest) -> HttpResponse:
    """Show the workspace's limits and what its portfolios have used."""
    workspace = request.member.workspace
    return _render_limits(request, LimitsForm(initial=LimitsForm.describe(workspace, figures.get_limits(workspace.pk))))


@require_POST
@needs(Right.PROTECT)
def save_limits(request: ConsoleRequest) -> HttpResponse:
    """Let other limits hold from now on."""
    workspace_id, now = request.member.workspace_id, clock.now()
    form = LimitsForm(request.POST)
    if not form.is_valid():
        return _render_limits(request, form, 422)
    try:
        delivery_actions.set_limits(
            workspace_id=workspace_id,
            figures=form.figures(figures.get_limits(workspace_id)),
            by=str(request.user),
            now=now,
        )
    except Invalid as error:
        form.add_error(error.field if error.field in form.fields else None, _(error.message))
        return _render_limits(request, form, 422)
    values = form.cleaned_data
    team_actions.set_quiet_hours(
        workspace_id=workspace_id, quiet_from=values["quiet_from"], quiet_until=values["quiet_until"]
    )
    delivery_actions.judge_again(workspace_id=workspace_id, gates=[Gate.QUIET_HOURS], now=now)
    messages.success(request, _("These limits hold from now on, for what waits as well."))
    return redirect("limits:show")


def _render_limits(request: ConsoleRequest, form: LimitsForm, status: int = 200) -> HttpResponse:
    uses = figures.list_budgets(request.member.workspace_id, clock.now())
    context = {"form": form, "portfolios": [_use(use) for use in uses]}
    return render(request, "limits/limits.html", context, status=status)


def _use(use: PortfolioUse) -> dict[str, Any]:
    share = None if not use.limit else min(100, round(100 * use.used / use.limit))
    return {"name": use.name, "used": use.used, "limit": use.limit, "share": share}


@require_GET
@needs(Right.PROTECT)
def show_pace(request: ConsoleRequest, number_id: int) -> HttpResponse:
    """Show how fast one number writes."""
    number = numbers_queries.get_number(request.member.workspace_id, number_id)
    return _render_pace(request, number, PaceForm(initial=PaceForm.describe(number)))


@require_POST
@needs(Right.PROTECT)
def save_pace(request: ConsoleRequest, number_id: int) -> HttpResponse:
    """Give a number another pace, with figures of its own."""
    workspace_id = request.member.workspace_id
    number = numbers_queries.get_number(workspace_id, number_id)
    form = PaceForm(request.POST)
    if not form.is_valid():
        return _render_pace(request, number, form, 422)
    try:
        numbers_actions.set_pace(
            workspace_id=workspace_id,
            number_id=number_id,
            pace=form.cleaned_data["pace"],
            overrides=form.overrides(),
        )
    except Invalid as error:
        form.add_error(error.field if error.field in form.fields else None, _(error.message))
        return _render_pace(request, number, form, 422)
    messages.success(request, _("The new pace holds from now on."))
    return redirect("limits:pace", number_id)


def _render_pace(request: ConsoleRequest, number: Any, form: PaceForm, status: int = 200) -> HttpResponse:
    age_days = (clock.now().date() - number.in_use_since).days
    context = {
        "number": number,
        "form": form,
        "groups": [
            [form[name] for name in ("per_second", "per_minute", "per_hour", "per_day")],
            [form[name] for name in ("gap_min_seconds", "gap_max_seconds", "jitter")],
            [form[name] for name in ("rest_after", "rest_seconds", "warm_up")],
        ],
        "notes": [words.PACES[key] for key in rules.PRESETS],
        "age_days": age_days,
        "warm_up": rules.warm_up_of(number.pace, number.pace_overrides, age_days),
        "curve": rules.curve_of(number.pace, number.pace_overrides),
    }
    return render(request, "limits/pace.html", context, status=status)
