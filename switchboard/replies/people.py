"""Who is behind incoming messages: found, made, merged when two turn out to be one, followed to a new number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.cloudapi import events
from switchboard.contacts import identity, identity_store
from switchboard.contacts.identity import Arrival, Found
from switchboard.replies import merging

Connection = AsyncConnection[Any]

_NEW_NUMBER = frozenset({"user_changed_number", "customer_changed_number"})


def describe_sender(workspace_id: int, portfolio_id: int, incoming: events.Incoming) -> Arrival:
    """Return how the sender of a message is known; Meta's own notices name the ids they had before."""
    sender, raw = incoming.sender, incoming.raw
    system = events.as_object(raw.get("system")) if incoming.kind == "system" else {}
    new_user_id = events.as_text(system.get("user_id"))
    previous = events.as_text(system.get("previous_user_id"))
    if not previous and new_user_id and sender.user_id != new_user_id:
        previous = sender.user_id
    return Arrival(
        workspace_id=workspace_id,
        portfolio_id=portfolio_id,
        wa_id=sender.wa_id,
        user_id=(new_user_id or sender.user_id)[:150],
        name=sender.name,
        parent_id=(events.as_text(system.get("parent_user_id")) or _parent_id(incoming))[:150],
        previous_user_id=previous[:150],
        previous_parent_id=events.as_text(system.get("previous_parent_user_id"))[:150],
    )


def _parent_id(incoming: events.Incoming) -> str:
    shown = events.as_text(incoming.raw.get("from_parent_user_id"))
    if shown:
        return shown
    people = [events.as_object(person) for person in events.as_list(incoming.change.value.get("contacts"))]
    user_id = incoming.sender.user_id
    own = (person for person in people if user_id and events.as_text(person.get("user_id")) == user_id)
    return events.as_text(next(own, {}).get("parent_user_id"))


async def resolve(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> list[int]:
    """Return the contact of each arrival; people who turn out to be one are merged first."""
    found = await identity_store.find_or_create(connection, arrivals, now)
    if not any(one.others for one in found):
        return [one.contact_id for one in found]
    for arrival in dict.fromkeys(arrivals):
        # Looked up again: an earlier merge of this batch may have moved them.
        known = await identity_store.find(connection, [arrival])
        if arrival in known and known[arrival].others:
            await _merge(connection, arrival, known[arrival], now)
    found = await identity_store.find_or_create(connection, arrivals, now)
    return [one.contact_id for one in found]


async def _merge(connection: Connection, arrival: Arrival, found: Found, now: datetime) -> None:
    """Keep the oldest; the phone that the message came from is theirs now."""
    keep, *others = sorted((found.contact_id, *found.others))
    phone = identity.phone_of(arrival.wa_id).phone if arrival.wa_id else None
    for lose in others:
        await merging.merge(connection, workspace_id=arrival.workspace_id, keep=keep, lose=lose, phone=phone, now=now)


def new_number_of(incoming: events.Incoming) -> str:
    """Return the digits of the phone that a person has moved to, if a message tells of one."""
    system = events.as_object(incoming.raw.get("system"))
    if incoming.kind != "system" or events.as_text(system.get("type")) not in _NEW_NUMBER:
        return ""
    new = (events.as_text(system.get("wa_id")) or events.as_text(system.get("new_wa_id"))).lstrip("+")
    return new if new.isascii() and new.isdigit() and len(new) <= 15 and new != incoming.sender.wa_id else ""


async def follow(connection: Connection, arrival: Arrival, contact_id: int, new_wa_id: str, now: datetime) -> None:
    """Let a person have a new number, and whoever was known by it be the same person."""
    contact_id = (await identity_store.find_aliases(connection, [contact_id])).get(contact_id, contact_id)
    moved = Arrival(arrival.workspace_id, arrival.portfolio_id, new_wa_id, "")
    other = (await identity_store.find(connection, [moved])).get(moved)
    known = sorted({contact_id, *((other.contact_id, *other.others) if other else ())})
    for lose in known[1:]:
        await merging.merge(
            connection, workspace_id=arrival.workspace_id, keep=known[0], lose=lose, phone=None, now=now
        )
    await identity_store.move_phone(
        connection,
        workspace_id=arrival.workspace_id,
        contact_id=known[0],
        old_wa_ids=[arrival.wa_id] if arrival.wa_id else [],
        new_wa_id=new_wa_id,
        now=now,
    )
