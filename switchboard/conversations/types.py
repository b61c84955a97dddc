"""What crosses the border of conversations."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID


class State(StrEnum):
    """Whether somebody still has to do something."""

    OPEN = "open"
    RESOLVED = "resolved"


class Answering(StrEnum):
    """Who answers: automatic answers, a person, or nobody (the other side is a program too)."""

    BOT = "bot"
    PERSON = "person"
    NOBODY = "nobody"


class Priority(IntEnum):
    """How urgently a person should look; the higher, the sooner."""

    NORMAL = 0
    RAISED = 1


class TimerKind(StrEnum):
    """What is to be done when a timer is due. A conversation has at most one timer of each kind."""

    # The answer that was decided on leaves.
    ANSWER = "answer"
    # The next part of an answer, after the one before was delivered.
    PARTS = "parts"
    # Was the last rung read? If not, the next one.
    RUNG = "rung"
    # Nobody came after a hand-over: the automatic answers take over again.
    HAND_BACK = "hand_back"
    # Show “typing…”. A call to Meta, so it is leased and not done within a transaction.
    TYPING = "typing"
    # Bring a file to Meta for this number, before the answer that shows it.
    UPLOAD = "upload"


class LineKind(StrEnum):
    """What happened in a conversation besides messages."""

    RULE_ANSWERED = "rule_answered"
    RUNG_UNREAD = "rung_unread"
    RUNG_ASKED_AGAIN = "rung_asked_again"
    NO_MATCH = "no_match"
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"
    AFTER_HOURS = "after_hours"
    TAKEN_OVER = "taken_over"
    RESTARTED = "restarted"
    RESOLVED = "resolved"
    ASSIGNED = "assigned"
    BOT_RECOGNISED = "bot_recognised"
    OPTED_OUT = "opted_out"
    CAME_BACK = "came_back"
    PRIORITY_RAISED = "priority_raised"
    NOT_SENT = "not_sent"
    COUPON = "coupon"


@dataclass(frozen=True, slots=True)
class Heard:
    """What one person wrote to one number within a batch."""

    workspace_id: int
    contact_id: int
    number_id: int
    first_at: datetime
    last_at: datetime
    count: int
    last_id: UUID


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where a conversation stands in a rule's rungs; it is forgotten when it expires."""

    rule_id: int
    rung: int
    attempts: int
    since: datetime
    expires_at: datetime


@dataclass(slots=True)
class Thread:
    """A conversation as the worker sees it, locked; what it changes is written back by `store.save_threads`."""

    id: int
    workspace_id: int
    contact_id: int
    number_id: int
    state: str
    answering: str
    priority: int
    assignee_id: int | None
    session_number: int
    session_started_at: datetime
    quiet_since: datetime | None
    last_inbound_at: datetime
    last_outbound_at: datetime | None
    waits_since: datetime | None
    is_collected: bool
    handed_over_at: datetime | None
    hand_over: dict[str, Any] | None
    announced_at: datetime | None
    ladder_rule_id: int | None
    ladder_rung: int
    ladder_attempts: int
    ladder_since: datetime | None
    ladder_expires_at: datetime | None
    negative_count: int
    quick_count: int
    same_count: int
    last_text_hash: int
    dialogue_session: int
    # When the last message came that might have been answered.
    last_question_at: datetime | None
    # When automatic answers were begun within the last hour; one ladder counts once.
    recent_answers: list[datetime] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, int, int]:
        """Return the key by which everybody locks conversations in the same order."""
        return self.workspace_id, self.contact_id, self.number_id

    def begin_session(self) -> None:
        """Forget what belongs to a session that is over: who answered, the ladder, what was noticed."""
        if self.dialogue_session == self.session_number:
            return
        self.dialogue_session = self.session_number
        self.answering = Answering.BOT
        self.priority = Priority.NORMAL
        self.waits_since = self.handed_over_at = self.announced_at = None
        self.hand_over = None
        self.is_collected = False
        self.negative_count = self.quick_count = self.same_count = 0
        self.climb(None)

    def ladder_at(self, now: datetime) -> Ladder | None:
        """Return the rung it stands on, unless that has expired."""
        if self.ladder_rule_id is None or self.ladder_since is None or self.ladder_expires_at is None:
            return None
        if self.ladder_expires_at <= now:
            return None
        return Ladder(
            self.ladder_rule_id, self.ladder_rung, self.ladder_attempts, self.ladder_since, self.ladder_expires_at
        )

    def climb(self, ladder: Ladder | None) -> None:
        """Stand on a rung, or on none."""
        self.ladder_rule_id = ladder.rule_id if ladder else None
        self.ladder_rung = ladder.rung if ladder else 0
        self.ladder_attempts = ladder.attempts if ladder else 0
        self.ladder_since = ladder.since if ladder else None
        self.ladder_expires_at = ladder.expires_at if ladder else None


@dataclass(frozen=True, slots=True)
class NewTimer:
    """Something to be done in a conversation at a moment."""

    workspace_id: int
    conversation_id: int
    kind: TimerKind
    due_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that is due."""

    id: int
    workspace_id: int
    conversation_id: int
    kind: TimerKind
    due_at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line between the messages of a conversation: what a rule or a colleague did, and why."""

    workspace_id: int
    conversation_id: int
    kind: LineKind
    at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    message_id: UUID | None = None
