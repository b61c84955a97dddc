"""Takes stored events apart and calls the room that each part is for, in the caller's transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.cloudapi import callback, events, notices
from switchboard.contacts import facts_store
from switchboard.contacts import store as contacts_store
from switchboard.core import live
from switchboard.delivery import store as delivery_store
from switchboard.delivery.types import State, StatusUpdate
from switchboard.replies import intake
from switchboard.webhooks import account_events, heard, store, unnoted

Connection = AsyncConnection[Any]

# Room for the place of a message in its batch.
_MESSAGES_BITS = 20
_STATES = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "played": State.PLAYED,
    "failed": State.FAILED,
}


@dataclass
class _Parts:
    """The parts of a batch, sorted by what is to be done with them."""

    updates: dict[tuple[Any, ...], StatusUpdate] = field(default_factory=dict)
    without_note: list[unnoted.Unnoted] = field(default_factory=list)
    arrived: list[intake.Arrived] = field(default_factory=list)
    chosen: list[intake.Chosen] = field(default_factory=list)
    account_events: list[tuple[store.StoredEvent, events.AccountEvent]] = field(default_factory=list)
    letters: dict[tuple[int, int, str], store.NewDeadLetter] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, update: StatusUpdate) -> None:
        """Keep a status once a batch, with its earliest moment."""
        key = (update.message_id, update.attempt, update.state)
        known = self.updates.get(key)
        if known is None or (update.at, update.wamid) < (known.at, known.wamid):
            self.updates[key] = update

    def refuse(self, event: store.StoredEvent, change: events.Change, reason: str) -> None:
        """Set a change aside, once however many of its elements cannot be applied."""
        body = events.build_body(change)
        letter = store.NewDeadLetter(event.workspace_id, event.app_id, event.received_at, body, reason)
        self.letters.setdefault((event.id, id(change), reason), letter)


async def apply_events(connection: Connection, batch: Sequence[store.StoredEvent], now: datetime) -> Counter[str]:
    """Apply a batch of events and return what was done. What cannot be understood becomes a dead letter."""
    parts = _Parts()
    readable = list(_read(batch, parts))
    numbers = await _find_numbers(connection, readable)
    for event, item in readable:
        _sort(event, item, numbers, parts)
    for update in await unnoted.resolve(connection, parts.without_note, now, parts.counts):
        parts.add(update)
    topics: defaultdict[int, set[str]] = defaultdict(set)
    await _apply_statuses(connection, list(parts.updates.values()), now, topics)
    for outcome in (
        await intake.receive_messages(connection, parts.arrived, now),
        await intake.receive_choices(connection, parts.chosen, now),
    ):
        parts.counts.update(outcome.counts)
        for workspace_id, more in outcome.topics.items():
            topics[workspace_id] |= more
    for event, account_event in parts.account_events:
        effect = await account_events.apply(connection, event.app_id, account_event, now)
        parts.counts[effect.name] += 1
        topics[effect.workspace_id] |= effect.topics
    await store.insert_dead_letters(connection, list(parts.letters.values()), now)
    await heard.note_heard(connection, batch)
    parts.counts.update({"events": len(batch), "statuses": len(parts.updates), "dead_letters": len(parts.letters)})
    for workspace_id, changed in sorted(topics.items()):
        if changed:
            await live.publish(connection, workspace_id, changed)
    return +parts.counts


def _read(batch: Sequence[store.StoredEvent], parts: _Parts) -> Iterator[tuple[store.StoredEvent, events.Event]]:
    for event in batch:
        try:
            items = list(events.parse_events(event.body))
        except events.MalformedError as error:
            letter = store.NewDeadLetter(event.workspace_id, event.app_id, event.received_at, event.body, str(error))
            parts.letters[event.id, 0, ""] = letter
            continue
        yield from ((event, item) for item in items)


async def _find_numbers(
    connection: Connection, readable: Sequence[tuple[store.StoredEvent, events.Event]]
) -> dict[str, store.NumberRow]:
    wanted = {item.change.phone_number_id for _, item in readable if not isinstance(item, events.AccountEvent)}
    return await store.find_numbers(connection, wanted - {""})


def _sort(event: store.StoredEvent, item: events.Event, numbers: dict[str, store.NumberRow], parts: _Parts) -> None:
    """Put one part where it belongs; a number of somebody else's, or a field nobody knows, is a dead letter."""
    if isinstance(item, events.AccountEvent):
        if notices.is_known(item.change.field):
            parts.account_events.append((event, item))
        else:
            name = item.change.field or "(none)"
            parts.refuse(event, item.change, f"The field “{name}” is not known to this version of Switchboard.")
        return
    if isinstance(item, events.Unreadable):
        parts.refuse(event, item.change, item.reason)
        return
    meta_id = item.change.phone_number_id
    number = numbers.get(meta_id)
    if number is None or number.app_id != event.app_id:
        why = "is not one of our numbers" if number is None else "belongs to an account of another app"
        parts.refuse(event, item.change, f"The phone number id {meta_id or '(missing)'} {why}.")
    elif isinstance(item, events.Status):
        _sort_status(event, item, number, parts)
    elif not (item.sender.wa_id or item.sender.user_id):
        parts.refuse(event, item.change, "The sender shows neither a phone nor a user id.")
    elif isinstance(item, events.Incoming):
        place = (number.workspace_id, number.id, number.portfolio_id)
        sequence = (event.id << _MESSAGES_BITS) + min(len(parts.arrived), (1 << _MESSAGES_BITS) - 1)
        parts.arrived.append(intake.Arrived(*place, item, event.received_at, sequence))
    else:
        place = (number.workspace_id, number.id, number.portfolio_id)
        parts.chosen.append(intake.Chosen(*place, item, event.received_at))


