"""Procrastinate runs the schedule; loops beside it take broadcasts and imports further. `run_jobs` starts it all."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

import procrastinate
import structlog

from switchboard.broadcasts import outcomes
from switchboard.contacts import classifying
from switchboard.core import clock, database, ending
from switchboard.core.database import Pool
from switchboard.jobs import leading, schedule, watching
from switchboard.jobs.broadcasting import Expansion, Preparation
from switchboard.jobs.editing import run_edits
from switchboard.jobs.importing import run_files, run_imports
from switchboard.jobs.media import fetch_media
from switchboard.jobs.watching import Watch

log = structlog.get_logger(__name__)

_CONCURRENCY = 4
_RETRY_SECONDS = 1.0
_END_SECONDS = 5.0
_pool: ContextVar[Pool] = ContextVar("jobs_pool")


def _make_task(job: schedule.Job) -> Callable[[int], Awaitable[schedule.Counts]]:
    async def run(timestamp: int) -> schedule.Counts:
        counts = await job.action(_pool.get(), clock.now())
        log.debug("job_done", job=job.name, **counts)
        return counts

    return run


def make_app() -> procrastinate.App:
    """Return a Procrastinate with every row of the schedule as a periodic task; while one waits, no second is queued.

    With connections of its own: Django's, which its Django application uses, do not come back after a database
    restart.
    """
    connector = procrastinate.PsycopgConnector(conninfo=database.conninfo_for("app"), min_size=1, max_size=_CONCURRENCY)
    app = procrastinate.App(connector=connector)
    for job in schedule.SCHEDULE:
        name = f"switchboard.{job.name}"
        task = app.task(name=name, queueing_lock=name)(_make_task(job))
        app.periodic(cron=job.cron)(task)
    return app


async def run_jobs(stopping: asyncio.Event) -> None:
    """Run the schedule and the loops until `stopping` is set. Django must be set up."""
    async with database.make_pool("stream", size=_CONCURRENCY) as pool, asyncio.TaskGroup() as tasks:
        _pool.set(pool)
        worker = tasks.create_task(_run_worker(stopping))
        tasks.create_task(leading.run_leading("start", _at_start(pool, stopping), stopping))
        tasks.create_task(leading.run_leading("watch", Watch().step, stopping, seconds=watching.SECONDS))
        tasks.create_task(leading.run_leading("expansion", Expansion().step, stopping))
        tasks.create_task(leading.run_leading("preparation", Preparation().step, stopping))
        tasks.create_task(leading.run_leading("media", fetch_media, stopping))
        tasks.create_task(leading.run_leading("imports", run_imports, stopping))
        tasks.create_task(leading.run_leading("files", run_files, stopping))
        tasks.create_task(leading.run_leading("edits", run_edits, stopping))
        tasks.create_task(leading.run_leading("outcomes", outcomes.step, stopping, seconds=5.0))
        tasks.create_task(leading.run_leading("classification", classifying.step, stopping, seconds=2.0))
        await stopping.wait()
        # Jobs at hand have a moment to end; what is cut off is done again by the next run of the schedule.
        await ending.end_tasks([worker], again_seconds=2 * _END_SECONDS)


def _at_start(pool: Pool, stopping: asyncio.Event) -> leading.Step:
    """Do once what cannot wait for the schedule, then keep quiet."""
    waiting = [job for job in schedule.SCHEDULE if job.at_start]

    async def step(connection: leading.Connection, now: object) -> bool:
        del connection, now
        while waiting:
            counts = await waiting[0].action(pool, clock.now())
            log.info("job_done", job=waiting.pop(0).name, **counts)
        await stopping.wait()
        return False

    return step


async def _run_worker(stopping: asyncio.Event) -> None:
    """Run Procrastinate's worker, again and again when the database goes away under it."""
    while not stopping.is_set():
        try:
            async with make_app().open_async() as app:
                await app.run_worker_async(
                    concurrency=_CONCURRENCY,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=_END_SECONDS,
                )
        except Exception as error:  # noqa: BLE001  the job loop: whatever ended the worker, it starts again
            log.warning("schedule_waits", error=f"{type(error).__name__}: {error}")
        await leading.pause(stopping, _RETRY_SECONDS)
