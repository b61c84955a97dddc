"""Messages leave as soon as they are due, so many at once, and stopping waits for the answers."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

from switchboard.delivery.crew import Crew, Speed
from switchboard.delivery.schedule import Planned, Schedule


def planned(at: float, number: int) -> Planned:
    """A message of one number due at a moment; nothing else is looked at."""
    message: Any = SimpleNamespace(number_id=number, is_answer=False, gap=0.0, lane_gap=0.0)
    return Planned(message, at, at)


async def run_crew(
    messages: list[Planned], *, size: int = 3, answer_seconds: float = 0.01, expected: int = 0
) -> list[tuple[float, int]]:
    """Post messages until all of them, or so many, have left; return how late each was and how many were under way."""
    schedule, left, is_done = Schedule(), [], asyncio.Event()

    async def post(message: Planned) -> None:
        left.append((time.monotonic() - message.at, crew.in_flight))
        await asyncio.sleep(answer_seconds)
        if len(left) == (expected or len(messages)):
            is_done.set()

    crew = Crew(schedule, post, size=size, monotonic=time.monotonic)
    async with asyncio.TaskGroup() as group:
        crew.start(group)
        await asyncio.sleep(0)
        for message in messages:
            schedule.add(message)
            crew.note_planned()
        await is_done.wait()
        await crew.finish(1.0)
    return left


async def test_what_is_due_leaves_at_once_and_no_more_than_so_many_together():
    now = time.monotonic()
    left = await run_crew([planned(now, number) for number in range(12)])
    assert max(together for _, together in left) == 3


async def test_what_is_due_later_leaves_then_and_not_before():
    now = time.monotonic()
    left = await run_crew([planned(now + 0.05 * place, place) for place in range(4)])
    assert all(late >= 0.0 for late, _ in left)


async def test_what_is_due_much_later_keeps_nobody_waiting():
    now = time.monotonic()
    left = await run_crew([planned(now + 3600, 1), planned(now, 2), planned(now + 0.05, 3)], expected=2)
    assert len(left) == 2


async def test_the_end_waits_for_answers():
    left = await run_crew([planned(time.monotonic(), 1)], answer_seconds=0.2)
    assert len(left) == 1


def test_the_speed_is_that_of_the_last_second():
    moments = iter([0.0, 0.5, 0.55, 1.2])
    speed = Speed(lambda: next(moments))
    for _ in range(3):
        speed.note_one()
    assert speed.per_second() == 2


def test_a_beginning_is_judged_by_what_it_has_shown_so_far():
    moments = iter([5.0, 5.1, 5.4, 5.45])
    speed = Speed(lambda: next(moments))
    for _ in range(3):
        speed.note_one()
    assert speed.per_second() == 6


def test_time_in_which_there_was_nothing_to_post_says_nothing_of_the_speed():
    moments = iter([0.0, 0.2, 0.3, 0.8, 0.95, 1.0])
    speed = Speed(lambda: next(moments))
    speed.note_one()
    speed.note_one()
    speed.note_pause()
    speed.note_work()
    speed.note_one()
    # Two within nine tenths, of which five were a pause.
    assert speed.per_second() == 5
