"""Business hours: pure. A week of spans in a zone, days off, and the questions that rules and queues ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from switchboard.conversations.errors import HoursError, ZoneError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = time(0)
_LOOK_AHEAD_DAYS = 15


@dataclass(frozen=True, slots=True)
class Span:
    """Open from a minute until another of the same day; an end of 00:00 is midnight at the day's end."""

    start: time
    end: time

    def holds(self, moment: time) -> bool:
        """Tell whether a time of day lies in it."""
        return self.start <= moment and (self.end == _MIDNIGHT or moment < self.end)


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody is there to answer. Without any span it is always open."""

    zone: str = "UTC"
    week: tuple[tuple[Span, ...], ...] = ()
    days_off: frozenset[date] = frozenset()

    @property
    def is_always_open(self) -> bool:
        """Whether nobody has set any hours."""
        return not any(self.week)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether somebody is there at a moment."""
        if self.is_always_open:
            return True
        local = moment.astimezone(ZoneInfo(self.zone))
        return any(span.holds(local.time()) for span in self._spans_on(local.date()))

    def opens_at(self, moment: datetime) -> datetime | None:
        """Return when somebody is there next: now if open, None when that is not within two weeks."""
        if self.is_open(moment):
            return moment
        zone = ZoneInfo(self.zone)
        local = moment.astimezone(zone)
        for ahead in range(_LOOK_AHEAD_DAYS):
            day = local.date() + timedelta(days=ahead)
            starts = [datetime.combine(day, span.start, zone) for span in self._spans_on(day)]
            later = [start for start in starts if start > moment]
            if later:
                return min(later)
        return None

    def _spans_on(self, day: date) -> Sequence[Span]:
        return () if day in self.days_off or not self.week else self.week[day.weekday()]


def parse_hours(zone: str, week: Mapping[str, str], days_off: Sequence[str] = ()) -> Hours:
    """Read hours as they are stored: {"mon": "09:00-12:00,13:00-18:00", …} and days as 2026-12-31.

    :raises ZoneError: the zone does not exist.
    :raises HoursError: a span or a day cannot be read.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneError from error
    try:
        return Hours(
            zone=zone,
            week=tuple(_parse_day(week.get(day, "")) for day in DAYS),
            days_off=frozenset(date.fromisoformat(day.strip()) for day in days_off if day.strip()),
        )
    except ValueError as error:
        raise HoursError from error


def _parse_day(text: str) -> tuple[Span, ...]:
    return tuple(_parse_span(part.strip()) for part in text.replace("，", ",").split(",") if part.strip())


def _parse_span(text: str) -> Span:
    start, dash, end = text.replace("–", "-").replace("〜", "-").partition("-")
    if not dash:
        raise ValueError(text)
    span = Span(_parse_time(start), _parse_time(end))
    if span.end not in (_MIDNIGHT,) and span.end <= span.start:
        raise ValueError(text)
    return span


def _parse_time(text: str) -> time:
    text = text.strip()
    return _MIDNIGHT if text == "24:00" else time.fromisoformat(text)
