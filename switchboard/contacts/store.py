"""SQL of people for the worker: who wrote to us, and what they did lately. Every function takes a connection."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.core import phone as core_phone

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a person who wrote to us is known: by WhatsApp id (digits), by user id in a portfolio, or both."""

    workspace_id: int
    portfolio_id: int
    wa_id: str
    user_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The contact of an arrival, and others who carry one of its ids as well (not merged yet)."""

    contact_id: int
    others: tuple[int, ...] = ()


async def find_or_create(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> list[Found]:
    """Return the contact of each arrival, making those who are new. Every arrival needs one id at least."""
    wanted = sorted(set(arrivals), key=_order)
    known = await _find(connection, wanted)
    if missing := [one for one in wanted if one not in known and one.wa_id]:
        await _create_by_phone(connection, missing, now)
        known |= await _find(connection, missing)
    for one in wanted:
        if one not in known:
            known[one] = await _create_by_user_id(connection, one, now)
    await _remember_identities(connection, {one: known[one].contact_id for one in wanted})
    return [known[one] for one in arrivals]


def _order(arrival: Arrival) -> tuple[int, str, int, str]:
    """Sort, so that two workers make and lock the same people in the same order."""
    return arrival.workspace_id, arrival.wa_id, arrival.portfolio_id, arrival.user_id


def _phones(wa_id: str) -> tuple[str, str]:
    """Return the E.164 phone of a WhatsApp id, and the id with a plus: in some countries they differ."""
    if not wa_id:
        return "", ""
    return core_phone.parse_phone(f"+{wa_id}", "").phone, f"+{wa_id}"


# Index: contacts_identity_once twice, contacts_contact_phone_once twice. 0.02 ms an arrival.
SQL_FIND_CONTACTS = """
SELECT arrival.ordinal, by_wa_id.contact_id, by_phone.id, by_plain.id, by_user_id.contact_id
FROM unnest(%(workspace_ids)s::bigint[], %(portfolio_ids)s::bigint[], %(wa_ids)s::text[], %(user_ids)s::text[],
            %(phones)s::text[], %(plain)s::text[])
     WITH ORDINALITY AS arrival(workspace_id, portfolio_id, wa_id, user_id, phone, plain, ordinal)
LEFT JOIN contacts_identity AS by_wa_id ON by_wa_id.workspace_id = arrival.workspace_id AND by_wa_id.kind = 'wa_id'
     AND by_wa_id.portfolio_id = 0 AND by_wa_id.value = arrival.wa_id AND arrival.wa_id <> ''
LEFT JOIN contacts_contact AS by_phone ON by_phone.workspace_id = arrival.workspace_id
     AND by_phone.phone = arrival.phone AND arrival.phone <> ''
LEFT JOIN contacts_contact AS by_plain ON by_plain.workspace_id = arrival.workspace_id
     AND by_plain.phone = arrival.plain AND arrival.plain <> ''
LEFT JOIN contacts_identity AS by_user_id ON by_user_id.workspace_id = arrival.workspace_id
     AND by_user_id.kind = 'user_id' AND by_user_id.portfolio_id = arrival.portfolio_id
     AND by_user_id.value = arrival.user_id AND arrival.user_id <> ''
"""


async def _find(connection: Connection, arrivals: Sequence[Arrival]) -> dict[Arrival, Found]:
    phones = [_phones(one.wa_id) for one in arrivals]
    cursor = await connection.execute(
        SQL_FIND_CONTACTS,
        {
            "workspace_ids": [one.workspace_id for one in arrivals],
            "portfolio_ids": [one.portfolio_id for one in arrivals],
            "wa_ids": [one.wa_id for one in arrivals],
            "user_ids": [one.user_id for one in arrivals],
            "phones": [phone for phone, _ in phones],
            "plain": [plain for _, plain in phones],
        },
    )
    found: dict[Arrival, Found] = {}
    for ordinal, *ids in await cursor.fetchall():
        # Phone first: broadcasts go to phones, so that is whom an answer answers.
        matches = list(dict.fromkeys(one for one in ids if one is not None))
        if matches:
            found[arrivals[ordinal - 1]] = Found(matches[0], tuple(matches[1:]))
    return found


# Index: contacts_contact_phone_once.
SQL_CREATE_BY_PHONE = """
INSERT INTO contacts_contact
    (workspace_id, name, phone, email, language, country, zones, fields, tags, created_at, updated_at)
SELECT workspace_id, name, phone, '', '', country, zones, '{}', '{}', %(now)s, %(now)s
FROM unnest(%(workspace_ids)s::bigint[], %(names)s::text[], %(phones)s::text[], %(countries)s::text[],
            %(zones)s::text[]) AS person(workspace_id, name, phone, country, zones)
ON CONFLICT (workspace_id, phone) DO NOTHING
"""


async def _create_by_phone(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> None:
    readings = [core_phone.parse_phone(f"+{one.wa_id}", "") for one in arrivals]
    phones = [(reading.phone or f"+{one.wa_id}")[:16] for one, reading in zip(arrivals, readings, strict=True)]
    await connection.execute(
        SQL_CREATE_BY_PHONE,
        {
            "workspace_ids": [one.workspace_id for one in arrivals],
            "names": [one.name for one in arrivals],
            "phones": phones,
            "countries": [reading.country for reading in readings],
            "zones": [",".join(core_phone.zones_of(phone))[:255] for phone in phones],
            "now": now,
        },
    )


# Two workers must not make the same person twice, and no unique key spans contact and identity.
SQL_LOCK_USER_ID = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"

SQL_CREATE_BY_USER_ID = """
INSERT INTO contacts_contact
    (workspace_id, name, phone, email, language, country, zones, fields, tags, created_at, updated_at)
