"""The only bridge from asynchronous code to synchronous actions, for rare events."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


async def in_thread(action: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Run an action in a thread of its own and return its result; what the thread opened to the database is closed."""

    def run() -> Result:
        try:
            return action(*args, **kwargs)
        finally:
            # Threads come and go; their connections must not stay.
            connections.close_all()

    return await sync_to_async(run, thread_sensitive=False)()
