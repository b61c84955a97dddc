"""Gates, and what they measured, in the words of the page."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from switchboard.web import formats, words

GATES: dict[str, str | Promise] = {
    "stop": _("Stop switch"),
    "consent": _("Consent"),
    "reachability": _("Can be reached on WhatsApp"),
    "window": _("24-hour window"),
    "template": _("Template"),
    "number": _("Number"),
    "pace": _("Pace of the number"),
    "throughput": _("Throughput of the number"),
    "quiet_hours": _("Quiet hours"),
    "frequency": _("How often a person gets marketing"),
    "pair": _("Messages to one person in a short time"),
    "portfolio_budget": _("People of the portfolio in 24 hours"),
}

VERDICTS: dict[str, str | Promise] = {"pass": _("Passes"), "hold": _("Waits"), "skip": _("Not sent")}

_FACTS: dict[str, str | Promise] = {
    "reason": _("Why"),
    "measured": _("Measured"),
    "limit": _("Limit"),
    "limit_hours": _("Limit in hours"),
    "days": _("In days"),
    "seconds": _("In seconds"),
    "since": _("Since"),
    "again_at": _("Tried again"),
    "opened_at": _("Last message of the person"),
    "zones": _("Time zone"),
    "country": _("Country"),
    "category": _("Category"),
    "state": _("State"),
    "stopped": _("Stopped"),
    "pace": _("Pace"),
    "per_minute": _("In a minute"),
    "per_hour": _("In an hour"),
    "per_day": _("In a day"),
    "reserve_percent": _("Kept free, in percent"),
    "code": _("Meta's error"),
    "said": _("Meta said"),
    "details": _("Meta said"),
    "user_id": _("User id"),
}


def say_gate(gate: str) -> str:
    """Return what a gate is about."""
    return str(GATES.get(gate, words.say_hold(gate)))


def list_facts(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what was written down beside a verdict, as label and value."""
    return [
        (str(_FACTS[name]), _render(name, value)) for name, value in detail.items() if name in _FACTS and value != ""
    ]


def _render(name: str, value: Any) -> str:
    if name == "reason":
        return words.say_skip_detail("", {"reason": value})
    if name == "category":
        return str(words.CATEGORIES.get(str(value), value))
    if name == "pace" and value in words.PACES:
        return str(words.PACES[str(value)][0])
    moment = parse_datetime(value) if isinstance(value, str) and name in ("since", "again_at", "opened_at") else None
    if moment is not None:
        return formats.render_moment(moment)
    return formats.render_count(value) if isinstance(value, int) else "–" if value is None else str(value)
