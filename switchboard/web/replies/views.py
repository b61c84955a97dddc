"""The list of rules with the tester beside it, the replay, what nobody answers, and the measures."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.core import clock
from switchboard.core.errors import SwitchboardError
from switchboard.language import resources
from switchboard.language.types import Collision
from switchboard.replies import costs, measuring, queries, workbench
from switchboard.replies.actions import publishing, rulesets
from switchboard.replies.types import Rule, RuleSet, StepKind
from switchboard.team.rules import Right
from switchboard.web import failures
from switchboard.web.replies import editor, pricing, wording
from switchboard.web.rights import ConsoleRequest, needs

_CHIPS = 6
_FIGHTS = 3


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer in the list: its parts, and what it cost this month."""

    parts: tuple[str, ...]
    cost: str


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in the list."""

    rule: Rule
    is_on: bool
    trigger: str
    chips: tuple[tuple[str, str], ...]
    more_chips: int
    layers: tuple[Layer, ...]
    hits: int
    delivered: int
    cost: str
    hidden_by: str
    fights: tuple[str, ...]


@require_GET
def show_rules(request: ConsoleRequest) -> HttpResponse:
    """Show the rules in their order, whether they fight, and the tester."""
    workspace_id, now = request.member.workspace_id, clock.now()
    drafts = queries.list_drafts(workspace_id)
    names = {rule.id: rule.name for rule, _is_on in drafts}
    conflicts = workbench.find_conflicts(RuleSet(tuple(rule for rule, is_on in drafts if is_on)))
    fights: dict[int, list[Collision]] = {}
    for one in conflicts.collisions:
        fights.setdefault(one.other_rule_id, []).append(one)
    spent = costs.get_costs(workspace_id, now)
    hits = measuring.count_hits(workspace_id, now)
    rows = [
        Row(
            rule=rule,
            is_on=is_on,
            trigger=str(wording.TRIGGERS[rule.trigger]),
            chips=tuple((one.text, str(wording.SHORT_MODES[one.mode])) for one in rule.keywords[:_CHIPS]),
            more_chips=max(0, len(rule.keywords) - _CHIPS),
            layers=tuple(
                Layer(
                    tuple(str(wording.STEPS[step.kind]) for step in rung.steps),
                    pricing.say_amount(spent.by_rung.get((rule.id, place)), spent.currency),
                )
                for place, rung in enumerate(rule.rungs)
            ),
            hits=hits.get(rule.id, 0),
            delivered=spent.delivered_by_rule.get(rule.id, 0),
            cost=pricing.say_amount(spent.by_rule.get(rule.id), spent.currency),
            hidden_by=names.get(conflicts.hidden.get(rule.id, 0), ""),
            fights=tuple(_say_collision(one, names) for one in fights.get(rule.id, ())[:_FIGHTS]),
        )
        for rule, is_on in drafts
    ]
    latest = next(iter(queries.list_versions(workspace_id, 1)), None)
    context = {
        "rows": rows,
        "latest": latest,
        "has_changes": queries.has_changes(workspace_id),
        "missing": _missing_dictionaries(),
        "spent": pricing.say_month(spent),
        "base": pricing.say_base(spent),
    }
    return render(request, "replies/list.html", context)


def _missing_dictionaries() -> list[str]:
    sentences = {
        resources.JAPANESE: _(
            "The Japanese dictionary is not installed: new rules get no readings. Install switchboard[ja]."
        ),
        resources.CHINESE: _(
            "The Chinese dictionary is not installed: new rules get no pinyin. Install switchboard[zh]."
        ),
    }
    return [sentences[language] for language in resources.missing()]


def _say_collision(one: Collision, names: dict[int, str]) -> str:
    sentence = _("“%(own)s” is also “%(shared)s” of “%(rule)s”, which goes first.")
    return sentence % {"own": one.other_keyword, "shared": one.keyword, "rule": names.get(one.rule_id, "")}


@require_POST
@needs(Right.SEND)
def order_rules(request: ConsoleRequest) -> HttpResponse:
    """Move a rule one place up or down."""
    workspace_id = request.member.workspace_id
    ids = [rule.pk for rule in queries.list_rules(workspace_id)]
    way, _sep, number = request.POST.get("move", "").partition(":")
    if number.isdigit() and int(number) in ids:
        place = ids.index(int(number))
        other = place + (1 if way == "down" else -1)
        if 0 <= other < len(ids):
            ids[place], ids[other] = ids[other], ids[place]
            rulesets.order_rules(workspace_id=workspace_id, rule_ids=ids, now=clock.now())
    return redirect("replies:list")


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
def switch_rule(request: ConsoleRequest, rule_id: int) -> HttpResponse:
    """Switch a rule on or off in the draft."""
    rulesets.set_rule_on(
        workspace_id=request.member.workspace_id,
        rule_id=rule_id,
        is_on=request.POST.get("on") == "yes",
        by=str(request.user),
        now=clock.now(),
    )
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
    rules = queries.build_draft(workspace_id)
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
