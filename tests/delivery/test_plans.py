"""No hot statement reads a large table from end to end: every one is explained as it really runs, on a large outbox."""

import asyncio
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection as django_connection

from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions, store
from switchboard.delivery.statements import planning, reading
from switchboard.delivery.store import (
    batches,
    budgets,
    credentials,
    due,
    lanes,
    locking,
    people,
    reach,
    results,
    signals,
    statuses,
    stops,
    take,
    unknown,
)
from switchboard.delivery.types import Measure, Origin, Priority, State, StatusUpdate
from tests.conftest import NOON, OwnDatabase
from tests.delivery.claiming import SENDER
from tests.delivery.world import World, make_world

LARGE = re.compile(
    r"Seq Scan on (delivery_(?:outbox|message_default|delivery_default|tally|window|person|reach)|consent_standing|contacts_contact)"
)
MANY = 20_000

# What each statement must be found by; an empty text where the table is small.
INDEXES = {
    due.SQL_DUE_WORKSPACES: "",
    due.SQL_IS_FRESH: "",
    due.SQL_GUARD: "",
    due.SQL_LOCK_NUMBERS: "",
    due.SQL_LANES: "",
    due.SQL_WAITING: "delivery_outbox_pkey",
    due.SQL_DUE_ROWS: "delivery_outbox_pkey",
    due.SQL_FACTS: "delivery_message_",
    take.SQL_TAKE: "delivery_outbox_pkey",
    take.SQL_HOLD: "delivery_outbox_pkey",
    take.SQL_SKIP: "",
    take.SQL_START: "",
    take.SQL_SPEND: "",
    take.SQL_SPEND_LANES: "",
    people.SQL_RESERVE: "",
    people.SQL_READ_PEOPLE: "delivery_person_pkey",
    people.SQL_NOT_RECEIVED: "delivery_delivery_",
    people.SQL_USER_PORTFOLIOS: "contacts_identity_once",
    budgets.SQL_LOCK_BUDGETS: "",
    budgets.SQL_ENSURE_BUDGETS: "",
    budgets.SQL_SPEND_BUDGETS: "",
    budgets.SQL_RAISED: "",
    budgets.SQL_LOOK_AGAIN: "delivery_outbox",
    budgets.SQL_FORGET_HELD: "",
    reach.SQL_NOTE_UNDELIVERABLE: "",
    reach.SQL_NOTE_DELIVERED: "delivery_reach_pkey",
    take.SQL_RAISE_MARKS: "delivery_outbox_pkey",
    results.SQL_ACCEPT: "delivery_delivery_",
    results.SQL_RECORD: "delivery_delivery_",
    results.SQL_FORGET_BATCHES: "",
    results.SQL_KEEP_UNKNOWN: "",
    results.SQL_FORGET_UNKNOWN: "",
    lanes.SQL_PUT_BACK: "delivery_message_",
    batches.SQL_RENEW: "",
    batches.SQL_ABANDONED: "",
    batches.SQL_DOUBT: "delivery_delivery_",
    batches.SQL_TAKE_BACK: "delivery_delivery_",
    batches.SQL_OPEN_FURTHER: "",
    statuses.SQL_APPLY: "delivery_delivery_",
    statuses.SQL_FACTS: "delivery_message_",
    statuses.SQL_COUNT: "",
    unknown.SQL_HEAR: "",
    unknown.SQL_DUE: "",
    unknown.SQL_SETTLE: "delivery_delivery_",
    locking.SQL_LOCK_DELIVERIES: "delivery_delivery_",
    locking.SQL_LOCK_STANDINGS: "delivery_delivery_",
    stops.SQL_STOP_NUMBER: "",
    stops.SQL_STOP_ACCOUNT: "",
    stops.SQL_FIND_CONTACT: "delivery_message_",
    stops.SQL_STOP_TEMPLATE: "",
    stops.SQL_SLOW_NUMBER: "",
    signals.SQL_STOPPED: "",
    signals.SQL_WATERMARK: "",
    signals.SQL_OPEN_WINDOWS: "",
    signals.SQL_MARK_REPLIED: "delivery_delivery_",
    signals.SQL_TALLY: "",
    credentials.SQL_CREDENTIALS: "",
}
PLANS: dict[str, str] = {}


