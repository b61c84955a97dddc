"""Every synchronous write: lanes, messages, switches, counts and upkeep. Run inside a workspace's scope."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from switchboard.core import statements
from switchboard.delivery import models
from switchboard.delivery.errors import LimitError
from switchboard.delivery.models import Lane, StopSwitch, Tally
from switchboard.delivery.rules import limits
from switchboard.delivery.rules.limits import Limits
from switchboard.delivery.statements import planning
from switchboard.delivery.types import Gate, LaneState, Measure, NewMessage, Origin, Priority, State

_ROWS_AT_ONCE = 2000


def open_lanes(
    *,
    workspace_id: int,
    origin: Origin,
    origin_id: int,
    priority: Priority,
    number_ids: Iterable[int],
    pace: str = "",
) -> dict[int, int]:
    """Make the queues of one origin, one for each number, and return their ids by number; again changes the pace."""
    given = {
        "workspace_id": workspace_id,
        "origin": origin.value,
        "origin_id": origin_id,
        "priority": int(priority),
        "number_ids": sorted(set(number_ids)),
        "pace": pace,
    }
    with transaction.atomic():
        statements.execute(planning.SQL_OPEN_PACES, given)
        return dict(statements.fetch(planning.SQL_OPEN_LANES, given))


def enqueue_messages(
    *, workspace_id: int, origin: Origin, origin_id: int, messages: Sequence[NewMessage], now: datetime
) -> None:
    """Put messages into their lanes, record those that are to be skipped, and wake the senders."""
    with transaction.atomic():
        for start in range(0, len(messages), _ROWS_AT_ONCE):
            some = messages[start : start + _ROWS_AT_ONCE]
            given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id, "now": now}
            statements.execute(planning.SQL_PUT_MESSAGES, {**given, **_message_columns(some)})
            waiting = [message for message in some if message.skip is None]
            if waiting:
                statements.execute(planning.SQL_PUT_WAITING, {**given, **_waiting_columns(waiting)})
            skipped = [message for message in some if message.skip is not None]
            if skipped:
                statements.execute(planning.SQL_PUT_SKIPPED, {**given, **_skipped_columns(skipped)})
        statements.fetch(planning.SQL_NOTIFY_DUE, {})


def _message_columns(messages: Sequence[NewMessage]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in messages],
        "lane_ids": [message.lane_id for message in messages],
        "number_ids": [message.number_id for message in messages],
        "contact_ids": [message.contact_id for message in messages],
        "categories": [str(message.category) for message in messages],
        "recipients": [message.recipient for message in messages],
        "zones": [message.zones for message in messages],
        "template_ids": [message.template_id for message in messages],
        "bodies": [Jsonb(message.body) for message in messages],
    }


def _waiting_columns(messages: Sequence[NewMessage]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in messages],
        "lane_ids": [message.lane_id for message in messages],
        "number_ids": [message.number_id for message in messages],
        "contact_ids": [message.contact_id for message in messages],
        "due_at": [message.due_at for message in messages],
        "holds": [message.hold and str(message.hold) for message in messages],
        "hold_details": [None if message.hold_detail is None else Jsonb(message.hold_detail) for message in messages],
    }


def _skipped_columns(messages: Sequence[NewMessage]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in messages],
        "number_ids": [message.number_id for message in messages],
        "skips": [str(message.skip) for message in messages],
        "skip_details": [Jsonb(message.skip_detail) for message in messages],
        "skipped": int(State.SKIPPED),
    }


def set_lane_state(*, workspace_id: int, origin: Origin, origin_id: int, state: LaneState) -> int:
    """Pause, resume or cancel an origin; return how many lanes changed. Rows stay as they are."""
    lanes = Lane.objects.filter(workspace_id=workspace_id, origin_kind=origin.value, origin_id=origin_id)
    with transaction.atomic():
        changed = lanes.exclude(state=state.value).update(state=state.value)
        if state is LaneState.ACTIVE:
            statements.fetch(planning.SQL_NOTIFY_DUE, {})
    return changed


def skip_waiting(*, workspace_id: int, origin: Origin, origin_id: int, reason: str, limit: int, now: datetime) -> int:
    """Record up to `limit` waiting messages of an origin as skipped for a reason; return how many left the outbox."""
    given = {
        "workspace_id": workspace_id,
        "origin": origin.value,
        "origin_id": origin_id,
        "reason": reason,
        "limit": limit,
        "now": now,
        "skipped": int(State.SKIPPED),
        "waiting": int(State.WAITING),
    }
    with transaction.atomic():
        return int(statements.fetch(planning.SQL_SKIP_WAITING, given)[0][0])


def set_stop_switch(*, workspace_id: int, is_on: bool, by: str, now: datetime) -> None:
    """Stop or resume a workspace, or with 0 the whole installation, which takes the owner's connection."""
    values = {"is_on": is_on, "changed_at": now, "changed_by": by[:64]}
    with transaction.atomic():
        StopSwitch.objects.update_or_create(workspace_id=workspace_id, defaults=values)
        statements.fetch(planning.SQL_NOTIFY_DUE, {})
        if workspace_id:
            statements.notify_live(workspace_id, ["overview"])


