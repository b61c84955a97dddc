"""What crosses the border of delivery."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

# Why a message failed that could not be handed to Meta in all its tries.
NEVER_LEFT = "never_left"
# Why one failed of which nobody ever heard whether Meta took it.
UNCONFIRMED = "unconfirmed"


class State(IntEnum):
    """How far a message is. From ACCEPTED on the value is a rank: statuses only move it up."""

    SKIPPED = -1
    WAITING = 0
    IN_FLIGHT = 8
    UNKNOWN = 10
    ACCEPTED = 20
    SENT = 30
    FAILED = 40
    DELIVERED = 50
    READ = 60
    PLAYED = 70


class Origin(StrEnum):
    """Who made a message; with an id it names the lane's owner."""

    BROADCAST = "broadcast"
    JOURNEY = "journey"
    ANSWER = "answer"
    PERSON = "person"


class Priority(IntEnum):
    """Which lane of a number goes first; lower goes first."""

    PERSON = 1
    ANSWER = 2
    JOURNEY = 3
    BROADCAST = 4


class LaneState(StrEnum):
    """Pause and cancel flip the lane, never its rows."""

    ACTIVE = "active"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class Measure(StrEnum):
    """What the tally counts. `sent` is accepted with no failure since."""

    PLANNED = "planned"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    REPLIED = "replied"
    OPTED_OUT = "opted_out"


class Gate(StrEnum):
    """The rules that a message must pass, in order; also the names of holds and skips."""

    STOP = "stop"
    CONSENT = "consent"
    REACHABILITY = "reachability"
    WINDOW = "window"
    TEMPLATE = "template"
    NUMBER = "number"
    PACE = "pace"
    THROUGHPUT = "throughput"
    QUIET_HOURS = "quiet_hours"
    FREQUENCY = "frequency"
    PAIR = "pair"
    SAME_CONTENT = "same_content"
    BUDGET = "portfolio_budget"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to put into a lane. `body` is what Meta is sent beside the envelope:
    {"type": "template", "template": {…}}. `skip` set means it is recorded as skipped at once."""

    id: UUID
    lane_id: int
    number_id: int
    contact_id: int
    category: str
    recipient: str
    zones: str
    body: dict[str, Any]
    due_at: datetime
    template_id: int | None = None
    hold: str | None = None
    hold_detail: dict[str, Any] | None = None
    skip: str | None = None
    skip_detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """One delivery status of Meta's, for one attempt of one of our messages."""

    workspace_id: int
    message_id: UUID
    attempt: int
    state: State
    at: datetime
    wamid: str
    error_code: int | None = None
    error_detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of one origin in one snapshot: planned = waiting + sent + failed + skipped."""

    planned: int
    sent: int
    delivered: int
    read: int
    replied: int
    unknown: int
    opted_out: int
    failed: dict[str, int]
    skipped: dict[str, int]

    @property
    def waiting(self) -> int:
        """Everybody not yet sent, failed or skipped: not expanded, held, due, in flight, unknown."""
        return self.planned - self.sent - sum(self.failed.values()) - sum(self.skipped.values())


@dataclass(frozen=True, slots=True)
class Recount:
    """The messages of one origin counted from their rows. `waiting` are in the outbox."""

    messages: int
    waiting: int
    in_flight: int
    unknown: int
    sent: int
    delivered: int
    read: int
    replied: int
    failed: dict[str, int]
    skipped: dict[str, int]

    @property
    def is_whole(self) -> bool:
        """Whether every message is in exactly one place."""
        gone = sum(self.failed.values()) + sum(self.skipped.values())
        return self.messages == self.waiting + self.in_flight + self.unknown + self.sent + gone


@dataclass(frozen=True, slots=True)
class Held:
    """How many messages one gate holds back, and until when (None: until a person acts)."""

    gate: str
    until: datetime | None
    count: int


@dataclass(frozen=True, slots=True)
class Rest:
    """What of an origin has not left yet, over how many numbers, and whether a person must do something first."""

    waiting: int
    numbers: int
    is_paused: bool
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What one gate says of a message now."""

    gate: str
    verdict: str
    until: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The story of one message: how far it is, why, and what each gate says."""

    message_id: UUID
    state: State
    attempt: int
    reason: str | None
    detail: dict[str, Any] | None
    hold: str | None
    due_at: datetime | None
    lane_state: str
    wamid: str | None
    moments: dict[str, datetime]
    steps: list[Step]
    hold_detail: dict[str, Any] | None = None
    contact_id: int = 0
    number_id: int = 0
    origin_kind: str = ""
    origin_id: int = 0
    recipient: str = ""
    category: str = ""
    template_id: int | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PortfolioUse:
    """How many people a portfolio has reached in the last 24 hours; no limit: Meta sets none, and none are counted."""

    portfolio_id: int
    name: str
    limit: int | None
    used: int = 0
