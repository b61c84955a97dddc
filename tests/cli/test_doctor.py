"""The doctor finds what is wrong, and says what to do about it."""

from datetime import timedelta

import psycopg
import pytest

from switchboard.cli import doctor
from switchboard.core import clock

INSERT_HEARTBEAT = "INSERT INTO core_heartbeat VALUES (gen_random_uuid(), %s, 'here', now(), %s, '{}')"
INSERT_EVENT = (
    "INSERT INTO webhooks_event (workspace_id, app_id, is_inbound, received_at, body) VALUES (1, 1, %s, %s, '')"
)
INSERT_WORKSPACE = """
INSERT INTO team_workspace VALUES (1, 'w', 'UTC', 'en', 'JP', '22:00', '08:00', false, now())
"""


@pytest.fixture
def connection(database):
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as opened:
        yield opened


def look(check, connection):
    return {finding.name: finding for finding in check(connection, clock.now())}


def test_a_role_that_was_seen_lately_is_green_and_an_old_one_red(connection):
    """Runs SQL_HEARTBEATS."""
    connection.execute(INSERT_HEARTBEAT, ["sender", clock.now()])
    connection.execute(INSERT_HEARTBEAT, ["worker", clock.now() - timedelta(minutes=5)])
    found = look(doctor.check_roles, connection)
    assert found["sender"].light == "green"
    assert found["worker"].light == "red"
    assert "5 min" in found["worker"].sentence


def test_incoming_messages_that_nobody_applies_are_red(connection):
    """Runs SQL_OLDEST_EVENT and SQL_OLDEST_DUE."""
    assert look(doctor.check_queues, connection)["events"].light == "green"
    connection.execute(INSERT_EVENT, [True, clock.now() - timedelta(seconds=9)])
    assert "broadcasts hold" in look(doctor.check_queues, connection)["events"].sentence


def test_statuses_that_wait_long_are_amber(connection):
    connection.execute(INSERT_EVENT, [False, clock.now() - timedelta(minutes=9)])
    assert look(doctor.check_queues, connection)["events"].light == "amber"


def test_a_missing_month_is_red(connection):
    """Runs SQL_MISSING_MONTHS."""
    assert look(doctor.check_partitions, connection)["partitions"].light == "green"
    connection.execute(f"DROP TABLE delivery_message_{clock.now():%Y%m}")
    assert f"delivery_message_{clock.now():%Y%m}" in look(doctor.check_partitions, connection)["partitions"].sentence


def test_a_migration_that_is_not_applied_is_red(connection):
    """Runs SQL_UNAPPLIED_MIGRATIONS."""
    assert look(doctor.check_migrations, connection)["migrations"].light == "green"
    connection.execute("DELETE FROM django_migrations WHERE app = 'webhooks'")
    assert look(doctor.check_migrations, connection)["migrations"].light == "red"


def test_the_stop_switch_and_dead_letters_are_told(connection):
    """Runs SQL_STOP_SWITCHES and SQL_DEAD_LETTERS."""
    connection.execute(INSERT_WORKSPACE)
    connection.execute("INSERT INTO delivery_stopswitch VALUES (0, true, now(), 'me')")
    connection.execute(
        "INSERT INTO webhooks_deadletter (workspace_id, app_id, received_at, body, reason, created_at)"
        " VALUES (1, 1, now(), '', 'no such number', now())"
    )
    found = look(doctor.check_switches, connection)
    assert "the whole installation" in found["stop switch"].sentence
    assert "no such number" in found["dead letters"].sentence


def test_a_stopped_number_and_a_refused_token_are_told(connection):
    """Runs SQL_STOPPED_NUMBERS and SQL_BROKEN_ACCOUNTS."""
    connection.execute(INSERT_WORKSPACE)
    connection.execute("INSERT INTO numbers_portfolio VALUES (1, 'p', 'P', NULL, 1)")
    connection.execute(
        "INSERT INTO numbers_app (id, meta_id, name, secret_encrypted, verify_token_encrypted, workspace_id)"
        " VALUES (1, 'a', 'A', '', '', 1)"
    )
    connection.execute(
        "INSERT INTO numbers_account (id, meta_id, name, token_encrypted, currency, sync_error, app_id, portfolio_id, workspace_id)"
        " VALUES (1, 'w', 'Shop', '', '', 'Meta refuses the token.', 1, 1, 1)"
    )
    connection.execute(
        "INSERT INTO numbers_number (meta_id, phone, verified_name, label, state, quality, throughput, pace, pace_overrides,"
        " stopped_at, stopped_code, stopped_detail, in_use_since, account_id, workspace_id)"
        " VALUES ('n', '+8150', '', '', 'connected', 'green', 80, 'full', '{}', now(), '190', 'Bad token.', now(), 1, 1)"
    )
    found = look(doctor.check_numbers, connection)
    assert "Bad token." in found["number"].sentence
    assert "Meta refuses the token." in found["account"].sentence


def test_the_server_and_its_clock_are_green(connection):
    assert {finding.light for finding in look(doctor.check_server, connection).values()} == {"green"}
