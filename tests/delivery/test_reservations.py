"""People are reached as often as the limits allow, whoever writes to them and however many at once."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions, figures, store
from switchboard.delivery.rules import person
from switchboard.delivery.rules.limits import Limits
from switchboard.delivery.types import Origin, Priority, State
from tests.conftest import NOON, OwnDatabase
from tests.delivery.claiming import claim, in_stream, record
from tests.delivery.world import World, enqueue, make_contacts, make_world

DAY = timedelta(days=1)
ANSWER: dict[str, Any] = {
    "origin": Origin.ANSWER,
    "origin_id": 0,
    "priority": Priority.ANSWER,
    "template_id": None,
    "body": {"type": "text", "text": {"body": "Hi"}},
}


@pytest.fixture
def world(database: OwnDatabase) -> World:
    return make_world(database.url, NOON, pace="full")


def set_limit(world: World, people: int | None) -> None:
    world.run("UPDATE numbers_portfolio SET messaging_limit = %s", people)


def open_windows(world: World, contact_ids: list[int]) -> None:
    rows = [(world.workspace_id, contact_id, world.number_ids[0], NOON) for contact_id in contact_ids]
    in_stream(world, lambda connection: store.open_windows(connection, rows))


def holds(world: World) -> dict[str, int]:
    return dict(world.run("SELECT hold, count(*) FROM delivery_outbox WHERE hold IS NOT NULL GROUP BY 1"))


def test_a_second_broadcast_waits_for_its_day(world):
    people = make_contacts(world, 4, NOON)
    enqueue(world, 4, NOON, contact_ids=people)
    assert len(claim(world).messages) == 4
    enqueue(world, 4, NOON, contact_ids=people, origin_id=2)
    assert claim(world, NOON + timedelta(minutes=1)).held == 4
    ((until, detail),) = world.run("SELECT DISTINCT date_trunc('second', due_at), hold_detail FROM delivery_outbox")
    assert until == NOON + DAY
    assert detail == {"measured": 1, "limit": 1, "days": 1}
    assert len(claim(world, NOON + DAY + timedelta(seconds=2)).messages) == 4


def test_the_workspace_says_how_often(world):
    people = make_contacts(world, 3, NOON)
    world.run("INSERT INTO delivery_limits VALUES (%s, 2, 2, 2, 10, '[]', now(), '')", world.workspace_id)
    for origin_id in (1, 2, 3):
        enqueue(world, 3, NOON, contact_ids=people, origin_id=origin_id)
    taken = [len(claim(world, NOON + timedelta(seconds=10 * turn)).messages) for turn in range(3)]
    assert taken == [3, 3, 0]
    assert holds(world) == {"frequency": 3}


def test_more_is_allowed_at_once_when_the_limit_is_raised(world):
    people = make_contacts(world, 2, NOON)
    for origin_id in (1, 2):
        enqueue(world, 2, NOON, contact_ids=people, origin_id=origin_id)
    assert len(claim(world).messages) == 2
    claim(world, NOON + timedelta(seconds=8))
    assert holds(world) == {"frequency": 2}
    with workspace_scope(world.workspace_id):
        actions.set_limits(
            workspace_id=world.workspace_id,
            figures=Limits(marketing_per_day=2),
            by="Olive",
            now=NOON + timedelta(seconds=8),
        )
        assert figures.get_limits(world.workspace_id).marketing_per_day == 2
    assert len(claim(world, NOON + timedelta(seconds=9)).messages) == 2


def test_utility_messages_do_not_count_as_marketing(world):
    world.run("UPDATE templates_template SET category = 'utility'")
    people = make_contacts(world, 2, NOON)
    for origin_id in (1, 2):
        enqueue(world, 2, NOON, contact_ids=people, origin_id=origin_id)
    assert len(claim(world).messages) == 2
    assert len(claim(world, NOON + timedelta(seconds=8)).messages) == 2


def test_what_failed_does_not_count(world):
    people = make_contacts(world, 1, NOON)
    enqueue(world, 1, NOON, contact_ids=people)
    record(world, claim(world), State.FAILED, reason="131009")
    enqueue(world, 1, NOON, contact_ids=people, origin_id=2)
    later = NOON + timedelta(seconds=10)
    assert len(claim(world, later).messages) + len(claim(world, later).messages) == 1


def test_a_message_that_goes_back_is_not_its_own_rival(world):
    enqueue(world, 3, NOON)
    record(world, claim(world), State.WAITING, due_at=NOON)
    assert len(claim(world, NOON + timedelta(seconds=1)).messages) == 3


def test_two_messages_of_one_claim_to_one_person_are_one_too_many(world):
    people = make_contacts(world, 5, NOON)
    enqueue(world, 5, NOON, contact_ids=people)
    enqueue(world, 5, NOON, contact_ids=people, origin_id=2)
    claimed = claim(world)
    assert len(claimed.messages) + claimed.held <= 10
    assert len({message.recipient for message in claimed.messages}) == len(claimed.messages) == 5


def race(world: World, *, claims: int, expected: int, most: int) -> list[store.Claimed]:
    """Let several senders claim at once until so many messages are taken, and a little longer, so that more would be seen.

    A claim that finds the numbers locked by another takes nothing, so nobody knows how many claims that are.
    """
    total = 0

    async def claim_all(seed: int) -> list[store.Claimed]:
        nonlocal total
        conninfo, found, turn, left = OwnDatabase(world.url).conninfo("stream"), [], 0, 20
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            while left and turn < 100 + expected:
                taken = await store.claim(
                    connection,
                    workspace_id=world.workspace_id,
                    sender_id=uuid.UUID(int=seed),
                    now=NOON + timedelta(seconds=turn / 4),
                    most=most,
                    draw=lambda low, high: (low + high) / 2,
                )
                found += taken.messages
                total += len(taken.messages)
                turn, left = turn + 1, left - (total >= expected)
        return found

    async def run() -> list[store.Claimed]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(claim_all(seed)) for seed in range(claims)]
        return [message for task in tasks for message in task.result()]

    return asyncio.run(run())


def test_two_broadcasts_through_two_numbers_reach_nobody_twice(database):
    world = make_world(database.url, NOON, pace="full", numbers=2)
    people = make_contacts(world, 500, NOON)
    numbers = world.number_ids
    for origin_id in (1, 2):
        world.number_ids = [numbers[origin_id - 1]]
        enqueue(world, 500, NOON, contact_ids=people, origin_id=origin_id)
    taken = race(world, claims=4, expected=500, most=120)
    assert len(taken) == len({message.recipient for message in taken}) == 500
    assert {message.origin_id for message in taken} == {1, 2}


def test_a_portfolio_reaches_no_more_people_than_meta_allows(database):
    world = make_world(database.url, NOON, pace="full", numbers=3)
    set_limit(world, 100)
    enqueue(world, 150, NOON)
    taken = race(world, claims=3, expected=90, most=60)
    assert len(taken) == 90
    assert holds(world) == {"portfolio_budget": 60}
    ((detail,),) = world.run("SELECT DISTINCT hold_detail FROM delivery_outbox")
    assert detail == {"measured": 90, "limit": 100, "reserve_percent": 10}


def test_journeys_and_utility_have_the_last_tenth(world):
    set_limit(world, 10)
    enqueue(world, 10, NOON)
    assert len(claim(world).messages) == 9
    enqueue(world, 1, NOON, origin=Origin.JOURNEY, priority=Priority.JOURNEY)
    assert len(claim(world, NOON + timedelta(seconds=1)).messages) == 1


def test_who_is_in_an_open_window_costs_no_budget(world):
    set_limit(world, 10)
    people = make_contacts(world, 20, NOON)
    open_windows(world, people)
    enqueue(world, 20, NOON, contact_ids=people)
    assert len(claim(world).messages) == 20


def test_a_person_counts_once_however_many_numbers_write(world):
    world.run("UPDATE templates_template SET category = 'utility'")
    set_limit(world, 4)
    people = make_contacts(world, 4, NOON)
    for turn in range(3):
        enqueue(world, 4, NOON, contact_ids=people, origin_id=turn + 1)
    taken = [len(claim(world, NOON + timedelta(seconds=10 * turn)).messages) for turn in range(3)]
    assert taken == [4, 4, 4]


def test_a_run_longer_than_a_day_goes_on_as_people_fall_out(world):
    set_limit(world, 100)
    enqueue(world, 120, NOON)
    sent = sum(len(claim(world, NOON + timedelta(seconds=turn)).messages) for turn in range(4))
    next_day = NOON + DAY + timedelta(minutes=5, seconds=1)
    sent_later = sum(len(claim(world, next_day + timedelta(seconds=turn)).messages) for turn in range(3))
    assert (sent, sent_later) == (90, 30)


def test_a_higher_level_frees_what_waits(world):
    set_limit(world, 10)
    enqueue(world, 30, NOON)
    assert len(claim(world).messages) == 9
    set_limit(world, 100)
    assert in_stream(world, lambda connection: store.look_again(connection, NOON + timedelta(seconds=2))) == 1
    assert len(claim(world, NOON + timedelta(seconds=3)).messages) == 21
    assert in_stream(world, lambda connection: store.look_again(connection, NOON)) == 0


def test_a_broadcast_waits_until_it_is_quiet(world):
    world.run("UPDATE templates_template SET category = 'utility'")
    people = make_contacts(world, 1, NOON)
    open_windows(world, people)
    enqueue(world, 1, NOON, contact_ids=people, **ANSWER)
    assert len(claim(world).messages) == 1
    enqueue(world, 1, NOON, contact_ids=people)
    assert claim(world, NOON + timedelta(seconds=3)).held == 1
    assert holds(world) == {"pair": 1}
    assert len(claim(world, NOON + timedelta(seconds=6.1)).messages) == 1


def test_answers_use_the_burst_and_no_more(world):
    people = make_contacts(world, 1, NOON)
    open_windows(world, people)
    enqueue(world, 60, NOON, contact_ids=people * 60, **ANSWER)
    first = [len(claim(world, NOON + timedelta(seconds=turn / 2), most=60).messages) for turn in range(8)]
    assert 45 <= sum(first) <= 46


def test_who_was_not_on_whatsapp_twice_is_left_alone(world):
    people = make_contacts(world, 3, NOON)
    for _ in range(2):
        in_stream(world, lambda connection: store.note_undeliverable(connection, 1, people[:1], NOON))
    in_stream(world, lambda connection: store.note_undeliverable(connection, 1, people[1:2], NOON))
    enqueue(world, 3, NOON, contact_ids=people)
    claimed = claim(world)
    assert (len(claimed.messages), claimed.skipped) == (2, 1)
    assert world.one("SELECT detail->>'reason' FROM delivery_delivery WHERE state = -1") == "not_on_whatsapp"


def test_who_got_something_is_reachable_again(world):
    people = make_contacts(world, 1, NOON)
    in_stream(world, lambda connection: store.note_undeliverable(connection, 1, people * 2, NOON))
    in_stream(world, lambda connection: store.note_delivered(connection, 1, people))
    enqueue(world, 1, NOON, contact_ids=people)
    assert len(claim(world).messages) == 1


def test_a_user_id_of_another_portfolio_cannot_be_reached(world):
    other = world.one(
        "INSERT INTO numbers_portfolio (workspace_id, meta_id, name) VALUES (1, 'other', 'Other') RETURNING id"
    )
    people = make_contacts(world, 2, NOON)
    world.run("UPDATE contacts_contact SET phone = 'JP.' || id")
    own = world.one("SELECT portfolio_id FROM numbers_account")
    for contact_id, portfolio_id in zip(people, (own, other), strict=True):
        world.run(
            "INSERT INTO contacts_identity (workspace_id, contact_id, kind, portfolio_id, value) "
            "VALUES (1, %s, 'user_id', %s, %s)",
            contact_id,
            portfolio_id,
            f"JP.{contact_id}",
        )
    enqueue(world, 2, NOON, contact_ids=people)
    claimed = claim(world)
    assert [message.recipient for message in claimed.messages] == [f"JP.{people[0]}"]
    assert world.one("SELECT detail->>'reason' FROM delivery_delivery WHERE state = -1") == "other_portfolio"


def test_the_log_holds_what_left(world):
    (message_id,) = enqueue(world, 1, NOON)
    claim(world)
    (touch,) = person.read_log(bytes(world.one("SELECT log FROM delivery_person")))
    assert (touch.message, touch.number_id, touch.is_marketing, touch.is_counted) == (
        message_id.bytes,
        world.number_ids[0],
        True,
        True,
    )
