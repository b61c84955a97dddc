"""SQL of who somebody is: find or make the person behind an incoming message, merge two, follow a new number."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from switchboard.contacts import identity
from switchboard.contacts.identity import Arrival, Found
from switchboard.core import phone as core_phone

Connection = AsyncConnection[Any]


async def find_or_create(connection: Connection, arrivals: Sequence[Arrival], now: datetime) -> list[Found]:
    """Return the contact of each arrival, making those who are new. Every arrival needs one id at least.

    The people found stay: nobody can merge them away until the transaction ends.
    """
    wanted = sorted(set(arrivals), key=_order)
    known = await _find_and_hold(connection, wanted)
    if missing := [one for one in wanted if one not in known and one.wa_id]:
        await _create_by_phone(connection, missing, now)
        known |= await _find_and_hold(connection, missing)
    for one in wanted:
        if one not in known:
            known[one] = await _create_by_user_id(connection, one, now)
    await _remember_identities(connection, {one: known[one].contact_id for one in wanted})
    return [known[one] for one in arrivals]


def _order(arrival: Arrival) -> tuple[int, str, int, str]:
    """Sort, so that two workers make and lock the same people in the same order."""
    return arrival.workspace_id, arrival.wa_id, arrival.portfolio_id, arrival.user_id


# Index: contacts_identity_once, contacts_contact_phone_once. 0.03 ms an arrival.
SQL_FIND_CONTACTS = """
SELECT key.ordinal, found.contact_id
FROM unnest(%(ordinals)s::int[], %(workspace_ids)s::bigint[], %(kinds)s::text[], %(portfolio_ids)s::bigint[],
            %(values)s::text[])
     WITH ORDINALITY AS key (ordinal, workspace_id, kind, portfolio_id, value, rank)
