"""How background tasks are ended for certain."""

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN_SECONDS = 2.0


async def end_tasks(tasks: Collection["asyncio.Task[Any]"], *, again_seconds: float = AGAIN_SECONDS) -> None:
    """Cancel tasks until each of them has ended.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, by which libraries wait, loses a cancellation that comes at
    the moment when its result does (https://github.com/python/cpython/issues/86296). `database.Pool` makes up for it.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=again_seconds)