def set_limits(*, workspace_id: int, figures: Limits, by: str, now: datetime) -> None:
    """Give a workspace other figures for its gates; what waits because of the old ones is judged again.

    :raises LimitError: a figure that cannot be.
    """
    _check_limits(figures)
    values = {
        "marketing_per_day": figures.marketing_per_day,
        "marketing_per_week": figures.marketing_per_week,
        "unreachable_after": figures.unreachable_after,
        "reserve_percent": figures.reserve_percent,
        "regions": limits.render_regions(figures.regions),
        "resends_utility": figures.resends_utility,
        "changed_at": now,
        "changed_by": by[:64],
    }
    with transaction.atomic():
        models.Limits.objects.update_or_create(workspace_id=workspace_id, defaults=values)
        judge_again(workspace_id=workspace_id, gates=(Gate.FREQUENCY, Gate.BUDGET), now=now)


def _check_limits(figures: Limits) -> None:
    bounds = {
        "marketing_per_day": (1, 100),
        "marketing_per_week": (1, 500),
        "unreachable_after": (1, 20),
        "reserve_percent": (0, 90),
    }
    for name, (least, most) in bounds.items():
        if not least <= getattr(figures, name) <= most:
            raise LimitError(field=name)
    if figures.marketing_per_week < figures.marketing_per_day:
        raise LimitError(field="marketing_per_week")
    for region in figures.regions:
        if region.until_on is not None and region.until_on <= region.from_on:
            raise LimitError(field="regions")


def judge_again(*, workspace_id: int, gates: Iterable[Gate], now: datetime) -> int:
    """Let what some gates hold be judged again at once, because what they go by has changed; return how many."""
    given = {"workspace_id": workspace_id, "holds": [gate.value for gate in gates], "now": now}
    with transaction.atomic():
        freed = int(statements.fetch(planning.SQL_JUDGE_AGAIN, given)[0][0])
        statements.fetch(planning.SQL_NOTIFY_DUE, {})
    return freed


def tally(
    *,
    workspace_id: int,
    origin: Origin,
    origin_id: int,
    number_id: int,
    measure: Measure,
    amount: int,
    now: datetime,
    reason: str = "",
) -> None:
    """Add to a count."""
    Tally.objects.create(
        workspace_id=workspace_id,
        origin_kind=origin.value,
        origin_id=origin_id,
        number_id=number_id,
        measure=measure.value,
        reason=reason,
        amount=amount,
        minute=now.replace(second=0, microsecond=0),
    )


def squash_tallies(*, workspace_id: int, before: datetime) -> int:
    """Add up the counts of each past minute into one row; return how many rows went away."""
    with transaction.atomic():
        return int(
            statements.fetch(
                planning.SQL_SQUASH, {"workspace_id": workspace_id, "before": before.replace(second=0, microsecond=0)}
            )[0][0]
        )


def ensure_partitions(*, now: datetime) -> int:
    """See to it that this month, the one before and the next three have their partitions; return how many were made."""
    year, month = (now.year, now.month - 1) if now.month > 1 else (now.year - 1, 12)
    return int(
        statements.fetch(planning.SQL_ENSURE_PARTITIONS, {"month": now.date().replace(year=year, month=month, day=1)})[
            0
        ][0]
    )
