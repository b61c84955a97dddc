"""People enter and leave a class within a minute of the moment, also when nothing but time has passed."""

import asyncio
from datetime import datetime, timedelta

import psycopg
import pytest

from switchboard.contacts.actions import classification
from switchboard.contacts.models import Tag
from switchboard.core import clock, database
from switchboard.core.tenancy import workspace_scope
from switchboard.jobs import app as jobs_app
from tests import factories
from tests.conftest import OwnDatabase

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HAS_ENTERED = "SELECT at FROM contacts_change WHERE contact_id = %s AND tag_id = %s AND is_member"
HAS_CLASS = "SELECT FROM contacts_activity WHERE contact_id = %s AND cardinality(classes) > 0"


async def wait_for(conninfo: str, statement: str, *given: int) -> datetime | None:
    """Wait for a row, and return its first value."""
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        while True:
            row = await (await connection.execute(statement, given)).fetchone()
            if row is not None:
                return row[0] if row else None
            await asyncio.sleep(0.05)


@pytest.fixture
def silent(database: OwnDatabase) -> tuple[int, dict[str, int], datetime]:
    """Hana, who will have been silent for 31 days in two hours; nobody does anything any more."""
    workspace = factories.make_workspace()
    hana = factories.make_contact(workspace)
    moment = clock.now() + timedelta(hours=2)
    with workspace_scope(workspace.pk):
        classification.switch_on(workspace_id=workspace.pk, key="activity", now=clock.now(), by=1, names={})
        tags = dict(Tag.objects.values_list("name", "pk"))
    with psycopg.connect(database.conninfo("stream")) as connection:
        connection.execute(
            "UPDATE contacts_activity SET last_seen_at = %s WHERE contact_id = %s", [moment - 31 * DAY, hana.pk]
        )
    return hana.pk, tags, moment


async def test_time_alone_moves_people_within_the_minute(silent: tuple[int, dict[str, int], datetime]) -> None:
    hana, tags, moment = silent
    stopping, conninfo = asyncio.Event(), database.conninfo_for("stream")
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(jobs_app.run_jobs(stopping))
        await wait_for(conninfo, HAS_CLASS, hana)
        clock.set_shift((moment - clock.now()).total_seconds() + clock.shift_seconds())
        entered_at = await wait_for(conninfo, HAS_ENTERED, hana, tags["Activity: cooling"])
        stopping.set()
    assert entered_at is not None
    assert moment <= entered_at < moment + MINUTE
