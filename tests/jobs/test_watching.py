"""What stops, stands still, fails too often or does not add up is an incident with its cause, until it is gone."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from switchboard.broadcasts import actions as broadcasts_actions
from switchboard.core import database as core_database
from switchboard.core.roles import SQL_ROLES, RoleWatch
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery.store import watch as delivery_watch
from switchboard.jobs import store
from switchboard.jobs.watching import Watch
from tests.conftest import NOON
from tests.delivery import world as worlds
from tests.delivery.world import World

LATER = NOON + timedelta(minutes=1)
# Named for the house rule: these run below through the watch.
RUN_HERE = (
    SQL_ROLES,
    delivery_watch.SQL_LIST_STOPPED_NUMBERS,
    delivery_watch.SQL_LIST_MENDED_TEMPLATES,
    store.SQL_LIST_WATCHED,
    store.SQL_LIST_SETTLED_INCIDENTS,
    store.SQL_WATERMARK,
)


@pytest.fixture
def world(database) -> World:
    """Olive's shop, with every role running."""
    world = worlds.make_world(database.url, NOON)
    for place, role in enumerate(("gateway", "sender", "worker")):
        world.run(
            "INSERT INTO core_heartbeat VALUES (%s, %s, 'here', %s, %s, '{}')",
            f"00000000-0000-4000-8000-00000000000{place}",
            role,
            NOON,
            LATER,
        )
    return world


def make_running(world: World, state: str = "sending", **more: Any) -> int:
    """A broadcast in this state, without people."""
    row = {
        "workspace_id": world.workspace_id,
        "name": "Spring",
        "state": state,
        "state_reason": "",
        "template_name": "",
        "template_language": "",
        "audience": "{}",
        "variables": "{}",
        "number_ids": "{}",
        "pace": "standard",
        "created_at": NOON,
        "started_at": NOON,
    } | more
    names, holes = ", ".join(row), ", ".join(["%s"] * len(row))
    return int(world.one(f"INSERT INTO broadcasts_broadcast ({names}) VALUES ({holes}) RETURNING id", *row.values()))


def look(world: World, *moments: Any) -> dict[str, dict[str, Any]]:
    """Let one watch look at each of these moments; return what is open then by kind."""
    asyncio.run(_look(world, moments or (NOON, LATER)))
    with psycopg.connect(world.url) as owner:
        return dict(owner.execute("SELECT kind, detail FROM core_incident WHERE ended_at IS NULL").fetchall())


async def _look(world: World, moments: tuple[Any, ...]) -> None:
    watch = Watch()
    async with await AsyncConnection.connect(
        core_database.conninfo_for("stream", world.url), autocommit=True
    ) as connection:
        for moment in moments:
            await watch.step(connection, moment)


def test_nothing_is_wrong_where_all_is_well(world):
    assert look(world) == {}


def test_a_silent_role_is_told_within_half_a_minute_and_taken_back(world):
    world.run("UPDATE core_heartbeat SET seen_at = %s WHERE role = 'sender'", LATER - timedelta(seconds=25))
    assert "role_silent" in look(world)
    world.run("UPDATE core_heartbeat SET seen_at = %s", LATER)
    assert look(world) == {}


def test_a_role_that_nobody_ever_started_is_told_too(world):
    world.run("DELETE FROM core_heartbeat WHERE role = 'gateway'")
    assert "role_silent" in look(world)


async def test_a_sender_tells_of_a_dead_worker(world):
    world.run("UPDATE core_heartbeat SET seen_at = %s WHERE role = 'worker'", NOON - timedelta(minutes=1))
    async with await AsyncConnection.connect(
        core_database.conninfo_for("stream", world.url), autocommit=True
    ) as connection:
        assert await RoleWatch().look(connection, NOON) == {"worker"}
    assert world.one("SELECT subject_id FROM core_incident WHERE ended_at IS NULL") == "worker"


def test_meta_out_of_reach_is_told_as_all_senders_say_it(world):
    world.run("UPDATE core_heartbeat SET details = '{\"cloud_api_away\": \"refused\"}' WHERE role = 'sender'")
    assert look(world)["cloud_api_away"] == {"said": "refused"}


def test_a_number_stopped_by_an_error_is_told_until_it_goes_on(world):
    """A person's own stop is none."""
    world.run("UPDATE numbers_number SET stopped_at = %s, stopped_code = '131045'", NOON)
    assert look(world)["number_stopped"]["code"] == "131045"
    world.run("UPDATE numbers_number SET stopped_code = 'person'")
    assert look(world) == {}


def test_an_account_is_told_once_and_not_number_by_number(world):
    world.run("UPDATE numbers_number SET stopped_at = %s, stopped_code = '131042'", NOON)
    assert set(look(world)) == {"account_stopped"}


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        ("SELECT 1", "sender_stuck"),
        ("UPDATE numbers_number SET state = 'disconnected'", "number"),
        ("DELETE FROM core_heartbeat WHERE role = 'sender'", "sender_silent"),
    ],
)
def test_a_broadcast_that_stands_still_says_why(world, spoil, cause):
    """Runs SQL_LIST_STANDING."""
    worlds.enqueue(world, 3, NOON, origin_id=make_running(world))
    world.run("UPDATE delivery_pacestate SET next_at = 'epoch'")
    world.run(spoil)
    found = look(world)
    assert found["broadcast_stuck"]["cause"] == cause


