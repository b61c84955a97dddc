"""A trial: one template to one phone, through every gate and the same sender as any other message."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from switchboard.cloudapi import payloads
from switchboard.consent import actions as consent_actions
from switchboard.contacts import actions as contacts_actions
from switchboard.core import ids
from switchboard.delivery import actions, errors
from switchboard.delivery.models import Delivery, Message, Outbox
from switchboard.delivery.types import NewMessage, Origin, Priority, State
from switchboard.templates import catalogue
from switchboard.templates import queries as templates_queries
from switchboard.templates import rules as template_rules

_SOURCE = "Test message from the console"


def send_trial(
    *, workspace_id: int, country: str, number_id: int, template_id: int, phone: str, user_id: int, now: datetime
) -> UUID:
    """Send a template without variables to one phone, whose owner has agreed to it; return the message's id.

    :raises PhoneError: it is no phone number.
    :raises OptedOutError: this person has opted out.
    """
    template = templates_queries.get_template(workspace_id, template_id)
    contact = contacts_actions.ensure_contact(workspace_id=workspace_id, phone=phone, country=country, now=now)
    consent_actions.grant_consent(
        workspace_id=workspace_id,
        contact_id=contact.pk,
        category=template.category,
        basis="opt_in",
        source=_SOURCE,
        actor=f"user:{user_id}",
        at=now,
    )
    lanes = actions.open_lanes(
        workspace_id=workspace_id,
        origin=Origin.PERSON,
        origin_id=user_id,
        priority=Priority.PERSON,
        number_ids=[number_id],
    )
    components = template_rules.build_components(catalogue.get_shape(template), {})
    message = NewMessage(
        id=ids.new_message_id(now),
        lane_id=lanes[number_id],
        number_id=number_id,
        contact_id=contact.pk,
        category=template.category,
        recipient=str(contact.phone),
        zones=contact.zones,
        body=payloads.build_template(template.name, template.language, components),
        due_at=now,
        template_id=template.pk,
    )
    actions.enqueue_messages(
        workspace_id=workspace_id, origin=Origin.PERSON, origin_id=user_id, messages=[message], now=now
    )
    return message.id


@dataclass(frozen=True, slots=True)
class Trial:
    """How far a trial is: its state, since when, and what holds or refused it."""

    phone: str
    number_id: int
    state: State
    hold: str
    reason: str
    detail: dict[str, object]
    accepted_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in {State.READ, State.PLAYED, State.FAILED, State.SKIPPED}


def get_trial(workspace_id: int, message_id: UUID) -> Trial:
    """Return how far a trial is.

    :raises MessageNotFoundError: there is no such message in this workspace.
    """
    message = Message.objects.filter(workspace_id=workspace_id, pk=message_id).first()
    if message is None:
        raise errors.MessageNotFoundError
    delivery = Delivery.objects.filter(workspace_id=workspace_id, pk=message_id).first()
    if delivery is None:
        waiting = Outbox.objects.filter(lane_id=message.lane_id, message_id=message_id).first()
        hold = (waiting.hold or "") if waiting else ""
        return Trial(message.recipient, message.number_id, State.WAITING, hold, "", {})
    return Trial(
        phone=message.recipient,
        number_id=message.number_id,
        state=State(delivery.state),
        hold="",
        reason=delivery.reason or "",
        detail=delivery.detail or {},
        accepted_at=delivery.accepted_at,
        sent_at=delivery.sent_at,
        delivered_at=delivery.delivered_at,
        read_at=delivery.read_at,
    )