class ExplainingCursor(psycopg.AsyncCursor[Any]):
    """Asks for the plan of every statement before it runs it."""

    async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        if query in INDEXES:
            await super().execute(f"EXPLAIN {query}", params)
            PLANS[query] = "\n".join(str(row[0]) for row in await self.fetchall())
        return await super().execute(query, params, **more)


@pytest.fixture(scope="module")
def large(shared_database: OwnDatabase) -> World:
    """A world with many messages that wait, and as many that were sent."""
    world = make_world(shared_database.url, NOON, numbers=5)
    with workspace_scope(world.workspace_id):
        opened = actions.open_lanes(
            workspace_id=world.workspace_id,
            origin=Origin.BROADCAST,
            origin_id=1,
            priority=Priority.BROADCAST,
            number_ids=world.number_ids,
        )
    first = min(opened.values())
    world.run(
        f"""
        INSERT INTO contacts_contact (workspace_id, name, phone, email, language, country, zones, fields, tags, created_at,
            updated_at) SELECT 1, '', '+8190' || lpad(n::text, 8, '0'), '', '', '', '', '{{}}', '{{}}', now(), now()
            FROM generate_series(1, {MANY}) n;
        INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis)
            SELECT id, 1, 'opt_in', 'opt_in' FROM contacts_contact;
        INSERT INTO delivery_message SELECT
            (lpad(to_hex((extract(epoch FROM timestamptz '{NOON}') * 1000)::bigint), 12, '0') || '7' ||
                lpad(to_hex(n), 19, '0'))::uuid,
            1, {first} + n %% 5, 1 + n %% 5, n, 'broadcast', 1, 'marketing', '+8190', 'UTC', 1, '{{"type": "x"}}', '{NOON}'
            FROM generate_series(1, {MANY}) n;
        INSERT INTO delivery_outbox SELECT 1, lane_id, '{NOON}', id, number_id, contact_id FROM delivery_message;
        INSERT INTO delivery_message SELECT
            (lpad(to_hex((extract(epoch FROM timestamptz '{NOON}') * 1000 - 86400000)::bigint), 12, '0') || '7' ||
                lpad(to_hex(n), 19, '0'))::uuid,
            1, {first} + n %% 5, 1 + n %% 5, n, 'broadcast', 1, 'marketing', '+8190', 'UTC', 1, '{{"type": "x"}}', '{NOON}'
            FROM generate_series(1, {MANY}) n;
        INSERT INTO delivery_delivery (message_id, workspace_id, state)
            SELECT id, 1, 20 FROM delivery_message WHERE id < (SELECT message_id FROM delivery_outbox ORDER BY message_id LIMIT 1);
        INSERT INTO delivery_person SELECT 1, contact_id, 1, '' FROM delivery_outbox;
        INSERT INTO delivery_reach SELECT 1, contact_id, 1, '{NOON}' FROM delivery_outbox;
        INSERT INTO contacts_identity (workspace_id, contact_id, kind, portfolio_id, value)
            SELECT 1, contact_id, 'user_id', 1, 'JP.' || contact_id FROM delivery_outbox;
        UPDATE numbers_portfolio SET messaging_limit = 100000;
        UPDATE delivery_lane SET pace = 'careful' WHERE id = {first};
        INSERT INTO delivery_window SELECT 1, contact_id, number_id, '{NOON}' FROM delivery_outbox WHERE contact_id > 100;
        INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, amount, minute)
            SELECT 1, 'broadcast', n %% 500, 1, 'sent', 1, '{NOON}' FROM generate_series(1, {MANY}) n;
        UPDATE delivery_lane SET low_water_at = '{NOON}', low_water_id = '{uuid.UUID(int=0)}';
        UPDATE numbers_number SET pace_overrides = '{{"per_hour": 5000}}';
        UPDATE consent_standing SET marketing_basis = '', utility_basis = '' WHERE contact_id <= 5;
        UPDATE contacts_contact SET zones = 'UTC';
        UPDATE delivery_message SET zones = 'Pacific/Auckland' WHERE contact_id BETWEEN 6 AND 10;
    """.replace("%%", "%")
    )
    world.run("VACUUM ANALYZE")
    return world


