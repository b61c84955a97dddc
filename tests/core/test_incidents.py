"""What is wrong is said once, with when it began and when it was over."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from switchboard.core import actions, incidents, queries, tenancy
from switchboard.core.incidents import Incident
from tests.conftest import NOON, OwnDatabase

LATER = NOON + timedelta(minutes=5)
STOPPED = Incident(7, "number_stopped", "number", "3", {"code": 131048})


async def _connect(database: OwnDatabase) -> AsyncConnection:
    return await AsyncConnection.connect(database.conninfo("stream"), autocommit=True)


def _rows(database: OwnDatabase, columns: str) -> list[Any]:
    with psycopg.connect(database.url) as connection:
        return connection.execute(f"SELECT {columns} FROM core_incident ORDER BY id").fetchall()


async def test_one_is_open_at_a_time_and_its_figures_stay_true(database):
    """Runs SQL_RAISE_INCIDENT."""
    async with await _connect(database) as connection:
        assert await incidents.raise_incident(connection, STOPPED, NOON)
        assert not await incidents.raise_incident(connection, STOPPED, LATER)
        changed = Incident(7, "number_stopped", "number", "3", {"code": 190})
        assert await incidents.raise_incident(connection, changed, LATER)
    assert _rows(database, "detail->>'code', started_at, ended_at") == [("190", NOON, None)]


async def test_after_its_end_a_new_one_begins(database):
    """Runs SQL_END_INCIDENT."""
    async with await _connect(database) as connection:
        await incidents.raise_incident(connection, STOPPED, NOON)
        assert await incidents.end_incident(connection, STOPPED, LATER)
        assert not await incidents.end_incident(connection, STOPPED, LATER)
        assert await incidents.raise_incident(connection, STOPPED, LATER)
    assert _rows(database, "ended_at") == [(LATER,), (None,)]


async def test_those_that_are_gone_are_closed(database):
    """Runs SQL_LIST_OPEN_OF_KIND."""
    whole, other = Incident(None, "role_silent", "role", "worker"), Incident(None, "role_silent", "role", "sender")
    async with await _connect(database) as connection:
        await incidents.keep_incidents(connection, "role_silent", [whole, other], NOON)
        await incidents.keep_incidents(connection, "role_silent", [other], LATER)
    assert _rows(database, "subject_id, ended_at") == [("worker", LATER), ("sender", None)]


async def test_what_is_long_over_is_forgotten(database):
    """Runs SQL_FORGET_INCIDENTS."""
    async with await _connect(database) as connection:
        await incidents.raise_incident(connection, STOPPED, NOON)
        await incidents.end_incident(connection, STOPPED, NOON)
        await incidents.raise_incident(connection, STOPPED, NOON)
        assert await incidents.forget_incidents(connection, LATER) == 1


@pytest.mark.django_db
def test_a_workspace_sees_its_own_and_the_installation_s():
    with tenancy.workspace_scope(7):
        actions.raise_incident(STOPPED, NOON)
        assert [incident.kind for incident in queries.list_open_incidents(7)] == ["number_stopped"]
        assert queries.find_open_incident(7, kind="number_stopped", subject_kind="number", subject_id="3") is not None
    with tenancy.workspace_scope(8):
        assert queries.list_open_incidents(7) == []
    with tenancy.workspace_scope(7):
        assert actions.end_incident(STOPPED, LATER)
        assert [incident.ended_at for incident in queries.list_ended_incidents(7)] == [LATER]


def test_open_ones_are_found_by_their_index(database):
    with psycopg.connect(database.url, options="-c enable_seqscan=off") as connection:
        plan = connection.execute(f"EXPLAIN {incidents.SQL_RAISE_INCIDENT}", STOPPED.columns(NOON)).fetchall()
    assert "core_incident_open" in str(plan)
