"""What happens to incoming messages, a batch at a time and in the caller's transaction.

Kept once, tied to what they answer, counted; the service window opens; a wish to stop is obeyed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.cloudapi import events
from switchboard.consent import rules as consent_rules
from switchboard.consent import store as consent_store
from switchboard.contacts import facts_store, identity_store
from switchboard.contacts import store as contacts_store
from switchboard.contacts.identity import Arrival
from switchboard.core import ids
from switchboard.delivery import store as delivery_store
from switchboard.delivery.types import Measure, Origin
from switchboard.replies import media, media_store, opening, people, rules, store

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that came in through one of our numbers."""

    workspace_id: int
    number_id: int
    portfolio_id: int
    incoming: events.Incoming
    received_at: datetime
    # Grows in the order in which messages came.
    sequence: int = 0

    @property
    def sent_at(self) -> datetime:
        """When the person sent it; a moment in the future would open a window that lasts too long."""
        return min(self.incoming.sent_at or self.received_at, self.received_at)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose about us in WhatsApp itself."""

    workspace_id: int
    number_id: int
    portfolio_id: int
    preference: events.Preference
    received_at: datetime


@dataclass
class Outcome:
    """What a batch has done: counts to log, topics of open pages by workspace."""

    counts: Counter[str] = field(default_factory=Counter)
    topics: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True, slots=True)
class _OptOut:
    """A wish to stop, whoever's message or choice it was, and what it answers."""

    wish: consent_store.Wish
    number_id: int
    answered: store.Answered | None


async def receive_messages(connection: Connection, arrived: Sequence[Arrived], now: datetime) -> Outcome:
    """Keep messages that are not kept yet, with everything that follows from each of them."""
    outcome = Outcome()
    unique = await _leave_out_known(connection, arrived)
    outcome.counts["inbound_repeated"] += len(arrived) - len(unique)
    if not unique:
        return outcome
    contacts = await _resolve(connection, unique, now)
    answered = await store.find_answered(connection, [_question(*pair) for pair in zip(unique, contacts, strict=True)])
    rows = [_row(*parts) for parts in zip(unique, contacts, answered, strict=True)]
    new_ids = await store.insert_inbound(connection, rows)
    outcome.counts.update({"inbound": len(new_ids), "inbound_repeated": len(rows) - len(new_ids)})
    new = [parts for parts in zip(unique, rows, answered, strict=True) if parts[1].id in new_ids]
    await media_store.insert_media(connection, [file for _, row, _ in new if (file := media.find_file(row))])
    opened = await _note(connection, [row for _, row, _ in new], now)
    for workspace_id, changed in opened.topics.items():
        outcome.topics[workspace_id] |= changed
    opt_outs = [_OptOut(_wish(one, row), row.number_id, answer) for one, row, answer in new if row.is_opt_out]
    await _obey(connection, opt_outs, now, outcome)
    await _let_back(connection, [_wish(one, row) for one, row, _ in new if _may_be_return(one, row)], outcome)
    _add_topics(outcome, [row for _, row, _ in new])
    return outcome


async def _leave_out_known(connection: Connection, arrived: Sequence[Arrived]) -> list[Arrived]:
    """Return the messages that are not kept yet, each once.

    Before anybody is looked for: a copy of an old message would bring back the number that a person has left.
    """
    unique = {_message_id(one): one for one in reversed(arrived)}
    known = await store.find_known(connection, list(unique))
    left = [one for message_id, one in reversed(unique.items()) if message_id not in known]
    # One person's messages in the order they were written; Meta's order is no promise, its seconds are all there is.
    return sorted(left, key=lambda one: (one.sent_at, one.sequence))


async def _resolve(connection: Connection, unique: Sequence[Arrived], now: datetime) -> list[int]:
    """Return who wrote each message, and follow those who tell of a new number."""
    arrivals = [_sender(one) for one in unique]
    contacts = await people.resolve(connection, arrivals, now)
    moves = [parts for parts in zip(unique, arrivals, contacts, strict=True) if people.new_number_of(parts[0].incoming)]
    for one, arrival, contact_id in moves:
        await people.follow(connection, arrival, contact_id, people.new_number_of(one.incoming), now)
    if not moves:
        return contacts
    # Whoever turned out to be somebody known is that person from now on.
    aliases = await identity_store.find_aliases(connection, contacts)
    return [aliases.get(contact_id, contact_id) for contact_id in contacts]