async def run_everything(world: World) -> None:
    """Let a message of every kind go its way."""
    conninfo = OwnDatabase(world.url).conninfo("stream")
    async with await psycopg.AsyncConnection.connect(
        conninfo, autocommit=True, cursor_factory=ExplainingCursor
    ) as connection:
        assert await store.is_watermark_fresh(connection, NOON)
        assert await store.list_due_workspaces(connection, NOON, is_fresh=True) == [1]
        claim = await store.claim(
            connection, workspace_id=1, sender_id=SENDER, now=NOON, most=100, draw=lambda low, high: low, at_once=1
        )
        assert len(claim.messages) > 50
        assert claim.held
        assert claim.skipped
        await people.read(connection, 1, range(1, 100))
        await people.list_not_received(connection, 1, [message.message_id.bytes for message in claim.messages])
        await people.map_user_portfolios(connection, 1, [f"JP.{number}" for number in range(1, 50)])
        await store.note_undeliverable(connection, 1, range(1, 50), NOON)
        await store.note_delivered(connection, 1, range(1, 50))
        await connection.execute("UPDATE delivery_budget SET held_for = 1")
        await store.look_again(connection, NOON)
        await store.renew(connection, [claim.batch_id], NOON)
        await store.open_further(connection, {claim.batch_id: 45})
        ends = (State.ACCEPTED, State.UNKNOWN, State.WAITING, State.FAILED)
        some = [
            store.Result(message, ends[at % 4], NOON, due_at=NOON) for at, message in enumerate(claim.messages[:40])
        ]
        await store.record_results(connection, some, settled_batches=[uuid.uuid4()], now=NOON)
        await store.expire_batches(connection, NOON + timedelta(minutes=1))
        updates = [
            StatusUpdate(1, message.message_id, 1, state, NOON, "w", 131026)
            for message in claim.messages[:20]
            for state in (State.SENT, State.DELIVERED, State.READ)
        ]
        async with connection.transaction():
            await store.record_statuses(connection, updates, NOON + timedelta(minutes=2))
        await connection.execute("UPDATE delivery_unknown SET heard_seconds = 1000")
        await store.settle_unknown(connection, NOON)
        await store.mark_replied(connection, [(1, message.message_id, NOON) for message in claim.messages], NOON)
        await store.open_windows(connection, [(1, contact_id, 1, NOON) for contact_id in range(1, 50)])
        reason = store.Reason(190, "no")
        await store.stop_number(connection, 1, 1, reason, NOON)
        await store.stop_account_of(connection, 1, 1, reason, NOON)
        await store.stop_template(connection, 1, 1, reason, NOON)
        await store.slow_number(connection, 1, 1, 3.0, NOON)
        await store.list_stopped(connection)
        await store.set_watermark(connection, NOON)
        await store.tally(
            connection,
            workspace_id=1,
            origin=Origin.BROADCAST,
            origin_id=1,
            number_id=1,
            measure=Measure.REPLIED,
            amount=1,
            now=NOON,
        )
        await credentials.find_token(connection, 1, 1)
        await store.opt_out(connection, 1, claim.messages[0].message_id, reason, NOON)


@pytest.fixture
def scoped(large: World) -> Iterator[World]:
    with workspace_scope(large.workspace_id):
        yield large


ORIGIN: dict[str, Any] = {"workspace_id": 1, "origin": "broadcast", "origin_id": 1}


@pytest.mark.parametrize(
    ("statement", "given", "index"),
    [
        (reading.SQL_HOLDS, {"now": NOON}, "delivery_outbox"),
        (reading.SQL_SPEED, {}, "delivery_tally_by_origin"),
        (
            planning.SQL_SKIP_WAITING,
            {"reason": "x", "limit": 10, "now": NOON, "skipped": -1, "waiting": 0},
            "delivery_outbox_pkey",
        ),
        (planning.SQL_JUDGE_AGAIN, {"holds": ["frequency"], "now": NOON}, "delivery_outbox"),
        (reading.SQL_REST, {}, "delivery_outbox_pkey"),
        (reading.SQL_MOMENTS, {"step": timedelta(seconds=5)}, "delivery_lane_by_origin"),
    ],
)
@pytest.mark.usefixtures("scoped")
def test_pages_go_by_their_index_too(statement, given, index):
    with django_connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", {**ORIGIN, **given})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan, plan


def test_every_hot_statement_goes_by_its_index(large):  # The last one: it changes what it finds.
    PLANS.clear()
    asyncio.run(run_everything(large))
    assert [statement for statement in INDEXES if statement not in PLANS] == []
    for statement, plan in PLANS.items():
        found = LARGE.search(plan)
        assert found is None, f"{statement}\n{found and found[0]}"
        assert INDEXES[statement] in plan, statement
