"""Each kind of condition as SQL, with the moments at which time alone turns it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from switchboard.contacts.errors import SegmentError

if TYPE_CHECKING:
    from switchboard.contacts.segments.catalogue import Subject
    from switchboard.contacts.segments.compiling import Compiled
    from switchboard.contacts.segments.tree import Condition

CONSENTS = {"marketing": 1, "utility": 2}
OPTED_OUT = 4
_RANGES = {"at_least": "{0} >= {1}", "at_most": "{0} <= {2}", "between": "{0} BETWEEN {1} AND {2}"}


def _range(column: str, condition: Condition, out: Compiled, kind: str = "float8") -> str:
    """Compare in the column's own kind of number: turning each row's into another takes longer than the rest."""
    figures = [condition.figure(name) for name in ("from", "to")]
    if kind == "bigint" and not all(figure.is_integer() for figure in figures):
        kind = "float8"
    low, high = (f"{out.put(int(figure) if kind == 'bigint' else figure)}::{kind}" for figure in figures)
    return "(" + _RANGES[condition.test].format(column, low, high) + ")"


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
    columns = (("a.tags", given), ("a.classes", ruled))
    parts = [_ask_array(column, ids, condition.test, out) for column, ids in columns if ids]
    text = "(" + (" AND " if condition.test == "has_all" else " OR ").join(parts) + ")"
    return f"(NOT {text})" if condition.test == "has_not" else text


def _ask_array(column: str, ids: list[int], test: str, out: Compiled) -> str:
    """Look for several ids at once: each look unpacks the array anew. One alone is found faster by itself.

    What somebody must not have is asked by the same operator, so that the planner does not put it first.
    """
    if len(ids) == 1 and test != "has_not":
        return f"{out.put(ids[0])}::bigint = ANY ({column})"
    return f"({column} {'@>' if test == 'has_all' else '&&'} {out.put(ids)}::bigint[])"


# What LIKE takes for more than itself.
_LITERAL = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


def _text(subject: Subject, condition: Condition, out: Compiled) -> str:
    column = _value(subject, out)
    if condition.test in {"filled", "empty"}:
        return f"(coalesce({column}, '') {'<>' if condition.test == 'filled' else '='} '')"
    wanted = [str(value).casefold() for value in condition.values]
    if condition.test == "contains":
        patterns = [f"%{text.translate(_LITERAL)}%" for text in wanted]
        return f"(coalesce({column}, '') ILIKE ANY ({out.put(patterns)}::text[]))"
    found = f"lower(coalesce({column}, '')) = ANY ({out.put(wanted)}::text[])"
    return f"({found})" if condition.test == "is" else f"(NOT {found})"


def _choice(subject: Subject, condition: Condition, out: Compiled) -> str:
    column = _value(subject, out)
    if condition.test in {"filled", "empty"}:
        return f"(coalesce({column}, '') {'<>' if condition.test == 'filled' else '='} '')"
    values = [str(value) for value in condition.values]
    among = f"= {out.put(values[0])}" if len(values) == 1 else f"= ANY ({out.put(values)}::text[])"
    return f"({column} {among})" if condition.test == "in" else f"(({column} {among}) IS NOT TRUE)"


def _value(subject: Subject, out: Compiled) -> str:
    """Return where a text stands: a column of ours, or a key of the contact's own fields."""
    return subject.column or f"(c.fields ->> {out.put(subject.key.partition(':')[2])})"


def _number(subject: Subject, condition: Condition, out: Compiled) -> str:
    key = out.put(subject.key.partition(":")[2])
    is_number = f"jsonb_typeof(c.fields -> {key}) = 'number'"
    if condition.test in {"filled", "empty"}:
        return f"(({is_number}) IS {'' if condition.test == 'filled' else 'NOT '}TRUE)"
    return f"(CASE WHEN {is_number} THEN {_range(f'(c.fields -> {key})::numeric', condition, out, 'numeric')} ELSE false END)"


def _yes_no(subject: Subject, condition: Condition, out: Compiled) -> str:
    key = out.put(subject.key.partition(":")[2])
    if condition.test == "empty":
        return f"(c.fields -> {key} IS NULL)"
    return f"(coalesce(c.fields ->> {key}, '') = {out.put('true' if condition.test == 'yes' else 'false')})"


# Days are kept as "2026-03-31", which sort as they are. What is no day is no match.
_IS_DAY = "{0} ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])-[0-9]{{2}}$'"
# Never an error, whatever the day says: the 30th of February is the 2nd of March.
_AS_DAY = "(make_date(substr({0}, 1, 4)::int, substr({0}, 6, 2)::int, 1) + (substr({0}, 9, 2)::int - 1))"


