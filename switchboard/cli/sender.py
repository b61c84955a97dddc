"""`switchboard sender`: claim what is due, post it, record what came of it."""

import asyncio
import gc

import click

from switchboard.cli import running
from switchboard.cloudapi import sync
from switchboard.core import database
from switchboard.delivery.worker import SenderConfig, run_sender

_COLLECT_EVERY = 100_000


@click.command(help="Send what is due.")
@click.option("--concurrency", default=128, show_default=True, type=click.IntRange(1, 2000), help="Posts at once.")
def sender(*, concurrency: int) -> None:
    """Run one sender; any number of them may run on any number of machines."""

    async def run(stopping: asyncio.Event) -> None:
        config = SenderConfig(
            database_url=database.database_url(),
            cloud_api_url=sync.base_url(),
            concurrency=concurrency,
            proves_calls=sync.proves_calls(),
        )
        await run_sender(config, stopping)

    # Thousands of short-lived objects a second and next to no cycles: looking for those less often saves CPU.
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 20, 20)
    running.run_role(run)