CROSS JOIN LATERAL (
    SELECT contact_id FROM contacts_identity AS identity
    WHERE identity.workspace_id = key.workspace_id AND identity.kind = key.kind
      AND identity.portfolio_id = key.portfolio_id AND identity.value = key.value
    UNION ALL
    SELECT id FROM contacts_contact AS contact
    WHERE key.kind = 'phone' AND contact.workspace_id = key.workspace_id AND contact.phone = key.value
) AS found
ORDER BY key.rank
"""


async def find(connection: Connection, arrivals: Sequence[Arrival]) -> dict[Arrival, Found]:
    """Return the contacts of those arrivals that somebody is known by."""
    keys = [(ordinal, arrival, key) for ordinal, arrival in enumerate(arrivals) for key in identity.keys_of(arrival)]
    cursor = await connection.execute(
        SQL_FIND_CONTACTS,
        {
            "ordinals": [ordinal for ordinal, _, _ in keys],
            "workspace_ids": [arrival.workspace_id for _, arrival, _ in keys],
            "kinds": [kind for _, _, (kind, _, _) in keys],
            "portfolio_ids": [portfolio_id for _, _, (_, portfolio_id, _) in keys],
            "values": [value for _, _, (_, _, value) in keys],
        },
    )
    found: dict[Arrival, list[int]] = {}
    for ordinal, contact_id in await cursor.fetchall():
        matches = found.setdefault(arrivals[ordinal], [])
        if contact_id not in matches:
            matches.append(contact_id)
    return {arrival: Found(matches[0], tuple(matches[1:])) for arrival, matches in found.items()}


# Index: contacts_contact_pkey. In the order of ids, so that nobody waits in a circle.
SQL_HOLD = "SELECT id FROM contacts_contact WHERE id = ANY (%(ids)s) ORDER BY id FOR KEY SHARE"


async def _find_and_hold(connection: Connection, arrivals: Sequence[Arrival]) -> dict[Arrival, Found]:
    """Find people, and keep them from being merged away until the transaction ends."""
    while True:
        known = await find(connection, arrivals)
        ids = {one for found in known.values() for one in (found.contact_id, *found.others)}
        if not ids:
            return known
        cursor = await connection.execute(SQL_HOLD, {"ids": sorted(ids)})
        if len(await cursor.fetchall()) == len(ids):
            return known


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
    readings = [identity.phone_of(one.wa_id) for one in arrivals]
    await connection.execute(
        SQL_CREATE_BY_PHONE,
        {
            "workspace_ids": [one.workspace_id for one in arrivals],
            "names": [one.name for one in arrivals],
            "phones": [reading.phone for reading in readings],
            "countries": [reading.country for reading in readings],
            "zones": [_zones(reading.phone) for reading in readings],
            "now": now,
        },
    )


def _zones(phone: str) -> str:
    return ",".join(core_phone.zones_of(phone))[:255]


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
    found = await _find_and_hold(connection, [arrival])
    if arrival in found:
        return found[arrival]
    country = identity.country_of_user_id(arrival.user_id)
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
    rows = {
        (arrival.workspace_id, *key): contact_id
        for arrival, contact_id in contacts.items()
        for key in identity.identities_of(arrival)
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


# ── two who are one ──────────────────────────────────────────────────────────────────────────────

# Index: contacts_contact_pkey.
SQL_LOCK_PAIR = """
SELECT id, phone FROM contacts_contact WHERE workspace_id = %(workspace_id)s AND id = ANY (%(ids)s)
ORDER BY id FOR UPDATE
"""

# Index: contacts_identity_contact_id_…, contacts_activity_pkey, contacts_importedrow_pkey by each import, of which
# there are few.
SQL_MERGE_BELONGINGS = """
WITH identities AS (
    UPDATE contacts_identity SET contact_id = %(keep)s
    WHERE contact_id = %(lose)s AND workspace_id = %(workspace_id)s
), activity AS (
    DELETE FROM contacts_activity WHERE contact_id = %(lose)s AND workspace_id = %(workspace_id)s RETURNING *
), kept_activity AS (
    -- Tags, language, country and consent are copies that follow from the contact and its consent. The counts of 7, 30
    -- and 90 days follow from the days.
    INSERT INTO contacts_activity AS kept (contact_id, workspace_id, last_sent_at, last_delivered_at, last_read_at,
        last_seen_at, last_reply_at, last_click_at, inbound_count, session_count, order_count, order_sum,
        first_order_at, last_order_at, sessions_7, sessions_30, sessions_90, messages_7, messages_30, messages_90,
        events_7, events_30, events_90)
    SELECT %(keep)s, workspace_id, last_sent_at, last_delivered_at, last_read_at, last_seen_at, last_reply_at,
        last_click_at, inbound_count, session_count, order_count, order_sum, first_order_at, last_order_at,
        sessions_7, sessions_30, sessions_90, messages_7, messages_30, messages_90, events_7, events_30, events_90
    FROM activity
    ON CONFLICT (contact_id) DO UPDATE SET
        last_sent_at = greatest(kept.last_sent_at, excluded.last_sent_at),
        last_delivered_at = greatest(kept.last_delivered_at, excluded.last_delivered_at),
        last_read_at = greatest(kept.last_read_at, excluded.last_read_at),
        last_seen_at = greatest(kept.last_seen_at, excluded.last_seen_at),
        last_reply_at = greatest(kept.last_reply_at, excluded.last_reply_at),
        last_click_at = greatest(kept.last_click_at, excluded.last_click_at),
        inbound_count = kept.inbound_count + excluded.inbound_count,
        session_count = kept.session_count + excluded.session_count,
        order_count = kept.order_count + excluded.order_count,
        order_sum = kept.order_sum + excluded.order_sum,
        first_order_at = least(kept.first_order_at, excluded.first_order_at),
        last_order_at = greatest(kept.last_order_at, excluded.last_order_at),
        sessions_7 = kept.sessions_7 + excluded.sessions_7,
        sessions_30 = kept.sessions_30 + excluded.sessions_30,
        sessions_90 = kept.sessions_90 + excluded.sessions_90,
        messages_7 = kept.messages_7 + excluded.messages_7,
        messages_30 = kept.messages_30 + excluded.messages_30,
        messages_90 = kept.messages_90 + excluded.messages_90,
        events_7 = kept.events_7 + excluded.events_7,
        events_30 = kept.events_30 + excluded.events_30,
        events_90 = kept.events_90 + excluded.events_90
), days AS (
    DELETE FROM contacts_day WHERE contact_id = %(lose)s AND workspace_id = %(workspace_id)s RETURNING *
), kept_days AS (
    INSERT INTO contacts_day AS kept (contact_id, day, workspace_id, sessions, messages, events)
    SELECT %(keep)s, day, workspace_id, sessions, messages, events FROM days
    ON CONFLICT (contact_id, day) DO UPDATE SET sessions = kept.sessions + excluded.sessions,
        messages = kept.messages + excluded.messages, events = kept.events + excluded.events
), outcomes AS (
    DELETE FROM contacts_outcome WHERE contact_id = %(lose)s AND workspace_id = %(workspace_id)s RETURNING *
), kept_outcomes AS (
    INSERT INTO contacts_outcome (contact_id, broadcast_id, workspace_id, number_id, sent_at, delivered_at, read_at,
        replied_at, clicked_at, failed_at, reason)
    SELECT %(keep)s, broadcast_id, workspace_id, number_id, sent_at, delivered_at, read_at, replied_at, clicked_at,
        failed_at, reason FROM outcomes
    ON CONFLICT (contact_id, broadcast_id) DO NOTHING
), changes AS (
    UPDATE contacts_change SET contact_id = %(keep)s WHERE contact_id = %(lose)s AND workspace_id = %(workspace_id)s
), corrections AS (
    DELETE FROM contacts_correction WHERE contact_id = %(lose)s AND workspace_id = %(workspace_id)s RETURNING *
), kept_corrections AS (
    INSERT INTO contacts_correction (contact_id, tag_id, workspace_id, is_member, at, by)
    SELECT %(keep)s, tag_id, workspace_id, is_member, at, by FROM corrections
    ON CONFLICT (contact_id, tag_id) DO NOTHING
), imported AS (
    DELETE FROM contacts_importedrow
    WHERE import_id IN (SELECT id FROM contacts_import WHERE workspace_id = %(workspace_id)s)
      AND contact_id = %(lose)s
    RETURNING *
), kept_imported AS (
    INSERT INTO contacts_importedrow (import_id, contact_id, workspace_id, line, is_new)
    SELECT import_id, %(keep)s, workspace_id, line, is_new FROM imported
    ON CONFLICT (import_id, contact_id) DO NOTHING
), aliases AS (
    UPDATE contacts_alias SET contact_id = %(keep)s
    WHERE contact_id = %(lose)s AND workspace_id = %(workspace_id)s
)
INSERT INTO contacts_alias (former_id, workspace_id, contact_id, merged_at)
VALUES (%(lose)s, %(workspace_id)s, %(keep)s, %(now)s)
"""

SQL_TAKE_CONTACT = """
DELETE FROM contacts_contact WHERE id = %(lose)s AND workspace_id = %(workspace_id)s
RETURNING name, phone, email, language, country, zones, fields, tags, created_by_import, created_at
"""

# What the older one has stays; what is empty is filled. Index: contacts_contact_pkey.
SQL_FILL_CONTACT = """
UPDATE contacts_contact AS kept SET
    name = coalesce(nullif(kept.name, ''), %(name)s),
    phone = coalesce(%(newest_phone)s, kept.phone, %(phone)s),
    email = coalesce(nullif(kept.email, ''), %(email)s),
    language = coalesce(nullif(kept.language, ''), %(language)s),
    country = coalesce(nullif(kept.country, ''), %(country)s),
    zones = coalesce(nullif(kept.zones, ''), %(zones)s),
    fields = %(fields)s::jsonb || kept.fields,
    tags = ARRAY(SELECT DISTINCT tag FROM unnest(kept.tags || %(tags)s::bigint[]) AS tag ORDER BY tag),
    created_by_import = coalesce(kept.created_by_import, %(created_by_import)s),
    created_at = least(kept.created_at, %(created_at)s),
    updated_at = %(now)s
