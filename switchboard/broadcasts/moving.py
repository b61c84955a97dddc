"""Whether the work of a stopped number may go to other numbers of its broadcasts, and what that would do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from switchboard.broadcasts.models import Broadcast, BroadcastState
from switchboard.broadcasts.pool import load_pool
from switchboard.delivery import moving as delivery_moving
from switchboard.numbers import rules as number_rules
from switchboard.numbers.models import Number

_GOING = (BroadcastState.SENDING, BroadcastState.PAUSED)


class Refusal(StrEnum):
    """Why a number's work stays with it."""

    RUNNING = "running"
    RESTRICTED = "restricted"
    NOT_TECHNICAL = "not_technical"


@dataclass(frozen=True, slots=True)
class Move:
    """What one broadcast would do: so many people get it from these numbers instead; from none, they go on waiting."""

    broadcast_id: int
    name: str
    count: int
    number_ids: tuple[int, ...]


def find_refusal(number: Number) -> Refusal | None:
    """Return why a number's work may not be moved; None when it may.

    After a restriction it never may: moving it to another number would be evading what Meta decided.
    """
    is_stopped = number.stopped_at is not None or number.state != "connected"
    if not is_stopped:
        return Refusal.RUNNING
    if number_rules.is_restriction(number.state, number.stopped_code) or number.restricted_until is not None:
        return Refusal.RESTRICTED
    return None if number_rules.is_technical_stop(number.state, number.stopped_code) else Refusal.NOT_TECHNICAL


def list_moves(number: Number, now: datetime) -> list[Move]:
    """Return what moving the number's work would do, broadcast by broadcast."""
    waiting = delivery_moving.count_movable(number.workspace_id, number.pk)
    going = Broadcast.objects.filter(workspace_id=number.workspace_id, pk__in=waiting, state__in=_GOING)
    return [
        Move(broadcast.pk, broadcast.name, waiting[broadcast.pk], _others(broadcast, number.pk, now))
        for broadcast in going.order_by("pk")
    ]


def _others(broadcast: Broadcast, number_id: int, now: datetime) -> tuple[int, ...]:
    pool = load_pool(broadcast, now)
    able = {key for wheel in pool.wheels.values() for key in wheel} & pool.able_ids
    return tuple(sorted(able - {number_id}))