def _sort_status(event: store.StoredEvent, status: events.Status, number: store.NumberRow, parts: _Parts) -> None:
    """Keep a status by our note; without one, Meta's id has to tell whose it is."""
    state = _STATES.get(status.status)
    note = callback.parse_callback_data(status.callback_data)
    if state is None or (note is not None and note.workspace_id != number.workspace_id):
        parts.counts["statuses_unknown" if state is None else "statuses_foreign"] += 1
    elif note is None:
        parts.without_note.append(unnoted.Unnoted(event, number.workspace_id, status, state))
    else:
        parts.add(unnoted.build_update(event, status, state, note))


async def _apply_statuses(
    connection: Connection, updates: Sequence[StatusUpdate], now: datetime, topics: defaultdict[int, set[str]]
) -> None:
    if not updates:
        return
    recorded = await delivery_store.record_statuses(connection, updates, now)
    for workspace_id, changed in recorded.topics.items():
        topics[workspace_id] |= changed
    await contacts_store.record_reached(connection, _reached(updates, recorded.contacts))
    for workspace_id in {update.workspace_id for update in updates}:
        moved = {update.message_id for update in updates if update.workspace_id == workspace_id}
        await facts_store.note_news(connection, workspace_id, moved)


def _reached(updates: Sequence[StatusUpdate], contacts: Mapping[UUID, int]) -> Iterator[contacts_store.Reached]:
    """Fold what the batch says of each person: of each message first, for read implies delivered implies sent."""
    messages: defaultdict[tuple[int, UUID], dict[State, datetime]] = defaultdict(dict)
    for update in updates:
        if update.message_id in contacts:
            moments = messages[update.workspace_id, update.message_id]
            moments[update.state] = max(update.at, moments.get(update.state, update.at))
    people: dict[tuple[int, int], tuple[datetime | None, ...]] = {}
    for (workspace_id, message_id), moments in messages.items():
        read_at = moments.get(State.READ) or moments.get(State.PLAYED)
        delivered_at = moments.get(State.DELIVERED) or read_at
        sent_at = moments.get(State.SENT) or delivered_at
        person = workspace_id, contacts[message_id]
        told, known = (sent_at, delivered_at, read_at), people.get(person)
        people[person] = told if known is None else tuple(map(_latest, told, known))
    for (workspace_id, contact_id), (sent_at, delivered_at, read_at) in people.items():
        if sent_at is not None:
            yield contacts_store.Reached(workspace_id, contact_id, sent_at, delivered_at, read_at)


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
