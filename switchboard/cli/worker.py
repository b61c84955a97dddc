"""`switchboard worker`: apply stored events, and do what the clock asks for."""

import asyncio

import click

from switchboard.cli import running


@click.command(help="Apply stored events and run jobs.")
def worker() -> None:
    """Run the event applier and the jobs in one process; any number of them may run on any number of machines."""
    running.run_role(_run, with_django=True)


async def _run(stopping: asyncio.Event) -> None:
    # Both import models, which Django allows only once it is set up.
    from switchboard.jobs.app import run_jobs
    from switchboard.webhooks.worker import ApplierConfig, run_applier

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_applier(ApplierConfig(), stopping))
        tasks.create_task(run_jobs(stopping))
