"""The clock's work is done by one worker at a time, survives a dead one, and one trouble holds up nothing else."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest

from switchboard.contacts import uploads
from switchboard.contacts.actions import long_edits
from switchboard.contacts.actions.edits import Change
from switchboard.contacts.choosing import Chosen
from switchboard.contacts.models import Import, ImportState
from switchboard.core import clock, database
from switchboard.jobs import app as jobs_app
from switchboard.jobs import leading, schedule, store, threads
from switchboard.webhooks import store as webhooks_store
from tests.conftest import NOON
from tests.webhooks.gateway import until
from tests.webhooks.world import World, make_contact, make_world


@pytest.fixture
def world(database) -> World:
    """Olive's shop."""
    return make_world(database.url, NOON)


@asynccontextmanager
async def running_jobs() -> AsyncIterator[None]:
    """The jobs of one worker."""
    stopping = asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(jobs_app.run_jobs(stopping))
        try:
            yield
        finally:
            stopping.set()


def _pool(world: World) -> database.Pool:
    return database.make_pool("stream", size=1, url=world.url)


def _broadcast(world: World, state: str, **more: Any) -> int:
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
    } | more
    names, holes = ", ".join(row), ", ".join(["%s"] * len(row))
    found: int = world.one(f"INSERT INTO broadcasts_broadcast ({names}) VALUES ({holes}) RETURNING id", *row.values())
    return found


async def test_a_broadcast_that_is_due_and_cannot_start_fails_with_its_reason(world: World) -> None:
    due = _broadcast(world, "scheduled", scheduled_at=NOON)
    later = _broadcast(world, "scheduled", scheduled_at=datetime.now(UTC) + timedelta(days=1))  # noqa: TID251  the loop's own day
    async with running_jobs():
        await until(lambda: world.one("SELECT state FROM broadcasts_broadcast WHERE id = %s", due) == "failed")
    assert world.one("SELECT state_reason <> '' FROM broadcasts_broadcast WHERE id = %s", due)
    assert world.one("SELECT state FROM broadcasts_broadcast WHERE id = %s", later) == "scheduled"


async def test_a_broadcast_with_nobody_left_is_completed(world: World) -> None:
    broadcast = _broadcast(world, "sending", started_at=NOON)
    async with running_jobs():
        await until(lambda: world.one("SELECT state FROM broadcasts_broadcast WHERE id = %s", broadcast) == "completed")


async def _start_import(world: World, path: str, size: int = 60) -> None:
    make = partial(
        Import.objects.create,
        workspace_id=world.workspace_id,
        file_name="people.csv",
        file_path=path,
        file_bytes=size,
        encoding="utf-8",
        country="JP",
        mapping={"phone": "phone", "name": "name"},
        consent_category="marketing",
        consent_basis="opt_in",
        consent_source="shop",
        state=ImportState.RUNNING,
        created_at=NOON,
        started_at=NOON,
    )
    await threads.call_in_workspace(world.workspace_id, make)


async def test_a_started_import_whose_file_is_gone_says_so(world: World) -> None:
    await _start_import(world, "uploads/gone.csv")
    async with running_jobs():
        await until(lambda: world.one("SELECT state FROM contacts_import") == "failed")
    assert world.one("SELECT error <> '' FROM contacts_import")


async def test_a_started_import_is_run_with_its_consent(world: World) -> None:
    file = io.BytesIO(b"phone,name\n09012345678,Hana\n09012345679,Ken\n")
    path, size = uploads.keep_upload(file, workspace_id=world.workspace_id)
    await _start_import(world, path, size)
    async with running_jobs():
        await until(lambda: world.one("SELECT state FROM contacts_import") == "done")
    assert world.run("SELECT marketing_basis FROM consent_standing") == [("opt_in",), ("opt_in",)]
    uploads.drop_upload(path)


async def test_a_change_of_very_many_is_carried_out_and_taken_back(world: World) -> None:
    for phone in ("+819012345678", "+819012345679"):
        make_contact(world, phone, NOON)
    at = clock.now()
    begin = partial(long_edits.start_edit, change=Change(add_tags=("spring",)), chosen=Chosen(), by=1, now=at)
    edit = await threads.call_in_workspace(world.workspace_id, partial(begin, workspace_id=world.workspace_id))
    given: dict[str, Any] = {"workspace_id": world.workspace_id, "edit_id": edit.pk, "by": 1, "now": at}
    async with running_jobs():
        await until(lambda: world.one("SELECT state FROM contacts_edit") == "done")
        assert world.one("SELECT count(*) FROM contacts_contact WHERE tags <> '{}'") == 2
        await threads.call_in_workspace(world.workspace_id, partial(long_edits.start_undo, **given))
        await until(lambda: world.one("SELECT undone_at IS NOT NULL FROM contacts_edit"))
    assert world.one("SELECT count(*) FROM contacts_contact WHERE tags <> '{}'") == 0