def test_a_broadcast_that_waits_for_its_own_pace_does_not_stand_still(world):
    """One message in twenty seconds is what a careful broadcast may send of more than an hour's."""
    worlds.enqueue(world, 3, NOON, origin_id=make_running(world), pace="careful")
    world.run("UPDATE delivery_pacestate SET next_at = 'epoch'")
    world.run(
        "INSERT INTO delivery_lanepace (lane_id, workspace_id, next_at, log, minutes, quarters, streak, made_for) "
        "SELECT id, workspace_id, %s, '', '', '{}', 1, 'careful' FROM delivery_lane",
        LATER - timedelta(seconds=1),
    )
    assert "broadcast_stuck" not in look(world)
    world.run("UPDATE delivery_lanepace SET next_at = %s", LATER - timedelta(seconds=21))
    assert "broadcast_stuck" in look(world)


def test_who_pressed_stop_is_not_told_that_nothing_moves(world):
    worlds.enqueue(world, 3, NOON, origin_id=make_running(world))
    world.run("INSERT INTO delivery_stopswitch VALUES (%s, true, %s, 'Olive')", world.workspace_id, NOON)
    assert "broadcast_stuck" not in look(world)


def test_a_broadcast_that_is_due_and_does_not_start_is_told(world):
    make_running(world, "scheduled", scheduled_at=NOON)
    assert look(world)["broadcast_late"]["cause"] == "unknown"


def tally(world: World, broadcast_id: int, measure: str, reason: str, amount: int) -> None:
    """Count messages of a broadcast."""
    world.run(
        "INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute) "
        "VALUES (%s, 'broadcast', %s, 1, %s, %s, %s, %s)",
        world.workspace_id,
        broadcast_id,
        measure,
        reason,
        amount,
        NOON,
    )


def test_a_broadcast_pauses_itself_and_says_why(world):
    """Runs SQL_LATEST_OUTCOMES."""
    broadcast_id = make_running(world)
    tally(world, broadcast_id, "sent", "", 188)
    tally(world, broadcast_id, "failed", "132000", 12)
    found = look(world)
    assert found["broadcast_paused"] == {"code": "132000", "failed": 12, "of": 200}
    state, reason = world.one("SELECT state, state_reason FROM broadcasts_broadcast")
    assert state == "paused"
    assert reason.startswith("It has paused itself: 12 of the last 200 messages failed.")


def test_people_who_are_not_reached_are_a_warning_first(world):
    broadcast_id = make_running(world)
    tally(world, broadcast_id, "sent", "", 185)
    tally(world, broadcast_id, "failed", "131026", 15)
    assert "broadcast_failing" in look(world)
    assert world.one("SELECT state FROM broadcasts_broadcast") == "sending"


def test_counts_that_differ_from_the_rows_are_told(world):
    broadcast_id = make_running(world)
    worlds.enqueue(world, 2, NOON, origin_id=broadcast_id, due_at=NOON + timedelta(days=1))
    tally(world, broadcast_id, "planned", "", 2)
    found = look(world)
    assert "planned 0 / 2" in found["ledger_difference"]["difference"]


def test_a_template_made_marketing_pauses_the_broadcast_once_and_counts_who_agreed(world):
    """Runs SQL_LIST_RECATEGORISED and SQL_COUNT_ALLOWED."""
    broadcast_id = make_running(world)
    worlds.enqueue(world, 3, NOON, origin_id=broadcast_id, basis="opt_in")
    worlds.enqueue(world, 2, NOON, origin_id=broadcast_id, basis="")
    world.run("UPDATE delivery_message SET category = 'utility'")
    assert look(world, NOON)["category_changed"] == {"waiting": 5, "allowed": 3}
    assert world.one("SELECT state FROM broadcasts_broadcast") == "paused"
    with workspace_scope(world.workspace_id):
        broadcasts_actions.resume_broadcast(workspace_id=world.workspace_id, broadcast_id=broadcast_id, now=NOON)
    assert "category_changed" not in look(world, NOON)
    assert world.one("SELECT state FROM broadcasts_broadcast") == "sending"


def test_the_latest_outcomes_are_found_by_their_index(world):
    given = {"workspace_id": 1, "broadcast_id": 1, "since": NOON}
    with psycopg.connect(world.url, options="-c enable_seqscan=off") as connection:
        plan = str(connection.execute(f"EXPLAIN {delivery_watch.SQL_LATEST_OUTCOMES}", given).fetchall())
        assert "delivery_tally_by_origin" in plan
        plan = str(connection.execute(f"EXPLAIN {delivery_watch.SQL_LIST_STANDING}", {"before": NOON}).fetchall())
        assert "delivery_lane_due" in plan
