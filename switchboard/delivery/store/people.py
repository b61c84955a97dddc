"""Reserving people: what somebody was lately sent, read with the facts and written only if nobody else wrote meanwhile."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]


class Reservation(NamedTuple):
    """A person's log as it is to be, and the version that it was made from."""

    contact_id: int
    version: int
    log: bytes


# The condition is what makes it a reservation: of two claims that read the same version one writes, and the other
# gets no row back. Its row is locked all the same, so a second try after reading again cannot fail.
# Index: delivery_person_pkey, in contact order, so that two claims wait for each other and never in a circle.
SQL_RESERVE = """
INSERT INTO delivery_person AS person (workspace_id, contact_id, version, log)
SELECT %(workspace_id)s, given.contact_id, given.version + 1, given.log
FROM unnest(%(contact_ids)b::bigint[], %(versions)b::int[], %(logs)b::bytea[]) AS given (contact_id, version, log)
ORDER BY given.contact_id
ON CONFLICT (workspace_id, contact_id) DO UPDATE SET version = excluded.version, log = excluded.log
WHERE person.version = excluded.version - 1
RETURNING contact_id
"""


async def reserve(connection: Connection, workspace_id: int, reservations: Sequence[Reservation]) -> set[int]:
    """Write logs whose version is still the one that was read; return whose were written."""
    if not reservations:
        return set()
    given = {
        "workspace_id": workspace_id,
        "contact_ids": [one.contact_id for one in reservations],
        "versions": [one.version for one in reservations],
        "logs": [one.log for one in reservations],
    }
    cursor = await connection.execute(SQL_RESERVE, given)
    return {contact_id for (contact_id,) in await cursor.fetchall()}


# Index: delivery_person_pkey.
SQL_READ_PEOPLE = """
SELECT contact_id, version, log FROM delivery_person
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(contact_ids)b::bigint[])
"""


async def read(connection: Connection, workspace_id: int, contact_ids: Iterable[int]) -> dict[int, Reservation]:
    """Return people's logs as they are now."""
    given = {"workspace_id": workspace_id, "contact_ids": list(contact_ids)}
    cursor = await connection.execute(SQL_READ_PEOPLE, given, prepare=True)
    return {row[0]: Reservation(row[0], row[1], bytes(row[2])) for row in await cursor.fetchall()}


# Asked only of people who got enough marketing already. Index: the primary key of the delivery rows.
SQL_NOT_RECEIVED = """
SELECT message_id FROM delivery_delivery
WHERE message_id = ANY(%(message_ids)b::uuid[]) AND workspace_id = %(workspace_id)s AND state IN (-1, 40)
"""


async def list_not_received(connection: Connection, workspace_id: int, messages: Iterable[bytes]) -> set[bytes]:
    """Return which messages failed, or were skipped after all: they do not count against their person."""
    given = {"workspace_id": workspace_id, "message_ids": [UUID(bytes=message) for message in messages]}
    cursor = await connection.execute(SQL_NOT_RECEIVED, given, prepare=False)
    return {message_id.bytes for (message_id,) in await cursor.fetchall()}


# Index: contacts_identity_once.
SQL_USER_PORTFOLIOS = """
SELECT value, max(portfolio_id) FROM contacts_identity
WHERE workspace_id = %(workspace_id)s AND kind = 'user_id' AND value = ANY(%(values)s::text[])
  AND portfolio_id = ANY(ARRAY(SELECT id FROM numbers_portfolio WHERE workspace_id = %(workspace_id)s))
GROUP BY value
"""


async def map_user_portfolios(connection: Connection, workspace_id: int, user_ids: Sequence[str]) -> dict[str, int]:
    """Return the portfolio that each user id belongs to, where it is known."""
    cursor = await connection.execute(SQL_USER_PORTFOLIOS, {"workspace_id": workspace_id, "values": list(user_ids)})
    return dict(await cursor.fetchall())
