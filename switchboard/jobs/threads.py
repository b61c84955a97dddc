"""Synchronous actions called from the job loops, each in a thread that gives its database connection back."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connections

from switchboard.core.bridge import in_thread
from switchboard.core.tenancy import workspace_scope

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


async def call(action: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Run an action and close the connections of its thread: threads come and go, connections must not stay."""

    def run() -> Result:
        try:
            return action(*args, **kwargs)
        finally:
            connections.close_all()

    return await in_thread(run)


async def call_in_workspace(workspace_id: int, action: Callable[[], Result]) -> Result:
    """Run an action in a transaction that sees one workspace."""

    def run() -> Result:
        with workspace_scope(workspace_id):
            return action()

    return await call(run)
