"""What failed for the moment goes out again a day later and not too often; what is unconfirmed only when somebody asks."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection as django_connection

from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import resending
from switchboard.delivery.statements import resending as statements
from switchboard.delivery.store import results
from switchboard.delivery.types import Origin
from switchboard.jobs import store as jobs_store
from tests.conftest import NOON
from tests.delivery import world as worlds
from tests.delivery.world import World

DAY = timedelta(hours=24)


@pytest.fixture
def world(database) -> World:
    """Olive's shop with a message."""
    return worlds.make_world(database.url, NOON)


def make_failed(world: World, reason: str) -> UUID:
    """A message that was sent and failed."""
    (message_id,) = worlds.enqueue(world, 1, NOON)
    world.run("DELETE FROM delivery_outbox")
    world.run(
        "INSERT INTO delivery_delivery (message_id, workspace_id, state, attempt, reason, wamid, accepted_at, failed_at) "
        "VALUES (%s, %s, 40, 1, %s, 'wamid.1', %s, %s)",
        message_id,
        world.workspace_id,
        reason,
        NOON,
        NOON,
    )
    world.run(
        "INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute) "
        "VALUES (%s, 'broadcast', 1, %s, 'failed', %s, 1, %s)",
        world.workspace_id,
        world.number_ids[0],
        reason,
        NOON,
    )
    return message_id


def resend(world: World, moment=NOON + DAY) -> int:
    """Let the broadcast's option work."""
    with workspace_scope(world.workspace_id):
        return resending.resend_failed(
            workspace_id=world.workspace_id, origin=Origin.BROADCAST, origin_id=1, now=moment
        )


def fail_again(world: World, reason: str, moment) -> None:
    """The new attempt fails too."""
    world.run("DELETE FROM delivery_outbox")
    world.run("UPDATE delivery_delivery SET state = 40, reason = %s, failed_at = %s", reason, moment)


def test_it_waits_again_under_a_new_attempt_and_the_counts_follow(world):
    """Runs SQL_LIST_RESENDABLE, SQL_LOCK_RESENDABLE and SQL_RESEND."""
    message_id = make_failed(world, "131026")
    assert resend(world) == 1
    assert world.one("SELECT message_id, attempt, hold FROM delivery_outbox") == (message_id, 2, "retry")
    assert world.one("SELECT state, attempt, wamid FROM delivery_delivery") == (0, 2, None)
    assert world.one("SELECT attempt, reason, asked_by FROM delivery_resend") == (2, "131026", "")
    assert world.tallied("failed") == {}


def test_a_day_must_pass(world):
    make_failed(world, "131049")
    assert resend(world, NOON + DAY - timedelta(seconds=1)) == 0


@pytest.mark.parametrize(
    ("reason", "most"), [("131026", 1), ("131049", 2), ("132000", 0), ("unconfirmed", 0), ("never_left", 0)]
)
def test_so_often_and_no_more(world, reason, most):
    make_failed(world, reason)
    moment, times = NOON, 0
    for _ in range(4):
        moment += DAY
        times += resend(world, moment)
        fail_again(world, reason, moment)
    assert times == most


def test_what_arrived_after_all_is_not_sent_again(world):
    make_failed(world, "131026")
    world.run("UPDATE delivery_delivery SET state = 50, delivered_at = %s", NOON)
    assert resend(world) == 0


@pytest.mark.parametrize(
    ("reason", "again"),
    [("unconfirmed", resending.resend_unconfirmed), ("never_left", resending.resend_never_left)],
)
def test_it_goes_out_again_when_somebody_asks_and_says_who(world, reason, again):
    make_failed(world, reason)
    with workspace_scope(world.workspace_id):
        count = again(workspace_id=world.workspace_id, origin=Origin.BROADCAST, origin_id=1, by="Olive", now=NOON)
    assert count == 1
    assert world.one("SELECT asked_by FROM delivery_resend") == "Olive"


def test_what_meta_holds_is_counted_until_it_says_more(world):
    """Runs SQL_COUNT_HELD_BY_META."""
    message_id = make_failed(world, "131026")
    world.run("UPDATE delivery_delivery SET state = 20")
    world.run(
        "INSERT INTO delivery_held VALUES (%s, %s, 'broadcast', 1, NULL, %s)", message_id, world.workspace_id, NOON
    )
    with workspace_scope(world.workspace_id):
        assert resending.count_held_by_meta(world.workspace_id, Origin.BROADCAST, 1) == 1
    world.run("UPDATE delivery_delivery SET state = 30")
    with workspace_scope(world.workspace_id):
        assert resending.count_held_by_meta(world.workspace_id, Origin.BROADCAST, 1) == 0
    django_connection.close()


def test_the_messages_of_an_origin_are_found_by_their_lanes(world):
    given = {"workspace_id": 1, "origin": "broadcast", "origin_id": 1, "reasons": [""], "before": NOON, "most": 1}
    with psycopg.connect(world.url, options="-c enable_seqscan=off") as connection:
        plan = str(connection.execute(f"EXPLAIN {statements.SQL_LIST_RESENDABLE}", {**given, "limit": 1}).fetchall())
    assert "delivery_lane_by_origin" in plan


def test_a_message_that_meta_holds_is_noted_once(world):
    """Runs SQL_KEEP_HELD."""
    message_id = make_failed(world, "131026")
    given = {"workspace_id": 1, "message_ids": [message_id], "origin_kinds": ["broadcast"], "origin_ids": [1]}
    with psycopg.connect(world.url) as connection:
        for _ in range(2):
            connection.execute(results.SQL_KEEP_HELD, {**given, "template_ids": [7], "now": NOON})
        assert connection.execute("SELECT template_id FROM delivery_held").fetchall() == [(7,)]


def test_a_workspace_may_have_its_utility_messages_sent_again_by_itself(world):
    """Runs SQL_LIST_RESENDING."""
    world.run(
        "INSERT INTO broadcasts_broadcast (workspace_id, name, state, state_reason, template_name, template_language, "
        "audience, variables, number_ids, pace, created_at, started_at) "
        "VALUES (%s, 'Spring', 'sending', '', 'sale', 'en', '{}', '{}', '{}', 'standard', %s, %s)",
        world.workspace_id,
        NOON,
        NOON,
    )
    with psycopg.connect(world.url) as connection:
        found = connection.execute(jobs_store.SQL_LIST_RESENDING, {"since": NOON - DAY}).fetchall()
        assert found == []
        connection.execute("UPDATE templates_template SET category = 'utility'")
        connection.execute(
            "INSERT INTO delivery_limits (workspace_id, marketing_per_day, marketing_per_week, unreachable_after, "
            "reserve_percent, regions, resends_utility, changed_at, changed_by) "
            "VALUES (%s, 1, 3, 2, 10, '[]', true, %s, '')",
            [world.workspace_id, NOON],
        )
        found = connection.execute(jobs_store.SQL_LIST_RESENDING, {"since": NOON - DAY}).fetchall()
    assert [is_failed for _, _, is_failed in found] == [False]
