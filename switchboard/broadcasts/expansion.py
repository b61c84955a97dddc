"""From recipients to messages: one batch's decisions, without writing anything."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from switchboard.broadcasts import rules
from switchboard.broadcasts.models import Broadcast, Recipient
from switchboard.broadcasts.pool import Pool, Variant
from switchboard.broadcasts.rules import Person
from switchboard.cloudapi import payloads
from switchboard.consent import queries as consent_queries
from switchboard.consent import standing as consent_standing
from switchboard.consent.models import Standing
from switchboard.contacts.models import Contact
from switchboard.core import ids, phone
from switchboard.delivery.rules import quiet_hours
from switchboard.delivery.types import Gate, NewMessage
from switchboard.templates import rules as template_rules
from switchboard.templates.errors import BodyTooLongError, VariableMissingError

CANCELLED = "cancelled"
_CONTACT_FIELDS = ("id", "name", "phone", "email", "language", "country", "zones", "fields")


def take_unexpanded(broadcast: Broadcast, size: int) -> list[int]:
    """Return the next contacts without a message, locked; somebody else's batch is stepped over."""
    # Index: broadcasts_recipient_unexpanded.
    found = Recipient.objects.filter(
        workspace_id=broadcast.workspace_id, broadcast_id=broadcast.pk, message_id__isnull=True
    )
    locked = found.order_by("contact_id").select_for_update(no_key=True, skip_locked=True)
    return list(locked.values_list("contact_id", flat=True)[:size])


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

    def make_messages(self, contact_ids: Sequence[int], now: datetime) -> Iterator[NewMessage]:
        """Yield one message for each contact: waiting, held, or skipped with its reason."""
        found = Contact.objects.filter(workspace_id=self.broadcast.workspace_id, pk__in=contact_ids)
        people = {row[0]: Person(row[0], row[1], row[2] or "", *row[3:]) for row in found.values_list(*_CONTACT_FIELDS)}
        standings = consent_queries.map_standings(self.broadcast.workspace_id, contact_ids)
        for contact_id in contact_ids:
            person = people.get(contact_id)
            if person is None:
                yield self._make_gone(contact_id, now)
            else:
                yield self._make_message(person, standings.get(contact_id), now)

    def _make_message(self, person: Person, standing: Standing | None, now: datetime) -> NewMessage:
        number_id, variant = self.pool.choose(person)
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
            recipient=person.phone,
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
        if not person.phone:
            return Gate.REACHABILITY, {"reason": "no_phone"}, bare
        values = rules.fill_values(variant.shape, self.broadcast.variables, person, variant.language)
        try:
            media_id = self.pool.media_ids.get(number_id, "")
            components = template_rules.build_components(variant.shape, values, media_id=media_id)
        except VariableMissingError as error:
            return Gate.TEMPLATE, {"reason": "variable_missing", "variables": error.keys}, bare
        except BodyTooLongError:
            return Gate.TEMPLATE, {"reason": "too_long"}, bare
        return None, {}, payloads.build_template(self.broadcast.template_name, variant.language, components)

    def _make_gone(self, contact_id: int, now: datetime) -> NewMessage:
        """Record somebody who was deleted after the audience was frozen."""
        number_id = self.pool.number_ids[0]
        return make_unsent(
            contact_id,
            number_id,
            self.lanes[number_id],
            now,
            skip=Gate.REACHABILITY,
            detail={"reason": "contact_gone"},
        )


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
