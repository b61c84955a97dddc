"""What synchronous code does to delivery, and what it reads back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions, queries
from switchboard.delivery.errors import MessageNotFoundError
from switchboard.delivery.rules.gates import CHAIN
from switchboard.delivery.types import LaneState, Measure, Origin, Priority, Rest, State
from tests.conftest import NOON, OwnDatabase
from tests.delivery.claiming import claim, record
from tests.delivery.world import World, enqueue, make_world

BROADCAST: dict[str, Any] = {"origin": Origin.BROADCAST, "origin_id": 1}


@pytest.fixture
def world(database: OwnDatabase) -> World:
    return make_world(database.url, NOON, numbers=2)


def tally(world: World, measure: Measure, amount: int, *, seconds: int = 0, reason: str = "") -> None:
    with workspace_scope(world.workspace_id):
        actions.tally(
            workspace_id=world.workspace_id,
            **BROADCAST,
            number_id=world.number_ids[0],
            measure=measure,
            amount=amount,
            now=NOON + timedelta(seconds=seconds),
            reason=reason,
        )


def read(world, query, *args, **more):
    with workspace_scope(world.workspace_id):
        return query(world.workspace_id, Origin.BROADCAST, 1, *args, **more)


def test_a_lane_is_opened_once(world):
    with workspace_scope(world.workspace_id):
        given = {"workspace_id": world.workspace_id, **BROADCAST, "priority": Priority.BROADCAST}
        first = actions.open_lanes(**given, number_ids=world.number_ids)
        second = actions.open_lanes(**given, number_ids=world.number_ids, pace="careful")
    assert first == second
    assert set(first) == set(world.number_ids)
    assert world.run("SELECT DISTINCT pace FROM delivery_lane") == [("careful",)]


def test_skipped_messages_never_wait(world):
    enqueue(world, 3, NOON, skip="reachability", skip_detail={"reason": "no_phone"})
    assert world.waiting() == 0
    assert world.states() == {State.SKIPPED: 3}
    assert world.tallied("skipped") == {"reachability": 3}
    assert world.one("SELECT DISTINCT detail->>'reason' FROM delivery_delivery") == "no_phone"


def test_no_workspace_writes_into_another(world):
    other = make_world(world.url, NOON, first_meta_id=990000, tag="2")
    enqueue(other, 1, NOON)
    with workspace_scope(world.workspace_id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM delivery_outbox")
        assert cursor.fetchone() == (0,)


def test_a_lane_is_flipped_with_all_numbers(world):
    enqueue(world, 2, NOON)
    with workspace_scope(world.workspace_id):
        given = {"workspace_id": world.workspace_id, **BROADCAST}
        assert actions.set_lane_state(**given, state=LaneState.CANCELLED) == 2
        assert actions.set_lane_state(**given, state=LaneState.CANCELLED) == 0


def test_what_waits_of_a_cancelled_origin_is_skipped_step_by_step(world):
    enqueue(world, 5, NOON)
    given = {"workspace_id": world.workspace_id, **BROADCAST, "reason": "cancelled", "limit": 3, "now": NOON}
    with workspace_scope(world.workspace_id):
        assert [actions.skip_waiting(**given) for _ in range(3)] == [3, 2, 0]
    assert world.tallied("skipped") == {"cancelled": 5}
    assert world.states() == {State.SKIPPED: 5}


def test_a_workspace_has_its_own_switch(world):
    with workspace_scope(world.workspace_id):
        for is_on in (True, False, True):
            actions.set_stop_switch(workspace_id=world.workspace_id, is_on=is_on, by="Olive", now=NOON)
    assert world.run("SELECT workspace_id, is_on, changed_by FROM delivery_stopswitch") == [
        (world.workspace_id, True, "Olive")
    ]


def test_squashing_changes_no_sum(world):
    for seconds in range(0, 180, 10):
        tally(world, Measure.SENT, 1, seconds=seconds)
    tally(world, Measure.UNKNOWN, 1)
    tally(world, Measure.UNKNOWN, -1)
    before = read(world, queries.list_speed)
    with workspace_scope(world.workspace_id):
        gone = actions.squash_tallies(workspace_id=world.workspace_id, before=NOON + timedelta(minutes=2))
    assert gone == 12
    assert read(world, queries.list_speed) == before == [(NOON + timedelta(minutes=minute), 6) for minute in range(3)]
    assert world.tallied("unknown") == {}


def test_partitions_are_made_ahead(world):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('delivery_message_203002'), to_regclass('delivery_delivery_203005')")
        assert cursor.fetchone() == (None, None)
    made = actions.ensure_partitions(now=NOON.replace(year=2030))
    assert made == 10
    assert actions.ensure_partitions(now=NOON.replace(year=2030)) == 0


def test_progress_adds_up(world):
    tally(world, Measure.PLANNED, 10)
    enqueue(world, 10, NOON)
    record(world, claim(world, most=4), State.ACCEPTED)
    record(world, claim(world, NOON + timedelta(seconds=1), most=2), State.FAILED, reason="131009")
    progress = read(world, queries.get_progress)
    assert (progress.planned, progress.sent, progress.failed, progress.waiting) == (10, 4, {"131009": 2}, 4)
    rows = read(world, queries.recount)
    assert rows.is_whole
    assert (rows.messages, rows.waiting, rows.sent) == (10, 4, 4)


def test_holds_say_which_gate_and_until_when(world):
    enqueue(world, 3, NOON, zones="Pacific/Auckland")
    enqueue(world, 2, NOON, due_at=NOON + timedelta(minutes=5), hold="retry")
    claim(world)
    holds = read(world, queries.list_holds, NOON)
    assert [(hold.gate, hold.count) for hold in holds] == [("retry", 2), ("quiet_hours", 3)]
    assert holds[0].until == NOON + timedelta(minutes=5)


def test_messages_of_a_stopped_number_are_held_by_it(world):
    enqueue(world, 4, NOON)
    world.run("UPDATE numbers_number SET stopped_at = now() WHERE id = %s", world.number_ids[0])
    (hold,) = read(world, queries.list_holds, NOON)
    assert (hold.gate, hold.until, hold.count) == ("number", None, 2)


def test_the_stop_switch_holds_everything(world):
    enqueue(world, 4, NOON)
    world.run("INSERT INTO delivery_stopswitch VALUES (0, true, now(), 'Olive')")
    (hold,) = read(world, queries.list_holds, NOON)
    assert (hold.gate, hold.count) == ("stop", 4)


def test_the_rest_says_what_waits_and_whether_a_person_must_act(world):
    enqueue(world, 4, NOON)
    enqueue(world, 4, NOON, origin_id=2)
    assert read(world, queries.find_rest) == Rest(4, 2, is_paused=False, is_stopped=False)
    world.run("UPDATE numbers_number SET stopped_at = now()")
    world.run("UPDATE delivery_lane SET state = 'paused'")
    assert read(world, queries.find_rest) == Rest(4, 2, is_paused=True, is_stopped=True)


def test_a_waiting_message_is_explained_gate_by_gate(world):
    (message_id,) = enqueue(world, 1, NOON)
    world.run("UPDATE templates_template SET state = 'paused'")
    claim(world)
    with workspace_scope(world.workspace_id):
        found = queries.explain_message(message_id, NOON)
    assert (found.state, found.hold, found.lane_state) == (State.WAITING, "template", "active")
    verdicts = {step.gate: step.verdict for step in found.steps}
    assert verdicts.pop("template") == "hold"
    assert set(verdicts.values()) == {"pass"}
    assert len(verdicts) == len(CHAIN) - 1


def test_a_failed_message_says_why(world):
    (message_id,) = enqueue(world, 1, NOON)
    record(world, claim(world), State.FAILED, reason="131009", detail={"details": "bad"})
    with workspace_scope(world.workspace_id):
        found = queries.explain_message(message_id, NOON)
    assert (found.state, found.reason, found.detail) == (State.FAILED, "131009", {"details": "bad"})


def test_another_workspaces_message_is_not_there(world):
    other = make_world(world.url, NOON, first_meta_id=990000, tag="2")
    (message_id,) = enqueue(other, 1, NOON)
    with workspace_scope(world.workspace_id), pytest.raises(MessageNotFoundError):
        queries.explain_message(message_id, NOON)


# Run by the tests above: SQL_OPEN_LANES, SQL_OPEN_PACES, SQL_PUT_MESSAGES, SQL_PUT_WAITING, SQL_PUT_SKIPPED,
# SQL_NOTIFY_DUE, SQL_SQUASH, SQL_ENSURE_PARTITIONS, SQL_RECOUNT, and by the sender's SQL_ENSURE_PACE, SQL_DATABASE_TIME.
