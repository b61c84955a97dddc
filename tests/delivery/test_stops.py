"""What an error stops is told at once, with its code; after 131048 a number rests for hours and goes on by itself."""

from datetime import timedelta

from psycopg import AsyncConnection

from switchboard.core import database as core_database
from switchboard.core.bridge import in_thread
from switchboard.delivery import store
from switchboard.delivery.store import Reason
from switchboard.delivery.types import State, StatusUpdate
from switchboard.numbers import store as numbers_store
from tests.conftest import NOON
from tests.delivery import world as worlds
from tests.delivery.world import World


async def _connect(world: World) -> AsyncConnection:
    return await AsyncConnection.connect(core_database.conninfo_for("stream", world.url), autocommit=True)


def _open(world: World) -> list[tuple[str, str, str]]:
    return world.run("SELECT kind, subject_id, detail->>'code' FROM core_incident WHERE ended_at IS NULL")


async def test_a_number_that_stops_is_told_once(database):
    world = worlds.make_world(database.url, NOON)
    (number_id,) = world.number_ids
    async with await _connect(world) as connection:
        for _ in range(2):
            await store.stop_number(connection, world.workspace_id, number_id, Reason(131045, "Broken."), NOON)
    assert _open(world) == [("number_stopped", str(number_id), "131045")]


async def test_a_payment_that_fails_stops_every_number_of_the_account_and_is_told_once(database):
    world = worlds.make_world(database.url, NOON, numbers=3)
    async with await _connect(world) as connection:
        await store.stop_account_of(connection, world.workspace_id, world.number_ids[0], Reason(131042, "Pay."), NOON)
    assert _open(world) == [("account_stopped", str(world.account_id), "131042")]
    assert world.one("SELECT count(*) FROM numbers_number WHERE stopped_code = '131042'") == 3


async def test_a_template_that_meta_paused_is_told(database):
    world = worlds.make_world(database.url, NOON)
    async with await _connect(world) as connection:
        await store.stop_template(connection, world.workspace_id, world.template_id, Reason(132015, "Paused."), NOON)
    assert _open(world) == [("template_stopped", str(world.template_id), "132015")]


async def test_a_number_that_people_reported_rests_and_then_goes_on_by_itself(database):
    world = worlds.make_world(database.url, NOON)
    (number_id,) = world.number_ids
    async with await _connect(world) as connection:
        await store.stop_number(connection, world.workspace_id, number_id, Reason(131048, "Reported."), NOON)
        assert await numbers_store.end_restrictions(connection, NOON + timedelta(hours=5)) == []
        assert world.one("SELECT stopped_code FROM numbers_number") == "131048"
        assert await numbers_store.end_restrictions(connection, NOON + timedelta(hours=6)) == [
            (world.workspace_id, number_id)
        ]
    assert world.one("SELECT stopped_at FROM numbers_number") is None


async def test_who_could_not_be_reached_is_remembered_until_something_arrives(database):
    world = worlds.make_world(database.url, NOON)
    first, second = await in_thread(worlds.enqueue, world, 2, NOON)
    world.run("UPDATE delivery_message SET contact_id = (SELECT min(contact_id) FROM delivery_message)")
    world.run(
        "INSERT INTO delivery_delivery (message_id, workspace_id, state, attempt, accepted_at) "
        "SELECT unnest(%s::uuid[]), %s, 20, 1, %s",
        [first, second],
        world.workspace_id,
        NOON,
    )
    failed = StatusUpdate(world.workspace_id, first, 1, State.FAILED, NOON, "wamid.1", 131026, "Unable to deliver.")
    arrived = StatusUpdate(world.workspace_id, second, 1, State.DELIVERED, NOON, "wamid.2")
    async with await _connect(world) as connection:
        async with connection.transaction():
            await store.record_statuses(connection, [failed], NOON)
        assert world.one("SELECT undeliverable_count FROM delivery_reach") == 1
        async with connection.transaction():
            await store.record_statuses(connection, [arrived], NOON)
        assert world.run("SELECT 1 FROM delivery_reach") == []
