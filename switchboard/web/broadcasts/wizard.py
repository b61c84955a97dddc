"""The wizard: Target, Message, Numbers and pace, Schedule, Review. Each step saves the draft."""

from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from switchboard.broadcasts import actions, audience, queries
from switchboard.broadcasts.errors import NotReadyError
from switchboard.contacts import queries as contacts_queries
from switchboard.contacts import segment_queries
from switchboard.core import clock
from switchboard.delivery.rules.quiet_hours import Night
from switchboard.numbers import fleet
from switchboard.numbers.rules import PRESETS
from switchboard.team.rules import Right
from switchboard.templates import catalogue
from switchboard.web import sentences, words
from switchboard.web.broadcasts import estimating, message_step
from switchboard.web.broadcasts.forms import NumbersForm, ScheduleForm, TargetForm
from switchboard.web.broadcasts.summary import say_audience
from switchboard.web.rights import ConsoleRequest, needs

_STEPS = ("audience", "message", "numbers", "schedule", "review")
_MOST_IMPORTS = 20


def render_step(
    request: ConsoleRequest, step: str, broadcast: Any, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Show a step inside the wizard's frame."""
    labels = {
        "audience": _("Target"),
        "message": _("Message"),
        "numbers": _("Numbers and pace"),
        "schedule": _("Schedule"),
        "review": _("Review"),
    }
    position = _STEPS.index(step)
    frame = {
        "broadcast": broadcast,
        "step": step,
        "steps": [(name, f"broadcasts:edit_{name}", labels[name]) for name in _STEPS],
        "position": position,
        "previous": f"broadcasts:edit_{_STEPS[position - 1]}" if position else "",
    }
    return render(request, f"broadcasts/step_{step}.html", {**frame, **context}, status=status)


def open_draft(request: ConsoleRequest, broadcast_id: int) -> Any:
    """Return a broadcast that may still be changed.

    :raises BroadcastMissingError: there is none in this workspace.
    """
    return queries.get_broadcast(request.member.workspace_id, broadcast_id)


def save(request: ConsoleRequest, broadcast_id: int, **fields: Any) -> Any:
    """Keep what a step says; a scheduled broadcast becomes a draft again until it is reviewed."""
    workspace_id = request.member.workspace_id
    if queries.get_broadcast(workspace_id, broadcast_id).state == "scheduled":
        actions.unschedule_broadcast(workspace_id=workspace_id, broadcast_id=broadcast_id)
        messages.info(request, _("The broadcast is off the calendar until you start it again in the review."))
    return actions.save_draft(workspace_id=workspace_id, broadcast_id=broadcast_id, now=clock.now(), **fields)


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def target(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Choose the name and who gets it."""
    workspace_id = request.member.workspace_id
    broadcast = open_draft(request, broadcast_id)
    form = _target_form(request, broadcast)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        broadcast = save(request, broadcast_id, name=form.cleaned_data["name"], audience=form.build_audience())
        if not audience.count_people(workspace_id, broadcast.audience):
            faults = [_("Nobody is in this audience. Choose other tags, or import contacts first.")]
        else:
            return redirect("broadcasts:edit_message", broadcast_id)
    question = form.build_audience() if form.is_bound and form.is_valid() else broadcast.audience
    context = {
        "form": form,
        "faults": faults,
        "tags": contacts_queries.list_tags_with_counts(workspace_id),
        "imports": _imports(workspace_id),
        "segments": segment_queries.list_segments(workspace_id),
        "question": question,
        **_sample(workspace_id, question),
    }
    return render_step(request, "audience", broadcast, context, 422 if faults or form.errors else 200)


def _imports(workspace_id: int) -> list[Any]:
    return [job for job in contacts_queries.list_imports(workspace_id, limit=_MOST_IMPORTS) if job.state != "uploaded"]


def _target_form(request: ConsoleRequest, broadcast: Any) -> TargetForm:
    workspace_id = request.member.workspace_id
    return TargetForm(
        request.POST or None,
        tags=contacts_queries.list_tags(workspace_id),
        imports=_imports(workspace_id),
        segments=segment_queries.list_segments(workspace_id),
        initial={"name": broadcast.name, **broadcast.audience},
    )


def _sample(workspace_id: int, question: dict[str, Any]) -> dict[str, Any]:
    people, sample = audience.look_at_people(workspace_id, question)
    return {"people": people, "sample": sample}


@require_GET
@needs(Right.SEND)
def count_target(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Count who would get it, while the person is still choosing."""
    workspace_id = request.member.workspace_id
    open_draft(request, broadcast_id)
    form = TargetForm(
        request.GET,
        tags=contacts_queries.list_tags(workspace_id),
        imports=_imports(workspace_id),
        segments=segment_queries.list_segments(workspace_id),
    )
    form.is_valid()  # The name does not matter here; what does not fit is left out.
    return render(request, "broadcasts/step_audience.html#count", _sample(workspace_id, form.build_audience()))


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def message(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Choose the template, what fills its variables, and its picture."""
    broadcast = open_draft(request, broadcast_id)
    faults: list[str] = []
    if request.method == "POST":
        fields, faults = message_step.read(request, broadcast)
        broadcast = save(request, broadcast_id, **fields)
        faults = faults or message_step.list_faults(broadcast)
        if not faults:
            return redirect("broadcasts:edit_numbers", broadcast_id)
    context = {"faults": faults, **message_step.describe(request, broadcast)}
    return render_step(request, "message", broadcast, context, 422 if faults else 200)


@require_GET
@needs(Right.SEND)
def preview(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Show the message as it would reach one person, with what is chosen right now."""
    broadcast = open_draft(request, broadcast_id)
    part = "bubble" if request.htmx.target == "preview" else "editor"
    context = message_step.describe(request, broadcast, request.GET)
    return render(request, f"broadcasts/step_message.html#{part}", context)


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def numbers(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Choose the numbers that send, and how fast."""
    workspace_id = request.member.workspace_id
    broadcast = open_draft(request, broadcast_id)
    fleet_numbers = fleet.list_numbers(workspace_id)
    form = NumbersForm(request.POST or None, numbers=fleet_numbers)
    if request.method == "POST" and form.is_valid():
        save(request, broadcast_id, **form.cleaned_data)
        return redirect("broadcasts:edit_schedule", broadcast_id)
    family = catalogue.find_family(workspace_id, broadcast.template_name) if broadcast.template_name else None
    capable = [number for number in fleet_numbers if family is None or number.account_id in family.account_ids]
    ready = [number.pk for number in capable if number.state == "connected" and number.stopped_at is None]
    chosen = set(broadcast.number_ids or ready)
    context = {
        "form": form,
        "faults": [fault for row in form.errors.values() for fault in row],
        "numbers": [
            {
                "number": number,
                "has_template": number in capable,
                "is_chosen": number.pk in chosen,
            }
            for number in fleet_numbers
        ],
        "paces": [(key, *words.PACES[key]) for key in PRESETS],
    }
    return render_step(request, "numbers", broadcast, context, 422 if context["faults"] else 200)


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def schedule(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Choose when it starts."""
    broadcast = open_draft(request, broadcast_id)
    form = ScheduleForm(request.POST or None, now=clock.now())
    if request.method == "POST" and form.is_valid():
        chosen = ("scheduled_at", "give_up_hours", "resends_failed")
        save(request, broadcast_id, **{name: form.cleaned_data[name] for name in chosen})
        return redirect("broadcasts:edit_review", broadcast_id)
    local = timezone.localtime(broadcast.scheduled_at) if broadcast.scheduled_at else None
    context = {
        "form": form,
        "when": form.data.get("when") or ("later" if local else "now"),
        "at": form.data.get("at") or (local.strftime("%Y-%m-%dT%H:%M") if local else ""),
        "give_up_hours": form.data.get("give_up_hours") or broadcast.give_up_hours,
        "resends_failed": bool(form.data.get("resends_failed")) if form.is_bound else broadcast.resends_failed,
        "least": timezone.localtime(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        "hours": range(24),
        **_quiet(request.member.workspace),
    }
    return render_step(request, "schedule", broadcast, context, 422 if form.errors else 200)


def _quiet(workspace: Any) -> dict[str, Any]:
    night = Night(workspace.quiet_from, workspace.quiet_until)
    return {
        "quiet_from": f"{night.begins:%H:%M}",
        "quiet_until": f"{night.ends:%H:%M}",
        "quiet_hours": [hour for hour in range(24) if night.has(time(hour))],
    }


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def review(request: ConsoleRequest, broadcast_id: int) -> HttpResponse:
    """Show everything once more: who gets it, who does not, how long it takes; then start."""
    workspace_id = request.member.workspace_id
    broadcast = open_draft(request, broadcast_id)
    faults: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            started = actions.start_broadcast(workspace_id=workspace_id, broadcast_id=broadcast_id, now=clock.now())
        except NotReadyError as error:
            faults = [
                {"step": problem.step, "text": sentences.translate(problem.message)} for problem in error.problems
            ]
        else:
            said = (
                _("The broadcast starts at its time.")
                if started.state == "scheduled"
                else _("The broadcast is starting.")
            )
            messages.success(request, said)
            return redirect("broadcasts:detail", broadcast_id)
    problems = [
        {"step": row.step, "text": sentences.translate(row.message)} for row in queries.list_problems(broadcast)
    ]
    context = {
        "faults": faults,
        "problems": [{**row, "href": f"broadcasts:edit_{row['step']}"} for row in problems],
        "audience": say_audience(workspace_id, broadcast.audience),
        **_quiet(request.member.workspace),
        **estimating.describe(broadcast),
        **message_step.describe(request, broadcast),
    }
    return render_step(request, "review", broadcast, context, 422 if faults else 200)
