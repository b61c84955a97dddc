"""Nothing is lost, nothing is applied twice, and nothing stands in the way of what is behind it."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchboard.core import database, live
from switchboard.webhooks import dispatch, store, worker
from tests import payloads
from tests.conftest import NOON
from tests.webhooks.applying import a_message, a_status, an_applier, apply_all, keep, tallies
from tests.webhooks.gateway import until
from tests.webhooks.world import World, make_contact, make_message, make_world

REASONS = "SELECT reason FROM webhooks_deadletter ORDER BY id"


async def test_a_body_that_is_no_json_becomes_a_dead_letter(world: World) -> None:
    await apply_all(world, b"not json", a_message(world, "hello"))
    assert world.one("SELECT body FROM webhooks_deadletter") == b"not json"
    assert world.one("SELECT text FROM replies_inboundmessage") == "hello"


@pytest.mark.parametrize("name", ["message_text", "status_sent"])
async def test_an_unknown_number_becomes_a_dead_letter_once_a_change(world: World, name: str) -> None:
    body = payloads.body(name).replace(b"880001", b"990009")
    await apply_all(world, body)
    assert world.run(REASONS) == [("The phone number id 990009 is not one of our numbers.",)]


async def test_an_app_cannot_speak_for_the_numbers_of_another(world: World) -> None:
    other = make_world(world.url, NOON, tag="2")
    await keep(world, a_message(other, "STOP"))
    await apply_all(world)
    assert world.run(REASONS) == [("The phone number id 880002 belongs to an account of another app.",)]
    assert world.one("SELECT count(*) FROM replies_inboundmessage") == 0


async def test_a_sender_without_any_id_becomes_a_dead_letter(world: World) -> None:
    await apply_all(world, a_message(world, "boo", phone=""))
    assert world.run(REASONS) == [("The sender shows neither a phone nor a user id.",)]


async def test_a_dead_letter_is_replayed_once_its_cause_is_gone(world: World) -> None:
    await apply_all(world, a_message(world, "hello").replace(b"880001", b"990009"))
    world.run("UPDATE numbers_number SET meta_id = '990009'")
    letter = world.one("SELECT id FROM webhooks_deadletter")
    async with database.make_pool("stream", size=1, url=world.url) as pool, pool.connection() as connection:
        assert await store.replay_dead_letters(connection, world.workspace_id, [letter], NOON) == 1
        assert await store.replay_dead_letters(connection, world.workspace_id, [letter], NOON) == 0
        assert await store.replay_dead_letters(connection, world.workspace_id + 1, [letter], NOON) == 0
    await apply_all(world)
    assert world.one("SELECT text FROM replies_inboundmessage") == "hello"


async def test_one_event_that_fails_is_set_aside_and_the_others_are_applied(world: World) -> None:
    world.run("ALTER TABLE replies_inboundmessage ADD CONSTRAINT odd CHECK (text <> 'poison')")
    bodies = [a_message(world, text, wamid=f"wamid.{text}") for text in ("one", "poison", "two")]
    await apply_all(world, *bodies)
    assert world.run("SELECT text FROM replies_inboundmessage ORDER BY text") == [("one",), ("two",)]
    assert world.one("SELECT body, reason LIKE 'CheckViolation: %%' FROM webhooks_deadletter") == (bodies[1], True)
    assert world.one("SELECT count(*) FROM webhooks_journalentry") == 3
    assert world.one("SELECT count(*) FROM webhooks_event") == 0


async def test_what_is_not_the_events_fault_is_no_dead_letter(world: World) -> None:
    world.run("ALTER TABLE delivery_window RENAME TO elsewhere")
    await keep(world, a_message(world, "hello"))
    async with an_applier(world) as applier:
        with pytest.raises(psycopg.errors.UndefinedTable):
            await applier.apply_waiting(is_inbound=True)
        assert world.one("SELECT count(*) FROM webhooks_event") == 1
        world.run("ALTER TABLE elsewhere RENAME TO delivery_window")
        assert await applier.apply_waiting(is_inbound=True) == 1
    assert world.run(REASONS) == []


async def test_a_worker_that_dies_inside_a_batch_has_applied_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(world, a_message(world, "STOP"), a_message(world, "hi", wamid="wamid.IN_2", phone="819000000002"))
    insert = store.insert_dead_letters

    async def die(connection, letters, now):
        world.run("SELECT pg_terminate_backend(%s)", connection.info.backend_pid)

    async with an_applier(world) as applier:
        monkeypatch.setattr(store, "insert_dead_letters", die)
        with pytest.raises(psycopg.OperationalError):
            await applier.apply_waiting(is_inbound=True)
        assert world.one("SELECT count(*) FROM webhooks_event") == 2
        assert world.one("SELECT count(*) FROM replies_inboundmessage") == 0
        monkeypatch.setattr(store, "insert_dead_letters", insert)
        assert await applier.apply_waiting(is_inbound=True) == 2
    assert world.one("SELECT sum(inbound_count) FROM contacts_activity") == 2
    assert world.one("SELECT count(*) FROM consent_entry") == 1


async def test_two_workers_share_the_work_and_double_nothing(world: World) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    messages = [make_message(world, contact, NOON) for _ in range(30)]
    await keep(world, *[a_status(world, one, status) for status in ("sent", "read") for one in messages])
    await keep(world, *[a_message(world, "hi", wamid=f"wamid.{n}", phone=f"8190000000{n % 7:02}") for n in range(60)])

    async def work(applier: worker.Applier) -> None:
        for is_inbound in (True, False):
            while world.one("SELECT count(*) FROM webhooks_event WHERE is_inbound = %s", is_inbound):
                try:
                    await applier.apply_waiting(is_inbound=is_inbound)
                except psycopg.errors.DeadlockDetected:
                    continue

    async with (
        an_applier(world, batch_events=7) as one,
        an_applier(world, batch_events=5) as two,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(work(one))
        tasks.create_task(work(two))
    assert tallies(world) == {("sent", ""): 30, ("delivered", ""): 30, ("read", ""): 30}
    assert world.one("SELECT count(*), sum(inbound_count) FROM contacts_activity WHERE inbound_count > 0") == (7, 60)


async def test_the_watermark_is_the_oldest_event_from_people(world: World) -> None:
    mark = "SELECT applied_through FROM delivery_inboundwatermark"
    early, late = NOON - timedelta(seconds=9), NOON - timedelta(seconds=3)
    await keep(world, a_message(world, "late"), at=late)
    await keep(world, a_message(world, "early", wamid="wamid.IN_2"), at=early)
    await keep(world, a_status(world, make_message(world, 1, NOON), "sent"), at=early - timedelta(hours=1))
    async with an_applier(world) as applier:
        await applier.write_watermark()
        assert world.one(mark) == early
        await applier.apply_waiting(is_inbound=True)
        assert world.one(mark) == NOON


async def test_open_pages_hear_of_it_when_it_is_committed(world: World) -> None:
    sent: dict[str, Any] = {"state": 50, "accepted_at": NOON - timedelta(minutes=5)}
    make_message(world, make_contact(world, "+819012345678", NOON), NOON - timedelta(hours=1), **sent)
    async with await psycopg.AsyncConnection.connect(world.url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {live.CHANNEL}")
        await apply_all(world, a_message(world, "hello"))
        notices = [live.parse_payload(one.payload) async for one in connection.notifies(timeout=5, stop_after=2)]
    assert (world.workspace_id, [f"app:{world.app_id}"]) in notices
    heard = {topic for workspace_id, topics in notices if workspace_id == world.workspace_id for topic in topics}
    assert heard >= {"broadcast:1", f"number:{world.number_id}", "overview"}


async def test_the_running_applier_obeys_stop_within_a_second(world: World) -> None:
    make_contact(world, "+819012345678", NOON)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run_applier(worker.ApplierConfig(url=world.url), stopping))
        await until(lambda: world.run("SELECT 1 FROM delivery_inboundwatermark"))
        kept_at = loop.time()
        await keep(world, a_message(world, "STOP"))
        await until(lambda: world.run("SELECT 1 FROM consent_standing WHERE opted_out_at IS NOT NULL"))
        took = loop.time() - kept_at
        await until(lambda: world.run("SELECT 1 FROM core_heartbeat WHERE role = 'worker'"))
        stopping.set()
    assert took < 1
    assert world.run("SELECT 1 FROM core_heartbeat") == []


async def test_the_running_applier_outlives_its_connections(world: World) -> None:
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run_applier(worker.ApplierConfig(url=world.url), stopping))
        await until(lambda: world.run("SELECT 1 FROM delivery_inboundwatermark"))
        world.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        await keep(world, a_message(world, "hello"))
        await until(lambda: world.run("SELECT 1 FROM replies_inboundmessage"))
        stopping.set()


STATUSES = ("sent", "delivered", "read", "failed")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_order_and_repetition_of_statuses_ends_the_same(world: World, data: st.DataObject) -> None:
    contact = world.run("SELECT id FROM contacts_contact") or [(make_contact(world, "+819012345678", NOON),)]
    had = data.draw(st.sets(st.sampled_from(STATUSES), min_size=1), label="what happened")
    order = data.draw(st.permutations(sorted(had)), label="order")
    again = data.draw(st.lists(st.sampled_from(sorted(had)), max_size=4), label="repeated")
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=8, max_size=8), label="batches")
    message = make_message(world, contact[0][0], NOON)
    world.run("DELETE FROM delivery_tally")
    waiting = [
        a_status(world, message, one, seconds=STATUSES.index(one), code=131026 if one == "failed" else None)
        for one in (*order, *again)
    ]
    async with database.make_pool("stream", size=1, url=world.url) as pool, pool.connection() as connection:
        for size in sizes:
            batch = [
                store.StoredEvent(n, world.workspace_id, world.app_id, False, NOON, body)
                for n, body in enumerate(waiting[:size])
            ]
            del waiting[:size]
            if batch:
                async with connection.transaction():
                    await dispatch.apply_events(connection, batch, NOON)
    assert world.one("SELECT state FROM delivery_delivery WHERE message_id = %s", message) == _rank(had)
    assert tallies(world) == _expected(had)


def _rank(had: set[str]) -> int:
    ranks = {"sent": 30, "failed": 40, "delivered": 50, "read": 60}
    return max(ranks[one] for one in had)


def _expected(had: set[str]) -> dict[tuple[str, str], int]:
    if had <= {"sent", "failed"} and "failed" in had:
        return {("failed", "131026"): 1}
    expected = {("sent", ""): 1}
    if had & {"delivered", "read"}:
        expected["delivered", ""] = 1
    if "read" in had:
        expected["read", ""] = 1
    return expected