async def receive_choices(connection: Connection, chosen: Sequence[Chosen], now: datetime) -> Outcome:
    """Obey people who pressed WhatsApp's own "stop"; "resume" is no opt-in of ours and changes nothing."""
    outcome = Outcome()
    stops = [one for one in chosen if one.preference.value.lower() == "stop"]
    outcome.counts["preferences_ignored"] += len(chosen) - len(stops)
    if not stops:
        return outcome
    senders = [_chooser(one) for one in stops]
    contacts = await people.resolve(connection, senders, now)
    moments = [min(one.preference.at or one.received_at, one.received_at) for one in stops]
    questions = [
        store.Question(one.workspace_id, contact_id, one.number_id, at, "")
        for one, contact_id, at in zip(stops, contacts, moments, strict=True)
    ]
    answered = await store.find_answered(connection, questions)
    opt_outs = [_choice_opt_out(*parts) for parts in zip(stops, contacts, answered, moments, strict=True)]
    await _obey(connection, opt_outs, now, outcome)
    return outcome


# ── parts ────────────────────────────────────────────────────────────────────────────────────────


def _message_id(one: Arrived) -> Any:
    return ids.inbound_message_id(one.incoming.sent_at or one.received_at, one.incoming.wamid)


def _sender(one: Arrived) -> Arrival:
    return people.describe_sender(one.workspace_id, one.portfolio_id, one.incoming)


def _chooser(one: Chosen) -> Arrival:
    sender = one.preference.sender
    return Arrival(one.workspace_id, one.portfolio_id, sender.wa_id, sender.user_id, sender.name)


def _question(one: Arrived, contact_id: int) -> store.Question:
    # What is no answer still gets a row here, so that the lists stay side by side; it just finds nothing.
    number_id = one.number_id if rules.is_answer(one.incoming.kind) else 0
    return store.Question(one.workspace_id, contact_id, number_id, one.sent_at, one.incoming.context_id)


def _row(one: Arrived, contact_id: int, answered: store.Answered | None) -> store.NewInbound:
    incoming = one.incoming
    if incoming.payload:
        asks_to_stop = consent_rules.is_opt_out_button(incoming.text, incoming.payload)
    else:
        asks_to_stop = consent_rules.is_opt_out(incoming.text)
    return store.NewInbound(
        id=_message_id(one),
        workspace_id=one.workspace_id,
        number_id=one.number_id,
        contact_id=contact_id,
        wamid=incoming.wamid,
        kind=incoming.kind,
        text=incoming.text,
        body=incoming.raw,
        sent_at=one.sent_at,
        received_at=one.received_at,
        answers_id=answered.message_id if answered else None,
        origin_kind=answered.origin_kind if answered else "",
        origin_id=answered.origin_id if answered else None,
        sequence=one.sequence,
        is_opt_out=asks_to_stop and rules.is_answer(incoming.kind),
    )


def _may_be_return(one: Arrived, row: store.NewInbound) -> bool:
    """Tell whether it is one of the words that bring back who has opted out; typed, for a button says what we wrote."""
    typed = not one.incoming.payload and rules.is_answer(row.kind)
    return typed and not row.is_opt_out and consent_rules.is_return(row.text)


def _wish(one: Arrived, row: store.NewInbound) -> consent_store.Wish:
    return consent_store.Wish(
        workspace_id=row.workspace_id,
        contact_id=row.contact_id,
        event_key=row.wamid,
        at=row.sent_at,
        source="button" if one.incoming.payload else "message",
        wording=row.text or one.incoming.payload,
        evidence={"number_id": row.number_id, "event": row.wamid},
    )


