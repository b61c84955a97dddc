"""What is known of a message, its writer and its number when an answer is decided on and written."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Person:
    """The person on the other side, as they are now."""

    contact_id: int
    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    country: str = ""
    zones: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    tags: tuple[int, ...] = ()
    segments: frozenset[int] = frozenset()
    last_order_at: datetime | None = None
    # How long they had been silent before this session; None for somebody who never wrote before.
    silent_for: timedelta | None = None
    # Where answers go: the phone, or the user id of the number's portfolio. Empty: nobody is there any more.
    address: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A message that may be answered."""

    message_id: UUID
    workspace_id: int
    number_id: int
    wamid: str
    kind: str
    text: str
    payload: str
    sent_at: datetime
    received_at: datetime
    is_opt_out: bool
    is_first_ever: bool
    # They had opted out before this message.
    was_opted_out: bool
    # By this message they get messages again.
    came_back: bool
    is_in_group: bool
    person: Person
    # What they wrote before, the latest first; read only where this message leaves their language open.
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when it happens: the number, and whether somebody is there."""

    number_id: int
    zone: str
    is_open: bool
    opens_at: datetime | None = None
