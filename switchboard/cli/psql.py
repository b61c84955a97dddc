"""`switchboard psql`: a PostgreSQL prompt on Switchboard's database."""

import signal
import subprocess
import sys

import click

from switchboard.cli import environment
from switchboard.cli.embedded import binaries
from switchboard.core import database


@click.command(
    help="Open a PostgreSQL prompt on Switchboard's database; arguments go to psql.",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Start psql as the owner of the tables."""
    with environment.started_database(environment.find_home()):
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C cancels a query, not us.
        answer = subprocess.run(
            [binaries.find_program("psql"), database.conninfo_for("owner"), *arguments],
            restore_signals=True,
            preexec_fn=_listen_to_interrupts,
            check=False,
        )
        signal.signal(signal.SIGINT, previous)
    sys.exit(answer.returncode)


def _listen_to_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
