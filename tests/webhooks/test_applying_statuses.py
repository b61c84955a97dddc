"""Statuses move messages forward, in whatever order and number they come."""

import uuid
from datetime import timedelta

import pytest

from tests import payloads
from tests.conftest import NOON
from tests.webhooks.applying import a_status, an_applier, apply_all, tallies, without_note
from tests.webhooks.world import World, make_contact, make_message, make_world

STATE = "SELECT state FROM delivery_delivery"


@pytest.fixture
def message(world: World):
    """A message to Hana whose POST has not been recorded yet."""
    return make_message(world, make_contact(world, "+819012345678", NOON), NOON)


async def test_sent_delivered_read_are_counted_once_each(world: World, message) -> None:
    bodies = [a_status(world, message, status) for status in ("sent", "delivered", "read")]
    await apply_all(world, *bodies, *bodies)
    assert world.one(STATE) == 60
    assert tallies(world) == {("sent", ""): 1, ("delivered", ""): 1, ("read", ""): 1}


async def test_read_before_delivered_before_sent_ends_as_read(world: World, message) -> None:
    for status in ("read", "delivered", "sent"):
        await apply_all(world, a_status(world, message, status))
    assert world.one(STATE) == 60
    assert tallies(world) == {("sent", ""): 1, ("delivered", ""): 1, ("read", ""): 1}


async def test_a_status_before_the_sender_recorded_is_not_lost(world: World, message) -> None:
    await apply_all(world, a_status(world, message, "delivered"))
    assert world.one("SELECT state, accepted_at IS NOT NULL, wamid FROM delivery_delivery") == (50, True, "wamid.OUT_1")


async def test_a_failure_without_contacts_is_applied(world: World, message) -> None:
    body = payloads.body("status_failed_131026", CALLBACK=f"{world.workspace_id}.{message.hex}.1")
    await apply_all(world, body)
    assert world.one("SELECT state, reason FROM delivery_delivery") == (40, "131026")
    assert tallies(world) == {("failed", "131026"): 1}


async def test_a_failed_message_that_is_delivered_after_all_is_delivered(world: World, message) -> None:
    await apply_all(world, a_status(world, message, "failed", code=131026))
    await apply_all(world, a_status(world, message, "delivered", seconds=5))
    assert tallies(world) == {("sent", ""): 1, ("delivered", ""): 1}


async def test_a_status_without_our_note_is_found_by_its_id(world: World) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    make_message(world, contact, NOON, state=20, accepted_at=NOON, wamid="wamid.OUT_1")
    bodies = [a_status(world, uuid.uuid4(), "read"), a_status(world, uuid.uuid4(), "delivered")]
    await apply_all(world, *(without_note(body) for body in bodies))
    assert world.one(STATE) == 60
    assert tallies(world) == {("delivered", ""): 1, ("read", ""): 1}


async def test_a_failure_without_our_note_is_found_by_its_id(world: World) -> None:
    make_message(world, make_contact(world, "+819012345678", NOON), NOON, state=20, wamid="wamid.OUT_1")
    await apply_all(world, without_note(a_status(world, uuid.uuid4(), "failed", code=131026)))
    assert world.one("SELECT state, reason FROM delivery_delivery") == (40, "131026")


async def test_a_status_without_our_note_waits_for_the_answer_to_its_message(world: World, message) -> None:
    await apply_all(world, without_note(a_status(world, message, "delivered")))
    assert world.one(STATE) == 8
    async with an_applier(world) as applier:
        assert await applier.return_orphans() == 0
        world.run("UPDATE delivery_delivery SET state = 20, wamid = 'wamid.OUT_1', accepted_at = %s", NOON)
        assert await applier.return_orphans() == 1
    await apply_all(world)
    assert world.one(STATE) == 50
    assert world.one("SELECT count(*) FROM webhooks_orphan") == 0


async def test_a_status_of_somebody_elses_message_is_let_go(world: World, message) -> None:
    await apply_all(world, payloads.body("status_without_callback"))
    assert world.one("SELECT count(*) FROM webhooks_orphan") == 1
    async with an_applier(world, now=NOON + timedelta(minutes=16)) as applier:
        assert await applier.return_orphans() == 0
    assert world.one("SELECT count(*) FROM webhooks_orphan") == 0
    assert world.one("SELECT count(*) FROM webhooks_event") == 0


async def test_an_unknown_word_for_a_status_is_only_counted(world: World, message) -> None:
    applier = await apply_all(world, payloads.body("status_deleted"))
    assert applier.counts["statuses_unknown"] == 1
    assert world.one(STATE) == 8
    assert world.one("SELECT count(*) FROM webhooks_deadletter") == 0


async def test_a_note_of_another_workspace_changes_nothing(world: World, message) -> None:
    other = make_world(world.url, NOON, tag="2")
    forged = a_status(other, message, "delivered").replace(
        f'"{other.workspace_id}.'.encode(), f'"{world.workspace_id}.'.encode()
    )
    applier = await apply_all(other, forged)
    assert applier.counts["statuses_foreign"] == 1
    assert world.one(STATE) == 8


async def test_it_remembers_what_people_received_and_read(world: World, message) -> None:
    await apply_all(
        world, a_status(world, message, "read", seconds=9), a_status(world, message, "delivered", seconds=4)
    )
    assert world.one("SELECT last_sent_at, last_delivered_at, last_read_at FROM contacts_activity") == (
        NOON + timedelta(seconds=4),
        NOON + timedelta(seconds=4),
        NOON + timedelta(seconds=9),
    )


async def test_a_thousand_statuses_in_one_body_are_applied(world: World) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    messages = [make_message(world, contact, NOON) for _ in range(50)]
    bodies = [a_status(world, one, status) for one in messages for status in ("sent", "delivered")]
    await apply_all(world, *bodies, batch_events=30)
    assert tallies(world) == {("sent", ""): 50, ("delivered", ""): 50}
    assert world.one("SELECT count(*) FROM webhooks_journalentry") == 100
    assert world.one("SELECT count(*) FROM webhooks_event") == 0