def _date(subject: Subject, condition: Condition, out: Compiled) -> str:
    text = f"(c.fields ->> {out.put(subject.key.partition(':')[2])})"
    is_day, as_day = _IS_DAY.format(text), _AS_DAY.format(text)
    if condition.test in {"filled", "empty"}:
        return f"(({is_day}) IS {'' if condition.test == 'filled' else 'NOT '}TRUE)"
    if condition.test in {"on_or_after", "before"}:
        day = out.put(str(condition.values[0]))
        sign = ">=" if condition.test == "on_or_after" else "<"
        return f"(coalesce({text}, '') COLLATE \"C\" {sign} {day} AND {is_day})"
    if condition.test == "anniversary":
        return _anniversary(condition, out, is_day, as_day, text)
    unit = 12 if condition.test == "age" else 1
    low, high = int(condition.figure("from")) * unit, (int(condition.figure("to")) + 1) * unit
    _flip_at_birthday(out, text, is_day, is_monthly=unit == 1)
    youngest, oldest = (out.put(_months_before(out.today.date(), months).isoformat()) for months in (low, high))
    return f'({text} COLLATE "C" > {oldest} AND {text} COLLATE "C" <= {youngest} AND length({text}) = 10)'


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months ago, or that month's last one."""
    place = day.year * 12 + day.month - 1 - months
    if place < 12:
        return date.min
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _flip_at_birthday(out: Compiled, text: str, is_day: str, *, is_monthly: bool) -> None:
    """An age turns on a birthday, an age in months on that day of a month: the next one, whatever the ages asked for."""
    day_of_month = f"(substr({text}, 9, 2)::int - 1)"
    first = out.today.date().replace(day=1)
    if is_monthly:
        for start in (first, (first + timedelta(days=31)).replace(day=1)):
            end = (start + timedelta(days=31)).replace(day=1)
            turn = f"least({out.put(start)}::date + {day_of_month}, {out.put(end)}::date)"
            out.flip(f"(CASE WHEN {is_day} THEN {turn}::timestamp AT TIME ZONE %(zone)s END)")
        return
    has_passed = f'substr({text}, 6) COLLATE "C" <= {out.put(out.today.strftime("%m-%d"))}'
    year = f"CASE WHEN {has_passed} THEN {out.put(first.year + 1)} ELSE {out.put(first.year)} END"
    turn = f"make_date({year}, substr({text}, 6, 2)::int, 1) + {day_of_month}"
    # No need to compare: it lies ahead.
    moment = f"CASE WHEN {is_day} THEN ({turn})::timestamp AT TIME ZONE %(zone)s END"
    if moment not in out.flips:
        out.flips.append(moment)


def _anniversary(condition: Condition, out: Compiled, is_day: str, as_day: str, text: str) -> str:
    ahead = min(int(condition.figure("days")), 365)
    days = [(out.today + timedelta(days=day)).strftime("%m-%d") for day in range(ahead + 1)]
    years = f"make_interval(years => extract(year FROM {out.put(out.today.date())}::date)::int - extract(year FROM {as_day})::int"
    for turn in (0, 1):
        this = f"({as_day} + {years} + {turn}))"
        for shift in (-ahead, 1):
            moment = f"({this} + make_interval(days => {out.put(shift)}))::timestamp AT TIME ZONE %(zone)s"
            out.flip(f"(CASE WHEN {is_day} THEN {moment} END)")
    return f"({is_day} AND substr({text}, 6) = ANY ({out.put(days)}::text[]))"


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
        return f"(CASE WHEN a.order_count >= 2 THEN {_range(days, condition, out)} ELSE false END)"
    what, _, days_text = subject.key.partition("_")
    if what in _WINDOWS and days_text.isdigit():
        # A bucket falls out when its day is so many days old (UTC).
        bucket = out.put(int(days_text))
        oldest = (
            f"(SELECT min(bucket.day) + {bucket}::int FROM contacts_day AS bucket WHERE bucket.contact_id = a.contact_id"
            f" AND bucket.day > %(today)s::date - {bucket}::int AND bucket.{_WINDOWS[what]} > 0)"
        )
        out.flips.append(f"CASE WHEN {subject.column} > 0 THEN {oldest}::timestamp AT TIME ZONE 'UTC' END")
    return _range(subject.column, condition, out, "numeric" if subject.key == "order_sum" else "bigint")


def _consent(subject: Subject, condition: Condition, out: Compiled) -> str:
    if condition.test in {"opted_out", "not_opted_out"}:
        return _has_bit(OPTED_OUT, out, is_set=condition.test == "opted_out")
    bits = sum({CONSENTS.get(str(value), 0) for value in condition.values})
    if not bits:
        raise SegmentError("Consent is asked for marketing or for utility. Choose one of them.")
    return _has_bit(bits, out, is_set=condition.test == "agreed")


def _has_bit(bits: int, out: Compiled, *, is_set: bool) -> str:
    """Ask for the few values there are, not for a bit: the planner knows how common each value is."""
    values = [value for value in range(8) if bool(value & bits) == is_set]
    return f"(a.consents = ANY ({out.put(values)}::smallint[]))"


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
    "text": _text,
    "choice": _choice,
    "number": _number,
    "yes_no": _yes_no,
    "date": _date,
    "moment": _moment,
    "count": _count,
    "consent": _consent,
    "outcome": _outcome,
    "line": _line,
    "cycle": _cycle,
    "event": _event,
}
