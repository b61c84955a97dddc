"""What is asked of Meta around an answer, under a lease: “typing…” before it, and files brought to a number."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from switchboard.cloudapi.client import CloudClient
from switchboard.cloudapi.transport import Transport
from switchboard.conversations.types import Timer, TimerKind
from switchboard.core import clock
from switchboard.core.bridge import in_thread
from switchboard.core.errors import SwitchboardError
from switchboard.delivery.credentials import Credentials, NoTokenError
from switchboard.replies.answering import store
from switchboard.templates import actions as templates_actions

log = structlog.get_logger(__name__)

_LONGEST_SECONDS = 10.0


class Caller:
    """Makes the calls of this process."""

    def __init__(self, transport: Transport, credentials: Credentials) -> None:
        self._transport = transport
        self._credentials = credentials

    async def make(self, connection: store.Connection, timers: Sequence[Timer]) -> None:
        """Make calls, all at the same time. One that fails is given up: an answer does not depend on it."""
        numbers = await store.find_numbers(connection, {int(timer.payload["number_id"]) for timer in timers})
        async with asyncio.TaskGroup() as tasks:
            for timer in timers:
                number = numbers.get(int(timer.payload["number_id"]))
                if number is not None:
                    tasks.create_task(self._make(timer, number))

    async def _make(self, timer: Timer, number: store.NumberRow) -> None:
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                if timer.kind == TimerKind.TYPING:
                    await self._show_typing(timer, number)
                elif timer.kind == TimerKind.UPLOAD:
                    await in_thread(_upload, timer.workspace_id, int(timer.payload["asset_id"]), number.id)
        except (TimeoutError, OSError, NoTokenError, SwitchboardError) as error:
            log.info("call_given_up", kind=timer.kind, error=str(error) or type(error).__name__)

    async def _show_typing(self, timer: Timer, number: store.NumberRow) -> None:
        """Show “typing…” while the answer is still to come; a number that is stopped says nothing."""
        if number.is_stopped or clock.now() >= datetime.fromisoformat(timer.payload["until"]):
            return
        access = await self._credentials.find_access(timer.workspace_id, number.account_id)
        client = CloudClient(self._transport, access.token, app_secret=access.app_secret)
        await client.mark_read(number.meta_id, str(timer.payload["wamid"]), is_typing=True)


def _upload(workspace_id: int, asset_id: int, number_id: int) -> None:
    templates_actions.ensure_uploads(
        workspace_id=workspace_id, asset_id=asset_id, number_ids=[number_id], now=clock.now()
    )
