"""How a broadcast goes from one state to the next; for the actions of this room only."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from switchboard.broadcasts import queries
from switchboard.broadcasts.errors import WrongStateError
from switchboard.broadcasts.models import Broadcast, BroadcastState
from switchboard.cloudapi import errors as cloud_errors
from switchboard.core import statements
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.types import NEVER_LEFT, LaneState, Origin, Priority


def lock_in(workspace_id: int, broadcast_id: int, *states: BroadcastState) -> Broadcast:
    """Return a broadcast, locked, that is in one of these states.

    :raises WrongStateError: it is in another.
    """
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    if broadcast.state not in states:
        raise WrongStateError
    return broadcast


def change_state(broadcast: Broadcast, state: BroadcastState, *also: str) -> None:
    """Write the state and the named fields, and tell open pages."""
    broadcast.state = state
    with transaction.atomic():
        broadcast.save(update_fields=["state", *also])
        statements.notify_live(broadcast.workspace_id, [f"broadcast:{broadcast.pk}", "overview"])


def flip_lanes(broadcast: Broadcast, state: LaneState) -> None:
    """Give every lane of the broadcast a state."""
    delivery_actions.set_lane_state(
        workspace_id=broadcast.workspace_id, origin=Origin.BROADCAST, origin_id=broadcast.pk, state=state
    )


def open_lanes(broadcast: Broadcast, number_ids: Sequence[int]) -> dict[int, int]:
    """Return the lane of each number, made where there is none."""
    return delivery_actions.open_lanes(
        workspace_id=broadcast.workspace_id,
        origin=Origin.BROADCAST,
        origin_id=broadcast.pk,
        priority=Priority.BROADCAST,
        number_ids=number_ids,
        pace=broadcast.pace,
    )


def fail(broadcast: Broadcast, reason: str, now: datetime) -> None:
    """End a broadcast that could not begin, with the reason."""
    if broadcast.state not in {BroadcastState.SCHEDULED, BroadcastState.PREPARING}:
        return
    broadcast.state_reason, broadcast.finished_at = reason, now
    flip_lanes(broadcast, LaneState.CANCELLED)
    change_state(broadcast, BroadcastState.FAILED, "state_reason", "finished_at")


def note_reason(broadcast: Broadcast, reason: str) -> None:
    """Say why a broadcast is still being prepared."""
    if broadcast.state == BroadcastState.PREPARING and broadcast.state_reason != reason:
        broadcast.state_reason = reason
        broadcast.save(update_fields=["state_reason"])


def say_failure(code: str) -> str:
    """Return what an error of Meta's, or a reason of our own, means."""
    if code.isdigit():
        return cloud_errors.outcome_of(int(code)).sentence
    if code == NEVER_LEFT:
        return "It could not be handed to WhatsApp. Check the network; nobody gets it twice if you send it again."
    return "WhatsApp never said whether it took the message. It is not sent again by itself."
