"""What a segment may ask: every field with its kind, every kind with its tests. Pages build their pickers from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from switchboard.contacts.errors import SegmentError
from switchboard.contacts.segments.tree import Condition

CUSTOM = "field:"

# What each test needs: "values" (one or more), or names of further figures.
TESTS: dict[str, dict[str, tuple[str, ...]]] = {
    "text": {"is": ("values",), "is_not": ("values",), "contains": ("values",), "filled": (), "empty": ()},
    "choice": {"in": ("values",), "not_in": ("values",), "filled": (), "empty": ()},
    "tag": {"has": ("values",), "has_all": ("values",), "has_not": ("values",), "crowded": ("from",)},
    "number": {"at_least": ("from",), "at_most": ("to",), "between": ("from", "to"), "filled": (), "empty": ()},
    "yes_no": {"yes": (), "no": (), "empty": ()},
    "date": {
        "age": ("from", "to"),
        "age_months": ("from", "to"),
        "on_or_after": ("values",),
        "before": ("values",),
        "anniversary": ("days",),
        "filled": (),
        "empty": (),
    },
    "moment": {"within": ("days",), "not_within": ("days",), "ago": ("from", "to"), "never": (), "ever": ()},
    "count": {"at_least": ("from",), "at_most": ("to",), "between": ("from", "to")},
    "consent": {"agreed": ("values",), "not_agreed": ("values",), "opted_out": (), "not_opted_out": ()},
    "line": {"wrote_to": ("values",), "got_from": ("values",)},
    "outcome": {
        "sent": ("broadcast",),
        "not_sent": ("broadcast",),
        "delivered": ("broadcast",),
        "read": ("broadcast",),
        "not_read": ("broadcast",),
        "replied": ("broadcast",),
        "read_not_replied": ("broadcast", "hours"),
        "read_waiting": ("broadcast", "hours"),
        "clicked": ("broadcast",),
        "clicked_not_bought": ("broadcast", "days"),
        "failed": ("broadcast",),
        "failed_with": ("broadcast", "values"),
    },
    "cycle": {"between": ("from", "to"), "known": (), "unknown": ()},
    "event": {"did": ("values", "days"), "did_not": ("values", "days")},
    "segment": {"in": ("values",), "not_in": ("values",)},
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that can be asked of a person."""

    key: str
    kind: str
    # Where it stands: a column of contacts_activity ("a") or contacts_contact ("c"), fixed words of ours.
    column: str = ""


_ACTIVITY = (
    ("last_seen", "moment", "a.last_seen_at"),
    ("last_sent", "moment", "a.last_sent_at"),
    ("last_read", "moment", "a.last_read_at"),
    ("last_reply", "moment", "a.last_reply_at"),
    ("last_click", "moment", "a.last_click_at"),
    ("last_order", "moment", "a.last_order_at"),
    ("first_order", "moment", "a.first_order_at"),
    ("joined", "moment", "a.joined_at"),
    ("order_count", "count", "a.order_count"),
    ("order_sum", "count", "a.order_sum"),
    ("message_count", "count", "a.inbound_count"),
    ("session_count", "count", "a.session_count"),
    *(
        (f"{what}_{days}", "count", f"a.{what}_{days}")
        for what in ("sessions", "messages", "events")
        for days in (7, 30, 90)
    ),
)
SUBJECTS: dict[str, Subject] = {
    subject.key: subject
    for subject in (
        Subject("tag", "tag"),
        Subject("country", "choice", "a.country"),
        Subject("language", "choice", "a.language"),
        Subject("name", "text", "c.name"),
        Subject("email", "text", "c.email"),
        Subject("phone", "text", "c.phone"),
        Subject("consent", "consent", "a.consents"),
        *(Subject(*row) for row in _ACTIVITY),
        Subject("order_interval", "count"),
        Subject("purchase_cycle", "cycle"),
        Subject("broadcast", "outcome"),
        Subject("number", "line"),
        Subject("event", "event"),
        Subject("segment", "segment"),
    )
}
# A custom field of money is asked like a number.
_CUSTOM_KINDS = {
    "text": "text",
    "number": "number",
    "money": "number",
    "date": "date",
    "choice": "choice",
    "yes_no": "yes_no",
}


def find_subject(name: str, fields: Mapping[str, str]) -> Subject:
    """Return what a condition asks about; `fields` are the workspace's own, key to kind.

    :raises SegmentError: there is no such thing, or no longer.
    """
    if name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        if key not in fields:
            raise SegmentError(f"The field “{key}” has been deleted. Remove the condition, or bring the field back.")
        return Subject(name, _CUSTOM_KINDS.get(fields[key], "text"))
    if name not in SUBJECTS:
        raise SegmentError(f"“{name}” is nothing that a segment can ask about. Choose something from the list.")
    return SUBJECTS[name]


def check_condition(condition: Condition, fields: Mapping[str, str]) -> Subject:
    """Tell that a condition is whole, and return what it asks about.

    :raises SegmentError: it is not; says what is missing.
    """
    subject = find_subject(condition.field, fields)
    tests = TESTS[subject.kind]
    if condition.test not in tests:
        raise SegmentError(f"“{condition.test}” cannot be asked of “{condition.field}”. Choose a test from the list.")
    for need in tests[condition.test]:
        if need == "values" and (not condition.values or "" in condition.values):
            raise SegmentError("A condition has no value. Choose or write one, or remove the condition.")
        if need != "values" and not _is_figure(condition.more.get(need)):
            raise SegmentError("A condition needs a figure of 0 or more. Write one, or remove the condition.")
    if condition.test in {"between", "ago", "age", "age_months"} and condition.figure("from") > condition.figure("to"):
        raise SegmentError("A range ends before it begins. Write the smaller figure first.")
    return subject


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10**13
