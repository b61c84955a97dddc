"""The story of one message: how far it is, why, and what every gate says of it now."""

from datetime import datetime
from uuid import UUID

from switchboard.consent.models import Standing
from switchboard.core import clock
from switchboard.delivery import errors, rules
from switchboard.delivery.models import Delivery, Lane, Message, Outbox, StopSwitch, Window
from switchboard.delivery.rules.gates import CHAIN
from switchboard.delivery.types import Explanation, State, Step
from switchboard.numbers.models import Number
from switchboard.team.models import Workspace
from switchboard.templates.models import Template

_MOMENTS = ("accepted_at", "sent_at", "delivered_at", "read_at", "failed_at", "replied_at")


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
        attempt=delivery.attempt if delivery else 1,
        reason=delivery.reason if delivery else None,
        detail=delivery.detail if delivery else None,
        hold=waiting.hold if waiting else None,
        due_at=waiting.due_at if waiting else None,
        lane_state=lane.state if lane else "",
        wamid=delivery.wamid if delivery else None,
        moments={name: getattr(delivery, name) for name in _MOMENTS if delivery and getattr(delivery, name)},
        steps=_steps(message, now or clock.now()) if state == State.WAITING else [],
    )


def _steps(message: Message, now: datetime) -> list[Step]:
    case = _case(message)
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


def _case(message: Message) -> rules.Case:
    number = Number.objects.get(pk=message.number_id)
    template = Template.objects.filter(pk=message.template_id).first() if message.template_id else None
    standing = Standing.objects.filter(pk=message.contact_id).first()
    window = Window.objects.filter(
        workspace_id=message.workspace_id, contact_id=message.contact_id, number_id=message.number_id
    ).first()
    workspace = Workspace.objects.get(pk=message.workspace_id)
    is_stop_on = StopSwitch.objects.filter(workspace_id__in=(0, message.workspace_id), is_on=True).exists()
    return rules.Case(
        origin_kind=message.origin_kind,
        category=template.category if template else message.category,
        zones=message.zones or workspace.time_zone,
        template_id=message.template_id,
        template_state=template.state if template else None,
        template_account_id=template.account_id if template else None,
        account_id=number.account_id,
        number_state=number.state,
        number_stopped_code=number.stopped_code,
        number_stopped_at=number.stopped_at,
        is_stop_on=is_stop_on,
        marketing_basis=standing.marketing_basis if standing else "",
        utility_basis=standing.utility_basis if standing else "",
        opted_out_at=standing.opted_out_at if standing else None,
        window_opened_at=window.opened_at if window else None,
        night=rules.Night(workspace.quiet_from, workspace.quiet_until),
    )
