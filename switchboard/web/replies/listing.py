"""The list of rules, a page of it at a time: looked through, put into order, switched on and off."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.core import clock
from switchboard.language import resources
from switchboard.language.types import Collision
from switchboard.replies import costs, listing, measuring, queries, workbench
from switchboard.replies.actions import rulesets
from switchboard.team.rules import Right
from switchboard.web import asked
from switchboard.web.replies import pricing, wording
from switchboard.web.rights import ConsoleRequest, needs

_FIGHTS = 3


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer in the list: its parts, and what it cost this month."""

    parts: tuple[str, ...]
    cost: str


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in the list."""

    listed: listing.Listed
    trigger: str
    chips: tuple[tuple[str, str], ...]
    layers: tuple[Layer, ...]
    hits: int
    delivered: int
    cost: str
    hidden_by: str
    fights: tuple[str, ...]
    more_fights: int


@require_GET
def show_rules(request: ConsoleRequest) -> HttpResponse:
    """Show rules in their order, whether they fight, and the tester."""
    workspace_id, now = request.member.workspace_id, clock.now()
    only_fights, search = request.GET.get("show") == "fights", request.GET.get("q", "")
    may_take_long = only_fights or request.GET.get("look") == "yes"
    conflicts = workbench.find_draft_conflicts(workspace_id, may_take_long=may_take_long)
    page = listing.list_page(
        workspace_id,
        number=asked.whole(request, "page") or 1,
        search=search,
        among=conflicts.fighting | conflicts.hidden.keys() if conflicts and only_fights else None,
    )
    context: dict[str, Any] = {
        **_rows(workspace_id, page, conflicts or workbench.Conflicts((), {}), now),
        "page": page,
        "conflicts": conflicts,
        "only_fights": only_fights,
        "search": search,
        "back": _back(request),
        "moved": request.GET.get("moved", ""),
    }
    if not request.htmx:
        context |= {
            "latest": next(iter(queries.list_versions(workspace_id, 1)), None),
            "has_changes": queries.has_changes(workspace_id),
            "missing": _missing_dictionaries(),
        }
    return render(request, "replies/list.html#rows" if request.htmx else "replies/list.html", context)


def _rows(workspace_id: int, page: listing.Page, conflicts: workbench.Conflicts, now: datetime) -> dict[str, Any]:
    names = queries.map_rule_names(workspace_id)
    fights = _fights_of({one.rule.id for one in page.rules}, conflicts)
    spent = costs.get_costs(workspace_id, now)
    hits = measuring.count_hits(workspace_id, now)
    rows = [
        Row(
            listed=one,
            trigger=str(wording.TRIGGERS[one.rule.trigger]),
            chips=tuple((text, str(wording.SHORT_MODES[mode])) for text, mode in one.keywords),
            layers=_layers(one, spent),
            hits=hits.get(one.rule.id, 0),
            delivered=spent.delivered_by_rule.get(one.rule.id, 0),
            cost=pricing.say_amount(spent.by_rule.get(one.rule.id), spent.currency),
            hidden_by=names.get(conflicts.hidden.get(one.rule.id, 0), ""),
            fights=tuple(_say_collision(fight, names) for fight in fights.get(one.rule.id, ())[:_FIGHTS]),
            more_fights=max(0, len(fights.get(one.rule.id, ())) - _FIGHTS),
        )
        for one in page.rules
    ]
    return {"rows": rows, "spent": pricing.say_month(spent), "base": pricing.say_base(spent)}


def _layers(one: listing.Listed, spent: costs.Costs) -> tuple[Layer, ...]:
    return tuple(
        Layer(
            tuple(str(wording.STEPS[step.kind]) for step in rung.steps),
            pricing.say_amount(spent.by_rung.get((one.rule.id, place)), spent.currency),
        )
        for place, rung in enumerate(one.rule.rungs)
    )


def _fights_of(rule_ids: Collection[int], conflicts: workbench.Conflicts) -> dict[int, list[Collision]]:
    found: dict[int, list[Collision]] = {}
    for one in conflicts.collisions:
        if one.other_rule_id in rule_ids:
            found.setdefault(one.other_rule_id, []).append(one)
    return found


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


def _back(request: HttpRequest, **changes: str) -> str:
    """Return what the address of the list asks for, to come back to it."""
    there = {name: request.GET.get(name, "") for name in ("q", "show", "page")} | changes
    return urlencode({name: value for name, value in there.items() if value})


def _to_rule(request: HttpRequest, rule_id: int, **changes: str) -> HttpResponse:
    return redirect(f"{reverse('replies:list')}?{_back(request, **changes)}#rule-{rule_id}")


@require_POST
@needs(Right.SEND)
def move_rule(request: ConsoleRequest) -> HttpResponse:
    """Move a rule one place up or down, or to a place, on whatever page that is."""
    way, _sep, number = request.POST.get("move", "").partition(":")
    steps, typed = {"up": -1, "down": 1, "to": 0}.get(way), request.POST.get("place", "").strip()
    if steps is None or not number.isdecimal():
        return redirect("replies:list")
    if way == "to" and not typed.isdecimal():
        messages.error(request, _("Write the place as a number; 1 goes first."))
        return _to_rule(request, int(number))
    place = rulesets.move_rule(
        workspace_id=request.member.workspace_id,
        rule_id=int(number),
        place=int(typed[:9]) if way == "to" else None,
        steps=steps,
        now=clock.now(),
    )
    # Where only some rules are shown, one stays where it was in sight.
    is_whole = not request.GET.get("q") and not request.GET.get("show")
    page = {"page": str(listing.page_of(place))} if is_whole else {}
    return _to_rule(request, int(number), moved=f"{way}:{number}", **page)


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
    return _to_rule(request, rule_id)
