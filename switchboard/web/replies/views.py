"""Publishing, the tester, the replay, what nobody answers, and the measures."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.core import clock
from switchboard.core.errors import SwitchboardError
from switchboard.replies import measuring, workbench
from switchboard.replies.actions import publishing, rulesets
from switchboard.replies.types import StepKind
from switchboard.team.rules import Right
from switchboard.web import failures
from switchboard.web.replies import editor, wording
from switchboard.web.rights import ConsoleRequest, needs


@require_POST
@needs(Right.SEND)
def publish(request: ConsoleRequest) -> HttpResponse:
    """Have the draft answer from now on."""
    try:
        version = publishing.publish(workspace_id=request.member.workspace_id, by=str(request.user), now=clock.now())
        messages.success(request, _("Version %(number)s answers from now on.") % {"number": version.number})
    except SwitchboardError as error:
        messages.error(request, failures.say(error))
    return redirect("replies:list")


@require_POST
@needs(Right.SEND)
def delete_rule(request: ConsoleRequest, rule_id: int) -> HttpResponse:
    """Take a rule out of the draft."""
    rulesets.delete_rule(workspace_id=request.member.workspace_id, rule_id=rule_id, now=clock.now())
    messages.success(request, _("The rule is out of the draft. What is published keeps it until you publish."))
    return redirect("replies:list")


@require_POST
def try_message(request: ConsoleRequest) -> HttpResponse:
    """Show what would become of a message; on the page of a rule, with that rule as it is being written."""
    workspace_id = request.member.workspace_id
    text = request.POST.get("message", "")
    context = {"message": text, **build_trial(request, workspace_id, text)} if text.strip() else {"message": ""}
    return render(request, "replies/trial.html", context)


def build_trial(request: ConsoleRequest, workspace_id: int, text: str) -> dict[str, Any]:
    """Return what the tester shows of a message."""
    rules = workbench.get_draft(workspace_id)
    try:
        if "trigger" in request.POST:
            number = request.POST.get("rule", "")
            rules = workbench.put_in(rules, editor.build_draft(editor.read_form(request.POST), int(number or 0)))
        trial = workbench.try_message(rules, text, zone=request.member.workspace.time_zone, now=clock.now())
    except SwitchboardError as error:
        return {"fault": failures.say(error)}
    winner = trial.winner
    return {
        "trial": trial,
        "explanation": trial.explanation,
        "candidates": [
            (
                one.rule,
                one.match,
                wording.VIEWS[one.match.view] if one.match else "",
                wording.TRIGGERS[one.rule.trigger],
            )
            for one in trial.candidates[:8]
        ],
        "layers": [
            [(wording.STEPS[step.kind], _first_words(step.content)) for step in rung.steps] for rung in winner.rungs
        ]
        if winner
        else [],
        "hands_over": bool(winner)
        and any(step.kind == StepKind.HAND_OVER for rung in winner.rungs for step in rung.steps)
        if winner
        else False,
    }


def _first_words(content: dict[str, Any]) -> str:
    text = content.get("text", "")
    words = next(iter(text.values()), "") if isinstance(text, dict) else str(text)
    return words[:80]


@require_GET
def show_replay(request: ConsoleRequest) -> HttpResponse:
    """Answer the last 1,000 real messages by the draft and show what would change."""
    found = workbench.replay(request.member.workspace_id, zone=request.member.workspace.time_zone, now=clock.now())
    return render(request, "replies/replay.html", {"replay": found})


@require_GET
def show_unanswered(request: ConsoleRequest) -> HttpResponse:
    """Show what people write that no rule answers, grouped."""
    return render(
        request,
        "replies/unanswered.html",
        {"groups": workbench.list_unanswered(request.member.workspace_id, clock.now())},
    )


@require_POST
@needs(Right.SEND)
def ignore_phrase(request: ConsoleRequest) -> HttpResponse:
    """Leave a phrase out from now on."""
    phrase = request.POST.get("phrase", "").strip()
    if phrase:
        rulesets.ignore_phrase(workspace_id=request.member.workspace_id, phrase=phrase)
        messages.success(request, _("“%(phrase)s” is left out from now on.") % {"phrase": phrase[:60]})
    return redirect("replies:unanswered")


@require_GET
def show_measures(request: ConsoleRequest) -> HttpResponse:
    """Show how well the rules answer."""
    report = measuring.build_report(request.member.workspace_id, clock.now(), request.member.workspace.time_zone)
    return render(request, "replies/measures.html", {"report": report})
