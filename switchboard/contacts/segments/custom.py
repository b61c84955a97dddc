"""Conditions on a workspace's own fields. Twelve of them stand in activity as numbers (migration 0009); the rest in JSON."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from switchboard.contacts.errors import SegmentError
from switchboard.contacts.segments.ranges import ask_range

if TYPE_CHECKING:
    from switchboard.contacts.segments.catalogue import Subject
    from switchboard.contacts.segments.compiling import Compiled
    from switchboard.contacts.segments.tree import Condition

# What LIKE takes for more than itself.
_LITERAL = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


def _find_packed(subject: Subject, out: Compiled) -> str:
    """Return the column of activity that holds a field as a number, or nothing."""
    slot = out.world.slots.get(subject.key.partition(":")[2])
    return f"a.fact_{slot}" if slot and not out.by_contact else ""


def _read_json(subject: Subject, out: Compiled, arrow: str = "->>") -> str:
    out.needs_contact = True
    return f"(c.fields {arrow} {out.put(subject.key.partition(':')[2])})"


def ask_text(subject: Subject, condition: Condition, out: Compiled) -> str:
    """Ask for a text, a column of ours or a field: the same letters, capital or not; a part of it; whether there is one."""
    packed = "" if subject.column else _find_packed(subject, out)
    if packed and condition.test != "contains":
        return _ask_word(packed, condition, out)
    column = subject.column or _read_json(subject, out)
    if condition.test in {"filled", "empty"}:
        return f"(coalesce({column}, '') {'<>' if condition.test == 'filled' else '='} '')"
    if condition.test == "contains":
        patterns = [f"%{str(value).translate(_LITERAL)}%" for value in condition.values]
        return f"(coalesce({column}, '') ILIKE ANY ({out.put(patterns)}::text[]))"
    wanted = ", ".join(f"lower({out.put(str(value))}::text)" for value in condition.values)
    found = f"lower(coalesce({column}, '')) = ANY (ARRAY[{wanted}])"
    return f"({found})" if condition.test == "is" else f"(NOT {found})"


def ask_choice(subject: Subject, condition: Condition, out: Compiled) -> str:
    """Ask for one of some words."""
    packed = "" if subject.column else _find_packed(subject, out)
    if packed:
        return _ask_word(packed, condition, out)
    column = subject.column or _read_json(subject, out)
    if condition.test in {"filled", "empty"}:
        return f"(coalesce({column}, '') {'<>' if condition.test == 'filled' else '='} '')"
    values = [str(value) for value in condition.values]
    among = f"= {out.put(values[0])}" if len(values) == 1 else f"= ANY ({out.put(values)}::text[])"
    return f"({column} {among})" if condition.test == "in" else f"(({column} {among}) IS NOT TRUE)"


def _ask_word(packed: str, condition: Condition, out: Compiled) -> str:
    """Compare hashes of 53 bits: two words that share one are rarer than a broken disk."""
    if condition.test in {"filled", "empty"}:
        return f"({packed} IS {'NOT ' if condition.test == 'filled' else ''}NULL)"
    hashes = [f"(hashtextextended(lower({out.put(str(value))}::text), 0) >> 11)::float8" for value in condition.values]
    found = f"{packed} = {hashes[0]}" if len(hashes) == 1 else f"{packed} = ANY (ARRAY[{', '.join(hashes)}])"
    return f"({found})" if condition.test in {"is", "in"} else f"(({found}) IS NOT TRUE)"


def ask_number(subject: Subject, condition: Condition, out: Compiled) -> str:
    """Ask for a number or an amount of money."""
    column = _find_packed(subject, out)
    if not column:
        value = _read_json(subject, out, "->")
        column = f"(CASE WHEN jsonb_typeof({value}) = 'number' THEN {value}::float8 END)"
    if condition.test in {"filled", "empty"}:
        return f"({column} IS {'NOT ' if condition.test == 'filled' else ''}NULL)"
    return ask_range(column, condition, out)


def ask_yes_no(subject: Subject, condition: Condition, out: Compiled) -> str:
    """Ask for yes, no or nothing."""
    if packed := _find_packed(subject, out):
        return f"({packed} IS NULL)" if condition.test == "empty" else f"({packed} = {int(condition.test == 'yes')})"
    if condition.test == "empty":
        return f"({_read_json(subject, out, '->')} IS NULL)"
    return f"({_read_json(subject, out)} = {out.put('true' if condition.test == 'yes' else 'false')})"


def ask_date(subject: Subject, condition: Condition, out: Compiled) -> str:
    """Ask for a day, as a number of the kind 20260331; what is no day is nothing."""
    day = _find_packed(subject, out)
    if not day:
        text = _read_json(subject, out)
        is_day = f"{text} ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])-[0-9]{{2}}$'"
        day = f"(CASE WHEN {is_day} THEN replace({text}, '-', '')::float8 END)"
    if condition.test in {"filled", "empty"}:
        return f"({day} IS {'NOT ' if condition.test == 'filled' else ''}NULL)"
    if condition.test in {"on_or_after", "before"}:
        wanted = _pack(_parse_day(str(condition.values[0])), out)
        return f"({day} {'>=' if condition.test == 'on_or_after' else '<'} {wanted})"
    if condition.test == "anniversary":
        return _ask_anniversary(condition, out, f"{day}::int")
    unit = 12 if condition.test == "age" else 1
    low, high = int(condition.figure("from")) * unit, (int(condition.figure("to")) + 1) * unit
    _flip_at_birthday(out, f"{day}::int", is_monthly=unit == 1)
    youngest, oldest = (_pack(_months_before(out.today.date(), months), out) for months in (low, high))
    return f"({day} > {oldest} AND {day} <= {youngest})"


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SegmentError(f"“{text[:40]}” is no day. Write it as 2026-03-31.") from None


def _pack(day: date, out: Compiled) -> str:
    return f"{out.put(float(day.year * 10_000 + day.month * 100 + day.day))}::float8"


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months ago, or that month's last one."""
    place = day.year * 12 + day.month - 1 - months
    if place < 12:
        return date.min
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _flip_at_birthday(out: Compiled, day: str, *, is_monthly: bool) -> None:
    """An age turns on a birthday, an age in months on that day of a month: the next one, whatever the ages asked for."""
    after_first = f"(mod({day}, 100) - 1)"
    first = out.today.date().replace(day=1)
    if is_monthly:
        for start in (first, (first + timedelta(days=31)).replace(day=1)):
            end = (start + timedelta(days=31)).replace(day=1)
            turn = f"least({out.put(start)}::date + {after_first}, {out.put(end)}::date)"
            out.flip(f"(CASE WHEN {day} IS NOT NULL THEN {turn}::timestamp AT TIME ZONE %(zone)s END)")
        return
    has_passed = f"mod({day}, 10000) <= {out.put(int(out.today.strftime('%m%d')))}"
    year = f"CASE WHEN {has_passed} THEN {out.put(first.year + 1)} ELSE {out.put(first.year)} END"
    # Never an error, whatever the day says: the 30th of February is the 2nd of March.
    turn = f"make_date({year}, mod({day} / 100, 100), 1) + {after_first}"
    # No need to compare: it lies ahead.
    moment = f"CASE WHEN {day} IS NOT NULL THEN ({turn})::timestamp AT TIME ZONE %(zone)s END"
    if moment not in out.flips:
        out.flips.append(moment)


def _ask_anniversary(condition: Condition, out: Compiled, day: str) -> str:
    ahead = min(int(condition.figure("days")), 365)
    ahead_days = [(out.today + timedelta(days=more)).date() for more in range(ahead + 1)]
    days = [one.month * 100 + one.day for one in ahead_days]
    # Who was born on the 29th of February has the 1st of March in other years.
    if any((one.month, one.day) == (3, 1) and not isleap(one.year) for one in ahead_days):
        days.append(229)
    year = out.today.year
    for this_year in (year, year + 1):
        turn = f"(make_date({out.put(this_year)}, mod({day} / 100, 100), 1) + (mod({day}, 100) - 1))"
        for shift in (-ahead, 1):
            moment = f"({turn} + {out.put(shift)}::int)::timestamp AT TIME ZONE %(zone)s"
            out.flip(f"(CASE WHEN {day} IS NOT NULL THEN {moment} END)")
    return f"(mod({day}, 10000) = ANY ({out.put(days)}::int[]))"


LEAVES: dict[str, Any] = {
    "text": ask_text,
    "choice": ask_choice,
    "number": ask_number,
    "yes_no": ask_yes_no,
    "date": ask_date,
}
