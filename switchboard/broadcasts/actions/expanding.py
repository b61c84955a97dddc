"""Recipients become messages, batch by batch; who is left when a broadcast ends early is recorded as skipped."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from switchboard.broadcasts import queries, store, turns
from switchboard.broadcasts.actions import states
from switchboard.broadcasts.expansion import CANCELLED, GAVE_UP, Expanded, Expander, make_unsent, take_unexpanded
from switchboard.broadcasts.models import Broadcast, BroadcastState
from switchboard.broadcasts.pool import Pool, load_pool
from switchboard.core import statements
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery import boards as delivery_boards
from switchboard.delivery.types import Origin
from switchboard.templates import queries as template_queries

# Ended before everybody had a message: who is left is recorded as skipped, so that the sum stays whole.
ENDED_EARLY = (BroadcastState.CANCELLED, BroadcastState.FAILED)
_BATCH = 2000
# So many messages at most wait in the outbox; the rest of the audience is expanded as they leave.
_MOST_WAITING = 20_000


def expand_next_batch(*, workspace_id: int, broadcast_id: int, now: datetime, size: int = _BATCH) -> int:
    """Turn the next recipients into messages; return how many that were, 0 when there is nothing to do now.

    The recipients of one that was cancelled, failed while it was prepared, or gave up are recorded as skipped.
    """
    broadcast = queries.get_broadcast(workspace_id, broadcast_id)
    ending = _ending(broadcast, now)
    if broadcast.state != BroadcastState.SENDING and not ending:
        return 0
    if not ending and queries.count_queued(workspace_id, broadcast_id) >= _MOST_WAITING:
        return 0
    contact_ids = take_unexpanded(broadcast, size)
    if not contact_ids:
        return 0
    pool = load_pool(broadcast, now, _map_media(broadcast))
    if not pool.wheels and not ending:
        _stop_for_template(broadcast, now)
        return 0
    expanded = _make_messages(broadcast, pool, contact_ids, now) if pool.wheels else []
    if ending:
        unsent = expanded or _make_unsent(broadcast, contact_ids, now)
        expanded = [Expanded(replace(one.message, skip=one.message.skip or ending), "") for one in unsent]
    elif broadcast.is_spaced and pool.careful_ids:
        expanded = _space(broadcast, pool, expanded, now)
    _put(broadcast, expanded, now)
    return len(expanded)


def _put(broadcast: Broadcast, expanded: Sequence[Expanded], now: datetime) -> None:
    """Hand the messages over to delivery, and write down which recipient got which."""
    delivery_actions.enqueue_messages(
        workspace_id=broadcast.workspace_id,
        origin=Origin.BROADCAST,
        origin_id=broadcast.pk,
        messages=[one.message for one in expanded],
        now=now,
    )
    statements.execute(
        store.SQL_EXPANDED,
        {
            "workspace_id": broadcast.workspace_id,
            "broadcast_id": broadcast.pk,
            "contact_ids": [one.message.contact_id for one in expanded],
            "message_ids": [one.message.id for one in expanded],
            "number_choices": [str(one.why) for one in expanded],
        },
    )


def _space(broadcast: Broadcast, pool: Pool, expanded: Sequence[Expanded], now: datetime) -> list[Expanded]:
    spaced = turns.space_messages(
        broadcast.workspace_id,
        [one.message for one in expanded],
        pool.careful_ids,
        night=queries.get_night(broadcast.workspace_id),
        now=now,
    )
    return [replace(one, message=message) for one, message in zip(expanded, spaced, strict=True)]


def _make_messages(broadcast: Broadcast, pool: Pool, contact_ids: Sequence[int], now: datetime) -> list[Expanded]:
    workspace_id = broadcast.workspace_id
    expander = Expander(
        broadcast,
        pool,
        states.open_lanes(broadcast, pool.number_ids),
        workspace_zone=queries.get_workspace_zone(workspace_id),
        night=queries.get_night(workspace_id),
    )
    return list(expander.make_messages(contact_ids, now))


def _make_unsent(broadcast: Broadcast, contact_ids: Sequence[int], now: datetime) -> list[Expanded]:
    """Record people of an ended broadcast whose template can be sent nowhere any more."""
    lanes = states.open_lanes(broadcast, broadcast.number_ids[:1])
    [(number_id, lane_id)] = lanes.items()
    return [
        Expanded(make_unsent(one, number_id, lane_id, now, skip=_ending(broadcast, now), detail={}), "")
        for one in contact_ids
    ]


def _map_media(broadcast: Broadcast) -> Mapping[int, str]:
    if not broadcast.header_asset_id:
        return {}
    return template_queries.map_media_ids(broadcast.workspace_id, broadcast.header_asset_id)


def _stop_for_template(broadcast: Broadcast, now: datetime) -> None:
    """Pause a broadcast whose template is no longer approved anywhere in its pool; nobody is lost."""
    broadcast.state_reason = (
        f"No number of this broadcast has the template “{broadcast.template_name}” approved any more. "
        "See why on the templates page; when it is approved again, press Resume."
    )
    broadcast.paused_at = now
    states.change_state(broadcast, BroadcastState.PAUSED, "state_reason", "paused_at")


def _ending(broadcast: Broadcast, now: datetime) -> str:
    """Return why nobody more is written to; empty while the broadcast goes on."""
    if broadcast.state in ENDED_EARLY:
        return CANCELLED
    if broadcast.state == BroadcastState.SENDING and broadcast.give_up_at and broadcast.give_up_at <= now:
        return GAVE_UP
    return ""


def clear_ended(*, workspace_id: int, broadcast_id: int, now: datetime) -> int:
    """Record the next waiting messages of a broadcast that ended early, or gave up, as skipped.

    Returns how many that were; 0 for one that goes on.
    """
    ending = _ending(queries.get_broadcast(workspace_id, broadcast_id), now)
    if not ending:
        return 0
    cleared = delivery_actions.skip_waiting(
        workspace_id=workspace_id,
        origin=Origin.BROADCAST,
        origin_id=broadcast_id,
        reason=ending,
        limit=_BATCH,
        now=now,
    )
    return cleared or expand_next_batch(workspace_id=workspace_id, broadcast_id=broadcast_id, now=now)


def complete_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> bool:
    """Call a broadcast completed when nobody waits any more (unknown ones may still be settled); tell whether it is."""
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    if broadcast.state != BroadcastState.SENDING:
        return False
    progress = delivery_boards.list_progress(workspace_id, Origin.BROADCAST, [broadcast_id])[broadcast_id]
    if progress.waiting - progress.unknown > 0:
        return False
    broadcast.finished_at = now
    states.change_state(broadcast, BroadcastState.COMPLETED, "finished_at")
    return True
