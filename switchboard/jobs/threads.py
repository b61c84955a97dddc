"""Synchronous actions called from the job loops, each in a thread of its own."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import ParamSpec, TypeVar

from switchboard.core.bridge import in_thread
from switchboard.core.tenancy import workspace_scope

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
# What has waited longest is run two at a time; the database has other work besides.
_AT_ONCE = 2


async def call(action: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Run an action in a thread of its own."""
    return await in_thread(action, *args, **kwargs)


async def run_oldest(
    waiting: Sequence[tuple[int, int, str]], run: Callable[[int, int, str], Coroutine[object, object, bool]]
) -> bool:
    """Run the first of what waits (workspace, id, state), two at a time; tell whether any came to its end."""
    async with asyncio.TaskGroup() as tasks:
        done = [tasks.create_task(run(*one)) for one in waiting[:_AT_ONCE]]
    return any(task.result() for task in done)


async def call_in_workspace(workspace_id: int, action: Callable[[], Result]) -> Result:
    """Run an action in a transaction that sees one workspace."""

    def run() -> Result:
        with workspace_scope(workspace_id):
            return action()

    return await call(run)
