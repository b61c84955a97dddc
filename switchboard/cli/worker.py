"""`switchboard worker`: apply stored events, answer people, and do what the clock asks for."""

import asyncio

import click

from switchboard.cli import running
from switchboard.cloudapi import sync


@click.command(help="Apply stored events, answer automatically, and run jobs.")
def worker() -> None:
    """Run the event applier, the automatic answers and the jobs in one process; any number of them may run on any number of machines."""
    running.run_role(_run, with_django=True)


async def _run(stopping: asyncio.Event) -> None:
    # They import models, which Django allows only once it is set up.
    from switchboard.jobs.app import run_jobs
    from switchboard.replies.worker import AnsweringConfig, run_answering
    from switchboard.webhooks.worker import ApplierConfig, run_applier

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_applier(ApplierConfig(), stopping))
        answering = AnsweringConfig(cloud_api_url=sync.base_url(), proves_calls=sync.proves_calls())
        tasks.create_task(run_answering(answering, stopping))
        tasks.create_task(run_jobs(stopping))
