"""What failed for the moment or was never confirmed is sent again; waiting work moves to other numbers."""

from collections.abc import Callable
from datetime import datetime, timedelta

from switchboard.broadcasts import moving, queries, store
from switchboard.broadcasts.actions import states
from switchboard.broadcasts.errors import MoveRefusedError
from switchboard.broadcasts.models import Broadcast, BroadcastState
from switchboard.core import statements
from switchboard.delivery import moving as delivery_moving
from switchboard.delivery import resending as delivery_resending
from switchboard.delivery.types import Origin
from switchboard.numbers import queries as number_queries


def resend_unconfirmed(*, workspace_id: int, broadcast_id: int, by: str, now: datetime) -> int:
    """Send again, because a person decided so, what WhatsApp never confirmed; return how many that are.

    :raises WrongStateError: the broadcast was cancelled, or stands still.
    """
    return _resend(delivery_resending.resend_unconfirmed, workspace_id, broadcast_id, by, now)


def resend_never_left(*, workspace_id: int, broadcast_id: int, by: str, now: datetime) -> int:
    """Send again, because a person decided so, what could not be handed to WhatsApp; return how many that are.

    :raises WrongStateError: the broadcast was cancelled, or stands still.
    """
    return _resend(delivery_resending.resend_never_left, workspace_id, broadcast_id, by, now)


def resend_unconfirmed_by_itself(*, workspace_id: int, broadcast_id: int, now: datetime) -> int:
    """Send again what WhatsApp never confirmed, where the workspace allows it for utility messages."""
    broadcast = queries.get_broadcast(workspace_id, broadcast_id)
    if broadcast.state not in {BroadcastState.SENDING, BroadcastState.COMPLETED}:
        return 0
    return resend_unconfirmed(workspace_id=workspace_id, broadcast_id=broadcast_id, by="", now=now)


def resend_failed(*, workspace_id: int, broadcast_id: int, now: datetime) -> int:
    """Send again what Meta reported failed for the moment, where the broadcast allows it; return how many that are."""
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    if not broadcast.resends_failed or broadcast.state not in {BroadcastState.SENDING, BroadcastState.COMPLETED}:
        return 0
    count = delivery_resending.resend_failed(
        workspace_id=workspace_id, origin=Origin.BROADCAST, origin_id=broadcast_id, now=now
    )
    return _reopen(broadcast, count, now)


def _resend(resend: Callable[..., int], workspace_id: int, broadcast_id: int, by: str, now: datetime) -> int:
    broadcast = states.lock_in(workspace_id, broadcast_id, BroadcastState.SENDING, BroadcastState.COMPLETED)
    count = resend(workspace_id=workspace_id, origin=Origin.BROADCAST, origin_id=broadcast_id, by=by, now=now)
    return _reopen(broadcast, count, now)


def _reopen(broadcast: Broadcast, count: int, now: datetime) -> int:
    """Let a broadcast be sent once more, until nobody waits; who is sent it again gets the full time once more."""
    if not count:
        return 0
    broadcast.give_up_at = now + timedelta(hours=broadcast.give_up_hours)
    if broadcast.state == BroadcastState.COMPLETED:
        broadcast.finished_at = None
        broadcast.state = BroadcastState.SENDING
    states.change_state(broadcast, BroadcastState(broadcast.state), "finished_at", "give_up_at")
    return count


def move_waiting(*, workspace_id: int, number_id: int, now: datetime) -> int:
    """Let other numbers of its broadcasts write to those who wait for a number that stands still; return how many.

    :raises MoveRefusedError: the number runs, or did not stop for a technical reason.
    """
    number = number_queries.get_number(workspace_id, number_id, lock=True)
    if moving.find_refusal(number) is not None:
        raise MoveRefusedError
    moved = 0
    for move in moving.list_moves(number, now):
        while move.number_ids and (
            taken := delivery_moving.take_back(
                workspace_id=workspace_id, number_id=number_id, broadcast_id=move.broadcast_id
            )
        ):
            given = {"workspace_id": workspace_id, "broadcast_id": move.broadcast_id, "message_ids": taken}
            moved += statements.execute(store.SQL_UNEXPANDED, given)
    return moved
