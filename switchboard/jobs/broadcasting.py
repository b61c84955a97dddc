"""Broadcasts move on: started when due, prepared, expanded batch by batch, completed, cleared after a cancel."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from switchboard.broadcasts import actions as broadcasts_actions
from switchboard.core import clock
from switchboard.jobs import store, threads
from switchboard.jobs.leading import Connection

log = structlog.get_logger(__name__)

_PREPARE_AT_ONCE = 4
_ENDED_EARLY = {"cancelled", "failed"}
# While Meta is away, ask again this often.
_PREPARE_AGAIN_SECONDS = 5.0
# After a cancel, what comes back into the outbox does so soon; later it is looked for once a minute.
_CLEAR_FOR = timedelta(hours=1)
_CLEAR_AGAIN_SECONDS = 60.0


class Expansion:
    """Starts what is due and makes messages, one batch of every broadcast in turn."""

    def __init__(self) -> None:
        self._cleared_at: dict[int, float] = {}

    async def step(self, connection: Connection, now: datetime) -> bool:
        """Take every broadcast one batch further; tell whether any of them has more to do."""
        work = await store.list_work(connection, now)
        for workspace_id in sorted({one.workspace_id for one in work if one.state == "scheduled"}):
            start = partial(broadcasts_actions.start_due_broadcasts, workspace_id=workspace_id, now=now)
            await threads.call_in_workspace(workspace_id, start)
        done = 0
        for one in self._due(work, now):
            try:
                done += await self._advance(one, now)
            except Exception:
                # The job loop: one broadcast's trouble must not hold up the others.
                log.exception("broadcast_not_advanced", broadcast=one.broadcast_id)
        return done > 0

    def _due(self, work: Iterable[store.Work], now: datetime) -> list[store.Work]:
        return [
            one for one in work if one.state == "sending" or (one.state in _ENDED_EARLY and self._may_clear(one, now))
        ]

    def _may_clear(self, one: store.Work, now: datetime) -> bool:
        is_fresh = one.finished_at is not None and now - one.finished_at < _CLEAR_FOR
        waited = clock.monotonic() - self._cleared_at.get(one.broadcast_id, float("-inf"))
        return is_fresh or waited >= _CLEAR_AGAIN_SECONDS

    async def _advance(self, one: store.Work, now: datetime) -> int:
        which = {"workspace_id": one.workspace_id, "broadcast_id": one.broadcast_id}
        if one.state in _ENDED_EARLY:
            clear = partial(broadcasts_actions.clear_ended, **which, now=now)
            cleared = await threads.call_in_workspace(one.workspace_id, clear)
            if not cleared:
                self._cleared_at[one.broadcast_id] = clock.monotonic()
            return cleared
        if one.give_up_at and one.give_up_at <= now:
            given_up = partial(broadcasts_actions.clear_ended, **which, now=now)
            if cleared := await threads.call_in_workspace(one.workspace_id, given_up):
                return cleared
        expand = partial(broadcasts_actions.expand_next_batch, **which, now=now)
        expanded = await threads.call_in_workspace(one.workspace_id, expand)
        if not expanded:
            complete = partial(broadcasts_actions.complete_broadcast, **which, now=now)
            await threads.call_in_workspace(one.workspace_id, complete)
        return expanded


class Preparation:
    """Brings pictures to Meta before a broadcast sends; apart from the expansion, because Meta may be slow."""

    def __init__(self) -> None:
        self._tried_at: dict[int, float] = {}

    async def step(self, connection: Connection, now: datetime) -> bool:
        """Prepare the broadcasts that wait for it; tell whether one became ready."""
        moment = clock.monotonic()
        waiting = [
            one
            for one in await store.list_work(connection, now)
            if one.state == "preparing"
            and moment - self._tried_at.get(one.broadcast_id, float("-inf")) >= _PREPARE_AGAIN_SECONDS
        ]
        async with asyncio.TaskGroup() as tasks:
            prepared = [tasks.create_task(self._prepare(one, now)) for one in waiting[:_PREPARE_AT_ONCE]]
        return any(task.result() for task in prepared)

    async def _prepare(self, one: store.Work, now: datetime) -> bool:
        self._tried_at[one.broadcast_id] = clock.monotonic()
        try:
            is_ready = await threads.call(
                broadcasts_actions.prepare_broadcast,
                workspace_id=one.workspace_id,
                broadcast_id=one.broadcast_id,
                now=now,
            )
        except Exception:
            # The job loop: it stays as it is and is tried again.
            log.exception("broadcast_not_prepared", broadcast=one.broadcast_id)
            return False
        if is_ready:
            self._tried_at.pop(one.broadcast_id, None)
        return is_ready
