"""What a command needs to call into rooms: a database, the keys, and Django set up as the tables' owner."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from switchboard.cli import environment


@contextmanager
def opened_rooms() -> Iterator[Path]:
    """Let the command call rooms, over all workspaces; gives the home folder.

    The embedded database is started for the length of the command when nobody runs it.
    """
    home = environment.find_home()
    environment.ensure_secrets(home)
    with environment.started_database(home):
        os.environ["SWITCHBOARD_PROCESS_ROLE"] = "owner"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")
        import django  # Settings are read on import: only now does the environment name role and database.
        from django.db import connections

        django.setup()
        try:
            yield home
        finally:
            connections.close_all()
