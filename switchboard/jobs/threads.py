"""Synchronous actions called from the job loops, each in a thread of its own."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from switchboard.core.bridge import in_thread
from switchboard.core.tenancy import workspace_scope

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


async def call(action: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Run an action in a thread of its own."""
    return await in_thread(action, *args, **kwargs)


async def call_in_workspace(workspace_id: int, action: Callable[[], Result]) -> Result:
    """Run an action in a transaction that sees one workspace."""

    def run() -> Result:
        with workspace_scope(workspace_id):
            return action()

    return await call(run)