async def test_the_schedule_is_run_by_procrastinate(world: World) -> None:
    for _ in range(5):
        world.run(
            "INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, amount, minute) "
            "VALUES (%s, 'broadcast', 1, 1, 'sent', 1, %s)",
            world.workspace_id,
            NOON,
        )
    async with running_jobs():
        await until(lambda: world.one("SELECT count(*), sum(amount) FROM delivery_tally") == (1, 5), 20)


async def test_the_coming_months_are_there_when_a_worker_starts(world: World) -> None:
    newest = world.one("SELECT max(relname) FROM pg_class WHERE relname ~ '^replies_inboundmessage_[0-9]{6}$'")
    world.run(f"DROP TABLE {newest}")
    async with running_jobs():
        await until(lambda: world.run("SELECT 1 FROM pg_class WHERE relname = %s", newest))


async def test_only_one_leads_and_another_takes_over(world: World) -> None:
    steps: list[str] = []

    def step_of(name: str) -> leading.Step:
        async def step(connection: leading.Connection, now: datetime) -> bool:
            await store.list_workspaces(connection)
            steps.append(name)
            return False

        return step

    stops = {"one": asyncio.Event(), "two": asyncio.Event()}
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        for name, stop in stops.items():
            tasks.create_task(leading.run_leading("trial", step_of(name), stop, seconds=0.01))
        await until(lambda: len(steps) > 5)
        (leader,) = set(steps)
        stops[leader].set()
        (other,) = set(stops) - {leader}
        await until(lambda: other in steps)
        stops[other].set()
    assert steps == sorted(steps, key=[leader, other].index)


async def test_a_lost_session_and_a_failing_step_are_tried_again(world: World, monkeypatch) -> None:
    monkeypatch.setattr(leading, "_RETRY_SECONDS", 0.01)
    rounds: list[int] = []
    stopping = asyncio.Event()

    async def step(connection: leading.Connection, now: datetime) -> bool:
        rounds.append(connection.info.backend_pid)
        if len(rounds) == 1:
            raise ValueError("odd")
        if len(rounds) == 2:
            world.run("SELECT pg_terminate_backend(%s)", rounds[-1])
        await store.list_workspaces(connection)
        return False

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(leading.run_leading("trial", step, stopping, seconds=0.01))
        await until(lambda: len(rounds) > 2)
        stopping.set()
    assert len(set(rounds)) == 3


async def test_old_months_of_the_journal_are_dropped_and_young_ones_stay(world: World) -> None:
    world.run("SELECT switchboard_ensure_months('webhooks_journalentry', '2026-01-01', 3, false)")
    async with _pool(world) as pool, pool.connection() as connection:
        assert await store.drop_journal(connection, datetime(2026, 3, 4, tzinfo=UTC)) == 1
    left = "SELECT count(*) FROM pg_class WHERE relname ~ '^webhooks_journalentry_20260[123]$'"
    assert world.one(left) == 2


async def test_old_letters_and_dead_processes_are_forgotten(world: World) -> None:
    letter = webhooks_store.NewDeadLetter(world.workspace_id, world.app_id, NOON, b"x", "why")
    world.run("INSERT INTO core_heartbeat VALUES (gen_random_uuid(), 'sender', 'here', %s, %s, '{}')", NOON, NOON)
    async with _pool(world) as pool:
        async with pool.connection() as connection:
            await webhooks_store.insert_dead_letters(connection, [letter], NOON)
        soon = await schedule.forget_old(pool, NOON + timedelta(hours=23))
        late = await schedule.forget_old(pool, NOON + timedelta(days=91))
    assert (soon["dead_letters_forgotten"], soon["heartbeats_forgotten"]) == (0, 0)
    assert (late["dead_letters_forgotten"], late["heartbeats_forgotten"]) == (1, 1)


STATEMENTS = [
    (store.SQL_LIST_WORKSPACES, {}),
    (store.SQL_LIST_WORK, {"now": NOON, "not_before": NOON}),
    (store.SQL_LIST_IMPORTS, {}),
    (store.SQL_LIST_FILES, {}),
    (store.SQL_LIST_EDITS, {}),
    (store.SQL_TRY_TO_LEAD, {"what": "trial"}),
    (store.SQL_ENSURE_MONTHS, {"month": NOON.date()}),
    (store.SQL_DROP_JOURNAL, {"before": NOON.date()}),
    (store.SQL_FORGET_LETTERS, {"before": NOON}),
    (store.SQL_FORGET_HEARTBEATS, {"before": NOON}),
]


@pytest.mark.parametrize(("statement", "parameters"), STATEMENTS)
def test_every_statement_runs_in_the_stream_role(world: World, statement: str, parameters: dict[str, Any]) -> None:
    with psycopg.connect(world.url, options="-c role=switchboard_stream") as connection:
        connection.execute(statement, parameters)
        connection.rollback()
