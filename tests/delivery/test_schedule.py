"""Messages leave at their moments, and late ones keep their distance."""

import uuid
from typing import Any

from switchboard.delivery.schedule import Planned, Schedule
from switchboard.delivery.store import Claimed


def planned(
    at: float, number_id: int = 1, gap: float = 0.0, *, is_answer: bool = False, spacing: float = 1.0
) -> Planned:
    message = Claimed(
        batch_id=uuid.uuid4(),
        message_id=uuid.uuid4(),
        workspace_id=1,
        lane_id=1,
        attempt=1,
        tries=0,
        number_id=number_id,
        number_meta_id="88",
        account_id=1,
        origin_kind="broadcast",
        origin_id=1,
        template_id=None,
        is_answer=is_answer,
        recipient="+819012345678",
        body=b"{}",
        leave_at=at,
        gap=gap,
        spacing=spacing,
    )
    return Planned(message, at, 0.0)


def leave(schedule: Schedule, moments: list[float]) -> list[Any]:
    """Return, for every moment, when the messages that leave then were planned."""
    found = []
    for moment in moments:
        while (due := schedule.pop_due(moment)) is not None:
            found.append((moment, due.at))
    return found


def test_nothing_leaves_before_its_moment():
    schedule = Schedule()
    schedule.add(planned(2.0))
    schedule.add(planned(1.0))
    assert leave(schedule, [0.9, 1.0, 1.5, 2.0]) == [(1.0, 1.0), (2.0, 2.0)]


def test_late_messages_of_a_fast_number_close_up_only_a_little():
    schedule = Schedule()
    for step in range(3):
        schedule.add(planned(1.0 + step / 10))
    found = leave(schedule, [5.0 + step / 100 for step in range(30)])
    assert [round(moment - 5.0, 2) for moment, _ in found] == [0.0, 0.09, 0.18]


def test_late_messages_do_not_repeat_a_pause_in_which_there_was_nothing_to_send():
    schedule = Schedule()
    for at in (1.0, 1.1, 1.8, 1.9):
        schedule.add(planned(at, spacing=0.1))
    found = leave(schedule, [5.0 + step / 100 for step in range(30)])
    assert [round(moment - 5.0, 2) for moment, _ in found] == [0.0, 0.09, 0.18, 0.27]


def test_late_messages_of_a_careful_number_keep_their_whole_gap():
    schedule = Schedule()
    schedule.add(planned(1.0, gap=4.0))
    schedule.add(planned(5.0, gap=4.0))
    assert leave(schedule, [1.8, 5.0, 5.7, 5.8]) == [(1.8, 1.0), (5.8, 5.0)]


def test_the_gap_counts_from_when_a_message_really_left():
    schedule = Schedule()
    first = planned(1.0, gap=4.0)
    schedule.add(first)
    schedule.add(planned(5.0, gap=4.0))
    leave(schedule, [1.0])
    schedule.note_left(first, 1.5)
    assert leave(schedule, [5.0, 5.4, 5.5]) == [(5.5, 5.0)]


def test_numbers_do_not_wait_for_each_other():
    schedule = Schedule()
    schedule.add(planned(1.0, number_id=1))
    schedule.add(planned(1.0, number_id=2))
    assert len(leave(schedule, [4.0])) == 2


def test_an_answer_leaves_before_everything_else_that_is_due_and_not_before_its_moment():
    schedule = Schedule()
    for step in range(3):
        schedule.add(planned(1.0 + step / 10, number_id=step))
    schedule.add(planned(1.25, number_id=9, is_answer=True))
    assert [moment for _, moment in leave(schedule, [1.2])] == [1.0, 1.1, 1.2]
    schedule.add(planned(1.1, number_id=2))
    assert schedule.next_at() == 1.1
    assert [moment for _, moment in leave(schedule, [1.3])] == [1.25, 1.1]
    assert len(schedule) == 0
