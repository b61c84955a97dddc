"""Message ids: time first, so that ids sort by time and months can be cut off as partitions."""

import hashlib
import os
import uuid
from datetime import UTC, datetime

_VARIANT = 0b10 << 62


def _compose(milliseconds: int, version: int, tail: int) -> uuid.UUID:
    """Put 48 bits of time, the version, and 74 free bits together (RFC 9562, figure 4)."""
    high = (tail >> 62) & 0xFFF
    low = tail & ((1 << 62) - 1)
    return uuid.UUID(int=(milliseconds & 0xFFFFFFFFFFFF) << 80 | version << 76 | high << 64 | _VARIANT | low)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def new_message_id(now: datetime) -> uuid.UUID:
    """Return a fresh UUIDv7 for an outgoing message made at `now`."""
    return _compose(_milliseconds(now), 7, int.from_bytes(os.urandom(10), "big"))


def inbound_message_id(sent_at: datetime, wamid: str) -> uuid.UUID:
    """Return the UUIDv8 of an incoming message: Meta's timestamp, then the hash of its wamid.

    The same message always gets the same id, so the primary key refuses the second copy.
    """
    digest = hashlib.sha256(wamid.encode()).digest()
    return _compose(_milliseconds(sent_at), 8, int.from_bytes(digest[:10], "big"))


def month_floor(month: datetime) -> uuid.UUID:
    """Return the smallest id of the month that `month` lies in (the partition's lower bound)."""
    first = datetime(month.year, month.month, 1, tzinfo=UTC)
    return uuid.UUID(int=_milliseconds(first) << 80)


def lowest_id(moment: datetime) -> uuid.UUID:
    """Return the smallest id that could be made at `moment`: every later id is greater."""
    return uuid.UUID(int=_milliseconds(moment) << 80)


def made_at(message_id: uuid.UUID) -> datetime:
    """Return the moment that an id carries, to the millisecond."""
    return datetime.fromtimestamp((message_id.int >> 80) / 1000, UTC)
