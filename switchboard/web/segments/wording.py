"""What segments ask, in the words of the page: names of fields and tests, and a whole question as a sentence."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from switchboard.contacts.segments import catalogue, tree
from switchboard.contacts.segments.tree import Condition, Group, Node
from switchboard.web import formats

Words = str | Promise

FIELDS: dict[str, Words] = {
    "tag": gettext_lazy("Tag"),
    "country": gettext_lazy("Country"),
    "language": gettext_lazy("Language"),
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Phone number"),
    "consent": gettext_lazy("Consent"),
    "last_seen": gettext_lazy("Wrote last"),
    "last_sent": gettext_lazy("Was last written to"),
    "last_read": gettext_lazy("Read last"),
    "last_reply": gettext_lazy("Answered last"),
    "last_click": gettext_lazy("Clicked last"),
    "last_order": gettext_lazy("Bought last"),
    "first_order": gettext_lazy("Bought for the first time"),
    "joined": gettext_lazy("Became a contact"),
    "order_count": gettext_lazy("Number of orders"),
    "order_sum": gettext_lazy("Sum of orders"),
    "order_interval": gettext_lazy("Days between orders, on average"),
    "message_count": gettext_lazy("Messages ever written"),
    "session_count": gettext_lazy("Sessions ever"),
    "sessions_7": gettext_lazy("Sessions in 7 days"),
    "sessions_30": gettext_lazy("Sessions in 30 days"),
    "sessions_90": gettext_lazy("Sessions in 90 days"),
    "messages_7": gettext_lazy("Messages in 7 days"),
    "messages_30": gettext_lazy("Messages in 30 days"),
    "messages_90": gettext_lazy("Messages in 90 days"),
    "events_7": gettext_lazy("Events in 7 days"),
    "events_30": gettext_lazy("Events in 30 days"),
    "events_90": gettext_lazy("Events in 90 days"),
    "purchase_cycle": gettext_lazy("Own purchase cycle"),
    "broadcast": gettext_lazy("Broadcast"),
    "number": gettext_lazy("Our number"),
    "event": gettext_lazy("Event"),
    "segment": gettext_lazy("Segment"),
}
GROUPS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (gettext_lazy("Person"), ("tag", "country", "language", "name", "email", "phone", "consent", "joined")),
    (
        gettext_lazy("What they did"),
        ("last_seen", "last_reply", "last_read", "last_click", "last_sent", "message_count", "session_count", "event"),
    ),
    (
        gettext_lazy("Counts"),
        tuple(f"{what}_{days}" for what in ("sessions", "messages", "events") for days in (7, 30, 90)),
    ),
    (
        gettext_lazy("Orders"),
        ("order_count", "order_sum", "last_order", "first_order", "order_interval", "purchase_cycle"),
    ),
    (gettext_lazy("Messages"), ("broadcast", "number")),
    (gettext_lazy("Other segments"), ("segment",)),
)
JOINS: dict[str, Words] = {
    "all": gettext_lazy("all of these are true"),
    "any": gettext_lazy("any of these is true"),
    "none": gettext_lazy("none of these is true"),
}
TESTS: dict[tuple[str, str], Words] = {
    ("text", "is"): gettext_lazy("is %(values)s"),
    ("text", "is_not"): gettext_lazy("is not %(values)s"),
    ("text", "contains"): gettext_lazy("contains %(values)s"),
    ("text", "filled"): gettext_lazy("is known"),
    ("text", "empty"): gettext_lazy("is not known"),
    ("choice", "in"): gettext_lazy("is %(values)s"),
    ("choice", "not_in"): gettext_lazy("is not %(values)s"),
    ("choice", "filled"): gettext_lazy("is known"),
    ("choice", "empty"): gettext_lazy("is not known"),
    ("tag", "has"): gettext_lazy("is any of %(values)s"),
    ("tag", "has_all"): gettext_lazy("are all of %(values)s"),
    ("tag", "has_not"): gettext_lazy("is none of %(values)s"),
    ("tag", "crowded"): gettext_lazy("are %(from)s or more"),
    ("number", "at_least"): gettext_lazy("is %(from)s or more"),
    ("number", "at_most"): gettext_lazy("is %(to)s or less"),
    ("number", "between"): gettext_lazy("is between %(from)s and %(to)s"),
    ("number", "filled"): gettext_lazy("is known"),
    ("number", "empty"): gettext_lazy("is not known"),
    ("yes_no", "yes"): gettext_lazy("is yes"),
    ("yes_no", "no"): gettext_lazy("is no"),
    ("yes_no", "empty"): gettext_lazy("is not known"),
    ("date", "age"): gettext_lazy("makes them %(from)s to %(to)s years old"),
    ("date", "age_months"): gettext_lazy("was %(from)s to %(to)s months ago"),
    ("date", "on_or_after"): gettext_lazy("is %(values)s or later"),
    ("date", "before"): gettext_lazy("is before %(values)s"),
    ("date", "anniversary"): gettext_lazy("comes round within %(days)s days"),
    ("date", "filled"): gettext_lazy("is known"),
    ("date", "empty"): gettext_lazy("is not known"),
    ("moment", "within"): gettext_lazy("in the last %(days)s days"),
    ("moment", "not_within"): gettext_lazy("not in the last %(days)s days"),
    ("moment", "ago"): gettext_lazy("%(from)s to %(to)s days ago"),
    ("moment", "never"): pgettext_lazy("never happened", "never"),
    ("moment", "ever"): gettext_lazy("at some time"),
    ("count", "at_least"): gettext_lazy("is %(from)s or more"),
    ("count", "at_most"): gettext_lazy("is %(to)s or less"),
    ("count", "between"): gettext_lazy("is between %(from)s and %(to)s"),
    ("consent", "agreed"): gettext_lazy("is there for %(values)s"),
    ("consent", "not_agreed"): gettext_lazy("is not there for %(values)s"),
    ("consent", "opted_out"): gettext_lazy("was withdrawn"),
    ("consent", "not_opted_out"): gettext_lazy("was not withdrawn"),
    ("line", "wrote_to"): gettext_lazy("they wrote to %(values)s"),
    ("line", "got_from"): gettext_lazy("a broadcast came from %(values)s"),
    ("outcome", "sent"): gettext_lazy("%(broadcast)s was sent"),
    ("outcome", "not_sent"): gettext_lazy("%(broadcast)s was not sent"),
    ("outcome", "delivered"): gettext_lazy("%(broadcast)s was delivered"),
    ("outcome", "read"): gettext_lazy("%(broadcast)s was read"),
    ("outcome", "not_read"): gettext_lazy("%(broadcast)s was sent and not read"),
    ("outcome", "replied"): gettext_lazy("%(broadcast)s was answered"),
    ("outcome", "read_not_replied"): gettext_lazy("%(broadcast)s was read and not answered within %(hours)s hours"),
    ("outcome", "read_waiting"): gettext_lazy(
        "%(broadcast)s was read in the last %(hours)s hours and not answered yet"
    ),
    ("outcome", "clicked"): gettext_lazy("a link of %(broadcast)s was clicked"),
    ("outcome", "clicked_not_bought"): gettext_lazy(
        "a link of %(broadcast)s was clicked in the last %(days)s days and nothing was bought since"
    ),
    ("outcome", "failed"): gettext_lazy("%(broadcast)s failed"),
    ("outcome", "failed_with"): gettext_lazy("%(broadcast)s failed with %(values)s"),
    ("cycle", "between"): gettext_lazy("has passed %(from)s to %(to)s times since the last order"),
    ("cycle", "known"): gettext_lazy("is known (two orders or more)"),
    ("cycle", "unknown"): gettext_lazy("is not known yet"),
    ("event", "did"): gettext_lazy("%(values)s in the last %(days)s days (0: ever)"),
    ("event", "did_not"): gettext_lazy("no %(values)s in the last %(days)s days (0: ever)"),
    ("segment", "in"): gettext_lazy("is in %(values)s"),
    ("segment", "not_in"): gettext_lazy("is not in %(values)s"),
}
_EVER: dict[str, Words] = {"did": gettext_lazy("%(values)s at some time"), "did_not": gettext_lazy("%(values)s never")}
_BLANKS = dict.fromkeys(("values", "days", "hours", "from", "to", "broadcast"), "…")

# Nobody may speak a language any more that a saved question asks for; it stays there to be read, and to be kept.
UNLISTED: dict[str, Callable[[Any], str]] = {"language": formats.render_language, "country": formats.render_country}

# What a value is called: the field (or its kind), the value, the name. Pages fill it with what the workspace has.
Names = Mapping[str, Mapping[Any, str]]


def say_field(name: str) -> str:
    """Return what a field is called."""
    return str(FIELDS.get(name, name.removeprefix(catalogue.CUSTOM)))


def say_test(kind: str, test: str) -> str:
    """Return a test as a choice: with blanks for what is to be filled in."""
    return str(TESTS[kind, test]) % _BLANKS


# Japanese and Chinese put no space between words; one around a figure reads well.
_SPACED = re.compile(r" ?(%\((?:values|broadcast)\)s) ?")


def _is_spaced() -> bool:
    return not get_language().startswith(("ja", "zh"))


def _join(words: str, parts: list[str]) -> str:
    return (words if _is_spaced() else words.strip()).join(parts)


def say_condition(condition: Condition, fields: Mapping[str, str], names: Names) -> str:
    """Return one condition in words, as the middle of a sentence."""
    kind = catalogue.find_subject(condition.field, fields).kind
    known, unlisted = names.get(condition.field, {}), UNLISTED.get(condition.field, str)
    values = [str(known[value] if value in known else unlisted(value)) for value in condition.values]
    figures = {key: formats.render_count(condition.figure(key)) for key in ("days", "hours", "from", "to")}
    broadcast = names.get("broadcast", {}).get(int(condition.figure("broadcast")), "")
    text = str(TESTS[kind, condition.test])
    if kind == "event" and not condition.figure("days"):
        text = str(_EVER[condition.test])
    if not _is_spaced():
        text = _SPACED.sub(r"\1", text)
    told = _join(_(" or "), values) or "…"
    said = text % {**figures, "values": told, "broadcast": broadcast or _("a broadcast")}
    if kind in {"outcome", "event"}:
        return said
    name = say_field(condition.field)
    return (
        f"{name[:1].lower() + name[1:] if condition.field in FIELDS else name} {said}" if _is_spaced() else name + said
    )


def say_tree(node: Node, fields: Mapping[str, str], names: Names, *, outer: bool = True) -> str:
    """Return a whole question in words."""
    if isinstance(node, Condition):
        return say_condition(node, fields, names)
    parts = [say_tree(part, fields, names, outer=False) for part in node.parts]
    if node.join == tree.NONE:
        return _("not (%(parts)s)") % {"parts": _join(_(" or "), parts)}
    text = _join(_(" or ") if node.join == tree.ANY else _(" and "), parts)
    return text if outer or len(parts) == 1 else f"({text})"


def say_group(group: Group, fields: Mapping[str, str], names: Names) -> str:
    """Return a saved question as a sentence, whatever has become of what it asks."""
    text = say_tree(group, fields, names)
    return text[:1].upper() + text[1:]
