"""What other rooms learn reaches what segments ask: outcomes, clicks, consent; and a merge loses none of it."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import psycopg

from switchboard.broadcasts import outcomes
from switchboard.contacts import facts_store, identity_store
from switchboard.contacts import store as contacts_store
from switchboard.contacts.store import Seen
from switchboard.core import ids
from tests import factories
from tests.conftest import NOON, OwnDatabase


def stream(database: OwnDatabase, work: Callable[[Any], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with await psycopg.AsyncConnection.connect(database.conninfo("stream"), autocommit=True) as connection:
            return await work(connection)

    return asyncio.run(run())


def rows(database: OwnDatabase, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.conninfo("owner")) as connection:
        return connection.execute(query).fetchall()


def make_delivery(
    database: OwnDatabase, workspace_id: int, contact_id: int, state: int, reason: str | None
) -> uuid.UUID:
    message_id = ids.new_message_id(NOON)
    given = {"id": message_id, "w": workspace_id, "c": contact_id, "state": state, "reason": reason, "at": NOON}
    with psycopg.connect(database.conninfo("owner")) as connection:
        connection.execute(
            "INSERT INTO delivery_message (id, workspace_id, lane_id, number_id, contact_id, origin_kind, origin_id,"
            " category, recipient, zones, body, created_at)"
            " VALUES (%(id)s, %(w)s, 1, 3, %(c)s, 'broadcast', 7, 'marketing', '8190', '', '{}', %(at)s)",
            given,
        )
        connection.execute(
            "INSERT INTO delivery_delivery (message_id, workspace_id, state, reason, accepted_at, read_at, failed_at)"
            " VALUES (%(id)s, %(w)s, %(state)s, %(reason)s, %(at)s, CASE WHEN %(state)s = 60 THEN %(at)s::timestamptz END,"
            " CASE WHEN %(state)s = 40 THEN %(at)s::timestamptz END)",
            given,
        )
    return message_id


def test_the_outcome_of_a_broadcast_follows_its_messages(database: OwnDatabase) -> None:
    workspace = factories.make_workspace()
    hana, ming = factories.make_contact(workspace), factories.make_contact(workspace)
    moved = [
        make_delivery(database, workspace.pk, hana.pk, 60, None),
        make_delivery(database, workspace.pk, ming.pk, 40, "131026"),
    ]

    async def work(connection: Any) -> list[bool]:
        await facts_store.note_news(connection, workspace.pk, moved)
        return [await outcomes.step(connection, NOON), await outcomes.step(connection, NOON)]

    assert stream(database, work) == [True, False]
    found = rows(
        database, "SELECT contact_id, broadcast_id, number_id, read_at, reason FROM contacts_outcome ORDER BY 1"
    )
    assert found == [(hana.pk, 7, 3, NOON, ""), (ming.pk, 7, 3, None, "131026")]


def test_a_click_is_the_outcomes_and_the_persons(database: OwnDatabase) -> None:
    workspace = factories.make_workspace()
    hana = factories.make_contact(workspace)
    sent = facts_store.Outcome(hana.pk, 7, 1, NOON, None, None, None, None, "")

    async def work(connection: Any) -> None:
        await facts_store.record_outcomes(connection, workspace.pk, [sent])
        await facts_store.record_clicks(
            connection, workspace.pk, [(hana.pk, 7, NOON), (hana.pk, 0, NOON + timedelta(hours=1))]
        )

    stream(database, work)
    assert rows(database, "SELECT clicked_at FROM contacts_outcome") == [(NOON,)]
    assert rows(database, "SELECT last_click_at FROM contacts_activity") == [(NOON + timedelta(hours=1),)]


def test_two_who_are_one_keep_what_either_did(database: OwnDatabase) -> None:
    workspace = factories.make_workspace()
    keep = factories.make_contact(workspace, tags=["VIP"], country="JP")
    lose = factories.make_contact(workspace, tags=["Tea"])

    async def work(connection: Any) -> None:
        seen = [Seen(workspace.pk, keep.pk, NOON, 2, 1), Seen(workspace.pk, lose.pk, NOON, 3, 1, NOON)]
        await contacts_store.record_seen(connection, seen)
        sent = facts_store.Outcome(lose.pk, 7, 1, NOON, None, None, None, None, "")
        await facts_store.record_outcomes(connection, workspace.pk, [sent])
        async with connection.transaction():
            await identity_store.merge_contacts(
                connection, workspace_id=workspace.pk, keep=keep.pk, lose=lose.pk, phone=None, now=NOON
            )

    stream(database, work)
    found = rows(
        database,
        "SELECT contact_id, inbound_count, sessions_7, messages_30, last_reply_at, cardinality(tags), country"
        " FROM contacts_activity",
    )
    assert found == [(keep.pk, 5, 2, 5, NOON, 2, "JP")]
    assert rows(database, "SELECT contact_id, sessions, messages FROM contacts_day") == [(keep.pk, 2, 5)]
    assert rows(database, "SELECT contact_id FROM contacts_outcome") == [(keep.pk,)]


def test_nothing_is_left_of_a_contact_that_is_gone(database: OwnDatabase) -> None:
    workspace = factories.make_workspace()
    hana = factories.make_contact(workspace)
    stream(database, lambda connection: contacts_store.record_seen(connection, [Seen(workspace.pk, hana.pk, NOON, 1)]))
    with psycopg.connect(database.conninfo("owner")) as connection:
        connection.execute("DELETE FROM contacts_contact")
    assert (
        rows(database, "SELECT contact_id FROM contacts_activity UNION ALL SELECT contact_id FROM contacts_day") == []
    )


def test_consent_is_copied_as_it_changes(database: OwnDatabase) -> None:
    workspace = factories.make_workspace()
    factories.make_contact(workspace, agreed="marketing")
    factories.make_contact(workspace, agreed="utility")
    factories.make_contact(workspace, is_opted_out=True)
    assert [row for (row,) in rows(database, "SELECT consents FROM contacts_activity ORDER BY contact_id")] == [1, 2, 4]
