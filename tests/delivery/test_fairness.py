"""Who goes first on a number, and that a pace is kept as Meta sees it while everything else changes."""

import asyncio
import contextlib
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
import pytest

from bench import fleet
from switchboard.delivery import store
from switchboard.delivery.types import Origin, Priority
from tests.conftest import NOON, OwnDatabase
from tests.delivery.claiming import claim, in_stream
from tests.delivery.world import World, enqueue, make_contacts, make_world

TEXT: dict[str, Any] = {"template_id": None, "body": {"type": "text", "text": {"body": "Hi"}}}


@pytest.fixture
def world(database: OwnDatabase) -> World:
    return make_world(database.url, NOON)


def answer(world: World, many: int, origin: Origin, priority: Priority, number_id: int = 0) -> None:
    people = make_contacts(world, many, NOON)
    rows = [(world.workspace_id, one, number_id or world.number_ids[0], NOON) for one in people]
    in_stream(world, lambda connection: store.open_windows(connection, rows))
    enqueue(world, many, NOON, contact_ids=people, origin=origin, origin_id=7, priority=priority, **TEXT)


def test_people_go_before_rules_journeys_and_broadcasts(world):
    enqueue(world, 60, NOON)
    enqueue(world, 3, NOON, origin=Origin.JOURNEY, priority=Priority.JOURNEY)
    answer(world, 3, Origin.ANSWER, Priority.ANSWER)
    answer(world, 3, Origin.PERSON, Priority.PERSON)
    taken = [message.origin_kind for message in claim(world, most=9).messages]
    assert Counter(taken) == {"person": 3, "answer": 3, "journey": 3}


def test_a_careful_broadcast_slows_nothing_else_on_its_number(world):
    enqueue(world, 60, NOON, origin_id=1, pace="careful")
    enqueue(world, 200, NOON, origin_id=2)
    taken = Counter(
        message.origin_id for second in range(5) for message in claim(world, NOON + timedelta(seconds=second)).messages
    )
    assert taken[2] >= 95
    assert 1 <= taken[1] <= 3


def test_a_number_that_rests_for_an_hour_hears_of_a_faster_pace_at_once(world):
    world.run("""UPDATE numbers_number SET pace_overrides = '{"per_hour": 5, "per_minute": 5}'""")
    enqueue(world, 60, NOON)
    for second in range(3):
        claim(world, NOON + timedelta(seconds=second))
    assert claim(world, NOON + timedelta(seconds=120)).messages == []
    world.run("UPDATE numbers_number SET pace_overrides = '{}'")
    later = NOON + timedelta(seconds=121)
    due = in_stream(world, lambda connection: store.list_due_workspaces(connection, later, is_fresh=True))
    assert due == [world.workspace_id]
    assert len(claim(world, later).messages) >= 20


def test_two_workspaces_are_both_due(database):
    worlds = [make_world(database.url, NOON, tag=tag, first_meta_id=990000 + int(tag) * 10) for tag in ("1", "2")]
    for world in worlds:
        enqueue(world, 40, NOON)
    due = in_stream(worlds[0], lambda connection: store.list_due_workspaces(connection, NOON, is_fresh=True))
    assert sorted(due) == [world.workspace_id for world in worlds]
    assert [len(claim(world, most=10).messages) for world in worlds] == [10, 10]


def run(
    world: World, sink: fleet.Sink, seconds: float, *, senders: int = 3, changes: dict[float, str] | None = None
) -> None:
    """Let senders work on the virtual clock; statements in `changes` run when their second has come."""
    waiting = sorted((changes or {}).items())

    def between(passed: float) -> None:
        while waiting and waiting[0][0] <= passed:
            world.run(waiting.pop(0)[1])

    async def work() -> None:
        conninfo, random = OwnDatabase(world.url).conninfo("stream"), Random(5)
        async with contextlib.AsyncExitStack() as stack:
            found = []
            for _ in range(senders):
                connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
                await stack.enter_async_context(connection)
                found.append(fleet.VirtualSender(connection, world.workspace_id, sink, random))
            await fleet.run_fleet(found, sink, NOON, seconds, between=between)

    asyncio.run(work())


def test_a_new_pace_holds_within_a_second_and_counts_what_went_before(world):
    enqueue(world, 900, NOON)
    sink, number_id = fleet.Sink(), world.number_ids[0]
    run(world, sink, 40, changes={10.0: "UPDATE numbers_number SET pace = 'careful'"})
    late = [at - NOON.timestamp() for at in sink.arrivals[number_id] if at > NOON.timestamp() + 11.0]
    before = len(sink.arrivals[number_id]) - len(late)
    assert before >= 195
    # 12 a minute and 200 an hour were used up long ago.
    assert len(late) == 0


def test_no_number_is_over_a_limit_as_meta_receives_it(database):
    world = make_world(database.url, NOON, numbers=4, pace="standard")
    own = ('{"per_minute": 30}', '{"gap_min_seconds": 2, "gap_max_seconds": 3}', "{}", '{"per_day": 25}')
    for number_id, figures in zip(world.number_ids, own, strict=True):
        world.run("UPDATE numbers_number SET pace_overrides = %s::jsonb WHERE id = %s", figures, number_id)
    enqueue(world, 1200, NOON)
    sink = fleet.Sink()
    run(world, sink, 20)
    minute, gap, second, day = world.number_ids
    assert sink.busiest(minute, 60.0) == 30
    assert sink.narrowest_gap(gap) >= 2.0
    assert sink.busiest(second, 1.0) <= 25
    assert sink.busiest(day, 86_400.0) == 25
    assert sink.refused == 0


def test_a_persons_answer_is_in_flight_within_a_second_of_a_full_speed_broadcast(world):
    world.run("UPDATE numbers_number SET pace = 'full'")
    enqueue(world, 800, NOON)
    for step in range(8):
        claim(world, NOON + timedelta(seconds=step / 4))
    answer(world, 1, Origin.PERSON, Priority.PERSON)
    now = NOON + timedelta(seconds=2)
    (message,) = [message for message in claim(world, now).messages if message.origin_kind == "person"]
    assert message.leave_at - now.timestamp() < 0.1
