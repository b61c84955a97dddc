"""Each kind of condition as SQL, with the moments at which time alone turns it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from switchboard.contacts.errors import SegmentError
from switchboard.contacts.segments import custom
from switchboard.contacts.segments.ranges import ask_range

if TYPE_CHECKING:
    from switchboard.contacts.segments.catalogue import Subject
    from switchboard.contacts.segments.compiling import Compiled
    from switchboard.contacts.segments.tree import Condition

CONSENTS = {"marketing": 1, "utility": 2}
OPTED_OUT = 4


def compile_tag(condition: Condition, out: Compiled) -> str:
    """Tags given by hand stand in `tags`, those that a rule gives in `classes`."""
    if condition.test == "crowded":
        return f"(cardinality(a.tags) + cardinality(a.classes) >= {out.put(int(condition.figure('from')))})"
    given: list[int] = []
    ruled: list[int] = []
    for value in condition.values:
        tag_id = int(value)
        if tag_id not in out.world.tags:
            raise SegmentError("A tag that this segment asks for has been deleted. Remove the condition.")
        (ruled if out.world.tags[tag_id] else given).append(tag_id)
    columns = (("tag", given), ("class", ruled))
    parts = [_ask_array(kind, ids, condition.test, out) for kind, ids in columns if ids]
    text = "(" + (" AND " if condition.test == "has_all" else " OR ").join(parts) + ")"
    return f"(NOT {text})" if condition.test == "has_not" else text


_ARRAYS = {"tag": "a.tags", "class": "a.classes"}
_MARKS = 63


def _ask_array(kind: str, ids: list[int], test: str, out: Compiled) -> str:
    """Ask the marks first (migration 0009): they tell most people apart without unpacking an array, which costs ten times as much.

    Several ids are looked for at once, since each look unpacks the array anew; one alone is found faster by itself.
    """
    column = _ARRAYS[kind]
    found = f"{column} {'@>' if test == 'has_all' else '&&'} {out.put(ids)}::bigint[]"
    if len(ids) == 1 and test != "has_not":
        found = f"{out.put(ids[0])}::bigint = ANY ({column})"
    if out.by_contact:
        return f"({found})"
    bits = {tag_id % _MARKS for tag_id in ids}
    mask = f"{out.put(sum(1 << bit for bit in bits))}::bigint"
    marked = f"(a.{kind}_marks & {mask}) {f'= {mask}' if test == 'has_all' else '<> 0'}"
    # The planner takes the array for cheaper than the marks; CASE keeps it from asking that first.
    return f"(CASE WHEN {marked} THEN {found} ELSE false END)"


def _moment(subject: Subject, condition: Condition, out: Compiled) -> str:
    column = subject.column
    if condition.test in {"never", "ever"}:
        return f"({column} IS {'' if condition.test == 'never' else 'NOT '}NULL)"
    if condition.test == "ago":
        # From so many days ago, and not yet so many: a person enters at the one and leaves at the other.
        low, high = condition.figure("from"), condition.figure("to")
        out.flip_after(column, low)
        out.flip_after(column, high)
        return f"({column} <= {out.ago(days=low)} AND {column} > {out.ago(days=high)})"
    days = condition.figure("days")
    out.flip_after(column, days)
    if condition.test == "within":
        return f"({column} > {out.ago(days=days)})"
    return f"({column} IS NULL OR {column} <= {out.ago(days=days)})"


_WINDOWS = {"sessions": "sessions", "messages": "messages", "events": "events"}


def _count(subject: Subject, condition: Condition, out: Compiled) -> str:
    if subject.key == "order_interval":
        days = "extract(epoch FROM a.last_order_at - a.first_order_at) / 86400 / (a.order_count - 1)"
        return f"(CASE WHEN a.order_count >= 2 THEN {ask_range(days, condition, out)} ELSE false END)"
    what, _, days_text = subject.key.partition("_")
    if what in _WINDOWS and days_text.isdigit():
        # A bucket falls out when its day is so many days old (UTC).
        bucket = out.put(int(days_text))
        oldest = (
            f"(SELECT min(bucket.day) + {bucket}::int FROM contacts_day AS bucket WHERE bucket.contact_id = a.contact_id"
            f" AND bucket.day > %(today)s::date - {bucket}::int AND bucket.{_WINDOWS[what]} > 0)"
        )
        out.flips.append(f"CASE WHEN {subject.column} > 0 THEN {oldest}::timestamp AT TIME ZONE 'UTC' END")
    return ask_range(subject.column, condition, out, "numeric" if subject.key == "order_sum" else "bigint")


# Those who opted out are few: a small index knows them (migration 0012), where others need not be looked at.
_OPTED_OUT = (
    "EXISTS (SELECT FROM contacts_activity AS s WHERE s.workspace_id = %(workspace_id)s"
    " AND s.contact_id = a.contact_id AND s.consents >= 4)"
)


def _consent(subject: Subject, condition: Condition, out: Compiled) -> str:
    if condition.test in {"opted_out", "not_opted_out"}:
        is_out = condition.test == "opted_out"
        if out.by_few:
            return _OPTED_OUT if is_out else f"NOT {_OPTED_OUT}"
        return f"(a.consents {'>=' if is_out else '<'} {OPTED_OUT})"
    bits = sum({CONSENTS.get(str(value), 0) for value in condition.values})
    if not bits:
        raise SegmentError("Consent is asked for marketing or for utility. Choose one of them.")
    return f"((a.consents & {out.put(bits)}::smallint) {'<>' if condition.test == 'agreed' else '='} 0)"


_OUTCOME = "SELECT FROM contacts_outcome AS o WHERE o.workspace_id = %(workspace_id)s AND o.contact_id = a.contact_id"
_STEPS = {
    "sent": "o.sent_at IS NOT NULL",
    "not_sent": "o.sent_at IS NOT NULL",
    "delivered": "o.delivered_at IS NOT NULL",
    "read": "o.read_at IS NOT NULL",
    "not_read": "o.sent_at IS NOT NULL AND o.failed_at IS NULL AND o.read_at IS NULL",
    "replied": "o.replied_at IS NOT NULL",
    "clicked": "o.clicked_at IS NOT NULL",
    "failed": "o.failed_at IS NOT NULL",
}


# A moment in activity that is never before the one in the outcome: most people are told apart without a look there.
_GUARDS = {
    "delivered": "a.last_delivered_at IS NOT NULL AND ",
    "read": "a.last_read_at IS NOT NULL AND ",
    "replied": "a.last_reply_at IS NOT NULL AND ",
    "clicked": "a.last_click_at IS NOT NULL AND ",
    "read_not_replied": "a.last_read_at IS NOT NULL AND ",
}


def _outcome(subject: Subject, condition: Condition, out: Compiled) -> str:
    guard, asked = ask_outcome(condition, out)
    text = f"EXISTS ({_OUTCOME} AND {asked})"
    if condition.test == "not_sent":
        return f"NOT {text}"
    return f"({guard}{text})" if guard else text


def ask_outcome(condition: Condition, out: Compiled) -> tuple[str, str]:
    """Return what stands guard, and what is asked of an outcome."""
    which = (
        f"o.broadcast_id = {out.put(int(condition.figure('broadcast')))}" if condition.figure("broadcast") else "true"
    )
    test, hours, days = condition.test, condition.figure("hours"), condition.figure("days")
    step, guard = _STEPS.get(test, ""), _GUARDS.get(test, "")
    if test == "failed_with":
        step = f"o.failed_at IS NOT NULL AND o.reason = ANY ({out.put([str(value) for value in condition.values])}::text[])"
    elif test == "read_waiting":
        guard = f"a.last_read_at > {out.ago(hours=hours)} AND "
        step = f"o.read_at > {out.ago(hours=hours)} AND o.replied_at IS NULL"
        _flip_outcome(out, which, step, f"max(o.read_at) + {out.span(hours=hours)}", guard)
    elif test == "read_not_replied":
        late = f"o.replied_at IS NULL OR o.replied_at > o.read_at + {out.span(hours=hours)}"
        step = f"o.read_at <= {out.ago(hours=hours)} AND ({late})"
        waiting = f"o.read_at > {out.ago(hours=hours)}"
        _flip_outcome(
            out,
            which,
            waiting,
            f"min(o.read_at) + {out.span(hours=hours)}",
            f"a.last_read_at > {out.ago(hours=hours)} AND ",
        )
    elif test == "clicked_not_bought":
        since = f"o.clicked_at > {out.ago(days=days)}" if days else "o.clicked_at IS NOT NULL"
        guard = f"{since.replace('o.clicked_at', 'a.last_click_at')} AND "
        step = f"{since} AND (a.last_order_at IS NULL OR a.last_order_at < o.clicked_at)"
        if days:
            _flip_outcome(out, which, since, f"max(o.clicked_at) + {out.span(days=days)}", guard)
    return guard, f"{which} AND {step}"


def _flip_outcome(out: Compiled, which: str, condition: str, moment: str, guard: str) -> None:
    found = f"({_OUTCOME.replace('SELECT', f'SELECT {moment}', 1)} AND {which} AND {condition})"
    out.flips.append(f"CASE WHEN {guard.removesuffix(' AND ')} THEN {found} END")


def _line(subject: Subject, condition: Condition, out: Compiled) -> str:
    numbers = out.put([int(value) for value in condition.values])
    if condition.test == "got_from":
        return f"EXISTS ({_OUTCOME} AND o.sent_at IS NOT NULL AND o.number_id = ANY ({numbers}::bigint[]))"
    return (
        "EXISTS (SELECT FROM delivery_window AS w WHERE w.workspace_id = %(workspace_id)s"
        f" AND w.contact_id = a.contact_id AND w.number_id = ANY ({numbers}::bigint[]))"
    )


def _cycle(subject: Subject, condition: Condition, out: Compiled) -> str:
    has_own = "(a.order_count >= 2 AND a.last_order_at > a.first_order_at)"
    if condition.test in {"known", "unknown"}:
        return f"({has_own} IS {'' if condition.test == 'known' else 'NOT '}TRUE)"
    own = "(a.last_order_at - a.first_order_at) / (a.order_count - 1)"
    low, high = (f"{out.put(condition.figure(name))}::float8" for name in ("from", "to"))
    for times in (low, high):
        out.flip(f"(CASE WHEN {has_own} THEN a.last_order_at + {own} * {times} END)")
    passed = "(%(now)s::timestamptz - a.last_order_at)"
    return f"(CASE WHEN {has_own} THEN {passed} >= {own} * {low} AND {passed} < {own} * {high} ELSE false END)"


def _event(subject: Subject, condition: Condition, out: Compiled) -> str:
    names = out.put([str(value) for value in condition.values])
    days = condition.figure("days")
    asked = (
        "SELECT {} FROM contacts_event AS e WHERE e.workspace_id = %(workspace_id)s AND e.contact_id = a.contact_id"
        f" AND e.name = ANY ({names}::text[])"
    )
    guard = ""
    if days:
        asked += f" AND e.at > {out.ago(days=days)}"
        # The day buckets tell most people apart without a look at their events.
        guard = "a.events_90 > 0" if days <= 89 else ""
        found = f"({asked.format(f'max(e.at) + {out.span(days=days)}')})"
        out.flips.append(f"CASE WHEN {guard} THEN {found} END" if guard else found)
    text = f"EXISTS ({asked.format('')})"
    did = f"({guard} AND {text})" if guard else text
    return did if condition.test == "did" else _not(did)


def _not(text: str) -> str:
    return f"NOT {text}" if text.startswith("EXISTS") else f"({text} IS NOT TRUE)"


LEAVES: dict[str, Callable[[Any, Any, Any], str]] = {
    **custom.LEAVES,
    "moment": _moment,
    "count": _count,
    "consent": _consent,
    "outcome": _outcome,
    "line": _line,
    "cycle": _cycle,
    "event": _event,
}
