"""What happened between the messages, in sentences: what rules did, and colleagues, and why."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from switchboard.conversations.types import LineKind
from switchboard.web import formats

_ICONS = {
    LineKind.RULE_ANSWERED: "robot",
    LineKind.RUNG_UNREAD: "eye-off",
    LineKind.RUNG_ASKED_AGAIN: "repeat",
    LineKind.NO_MATCH: "help",
    LineKind.HANDED_OVER: "user-up",
    LineKind.HANDED_BACK: "robot",
    LineKind.AFTER_HOURS: "moon",
    LineKind.TAKEN_OVER: "user-check",
    LineKind.RESTARTED: "refresh",
    LineKind.RESOLVED: "circle-check",
    LineKind.ASSIGNED: "user",
    LineKind.BOT_RECOGNISED: "robot-off",
    LineKind.OPTED_OUT: "user-minus",
    LineKind.CAME_BACK: "user-plus",
    LineKind.PRIORITY_RAISED: "flag",
    LineKind.NOT_SENT: "alert-circle",
    LineKind.COUPON: "ticket",
}
_PLAIN = {
    LineKind.HANDED_BACK: lambda: _("Nobody answered in time, so the automatic answers take over again"),
    LineKind.BOT_RECOGNISED: lambda: _("A program seems to answer on the other side; automatic answers stay silent"),
    LineKind.OPTED_OUT: lambda: _("Asked to get no more messages"),
    LineKind.CAME_BACK: lambda: _("Asked to get messages again"),
}


def icon_of(kind: str) -> str:
    """Return the sign of a line."""
    return _ICONS.get(LineKind(kind), "point") if kind in set(LineKind) else "point"


def say(kind: str, detail: dict[str, Any], names: dict[int, str]) -> str:
    """Return what happened; `names` are colleagues by member id."""
    plain = _PLAIN.get(LineKind(kind)) if kind in set(LineKind) else None
    if plain is not None:
        return plain()
    sentences = {
        LineKind.RULE_ANSWERED: _rule_answered,
        LineKind.RUNG_UNREAD: _unread,
        LineKind.RUNG_ASKED_AGAIN: _asked_again,
        LineKind.NO_MATCH: _no_match,
        LineKind.HANDED_OVER: _handed_over,
        LineKind.AFTER_HOURS: _after_hours,
        LineKind.PRIORITY_RAISED: _priority,
        LineKind.NOT_SENT: _not_sent,
        LineKind.COUPON: _coupon,
    }
    for known, sentence in sentences.items():
        if known == kind:
            return sentence(detail)
    return _by_somebody(kind, detail, names)


def _rule_answered(detail: dict[str, Any]) -> str:
    values = {"rule": detail.get("rule", ""), "n": int(detail.get("rung", 0)) + 1}
    if values["n"] > 1:
        return _("Rule “%(rule)s” answered (layer %(n)s)") % values
    return _("Rule “%(rule)s” answered") % values


def _unread(detail: dict[str, Any]) -> str:
    values = {"span": formats.render_span(float(detail.get("seconds", 0))), "rule": detail.get("rule", "")}
    return _("Unread for %(span)s, so rule “%(rule)s” says more") % values


def _asked_again(detail: dict[str, Any]) -> str:
    return _("Asked again, so rule “%(rule)s” says more") % {"rule": detail.get("rule", "")}


def _no_match(detail: dict[str, Any]) -> str:
    return _("No rule matches this message")


_REASONS = {
    "asked": lambda: _("handed over to a person, as the rule says"),
    "third_answer": lambda: _("handed over to a person after several automatic answers within an hour"),
    "nothing_left": lambda: _("handed over to a person: asked again, and there is nothing more to say"),
    "no_match": lambda: _("handed over to a person: no rule matches"),
    "unread": lambda: _("handed over to a person: the answers stay unread"),
}


def _handed_over(detail: dict[str, Any]) -> str:
    reason = _REASONS.get(str(detail.get("reason")), _REASONS["asked"])()
    rule = str(detail.get("rule", ""))
    sentence = _("%(rule)s: %(reason)s") % {"rule": rule, "reason": reason} if rule else reason
    return sentence + _opening(detail)


def _opening(detail: dict[str, Any]) -> str:
    text = str(detail.get("opens_at") or "")
    if not text:
        return ""
    return " · " + _("first in the queue from %(time)s") % {"time": formats.render_moment(datetime.fromisoformat(text))}


def _after_hours(detail: dict[str, Any]) -> str:
    return _("Outside business hours: said so, and kept for a person") + _opening(detail)


def _priority(detail: dict[str, Any]) -> str:
    return _("%(n)s negative messages in a row: priority raised") % {"n": detail.get("negatives", 3)}


def _not_sent(detail: dict[str, Any]) -> str:
    reasons = {
        "window": _("An automatic answer was not sent: the 24-hour window is closed"),
        "gone": _("An automatic answer was not sent: nobody is behind this conversation any more"),
        "part": _("The rest of an answer was not sent: the part before it did not arrive"),
        "fault": _("An automatic answer was not sent because of a fault; the worker's log says which"),
        "file": _("A file was left out: WhatsApp did not take it for this number"),
        "missing": _("A part was left out: there is nothing to put in for “%(name)s”")
        % {"name": detail.get("variable", "")},
        "refused": _("A part was left out: %(said)s") % {"said": detail.get("said", "")},
    }
    return reasons.get(str(detail.get("reason")), _("A part of an answer was not sent"))


def _coupon(detail: dict[str, Any]) -> str:
    return _("Coupon given: %(coupon)s") % {"coupon": detail.get("coupon", "")}


def _by_somebody(kind: str, detail: dict[str, Any], names: dict[int, str]) -> str:
    name = detail.get("by") or _("Somebody")
    sentences = {
        LineKind.TAKEN_OVER: _("%(name)s answers from now on"),
        LineKind.RESTARTED: _("%(name)s restarted the automatic answers"),
        LineKind.RESOLVED: _("%(name)s resolved the conversation"),
    }
    if kind == LineKind.ASSIGNED:
        to = detail.get("to") or names.get(int(detail.get("member_id") or 0), "")
        return _("Assigned to %(name)s") % {"name": to or _("nobody")}
    return sentences.get(LineKind(kind), kind) % {"name": name} if kind in set(LineKind) else kind