VALUES (%(workspace_id)s, %(name)s, NULL, '', '', %(country)s, '', '{}', '{}', %(now)s, %(now)s)
RETURNING id
"""


async def _create_by_user_id(connection: Connection, arrival: Arrival, now: datetime) -> Found:
    key = f"contact:{arrival.workspace_id}:{arrival.portfolio_id}:{arrival.user_id}"
    await connection.execute(SQL_LOCK_USER_ID, {"key": key})
    found = await _find(connection, [arrival])
    if arrival in found:
        return found[arrival]
    # A user id begins with the country it was given in.
    country, _, rest = arrival.user_id.partition(".")
    country = country if rest and len(country) == 2 and country.isalpha() else ""
    parameters = {"workspace_id": arrival.workspace_id, "name": arrival.name, "country": country, "now": now}
    cursor = await connection.execute(SQL_CREATE_BY_USER_ID, parameters)
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101  INSERT … RETURNING gives the row
    await _remember_identities(connection, {arrival: row[0]})
    return Found(row[0])


# Index: contacts_identity_once.
SQL_REMEMBER_IDENTITIES = """
INSERT INTO contacts_identity (workspace_id, contact_id, kind, portfolio_id, value)
SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(kinds)s::text[],
                     %(portfolio_ids)s::bigint[], %(values)s::text[])
ON CONFLICT (workspace_id, kind, portfolio_id, value) DO NOTHING
"""


async def _remember_identities(connection: Connection, contacts: dict[Arrival, int]) -> None:
    rows = {(one.workspace_id, "wa_id", 0, one.wa_id): contact for one, contact in contacts.items() if one.wa_id}
    rows |= {
        (one.workspace_id, "user_id", one.portfolio_id, one.user_id): contact
        for one, contact in contacts.items()
        if one.user_id
    }
    ordered = sorted(rows)
    await connection.execute(
        SQL_REMEMBER_IDENTITIES,
        {
            "workspace_ids": [workspace_id for workspace_id, _, _, _ in ordered],
            "contact_ids": [rows[key] for key in ordered],
            "kinds": [kind for _, kind, _, _ in ordered],
            "portfolio_ids": [portfolio_id for _, _, portfolio_id, _ in ordered],
            "values": [value for _, _, _, value in ordered],
        },
    )


# ── activity ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Seen:
    """A contact wrote so many messages, the last one at `at`."""

    workspace_id: int
    contact_id: int
    at: datetime
    count: int


# Index: contacts_activity_pkey. In contact order, so that two workers wait for each other and never deadlock.
SQL_RECORD_SEEN = """
INSERT INTO contacts_activity AS activity (contact_id, workspace_id, last_seen_at, inbound_count)
SELECT contact_id, workspace_id, seen_at, inbound_count
FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(seen_at)s::timestamptz[], %(counts)s::int[])
     AS seen(workspace_id, contact_id, seen_at, inbound_count)
ORDER BY contact_id
ON CONFLICT (contact_id) DO UPDATE SET
    last_seen_at = greatest(activity.last_seen_at, excluded.last_seen_at),
    inbound_count = activity.inbound_count + excluded.inbound_count
"""


async def record_seen(connection: Connection, rows: Iterable[Seen]) -> None:
    """Note that contacts wrote; one row a contact."""
    seen = list(rows)
    if not seen:
        return
    await connection.execute(
        SQL_RECORD_SEEN,
        {
            "workspace_ids": [row.workspace_id for row in seen],
            "contact_ids": [row.contact_id for row in seen],
            "seen_at": [row.at for row in seen],
            "counts": [row.count for row in seen],
        },
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """How far one message came, as far as this batch knows."""

    workspace_id: int
    message_id: UUID
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None


# Index: delivery_message's primary key, contacts_activity_pkey. Contacts that are gone get no row. Binary arrays cost
# the worker half of what text ones do.
SQL_RECORD_REACHED = """
INSERT INTO contacts_activity AS activity
    (contact_id, workspace_id, last_sent_at, last_delivered_at, last_read_at, inbound_count)
SELECT message.contact_id, message.workspace_id, max(reached.sent_at), max(reached.delivered_at), max(reached.read_at), 0
FROM unnest(%(workspace_ids)b::bigint[], %(message_ids)b::uuid[], %(sent_at)b::timestamptz[],
            %(delivered_at)b::timestamptz[], %(read_at)b::timestamptz[])
     AS reached(workspace_id, message_id, sent_at, delivered_at, read_at)
JOIN delivery_message AS message ON message.id = reached.message_id AND message.workspace_id = reached.workspace_id
JOIN contacts_contact AS contact ON contact.id = message.contact_id
GROUP BY message.contact_id, message.workspace_id
ORDER BY message.contact_id
ON CONFLICT (contact_id) DO UPDATE SET
    last_sent_at = greatest(activity.last_sent_at, excluded.last_sent_at),
    last_delivered_at = greatest(activity.last_delivered_at, excluded.last_delivered_at),
    last_read_at = greatest(activity.last_read_at, excluded.last_read_at)
"""


async def record_reached(connection: Connection, rows: Iterable[Reached]) -> None:
    """Note what contacts received and read lately."""
    reached = list(rows)
    if not reached:
        return
    await connection.execute(
        SQL_RECORD_REACHED,
        {
            "workspace_ids": [row.workspace_id for row in reached],
            "message_ids": [row.message_id for row in reached],
            "sent_at": [row.sent_at for row in reached],
            "delivered_at": [row.delivered_at for row in reached],
            "read_at": [row.read_at for row in reached],
        },
    )
