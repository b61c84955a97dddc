"""Business hours: of the workspace, and of numbers that differ."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from switchboard.conversations import actions, queries
from switchboard.conversations.hours import DAYS
from switchboard.core import clock
from switchboard.core.errors import Invalid
from switchboard.numbers import fleet
from switchboard.team.rules import Right
from switchboard.web import asked, sentences
from switchboard.web.rights import ConsoleRequest, needs

_NAMES = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}


class HoursForm(forms.Form):
    """A week of opening hours, its zone, and the days off."""

    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=64)
    mon = forms.CharField(required=False, max_length=100)
    tue = forms.CharField(required=False, max_length=100)
    wed = forms.CharField(required=False, max_length=100)
    thu = forms.CharField(required=False, max_length=100)
    fri = forms.CharField(required=False, max_length=100)
    sat = forms.CharField(required=False, max_length=100)
    sun = forms.CharField(required=False, max_length=100)
    days_off = forms.CharField(
        label=gettext_lazy("Days off"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One date on each line, such as 2026-12-31."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, name in _NAMES.items():
            self.fields[day].label = name


@require_http_methods(["GET", "POST"])
@needs(Right.PROTECT)
def show_hours(request: ConsoleRequest) -> HttpResponse:
    """Show and set when somebody is there, for the workspace or, with ?number=, for one number."""
    workspace_id, number_id = request.member.workspace_id, asked.whole(request, "number") or 0
    form = HoursForm(request.POST or None, initial=_initial(workspace_id, number_id))
    if request.method == "POST" and form.is_valid() and _save(workspace_id, number_id, form):
        messages.success(request, _("The business hours are saved."))
        return redirect(f"{request.path}?number={number_id}" if number_id else request.path)
    own = {row.number_id for row in queries.list_own_hours(workspace_id)}
    hours = queries.get_hours(workspace_id, number_id)
    now = clock.now()
    context = {
        "form": form,
        "days": [form[day] for day in DAYS],
        "numbers": fleet.list_numbers(workspace_id),
        "number_id": number_id,
        "own": own,
        "is_open": hours.is_open(now),
        "opens_at": hours.opens_at(now),
        "is_always_open": hours.is_always_open,
    }
    return render(request, "conversations/hours.html", context, status=422 if form.errors else 200)


def _initial(workspace_id: int, number_id: int) -> dict[str, str]:
    rows = {row.number_id: row for row in queries.list_own_hours(workspace_id)}
    row = rows.get(number_id) or rows.get(0)
    if row is None:
        return {"zone": queries.get_hours(workspace_id).zone}
    days_off = "\n".join(day.isoformat() for day in row.days_off)
    return {"zone": row.zone, "days_off": days_off, **row.week}


def _save(workspace_id: int, number_id: int, form: HoursForm) -> bool:
    data = form.cleaned_data
    try:
        actions.set_hours(
            workspace_id=workspace_id,
            number_id=number_id,
            zone=data["zone"],
            week={day: data[day] for day in DAYS},
            days_off=data["days_off"].split(),
        )
    except Invalid as error:
        form.add_error(None, sentences.translate(error.message))
        return False
    return True
