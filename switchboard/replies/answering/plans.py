"""An answer that was decided on and has not left yet, as it is kept in a timer."""

import dataclasses
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from switchboard.delivery.types import NewMessage
from switchboard.replies.types import MESSAGES, Step, StepKind

# What is said of a person's own wish to stop, or to get messages again: whoever answers, and announced as nothing.
CONFIRMATIONS = frozenset({"opt_out", "opt_in"})


class Plan(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is to be said, to which message, and when. It holds its steps: publishing meanwhile changes nothing."""

    # "rule", "hand_over", "after_hours", "opt_out" or "opt_in".
    kind: str
    message_id: UUID
    wamid: str
    asked_at: datetime
    due_at: datetime
    language: str
    version: int = 0
    rule_id: int = 0
    rule: str = ""
    rung: int = 0
    attempt: int = 1
    steps: tuple[Step, ...] = ()
    # Where a candidate stands among others; of the messages of one burst the best is answered.
    rank: tuple[float, ...] = ()
    is_last_resort: bool = False
    # Why a person takes over: "asked", "third_answer", "nothing_left" or "no_match".
    reason: str = ""
    question: str = ""
    # A second question that came while this answer was waiting; it is answered after it.
    following: "Plan | None" = None
    # How often it was put off because a file was not at Meta yet.
    tries: int = 0

    @property
    def speaks(self) -> bool:
        """Whether something is certainly said, so that “typing…” may be shown before it."""
        if self.kind != "rule":
            return self.kind not in CONFIRMATIONS
        return any(
            step.condition is None and (step.kind in MESSAGES or step.kind == StepKind.HAND_OVER) for step in self.steps
        )


class Rest(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The parts of an answer that wait for the one before them."""

    bodies: tuple["Part", ...]
    rule_id: int
    # The part before, and when it was put into its lane.
    previous_id: UUID
    since: datetime


class Part(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One message of an answer, ready to be sent."""

    body: dict[str, Any]
    template_id: int | None = None
    category: str = "service"


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """Was a rung read? If not, the next one follows."""

    rule_id: int
    # The rung that follows.
    rung: int
    seconds: int
    # The last message of the rung before, and the message that began the ladder.
    sent_id: UUID
    message_id: UUID
    wamid: str
    sent_at: datetime
    language: str


def encode(plan: Plan | Rest | Watch) -> dict[str, Any]:
    """Return the form that a timer keeps."""
    stored: dict[str, Any] = msgspec.to_builtins(plan)
    return stored


def decode_plan(payload: dict[str, Any]) -> Plan:
    """Return the plan that a timer keeps."""
    return msgspec.convert(payload, Plan)


def decode_rest(payload: dict[str, Any]) -> Rest:
    """Return the remaining parts that a timer keeps."""
    return msgspec.convert(payload, Rest)


def decode_watch(payload: dict[str, Any]) -> Watch:
    """Return what a timer looks after."""
    return msgspec.convert(payload, Watch)


def again(plan: Plan) -> Plan:
    """Return a plan that was put off once more."""
    return msgspec.structs.replace(plan, tries=plan.tries + 1)


def due(plan: Plan, at: datetime) -> Plan:
    """Return a plan that leaves at another moment."""
    return msgspec.structs.replace(plan, due_at=at)


def place(message: NewMessage, lane_id: int) -> NewMessage:
    """Return a message in its lane."""
    return dataclasses.replace(message, lane_id=lane_id)
