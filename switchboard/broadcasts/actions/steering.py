"""A broadcast is paused, by a person or by itself, resumed and cancelled."""

from datetime import datetime

from switchboard.broadcasts import queries
from switchboard.broadcasts.actions import states
from switchboard.broadcasts.models import Broadcast, BroadcastState
from switchboard.core import actions as core_actions
from switchboard.core import queries as core_queries
from switchboard.core.incidents import Incident
from switchboard.delivery.types import LaneState


def pause_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> Broadcast:
    """Hold a broadcast: nothing more is claimed for it until it is resumed.

    :raises WrongStateError: it is not being sent.
    """
    broadcast = states.lock_in(workspace_id, broadcast_id, BroadcastState.SENDING)
    states.flip_lanes(broadcast, LaneState.PAUSED)
    broadcast.paused_at = now
    states.change_state(broadcast, BroadcastState.PAUSED, "paused_at")
    return broadcast


def pause_for_failures(*, workspace_id: int, broadcast_id: int, code: str, failed: int, of: int, now: datetime) -> bool:
    """Hold a broadcast of which too many messages fail, and say so; tell whether it was being sent."""
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    if broadcast.state != BroadcastState.SENDING:
        return False
    states.flip_lanes(broadcast, LaneState.PAUSED)
    broadcast.state_reason = (
        f"It has paused itself: {failed} of the last {of} messages failed. {states.say_failure(code)} "
        "Mend the cause, then press Resume. Nothing that was sent is sent again."
    )
    broadcast.paused_at = now
    states.change_state(broadcast, BroadcastState.PAUSED, "state_reason", "paused_at")
    detail = {"code": code, "failed": failed, "of": of}
    core_actions.raise_incident(Incident(workspace_id, "broadcast_paused", "broadcast", str(broadcast_id), detail), now)
    return True


def pause_for_category(*, workspace_id: int, broadcast_id: int, waiting: int, allowed: int, now: datetime) -> bool:
    """Hold a broadcast whose template Meta has made a marketing template, once; tell whether it was held now."""
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    about = {"kind": "category_changed", "subject_kind": "broadcast", "subject_id": str(broadcast_id)}
    # Whoever pressed Resume after being told has decided; the consent gate goes by the new category in any case.
    if broadcast.state != BroadcastState.SENDING or core_queries.has_had_incident(workspace_id, **about):
        return False
    states.flip_lanes(broadcast, LaneState.PAUSED)
    broadcast.state_reason = (
        f"Meta has made its template a marketing template. Of {waiting} people who wait, {allowed} have agreed to "
        "marketing. Resume it for them, or cancel it; nobody else is written to."
    )
    broadcast.paused_at = now
    states.change_state(broadcast, BroadcastState.PAUSED, "state_reason", "paused_at")
    core_actions.raise_incident(Incident(workspace_id, **about, detail={"waiting": waiting, "allowed": allowed}), now)
    return True


def resume_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> Broadcast:
    """Let a paused broadcast go on; the time it stood does not count towards giving up.

    :raises WrongStateError: it is not paused.
    """
    broadcast = states.lock_in(workspace_id, broadcast_id, BroadcastState.PAUSED)
    states.flip_lanes(broadcast, LaneState.ACTIVE)
    for kind in ("broadcast_paused", "category_changed"):
        core_actions.end_incident(Incident(workspace_id, kind, "broadcast", str(broadcast_id)), now)
    if broadcast.give_up_at and broadcast.paused_at:
        broadcast.give_up_at += now - broadcast.paused_at
    broadcast.state_reason, broadcast.paused_at = "", None
    states.change_state(broadcast, BroadcastState.SENDING, "state_reason", "give_up_at", "paused_at")
    return broadcast


def cancel_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> Broadcast:
    """End a broadcast: who was not yet written to is skipped as cancelled, which takes a moment for large ones.

    :raises WrongStateError: it has ended already, or never began.
    """
    broadcast = states.lock_in(
        workspace_id,
        broadcast_id,
        BroadcastState.SCHEDULED,
        BroadcastState.PREPARING,
        BroadcastState.SENDING,
        BroadcastState.PAUSED,
    )
    states.flip_lanes(broadcast, LaneState.CANCELLED)
    broadcast.finished_at = now
    states.change_state(broadcast, BroadcastState.CANCELLED, "finished_at")
    return broadcast
