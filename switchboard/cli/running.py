"""How the asynchronous roles run: on uvloop, until somebody asks them to end."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import uvloop

from switchboard.cli import environment, logs

_LONGEST_END_SECONDS = 8


def run_role(run: Callable[[asyncio.Event], Awaitable[object]], *, with_django: bool = False) -> None:
    """Run a role's loop; SIGTERM and Ctrl-C set the event that it is given.

    :raises SettingError: there is no database, or a key is missing.
    """
    home = environment.find_home()
    environment.ensure_secrets(home)
    environment.find_database(home)
    logs.set_up_logging()
    if with_django:
        _set_up_django()
    uvloop.run(_run_until_stopped(run))


async def _run_until_stopped(run: Callable[[asyncio.Event], Awaitable[object]]) -> None:
    stopping = asyncio.Event()

    def end() -> None:
        stopping.set()
        # Without a database an orderly end can hang in somebody's time-out. Killing is always safe.
        signal.alarm(_LONGEST_END_SECONDS)

    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, end)
    await run(stopping)


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")
    import django  # Settings are read on import: only now does the environment name the database.

    django.setup()
