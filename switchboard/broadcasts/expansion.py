"""From recipients to messages: one batch's decisions, without writing anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from switchboard.broadcasts import rules
from switchboard.broadcasts.models import Broadcast, Recipient
from switchboard.broadcasts.pool import Chosen, Pool, Variant
from switchboard.broadcasts.rules import Person
from switchboard.cloudapi import payloads
from switchboard.consent import links
from switchboard.consent import queries as consent_queries
from switchboard.consent import standing as consent_standing
from switchboard.consent.models import Standing
from switchboard.contacts import people_queries
from switchboard.contacts.models import Contact, Identity
from switchboard.core import ids, phone
from switchboard.delivery import queries as delivery_queries
from switchboard.delivery.rules import quiet_hours
from switchboard.delivery.types import Gate, NewMessage
from switchboard.templates import rules as template_rules
from switchboard.templates.errors import BodyTooLongError, VariableMissingError

CANCELLED = "cancelled"
GAVE_UP = "gave_up"
_CONTACT_FIELDS = ("id", "name", "phone", "email", "language", "country", "zones", "fields")


def take_unexpanded(broadcast: Broadcast, size: int) -> list[int]:
    """Return the next contacts without a message, locked; somebody else's batch is stepped over."""
    # Index: broadcasts_recipient_unexpanded.
    found = Recipient.objects.filter(
        workspace_id=broadcast.workspace_id, broadcast_id=broadcast.pk, message_id__isnull=True
    )
    locked = found.order_by("contact_id").select_for_update(no_key=True, skip_locked=True)
    return list(locked.values_list("contact_id", flat=True)[:size])


@dataclass(frozen=True, slots=True)
class Expanded:
    """A recipient's message, and why its number was chosen; empty when none could be."""

    message: NewMessage
    why: str


class Expander:
    """Makes the messages of one batch."""

    def __init__(
        self,
        broadcast: Broadcast,
        pool: Pool,
        lanes: Mapping[int, int],
        *,
        workspace_zone: str,
        night: quiet_hours.Night = quiet_hours.USUAL_NIGHT,
    ) -> None:
        self.broadcast = broadcast
        self.pool = pool
        self.lanes = lanes
        self.workspace_zone = workspace_zone
        self.night = night

    def make_messages(self, contact_ids: Sequence[int], now: datetime) -> Iterator[Expanded]:
        """Yield one message for each contact: waiting, held, or skipped with its reason."""
        people = _read_people(self.broadcast.workspace_id, contact_ids)
        extra = read_extra(self.broadcast.workspace_id, contact_ids, self.broadcast.variables)
        people = {key: replace(one, extra=extra[key]) if extra[key] else one for key, one in people.items()}
        standings = consent_queries.map_standings(self.broadcast.workspace_id, contact_ids)
        last_numbers = (
            delivery_queries.map_last_numbers(self.broadcast.workspace_id, contact_ids)
            if self.broadcast.is_sticky
            else {}
        )
        for contact_id in contact_ids:
            person = people.get(contact_id)
            chosen = self.pool.choose(person, last_numbers.get(contact_id)) if person else None
            if person is None or chosen is None:
                yield Expanded(self._make_unreachable(contact_id, person, now), "")
            else:
                message = self._make_message(person, chosen, standings.get(contact_id), now)
                yield Expanded(message, chosen.why)

    def _make_message(self, person: Person, chosen: Chosen, standing: Standing | None, now: datetime) -> NewMessage:
        number_id, variant = chosen.number_id, chosen.variant
        zones = person.zones or ",".join(phone.zones_of(person.phone)) or self.workspace_zone
        skip, detail, body = self._fill(person, number_id, variant, standing)
        opens_at = quiet_hours.opens_at(zones, now, self.night)
        is_held = opens_at > now and not skip
        return NewMessage(
            id=ids.new_message_id(now),
            lane_id=self.lanes[number_id],
            number_id=number_id,
            contact_id=person.id,
            category=variant.category,
            recipient=chosen.recipient,
            zones=zones,
            body=body,
            due_at=opens_at,
            template_id=variant.template_id,
            hold=Gate.QUIET_HOURS if is_held else None,
            hold_detail={"zones": zones, "until": opens_at.isoformat()} if is_held else None,
            skip=skip,
            skip_detail=detail,
        )

    def _fill(
        self, person: Person, number_id: int, variant: Variant, standing: Standing | None
    ) -> tuple[str | None, dict[str, Any], dict[str, Any]]:
        """Return the gate that refuses, its detail, and the body to send."""
        bare = payloads.build_template(self.broadcast.template_name, variant.language, [])
        refusal = _refuse(variant.category, standing)
        if refusal:
            return Gate.CONSENT, {"reason": refusal}, bare
        values = rules.fill_values(variant.shape, self.broadcast.variables, person, variant.language)
        try:
            media_id = self.pool.media_ids.get(number_id, "")
            components = template_rules.build_components(variant.shape, values, media_id=media_id)
        except VariableMissingError as error:
            return Gate.TEMPLATE, {"reason": "variable_missing", "variables": error.keys}, bare
        except BodyTooLongError:
            return Gate.TEMPLATE, {"reason": "too_long"}, bare
        return None, {}, payloads.build_template(self.broadcast.template_name, variant.language, components)

    def _make_unreachable(self, contact_id: int, person: Person | None, now: datetime) -> NewMessage:
        """Record somebody who was deleted after the audience was frozen, or whom no number of the pool reaches."""
        reason = "contact_gone"
        if person is not None:
            reason = "other_portfolio" if person.user_ids else "no_phone"
        number_id = self.pool.number_ids[0]
        return make_unsent(
            contact_id, number_id, self.lanes[number_id], now, skip=Gate.REACHABILITY, detail={"reason": reason}
        )


