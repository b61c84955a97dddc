"""What a claim takes, holds and skips."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from switchboard.core.database import conninfo_for
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions, store
from switchboard.delivery.types import LaneState, Origin, Priority, State
from tests.conftest import NOON, OwnDatabase
from tests.delivery.claiming import SENDER, claim, record
from tests.delivery.world import World, apply_events_through, enqueue, make_contacts, make_world

ANSWER: dict[str, Any] = {
    "origin": Origin.ANSWER,
    "origin_id": 0,
    "priority": Priority.ANSWER,
    "template_id": None,
}


@pytest.fixture
def world(database: OwnDatabase) -> World:
    return make_world(database.url, NOON)


def test_it_takes_what_is_due(world):
    enqueue(world, 5, NOON)
    assert len(claim(world).messages) == 5
    assert world.waiting() == 0
    assert world.states() == {State.IN_FLIGHT: 5}
    assert world.one("SELECT cardinality(message_ids) FROM delivery_sendbatch") == 5


def test_it_leaves_what_is_not_due(world):
    enqueue(world, 5, NOON, due_at=NOON + timedelta(minutes=1))
    assert claim(world).messages == []
    assert len(claim(world, NOON + timedelta(minutes=1)).messages) == 5


def test_it_takes_no_more_than_asked_for(world):
    enqueue(world, 15, NOON)
    assert len(claim(world, most=4).messages) == 4
    assert world.waiting() == 11


def test_one_message_is_one_message_however_many_numbers_are_ready(database):
    world = make_world(database.url, NOON, numbers=5)
    enqueue(world, 15, NOON)
    assert len(claim(world, most=1).messages) == 1


def test_messages_of_a_second_leave_one_after_the_other(world):
    enqueue(world, 100, NOON)
    moments = [message.leave_at - NOON.timestamp() for message in claim(world).messages]
    assert len(moments) in (20, 21)
    assert moments == sorted(moments)
    assert moments[-1] <= 1.0


def test_the_next_claim_goes_on_where_the_pace_is(world):
    enqueue(world, 100, NOON)
    first, second = claim(world), claim(world, NOON + timedelta(seconds=0.6))
    assert len(second.messages) in range(11, 14)
    assert second.messages[0].leave_at >= first.messages[-1].leave_at + 0.049


def test_what_is_spent_is_kept_when_the_process_changes(world):
    world.run("UPDATE numbers_number SET pace = 'careful'")
    enqueue(world, 20, NOON)
    taken = [len(claim(world, NOON + timedelta(seconds=second)).messages) for second in range(60)]
    assert sum(taken) <= 12


def test_the_stricter_of_number_and_broadcast_decides(world):
    enqueue(world, 20, NOON, pace="careful")
    assert len(claim(world).messages) == 1


def test_a_broadcast_whose_own_pace_is_spent_is_not_looked_at_until_it_is_free(world):
    enqueue(world, 30, NOON, pace="careful")
    looked, taken = [], []
    for second in range(80):
        moment = NOON + timedelta(seconds=second)
        if _has_work(world, moment):
            looked.append(second)
            taken += [second] * len(claim(world, moment).messages)
    # Twelve within the first minute, three to five seconds apart, and the next when the first is a minute ago.
    assert len([second for second in taken if second < 60]) == 12
    assert not [second for second in looked if taken[11] < second < 60]
    assert [second for second in taken if second > 60]


def _has_work(world: World, now: datetime) -> bool:
    async def ask() -> list[int]:
        conninfo = conninfo_for("stream", world.url)
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            return await store.list_due_workspaces(connection, now, is_fresh=True)

    return bool(asyncio.run(ask()))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE numbers_number SET state = 'banned'",
        "UPDATE numbers_number SET stopped_at = now(), stopped_code = '190'",
        "UPDATE delivery_lane SET state = 'paused'",
        "INSERT INTO delivery_stopswitch VALUES (0, true, now(), 'Olive')",
        "INSERT INTO delivery_stopswitch SELECT id, true, now(), 'Olive' FROM team_workspace",
    ],
)
def test_it_takes_nothing_while_something_stands_in_the_way(world, statement):
    enqueue(world, 3, NOON)
    world.run(statement)
    assert claim(world).messages == []
    assert world.waiting() == 3


@pytest.mark.parametrize(
    ("code", "claimed"), [("RESTRICTED_STARTING", "answer"), ("RESTRICTED_ANSWERING", "broadcast")]
)
def test_a_restriction_of_one_kind_of_message_leaves_the_other_alone(world, code, claimed):
    enqueue(world, 3, NOON)
    enqueue(world, 3, NOON, **ANSWER)
    world.run("INSERT INTO delivery_window SELECT workspace_id, contact_id, number_id, %s FROM delivery_message", NOON)
    world.run("UPDATE numbers_number SET state = 'restricted', stopped_at = now(), stopped_code = %s", code)
    assert {message.origin_kind for message in claim(world).messages} == {claimed}
    assert world.waiting() == 3


def test_pausing_and_resuming_flips_the_lane_alone(world):
    enqueue(world, 3, NOON)
    for state, expected in ((LaneState.PAUSED, 0), (LaneState.ACTIVE, 3)):
        with workspace_scope(world.workspace_id):
            actions.set_lane_state(workspace_id=world.workspace_id, origin=Origin.BROADCAST, origin_id=1, state=state)
        assert len(claim(world).messages) == expected


def test_broadcasts_wait_while_incoming_events_are_unapplied(world):
    enqueue(world, 3, NOON)
    apply_events_through(world, NOON - timedelta(seconds=3))
    assert claim(world).messages == []


def test_answers_do_not_wait_for_incoming_events(world):
    (contact_id,) = make_contacts(world, 1, NOON)
    world.run(
        "INSERT INTO delivery_window VALUES (%s, %s, %s, %s)", world.workspace_id, contact_id, world.number_ids[0], NOON
    )
    apply_events_through(world, NOON - timedelta(seconds=3))
    enqueue(world, 1, NOON, contact_ids=[contact_id], body={"type": "text", "text": {"body": "Hi"}}, **ANSWER)
    assert len(claim(world).messages) == 1


def test_answers_go_past_a_careful_pace(world):
    world.run("UPDATE numbers_number SET pace = 'careful'")
    contact_ids = make_contacts(world, 10, NOON)
    for contact_id in contact_ids:
        world.run(
            "INSERT INTO delivery_window VALUES (%s, %s, %s, %s)",
            world.workspace_id,
            contact_id,
            world.number_ids[0],
            NOON,
        )
    enqueue(world, 10, NOON, contact_ids=contact_ids, body={"type": "text", "text": {"body": "Hi"}}, **ANSWER)
    enqueue(world, 5, NOON)
    claimed = claim(world).messages
    assert [message.is_answer for message in claimed].count(True) == 10
    assert [message.is_answer for message in claimed].count(False) == 1


def test_people_without_consent_are_skipped_and_counted(world):
    enqueue(world, 2, NOON, basis="")
    enqueue(world, 2, NOON)
    claimed = claim(world)
    assert (len(claimed.messages), claimed.skipped) == (2, 2)
    assert world.states() == {State.IN_FLIGHT: 2, State.SKIPPED: 2}
    assert world.tallied("skipped") == {"consent": 2}
    assert claimed.topics == {"overview", "broadcast:1"}


def test_an_opt_out_that_came_after_planning_is_obeyed(world):
    enqueue(world, 2, NOON)
    world.run("UPDATE consent_standing SET opted_out_at = %s", NOON)
    assert claim(world).messages == []
    assert world.run("SELECT DISTINCT detail->>'reason' FROM delivery_delivery") == [("opted_out",)]


def test_the_template_is_judged_as_it_is_now(world):
    enqueue(world, 2, NOON)
    world.run("UPDATE templates_template SET state = 'paused'")
    assert claim(world).held == 2
    assert world.run("SELECT DISTINCT hold, due_at FROM delivery_outbox") == [
        ("template", NOON + timedelta(minutes=15))
    ]


def test_people_in_the_night_are_held_until_morning(world):
    enqueue(world, 3, NOON, zones="Pacific/Auckland")
    assert claim(world).held == 3
    held = world.run("SELECT DISTINCT hold, due_at AT TIME ZONE 'Pacific/Auckland' FROM delivery_outbox")
    assert [(hold, at.hour) for hold, at in held] == [("quiet_hours", 8)]


def test_a_workspace_sets_its_own_night(world):
    world.run("UPDATE team_workspace SET quiet_from = '11:00', quiet_until = '13:00'")
    enqueue(world, 1, NOON)
    assert claim(world).held == 1
    assert world.one("SELECT due_at FROM delivery_outbox") == NOON + timedelta(hours=1)


def test_what_gates_turn_away_spends_no_pace(world):
    enqueue(world, 15, NOON, basis="")
    claim(world)
    enqueue(world, 20, NOON)
    assert len(claim(world).messages) == 20


def test_a_number_that_never_sent_gets_its_pace_row(world):
    enqueue(world, 2, NOON)
    world.run("DELETE FROM delivery_pacestate")
    assert len(claim(world).messages) == 2


def test_lanes_of_one_number_take_turns(world):
    enqueue(world, 30, NOON, origin_id=1)
    enqueue(world, 30, NOON, origin_id=2)
    origins = [message.origin_id for message in claim(world, most=20).messages]
    assert abs(origins.count(1) - origins.count(2)) <= 1


def test_journeys_go_before_broadcasts(world):
    enqueue(world, 30, NOON)
    enqueue(world, 5, NOON, origin=Origin.JOURNEY, priority=Priority.JOURNEY)
    kinds = [message.origin_kind for message in claim(world).messages]
    assert kinds[:5] == ["journey"] * 5


def test_a_message_that_was_sent_before_is_never_claimed_again(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    record(world, claimed, State.ACCEPTED)
    (message,) = claimed.messages
    world.run(
        "INSERT INTO delivery_outbox (workspace_id, lane_id, due_at, message_id, number_id, contact_id, attempt) "
        "SELECT workspace_id, lane_id, %s, id, number_id, contact_id, 2 FROM delivery_message",
        NOON,
    )
    world.run("UPDATE delivery_lane SET low_water_at = %s, low_water_id = %s", NOON, message.message_id)
    assert claim(world, NOON + timedelta(seconds=2)).messages == []
    assert world.states() == {State.ACCEPTED: 1}
    assert world.waiting() == 0


def test_an_empty_lane_is_no_longer_looked_at(world):
    enqueue(world, 3, NOON)
    claim(world)
    assert world.run("SELECT low_water_at, low_water_id FROM delivery_lane") == [(None, None)]


def test_the_mark_of_a_lane_follows_its_first_row(world):
    ids = enqueue(world, 5, NOON)
    claim(world, most=2)
    left = world.one("SELECT low_water_id FROM delivery_lane")
    assert left == sorted(ids)[2]


def test_rows_that_come_in_earlier_lower_the_mark(world):
    enqueue(world, 1, NOON, due_at=NOON + timedelta(hours=1))
    enqueue(world, 1, NOON)
    assert world.one("SELECT low_water_at FROM delivery_lane") == NOON
    assert len(claim(world).messages) == 1
    assert world.one("SELECT low_water_at FROM delivery_lane") == NOON + timedelta(hours=1)


def test_two_claims_at_once_share_no_message(database):
    world = make_world(database.url, NOON, numbers=4, pace="full")
    enqueue(world, 100, NOON)

    async def claim_once() -> list[object]:
        conninfo = OwnDatabase(world.url).conninfo("stream")
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            found = await store.claim(
                connection,
                workspace_id=world.workspace_id,
                sender_id=SENDER,
                now=NOON,
                most=200,
                draw=lambda low, _: low,
            )
            return [message.message_id for message in found.messages]

    async def both() -> list[object]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(claim_once()) for _ in range(4)]
        return [message_id for task in tasks for message_id in task.result()]

    taken = asyncio.run(both())
    assert len(taken) == len(set(taken)) == 100
