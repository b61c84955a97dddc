"""Which rung is next: first answer, fuller answer, a menu, a person. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from switchboard.conversations.types import Ladder
from switchboard.replies.types import Rule, StepKind


@dataclass(frozen=True, slots=True)
class Place:
    """A rung to be said, for which time, and whether it begins a ladder."""

    rung: int
    attempt: int
    begins: bool


def first_rung() -> Place:
    """Return the foot of a ladder."""
    return Place(rung=0, attempt=1, begins=True)


def asked_again(rule: Rule, ladder: Ladder) -> Place | None:
    """Return what is said to somebody who asks again: the same rung while it has attempts left, else the next one.

    None: there is nothing more to say, so it is a person's turn.
    """
    if ladder.rung < len(rule.rungs) and ladder.attempts < rule.rungs[ladder.rung].attempts:
        return Place(ladder.rung, ladder.attempts + 1, begins=False)
    for position in range(ladder.rung + 1, len(rule.rungs)):
        if rule.rungs[position].asked_again:
            return Place(position, 1, begins=False)
    return None


def unread(rule: Rule, rung: int) -> tuple[int, timedelta] | None:
    """Return the rung that follows one that stays unread, and after how long."""
    if rung + 1 >= len(rule.rungs):
        return None
    seconds = rule.rungs[rung + 1].unread_after_seconds
    return None if seconds is None else (rung + 1, timedelta(seconds=seconds))


def hands_over(rule: Rule, rung: int) -> bool:
    """Tell whether a rung ends with a person."""
    return any(step.kind == StepKind.HAND_OVER for step in rule.rungs[rung].steps)