def read_extra(
    workspace_id: int, contact_ids: Sequence[int], variables: Mapping[str, Mapping[str, Any]]
) -> dict[int, dict[str, str]]:
    """Return what these variables ask for that stands beside the contacts: the last order, the link to leave."""
    sources = {str(filling.get("source", "")) for filling in variables.values()}
    extra: dict[int, dict[str, str]] = {contact_id: {} for contact_id in contact_ids}
    if sources & set(rules.ORDER_SOURCES):
        for contact_id, order in people_queries.map_last_orders(workspace_id, contact_ids).items():
            extra[contact_id] |= {f"order:{key}": value[:10] if key == "at" else value for key, value in order.items()}
    if rules.LEAVE_LINK in sources:
        for contact_id in contact_ids:
            extra[contact_id][rules.LEAVE_LINK] = links.build_link(workspace_id, contact_id)
    return extra


def _read_people(workspace_id: int, contact_ids: Sequence[int]) -> dict[int, Person]:
    """Return what is known of people; user ids only of those without a phone, who have no other address."""
    found = Contact.objects.filter(workspace_id=workspace_id, pk__in=contact_ids)
    rows = list(found.values_list(*_CONTACT_FIELDS))
    hidden = [row[0] for row in rows if not row[2]]
    user_ids: dict[int, dict[int, str]] = {contact_id: {} for contact_id in hidden}
    if hidden:
        identities = Identity.objects.filter(
            workspace_id=workspace_id, contact_id__in=hidden, kind=Identity.Kind.USER_ID
        )
        for contact_id, portfolio_id, value in identities.values_list("contact_id", "portfolio_id", "value"):
            user_ids[contact_id][portfolio_id] = value
    people = (Person(row[0], row[1], row[2] or "", *row[3:]) for row in rows)
    return {one.id: replace(one, user_ids=user_ids.get(one.id, {})) if not one.phone else one for one in people}


def make_unsent(
    contact_id: int, number_id: int, lane_id: int, now: datetime, *, skip: str, detail: dict[str, Any]
) -> NewMessage:
    """Return the record of somebody for whom no message could be made, so that they are counted as skipped."""
    return NewMessage(
        id=ids.new_message_id(now),
        lane_id=lane_id,
        number_id=number_id,
        contact_id=contact_id,
        category="",
        recipient="",
        zones="",
        body={},
        due_at=now,
        skip=skip,
        skip_detail=detail,
    )


def _refuse(category: str, standing: Standing | None) -> str:
    if standing is None:
        return consent_standing.NO_BASIS
    return consent_standing.refuse(
        category,
        marketing_basis=standing.marketing_basis,
        utility_basis=standing.utility_basis,
        is_opted_out=standing.opted_out_at is not None,
    )
