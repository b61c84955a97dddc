"""The story of one message: how far it is, why, and what every gate says of it now."""

from datetime import UTC, datetime
from uuid import UUID

from switchboard.consent.models import Standing
from switchboard.contacts.models import Identity
from switchboard.core import clock
from switchboard.delivery import errors, figures, rules
from switchboard.delivery.models import Delivery, Lane, Message, Outbox, PaceState, Person, Reach, StopSwitch, Window
from switchboard.delivery.rules import pace, person
from switchboard.delivery.rules.gates import CHAIN
from switchboard.delivery.types import Explanation, Origin, State, Step
from switchboard.numbers import rules as number_rules
from switchboard.numbers.models import Number
from switchboard.team.models import Workspace
from switchboard.templates.models import Template

_MOMENTS = ("accepted_at", "sent_at", "delivered_at", "read_at", "failed_at", "replied_at")
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


def explain_message(message_id: UUID, now: datetime | None = None) -> Explanation:
    """Return everything that is known of a message in the open workspace.

    :raises MessageNotFoundError: there is none with this id.
    """
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise errors.MessageNotFoundError
    lane = Lane.objects.filter(pk=message.lane_id).first()
    delivery = Delivery.objects.filter(pk=message_id).first()
    waiting = Outbox.objects.filter(lane_id=message.lane_id, message_id=message_id).first()
    state = State(delivery.state) if delivery else State.WAITING
    return Explanation(
        message_id=message_id,
        state=state,
        attempt=waiting.attempt if waiting else delivery.attempt if delivery else 1,
        reason=delivery.reason if delivery else None,
        detail=delivery.detail if delivery else None,
        hold=waiting.hold if waiting else None,
        due_at=waiting.due_at if waiting else None,
        lane_state=lane.state if lane else "",
        wamid=delivery.wamid if delivery else None,
        moments={name: getattr(delivery, name) for name in _MOMENTS if delivery and getattr(delivery, name)},
        steps=_steps(message, now or clock.now()) if state == State.WAITING else [],
        hold_detail=waiting.hold_detail if waiting else None,
        contact_id=message.contact_id,
        number_id=message.number_id,
        origin_kind=message.origin_kind,
        origin_id=message.origin_id,
        recipient=message.recipient,
        category=message.category,
        template_id=message.template_id,
        created_at=message.created_at,
    )


def _steps(message: Message, now: datetime) -> list[Step]:
    case = _case(message, now)
    steps = []
    for gate in CHAIN:
        verdict = gate(case, now)
        name = gate.__name__.removeprefix("gate_")
        if verdict is None:
            steps.append(Step(name, "pass"))
        elif isinstance(verdict, rules.Hold):
            steps.append(Step(name, "hold", verdict.until, verdict.detail))
        else:
            steps.append(Step(name, "skip", None, verdict.detail))
    return steps


def _case(message: Message, now: datetime) -> rules.Case:
    number = Number.objects.select_related("account__portfolio").get(pk=message.number_id)
    portfolio = number.account.portfolio
    template = Template.objects.filter(pk=message.template_id).first() if message.template_id else None
    standing = Standing.objects.filter(pk=message.contact_id).first()
    own = {"workspace_id": message.workspace_id, "contact_id": message.contact_id}
    window = Window.objects.filter(**own, number_id=message.number_id).first()
    known, reach = Person.objects.filter(**own).first(), Reach.objects.filter(**own).first()
    workspace = Workspace.objects.get(pk=message.workspace_id)
    opens_at, measured = _read_pace(message, number, now)
    return rules.Case(
        origin_kind=message.origin_kind,
        category=template.category if template else message.category,
        zones=message.zones or workspace.time_zone,
        message=message.id.bytes,
        recipient=message.recipient,
        template_id=message.template_id,
        template_state=template.state if template else None,
        template_account_id=template.account_id if template else None,
        account_id=number.account_id,
        number_id=number.pk,
        portfolio_id=portfolio.pk,
        number_state=number.state,
        number_stopped_code=number.stopped_code,
        number_stopped_at=number.stopped_at,
        is_stop_on=StopSwitch.objects.filter(workspace_id__in=(0, message.workspace_id), is_on=True).exists(),
        marketing_basis=standing.marketing_basis if standing else "",
        utility_basis=standing.utility_basis if standing else "",
        opted_out_at=standing.opted_out_at if standing else None,
        window_opened_at=window.opened_at if window else None,
        night=rules.Night(workspace.quiet_from, workspace.quiet_until),
        limits=figures.get_limits(message.workspace_id),
        undeliverable_count=reach.undeliverable_count if reach else 0,
        undeliverable_at=reach.undeliverable_at if reach else None,
        user_portfolio_id=_find_user_portfolio(message),
        touches=person.read_log(bytes(known.log)) if known else (),
        budget=figures.find_budget(portfolio, now),
        pace_opens_at=opens_at,
        pace_detail=measured,
    )


def _find_user_portfolio(message: Message) -> int | None:
    """Return whose user id the recipient is, if it is one."""
    if message.recipient[:1] == "+":
        return None
    found = Identity.objects.filter(
        workspace_id=message.workspace_id, kind=Identity.Kind.USER_ID, value=message.recipient, portfolio_id__gt=0
    )
    return found.values_list("portfolio_id", flat=True).order_by("-portfolio_id").first()


def _read_pace(message: Message, number: Number, now: datetime) -> tuple[datetime | None, dict[str, object]]:
    """Return the next moment of the number's pace, and what it measured beside what it allows."""
    row = PaceState.objects.filter(number_id=number.pk).first()
    if row is None or message.origin_kind not in (Origin.BROADCAST, Origin.JOURNEY):
        return None, {}
    allowed = number_rules.pace_of(
        number.pace, number.pace_overrides, number.throughput, (now.date() - number.in_use_since).days
    )
    waits_until = max(row.gap_until, row.slow_until).timestamp()
    state = rules.PaceState(
        waits_until,
        pace.unpack_moments(bytes(row.log)),
        pace.unpack_counts(bytes(row.minutes)),
        {int(start): count for start, count in row.quarters.items()},
        row.streak,
    )
    meter = rules.Meter(allowed, state, now.timestamp())
    measured: dict[str, object] = {"pace": number.pace}
    for name, window in (("per_minute", _MINUTE), ("per_hour", _HOUR), ("per_day", _DAY)):
        limit = getattr(allowed, name)
        if limit:
            measured[name] = f"{meter.count_used(window)}/{limit}"
    return datetime.fromtimestamp(meter.earliest(), UTC), measured
