"""A task that misses its first cancellation is ended by the next."""

import asyncio

from switchboard.core import ending


async def test_it_ends_a_task_that_loses_a_cancellation() -> None:
    lost: list[str] = []

    async def forgetful() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost.append("one")

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(forgetful())
        await asyncio.sleep(0)
        await ending.end_tasks([task], again_seconds=0.01)
    assert task.cancelled()


async def test_ended_tasks_are_left_alone() -> None:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(asyncio.sleep(0))
    await ending.end_tasks([task])
    assert not task.cancelled()
