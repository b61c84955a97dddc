"""What a person was lately sent, over all numbers and broadcasts, and what follows for the next message.

The log is a row of records of one length, so that two people who turn out to be one are put together by joining it.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

DAY = 86_400.0
WEEK = 7 * DAY
# Meta lets one number send a person one message in six seconds, 45 of them at once on credit (error 131056).
PAIR_SECONDS = 6.0
PAIR_BURST = 45

_RECORD = struct.Struct("<ddqqB16s")
_MARKETING = 1
_COUNTED = 2


class Touch(NamedTuple):
    """One message that was given a moment. Moments are seconds since 1970."""

    at: float
    # Until when the person's credit at this number is used up by it and those before it.
    paid_at: float
    number_id: int
    portfolio_id: int
    is_marketing: bool
    # It counts against the portfolio's budget of people.
    is_counted: bool
    message: bytes


def read_log(blob: bytes | None) -> list[Touch]:
    """Return a stored log, in the order in which it was written."""
    if not blob:
        return []
    return [
        Touch(at, paid_at, number_id, portfolio_id, bool(flags & _MARKETING), bool(flags & _COUNTED), message)
        for at, paid_at, number_id, portfolio_id, flags, message in _RECORD.iter_unpack(blob)
    ]


def write_log(touches: Iterable[Touch], now: float) -> bytes:
    """Return the log to be stored, without what no rule asks for any more."""
    pack = _RECORD.pack
    return b"".join(
        pack(
            touch.at,
            touch.paid_at,
            touch.number_id,
            touch.portfolio_id,
            _MARKETING * touch.is_marketing | _COUNTED * touch.is_counted,
            touch.message,
        )
        for touch in touches
        if touch.at > now - (WEEK if touch.is_marketing else DAY if touch.is_counted else 0.0) or touch.paid_at > now
    )


def paid_at(touches: Sequence[Touch], number_id: int) -> float:
    """Return when a person's credit at a number is whole again."""
    return max((touch.paid_at for touch in touches if touch.number_id == number_id), default=0.0)


def pair_opens_at(touches: Sequence[Touch], number_id: int, *, needs_quiet: bool) -> float:
    """Return when the next message may leave: broadcasts and journeys wait for quiet, answers use the credit."""
    whole_at = paid_at(touches, number_id)
    return whole_at if needs_quiet else whole_at - (PAIR_BURST - 1) * PAIR_SECONDS


class Frequency(NamedTuple):
    """The narrowest limit that a person has reached: how many, of how many, in how many days, until when."""

    measured: int
    limit: int
    days: int
    until: float


def frequency_of(
    touches: Sequence[Touch], message: bytes, now: float, *, per_day: int, per_week: int
) -> Frequency | None:
    """Return the limit of marketing that stands in the way of one more; a message never stands in its own."""
    moments = sorted(touch.at for touch in touches if touch.is_marketing and touch.message != message)
    found = None
    for limit, days in ((per_day, 1), (per_week, 7)):
        window = days * DAY
        recent = [at for at in moments if at > now - window]
        if len(recent) < limit:
            continue
        until = recent[-limit] + window if limit else now + window
        if found is None or until > found.until:
            found = Frequency(len(recent), limit, days, until)
    return found


def counted_at(touches: Sequence[Touch], portfolio_id: int, now: float) -> float | None:
    """Return when a portfolio last counted this person, if that is within its moving day."""
    latest = max(
        (touch.at for touch in touches if touch.is_counted and touch.portfolio_id == portfolio_id), default=0.0
    )
    return latest if latest > now - DAY else None


def note(
    touches: Sequence[Touch],
    at: float,
    *,
    number_id: int,
    portfolio_id: int,
    is_marketing: bool,
    is_counted: bool,
    message: bytes,
) -> list[Touch]:
    """Return the log with one more message; what the same message left at an earlier try is replaced."""
    kept = [touch for touch in touches if touch.message != message]
    whole_at = max(paid_at(kept, number_id), at) + PAIR_SECONDS
    return [*kept, Touch(at, whole_at, number_id, portfolio_id, is_marketing, is_counted, message)]