def _choice_opt_out(one: Chosen, contact_id: int, answered: store.Answered | None, at: datetime) -> _OptOut:
    event = f"preference:{one.number_id}:{contact_id}:{int(at.timestamp())}"
    wish = consent_store.Wish(
        workspace_id=one.workspace_id,
        contact_id=contact_id,
        event_key=event,
        at=at,
        source="whatsapp",
        wording=one.preference.category,
        evidence={"number_id": one.number_id, "event": event},
        actor="meta",
    )
    return _OptOut(wish, one.number_id, answered)


async def _note(connection: Connection, rows: Sequence[store.NewInbound], now: datetime) -> opening.Opened:
    """Mark what was answered, open windows and conversations, and remember that these people were there."""
    replies = [
        (row.workspace_id, row.answers_id, row.sent_at) for row in rows if row.answers_id is not None and _is_reply(row)
    ]
    if replies:
        await delivery_store.mark_replied(connection, replies, now)
    for workspace_id in {row[0] for row in replies}:
        answered = {message_id for place, message_id, _ in replies if place == workspace_id}
        await facts_store.note_news(connection, workspace_id, answered)
    windows: dict[tuple[int, int, int], datetime] = {}
    for row in rows:
        # What is said in a group lets us answer there, not write to the person alone.
        if rules.opens_window(row.kind) and not row.body.get("group_id"):
            key = (row.workspace_id, row.contact_id, row.number_id)
            windows[key] = max(row.sent_at, windows.get(key, row.sent_at))
    if windows:
        await delivery_store.open_windows(connection, [(*key, at) for key, at in sorted(windows.items())])
    opened = await opening.open_conversations(connection, rows)
    await contacts_store.record_seen(connection, _seen(rows, opened.sessions))
    return opened


def _seen(rows: Iterable[store.NewInbound], sessions: Counter[tuple[int, int]]) -> list[contacts_store.Seen]:
    by_contact: defaultdict[tuple[int, int], list[store.NewInbound]] = defaultdict(list)
    for row in rows:
        if rules.is_from_person(row.kind):
            by_contact[row.workspace_id, row.contact_id].append(row)
    return [
        contacts_store.Seen(
            workspace_id,
            contact_id,
            max(row.sent_at for row in written),
            len(written),
            sessions=sessions[workspace_id, contact_id],
            replied_at=max((row.sent_at for row in written if _is_reply(row)), default=None),
        )
        for (workspace_id, contact_id), written in by_contact.items()
    ]


def _is_reply(row: store.NewInbound) -> bool:
    return row.answers_id is not None and rules.is_answer(row.kind)


async def _let_back(connection: Connection, wishes: Sequence[consent_store.Wish], outcome: Outcome) -> None:
    """Let people who have opted out get messages again, by their own word."""
    back = await consent_store.come_back(connection, wishes)
    outcome.counts["came_back"] += len(back)


async def _obey(connection: Connection, opt_outs: Sequence[_OptOut], now: datetime, outcome: Outcome) -> None:
    """Withdraw consent, and count it once."""
    newly = await consent_store.withdraw(connection, [one.wish for one in opt_outs])
    outcome.counts["opted_out"] += len(newly)
    for one in opt_outs:
        workspace_id, contact_id = one.wish.workspace_id, one.wish.contact_id
        outcome.topics[workspace_id] |= {"overview", f"number:{one.number_id}"}
        if one.answered is None or contact_id not in newly:
            continue
        newly.discard(contact_id)
        await delivery_store.tally(
            connection,
            workspace_id=workspace_id,
            origin=Origin(one.answered.origin_kind),
            origin_id=one.answered.origin_id,
            number_id=one.number_id,
            measure=Measure.OPTED_OUT,
            amount=1,
            now=now,
        )
        if one.answered.origin_kind == Origin.BROADCAST:
            outcome.topics[workspace_id].add(f"broadcast:{one.answered.origin_id}")


def _add_topics(outcome: Outcome, rows: Iterable[store.NewInbound]) -> None:
    for row in rows:
        outcome.topics[row.workspace_id] |= {"overview", f"number:{row.number_id}"}
        if row.origin_kind == Origin.BROADCAST:
            outcome.topics[row.workspace_id].add(f"broadcast:{row.origin_id}")
