"""Statuses that came back without our note: found by Meta's id, or kept until the message is known."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from switchboard.cloudapi import events
from switchboard.cloudapi.callback import Callback
from switchboard.delivery.types import State, StatusUpdate
from switchboard.webhooks import store

# A status may come before the answer to its message; after this time the message is somebody else's.
KEPT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Unnoted:
    """A status that names its message by Meta's id alone."""

    event: store.StoredEvent
    workspace_id: int
    status: events.Status
    state: State

    @property
    def key(self) -> tuple[int, str]:
        """What it is looked for by."""
        return self.workspace_id, self.status.wamid


def build_update(event: store.StoredEvent, status: events.Status, state: State, note: Callback) -> StatusUpdate:
    """Return what a status changes."""
    return StatusUpdate(
        workspace_id=note.workspace_id,
        message_id=note.message_id,
        attempt=note.attempt,
        state=state,
        at=status.at or event.received_at,
        wamid=status.wamid,
        error_code=status.error_code,
        error_detail=status.error_detail,
    )


async def resolve(
    connection: AsyncConnection[Any], statuses: Sequence[Unnoted], now: datetime, counts: Counter[str]
) -> list[StatusUpdate]:
    """Return what the statuses change; those of unknown messages are kept for a while."""
    if not statuses:
        return []
    found = await store.find_by_wamid(connection, {one.key for one in statuses if one.status.wamid})
    unknown = [one for one in statuses if one.key not in found]
    fresh = [one for one in unknown if one.status.wamid and now - one.event.received_at < KEPT]
    await store.insert_orphans(connection, [_orphan(one) for one in fresh])
    counts["statuses_kept"] += len(fresh)
    counts["statuses_foreign"] += len(unknown) - len(fresh)
    return list(_updates(statuses, found))


def _updates(statuses: Sequence[Unnoted], found: dict[tuple[int, str], Any]) -> Iterator[StatusUpdate]:
    for one in statuses:
        if one.key in found:
            note = Callback(one.workspace_id, *found[one.key])
            yield build_update(one.event, one.status, one.state, note)


def _orphan(one: Unnoted) -> store.NewOrphan:
    body = events.build_body(one.status.change, only=("statuses", one.status.raw))
    return store.NewOrphan(one.workspace_id, one.event.app_id, one.event.received_at, one.status.wamid, body)
