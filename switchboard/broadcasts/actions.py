"""What happens to a broadcast: drafted, started, expanded, paused, resumed, cancelled, completed.

Call these inside `core.tenancy.workspace_scope`; `prepare_broadcast` opens scopes of its own, because it talks to Meta.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from switchboard.broadcasts import audience, estimate, moving, queries, store, turns
from switchboard.broadcasts.errors import MoveRefusedError, NotEditableError, NotReadyError, WrongStateError
from switchboard.broadcasts.expansion import CANCELLED, GAVE_UP, Expanded, Expander, make_unsent, take_unexpanded
from switchboard.broadcasts.models import Broadcast, BroadcastState
from switchboard.broadcasts.pool import Pool, load_pool
from switchboard.cloudapi import errors as cloud_errors
from switchboard.core import actions as core_actions
from switchboard.core import queries as core_queries
from switchboard.core import statements
from switchboard.core.errors import SwitchboardError, Unavailable
from switchboard.core.incidents import Incident
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery import boards as delivery_boards
from switchboard.delivery import moving as delivery_moving
from switchboard.delivery import resending as delivery_resending
from switchboard.delivery.types import LaneState, Measure, Origin, Priority
from switchboard.numbers import queries as number_queries
from switchboard.templates import actions as template_actions
from switchboard.templates import queries as template_queries

EDITABLE = (BroadcastState.DRAFT, BroadcastState.SCHEDULED)
# Ended before everybody had a message: who is left is recorded as skipped, so that the sum stays whole.
ENDED_EARLY = (BroadcastState.CANCELLED, BroadcastState.FAILED)
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
)
_BATCH = 2000
# So many messages at most wait in the outbox; the rest of the audience is expanded as they leave.
_MOST_WAITING = 20_000


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
        _change_state(broadcast, BroadcastState.SCHEDULED)
    else:
        _begin(broadcast, now)
    return broadcast


def unschedule_broadcast(*, workspace_id: int, broadcast_id: int) -> Broadcast:
    """Take a broadcast off the calendar; it is a draft again.

    :raises WrongStateError: it is not scheduled.
    """
    broadcast = _lock_in(workspace_id, broadcast_id, BroadcastState.SCHEDULED)
    _change_state(broadcast, BroadcastState.DRAFT)
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
            _fail(broadcast, " ".join(problem.message for problem in problems), now)
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
    _change_state(broadcast, BroadcastState.PREPARING, "outlook", "started_at", "give_up_at")


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
            _note_reason(queries.get_broadcast(workspace_id, broadcast_id, lock=True), error.message)
        return False
    except SwitchboardError as error:
        with workspace_scope(workspace_id):
            _fail(queries.get_broadcast(workspace_id, broadcast_id, lock=True), error.message, now)
        return False
    with workspace_scope(workspace_id):
        broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
        if broadcast.state != BroadcastState.PREPARING:
            return False
        broadcast.state_reason = ""
        _open_lanes(broadcast, pool.number_ids)
        _change_state(broadcast, BroadcastState.SENDING, "state_reason")
    return True


def _needs_media(pool: Pool) -> bool:
    return any(variant.shape.needs_media for variant in pool.variants.values())


def _open_lanes(broadcast: Broadcast, number_ids: Sequence[int]) -> dict[int, int]:
    return delivery_actions.open_lanes(
        workspace_id=broadcast.workspace_id,
        origin=Origin.BROADCAST,
        origin_id=broadcast.pk,
        priority=Priority.BROADCAST,
        number_ids=number_ids,
        pace=broadcast.pace,
    )


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


def _ending(broadcast: Broadcast, now: datetime) -> str:
    """Return why nobody more is written to; empty while the broadcast goes on."""
    if broadcast.state in ENDED_EARLY:
        return CANCELLED
    if broadcast.state == BroadcastState.SENDING and broadcast.give_up_at and broadcast.give_up_at <= now:
        return GAVE_UP
    return ""


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
        _open_lanes(broadcast, pool.number_ids),
        workspace_zone=queries.get_workspace_zone(workspace_id),
        night=queries.get_night(workspace_id),
    )
    return list(expander.make_messages(contact_ids, now))


def _make_unsent(broadcast: Broadcast, contact_ids: Sequence[int], now: datetime) -> list[Expanded]:
    """Record people of an ended broadcast whose template can be sent nowhere any more."""
    lanes = _open_lanes(broadcast, broadcast.number_ids[:1])
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
    _change_state(broadcast, BroadcastState.PAUSED, "state_reason", "paused_at")


def pause_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> Broadcast:
    """Hold a broadcast: nothing more is claimed for it until it is resumed.

    :raises WrongStateError: it is not being sent.
    """
    broadcast = _lock_in(workspace_id, broadcast_id, BroadcastState.SENDING)
    _flip_lanes(broadcast, LaneState.PAUSED)
    broadcast.paused_at = now
    _change_state(broadcast, BroadcastState.PAUSED, "paused_at")
    return broadcast


def pause_for_failures(*, workspace_id: int, broadcast_id: int, code: str, failed: int, of: int, now: datetime) -> bool:
    """Hold a broadcast of which too many messages fail, and say so; tell whether it was being sent."""
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    if broadcast.state != BroadcastState.SENDING:
        return False
    _flip_lanes(broadcast, LaneState.PAUSED)
    broadcast.state_reason = (
        f"It has paused itself: {failed} of the last {of} messages failed. {_say_failure(code)} "
        "Mend the cause, then press Resume. Nothing that was sent is sent again."
    )
    broadcast.paused_at = now
    _change_state(broadcast, BroadcastState.PAUSED, "state_reason", "paused_at")
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
    _flip_lanes(broadcast, LaneState.PAUSED)
    broadcast.state_reason = (
        f"Meta has made its template a marketing template. Of {waiting} people who wait, {allowed} have agreed to "
        "marketing. Resume it for them, or cancel it; nobody else is written to."
    )
    broadcast.paused_at = now
    _change_state(broadcast, BroadcastState.PAUSED, "state_reason", "paused_at")
    core_actions.raise_incident(Incident(workspace_id, **about, detail={"waiting": waiting, "allowed": allowed}), now)
    return True


def _say_failure(code: str) -> str:
    if code.isdigit():
        return cloud_errors.outcome_of(int(code)).sentence
    return "WhatsApp never said whether it took the message. It is not sent again by itself."


def resume_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> Broadcast:
    """Let a paused broadcast go on; the time it stood does not count towards giving up.

    :raises WrongStateError: it is not paused.
    """
    broadcast = _lock_in(workspace_id, broadcast_id, BroadcastState.PAUSED)
    _flip_lanes(broadcast, LaneState.ACTIVE)
    for kind in ("broadcast_paused", "category_changed"):
        core_actions.end_incident(Incident(workspace_id, kind, "broadcast", str(broadcast_id)), now)
    if broadcast.give_up_at and broadcast.paused_at:
        broadcast.give_up_at += now - broadcast.paused_at
    broadcast.state_reason, broadcast.paused_at = "", None
    _change_state(broadcast, BroadcastState.SENDING, "state_reason", "give_up_at", "paused_at")
    return broadcast


def resend_unconfirmed(*, workspace_id: int, broadcast_id: int, by: str, now: datetime) -> int:
    """Send again, because a person decided so, what WhatsApp never confirmed; return how many that are.

    :raises WrongStateError: the broadcast was cancelled, or stands still.
    """
    broadcast = _lock_in(workspace_id, broadcast_id, BroadcastState.SENDING, BroadcastState.COMPLETED)
    count = delivery_resending.resend_unconfirmed(
        workspace_id=workspace_id, origin=Origin.BROADCAST, origin_id=broadcast_id, by=by, now=now
    )
    return _reopen(broadcast, count, now)


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


def _reopen(broadcast: Broadcast, count: int, now: datetime) -> int:
    """Let a broadcast be sent once more, until nobody waits; who is sent it again gets the full time once more."""
    if not count:
        return 0
    broadcast.give_up_at = now + timedelta(hours=broadcast.give_up_hours)
    if broadcast.state == BroadcastState.COMPLETED:
        broadcast.finished_at = None
        broadcast.state = BroadcastState.SENDING
    _change_state(broadcast, BroadcastState(broadcast.state), "finished_at", "give_up_at")
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


def cancel_broadcast(*, workspace_id: int, broadcast_id: int, now: datetime) -> Broadcast:
    """End a broadcast: who was not yet written to is skipped as cancelled, which takes a moment for large ones.

    :raises WrongStateError: it has ended already, or never began.
    """
    broadcast = _lock_in(
        workspace_id,
        broadcast_id,
        BroadcastState.SCHEDULED,
        BroadcastState.PREPARING,
        BroadcastState.SENDING,
        BroadcastState.PAUSED,
    )
    _flip_lanes(broadcast, LaneState.CANCELLED)
    broadcast.finished_at = now
    _change_state(broadcast, BroadcastState.CANCELLED, "finished_at")
    return broadcast


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
    _change_state(broadcast, BroadcastState.COMPLETED, "finished_at")
    return True


def _lock_in(workspace_id: int, broadcast_id: int, *states: BroadcastState) -> Broadcast:
    broadcast = queries.get_broadcast(workspace_id, broadcast_id, lock=True)
    if broadcast.state not in states:
        raise WrongStateError
    return broadcast


def _flip_lanes(broadcast: Broadcast, state: LaneState) -> None:
    delivery_actions.set_lane_state(
        workspace_id=broadcast.workspace_id, origin=Origin.BROADCAST, origin_id=broadcast.pk, state=state
    )


def _fail(broadcast: Broadcast, reason: str, now: datetime) -> None:
    if broadcast.state not in {BroadcastState.SCHEDULED, BroadcastState.PREPARING}:
        return
    broadcast.state_reason, broadcast.finished_at = reason, now
    _flip_lanes(broadcast, LaneState.CANCELLED)
    _change_state(broadcast, BroadcastState.FAILED, "state_reason", "finished_at")


def _note_reason(broadcast: Broadcast, reason: str) -> None:
    if broadcast.state == BroadcastState.PREPARING and broadcast.state_reason != reason:
        broadcast.state_reason = reason
        broadcast.save(update_fields=["state_reason"])


def _change_state(broadcast: Broadcast, state: BroadcastState, *also: str) -> None:
    broadcast.state = state
    with transaction.atomic():
        broadcast.save(update_fields=["state", *also])
        statements.notify_live(broadcast.workspace_id, [f"broadcast:{broadcast.pk}", "overview"])
