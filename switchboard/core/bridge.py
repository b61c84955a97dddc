"""The only bridge from asynchronous code to synchronous actions, for rare events."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


async def in_thread(action: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Run an action in a thread of its own and return its result."""
    return await sync_to_async(action, thread_sensitive=False)(*args, **kwargs)