WHERE kept.id = %(keep)s AND kept.workspace_id = %(workspace_id)s
"""


async def merge_contacts(
    connection: Connection, *, workspace_id: int, keep: int, lose: int, phone: str | None, now: datetime
) -> bool:
    """Make one person of two; `phone` is theirs now, where that is known. False when one of them is gone already.

    What other rooms keep of them is theirs to move in the same transaction.
    """
    pair = {"workspace_id": workspace_id, "keep": keep, "lose": lose}
    cursor = await connection.execute(SQL_LOCK_PAIR, {"workspace_id": workspace_id, "ids": [keep, lose]})
    if len(await cursor.fetchall()) < len({keep, lose}) or keep == lose:
        return False
    await connection.execute(SQL_MERGE_BELONGINGS, {**pair, "now": now})
    taken = await connection.execute(SQL_TAKE_CONTACT, pair)
    names = [column.name for column in taken.description or ()]
    lost: dict[str, Any] = dict(zip(names, await taken.fetchone() or (), strict=True))
    lost |= {"fields": Jsonb(lost["fields"]), "newest_phone": phone or None, "now": now}
    await connection.execute(SQL_FILL_CONTACT, pair | lost)
    return True


# Index: contacts_alias_pkey.
SQL_FIND_ALIASES = "SELECT former_id, contact_id FROM contacts_alias WHERE former_id = ANY (%(ids)s)"


async def find_aliases(connection: Connection, contact_ids: Collection[int]) -> dict[int, int]:
    """Return who those of these contacts are now that have been merged into somebody else."""
    cursor = await connection.execute(SQL_FIND_ALIASES, {"ids": sorted(set(contact_ids))})
    return dict(await cursor.fetchall())


# ── a new number ─────────────────────────────────────────────────────────────────────────────────

# Index: contacts_identity_once, contacts_contact_pkey. The old number may be given to somebody else one day; the old
# user ids are nobody else's ever, and stay.
SQL_MOVE_PHONE = """
WITH former AS (
    DELETE FROM contacts_identity
    WHERE workspace_id = %(workspace_id)s AND kind = 'wa_id' AND portfolio_id = 0 AND value = ANY (%(old_wa_ids)s)
      AND contact_id = %(contact_id)s
), current AS (
    INSERT INTO contacts_identity (workspace_id, contact_id, kind, portfolio_id, value)
    VALUES (%(workspace_id)s, %(contact_id)s, 'wa_id', 0, %(new_wa_id)s)
    ON CONFLICT (workspace_id, kind, portfolio_id, value) DO NOTHING
)
UPDATE contacts_contact SET phone = %(phone)s, country = %(country)s, zones = %(zones)s, updated_at = %(now)s
WHERE id = %(contact_id)s AND workspace_id = %(workspace_id)s AND phone IS DISTINCT FROM %(phone)s
"""


async def move_phone(
    connection: Connection,
    *,
    workspace_id: int,
    contact_id: int,
    old_wa_ids: Collection[str],
    new_wa_id: str,
    now: datetime,
) -> None:
    """Give a person a new number; nobody else may have it any more."""
    reading = identity.phone_of(new_wa_id)
    old = {one for wa_id in old_wa_ids for one in (wa_id, *identity.variants(wa_id))}
    await connection.execute(
        SQL_MOVE_PHONE,
        {
            "workspace_id": workspace_id,
            "contact_id": contact_id,
            "old_wa_ids": sorted(old - {new_wa_id}),
            "new_wa_id": new_wa_id,
            "phone": reading.phone,
            "country": reading.country,
            "zones": _zones(reading.phone),
            "now": now,
        },
    )
