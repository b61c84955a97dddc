"""A broadcast is drafted, started, put on the calendar, and prepared."""

from datetime import datetime, timedelta
from typing import Any

from switchboard.broadcasts import audience, estimate, queries
from switchboard.broadcasts.actions import states
from switchboard.broadcasts.errors import NotEditableError, NotReadyError, WrongStateError
from switchboard.broadcasts.models import Broadcast, BroadcastState
from switchboard.broadcasts.pool import Pool, load_pool
from switchboard.core.errors import SwitchboardError, Unavailable
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.types import Measure, Origin
from switchboard.templates import actions as template_actions

_FIELDS = (
    "name",
    "template_name",
    "template_language",
    "audience",
    "variables",
    "header_asset_id",
    "number_ids",
    "pace",
    "scheduled_at",
    "is_sticky",
    "is_spaced",
    "give_up_hours",
    "resends_failed",
)
EDITABLE = (BroadcastState.DRAFT, BroadcastState.SCHEDULED)


def save_draft(
    *, workspace_id: int, now: datetime, broadcast_id: int | None = None, by: int | None = None, **fields: Any
) -> Broadcast:
    """Make a draft, or change a broadcast that has not started; only the fields that are given change.

    :raises NotEditableError: it has started.
    """
    unknown = fields.keys() - set(_FIELDS)
    if unknown:
        raise TypeError(f"A broadcast has no {', '.join(sorted(unknown))}.")
    if broadcast_id is None:
        return Broadcast.objects.create(workspace_id=workspace_id, created_at=now, created_by=by, **fields)
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    if broadcast.state not in EDITABLE:
        raise NotEditableError
    for name, value in fields.items():
        setattr(broadcast, name, value)
    broadcast.save(update_fields=list(fields) or ["name"])
    return broadcast


def start_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> Broadcast:
    """Start a broadcast now, or put it on the calendar when its time is still to come.

    :raises NotReadyError: something is missing; each problem names its step.
    :raises WrongStateError: it has started already.
    """
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    if broadcast.state not in EDITABLE:
        raise WrongStateError
    problems = queries.list_problems(broadcast)
    if problems:
        raise NotReadyError(problems)
    if broadcast.scheduled_at is not None and broadcast.scheduled_at > now:
        states.change_state(broadcast, BroadcastState.SCHEDULED)
    else:
        _begin(broadcast, now)
    return broadcast


def unschedule_broadcast(*, workspace_id: int, broadcast_id: int) -> Broadcast:
    """Take a broadcast off the calendar; it is a draft again.

    :raises WrongStateError: it is not scheduled.
    """
    broadcast = states.lock_in(workspace_id, broadcast_id, BroadcastState.SCHEDULED)
    states.change_state(broadcast, BroadcastState.DRAFT)
    return broadcast


def start_due_broadcasts(*, workspace_id: int, now: datetime) -> int:
    """Begin every scheduled broadcast whose time has come; one that cannot start fails with its reason.

    Returns how many began.
    """
    due = Broadcast.objects.filter(
        workspace_id=workspace_id, state=BroadcastState.SCHEDULED, scheduled_at__lte=now
    ).select_for_update(no_key=True, skip_locked=True)
    begun = 0
    for broadcast in due.order_by("scheduled_at"):
        problems = queries.list_problems(broadcast)
        if problems:
            states.fail(broadcast, " ".join(problem.message for problem in problems), now)
            continue
        _begin(broadcast, now)
        begun += 1
    return begun


def _begin(broadcast: Broadcast, now: datetime) -> None:
    """Freeze the audience and make it waiting: from here on planned stands."""
    planned = audience.freeze_audience(broadcast.workspace_id, broadcast.pk, broadcast.audience)
    delivery_actions.tally(
        workspace_id=broadcast.workspace_id,
        origin=Origin.BROADCAST,
        origin_id=broadcast.pk,
        number_id=0,
        measure=Measure.PLANNED,
        amount=planned,
        now=now,
    )
    broadcast.outlook = estimate.freeze_estimate(
        estimate.estimate_broadcast(broadcast, queries.get_category(broadcast), now)
    )
    broadcast.started_at = now
    broadcast.give_up_at = now + timedelta(hours=broadcast.give_up_hours)
    states.change_state(broadcast, BroadcastState.PREPARING, "outlook", "started_at", "give_up_at")


def prepare_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> bool:
    """Have the header's picture at Meta for every number, then let the broadcast send.

    Returns whether it is ready. While Meta is away it stays as it is, with the reason; when no number can take the
    picture it fails. Opens its own scopes: no transaction is held across the network.
    """
    with workspace_scope(workspace_id):
        broadcast = queries.get_broadcast(workspace_id, broadcast_id)
        if broadcast.state != BroadcastState.PREPARING:
            return False
        pool = load_pool(broadcast, now)
        asset_id = broadcast.header_asset_id
    try:
        if asset_id and _needs_media(pool):
            template_actions.ensure_uploads(
                workspace_id=workspace_id, asset_id=asset_id, number_ids=pool.number_ids, now=now
            )
    except Unavailable as error:
        with workspace_scope(workspace_id):
            states.note_reason(queries.get_broadcast(workspace_id, broadcast_id, lock=True), error.message)
        return False
    except SwitchboardError as error:
        with workspace_scope(workspace_id):
            states.fail(queries.get_broadcast(workspace_id, broadcast_id, lock=True), error.message, now)
        return False
    with workspace_scope(workspace_id):
        broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
        if broadcast.state != BroadcastState.PREPARING:
            return False
        broadcast.state_reason = ""
        states.open_lanes(broadcast, pool.number_ids)
        states.change_state(broadcast, BroadcastState.SENDING, "state_reason")
    return True


def _needs_media(pool: Pool) -> bool:
    return any(variant.shape.needs_media for variant in pool.variants.values())
