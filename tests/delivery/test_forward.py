"""Whatever order, repetition and batches the statuses of a message come in, it ends in the same row and counts."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.delivery.rules import forward
from switchboard.delivery.types import UNCONFIRMED, State, StatusUpdate
from tests.conftest import NOON

ID = uuid.UUID(int=1)
STEPS = (State.SENT, State.DELIVERED, State.READ, State.PLAYED, State.FAILED)
NO_TIMES: dict[str, Any] = dict.fromkeys(("accepted_at", "sent_at", "delivered_at", "read_at", "failed_at"))


def a_standing(state: State, *, attempt: int = 1, reason: str | None = None, **times: Any) -> forward.Standing:
    return forward.Standing(ID, int(state), attempt, reason, None, **NO_TIMES | times)


def an_update(state: State, *, attempt: int = 1, seconds: int | None = None) -> StatusUpdate:
    at = NOON + timedelta(seconds=STEPS.index(state) if seconds is None else seconds)
    return StatusUpdate(1, ID, attempt, state, at, f"wamid.{attempt}", 131026 if state == State.FAILED else None, "")


def apply(standing: forward.Standing, *batches: list[StatusUpdate]) -> tuple[forward.Standing, dict[Any, int]]:
    """Move a message by batches, and add up what was counted."""
    counted: Counter[tuple[str, str]] = Counter()
    for batch in batches:
        news = forward.News(ID)
        for update in batch:
            news.add(update)
        moved, _ = forward.move(standing, news)
        for measure, reason, amount in forward.count(standing, moved):
            counted[measure, reason] += amount
        standing = moved
    return standing, {key: amount for key, amount in counted.items() if amount}


STARTS = [
    a_standing(State.IN_FLIGHT),
    a_standing(State.UNKNOWN),
    a_standing(State.ACCEPTED, accepted_at=NOON - timedelta(seconds=9)),
    a_standing(State.FAILED, reason=UNCONFIRMED, failed_at=NOON - timedelta(seconds=1)),
    a_standing(State.IN_FLIGHT, attempt=2),
]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_order_repetition_and_batching_ends_in_the_same_row(data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(STARTS))
    attempts = st.integers(1, start.attempt)
    updates = st.builds(an_update, st.sampled_from(STEPS), attempt=attempts)
    happened = data.draw(st.lists(updates, min_size=1, max_size=6, unique_by=lambda one: (one.state, one.attempt)))
    mixed = data.draw(st.permutations(happened)) + data.draw(st.lists(st.sampled_from(happened), max_size=4))
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=len(mixed), max_size=len(mixed)))
    batches = []
    for size in sizes:
        batches.append(mixed[:size])
        del mixed[:size]
    assert apply(start, *batches) == apply(start, happened)


@pytest.mark.parametrize("step", STEPS)
def test_a_skipped_message_stays_skipped(step: State) -> None:
    skipped = a_standing(State.SKIPPED, reason="consent")
    assert apply(skipped, [an_update(step)]) == (skipped, {})


def test_a_failure_of_an_earlier_attempt_changes_nothing() -> None:
    doubtful = a_standing(State.FAILED, attempt=2, reason=UNCONFIRMED)
    assert apply(doubtful, [an_update(State.FAILED, attempt=1)]) == (doubtful, {})


def test_read_tells_that_it_was_sent_and_delivered_until_more_is_known() -> None:
    read, _ = apply(a_standing(State.IN_FLIGHT), [an_update(State.READ, seconds=9)])
    assert read.sent_at == read.delivered_at == read.accepted_at == NOON + timedelta(seconds=9)
    known, _ = apply(read, [an_update(State.DELIVERED, seconds=4)], [an_update(State.SENT, seconds=1)])
    assert [known.accepted_at, known.sent_at, known.delivered_at] == [NOON + timedelta(seconds=s) for s in (1, 1, 4)]
