"""`switchboard postgres`: whether the embedded PostgreSQL runs, and where."""

import json
import sys
from pathlib import Path

import click

from switchboard.cli import environment
from switchboard.cli.embedded import binaries, server
from switchboard.core import env


@click.command(help="Show whether the embedded PostgreSQL runs, and where.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--discard", is_flag=True, help="Throw all its data away; the next start makes an empty database.")
@click.option("--yes", is_flag=True, help="Discard without asking.")
def postgres(*, as_json: bool, discard: bool, yes: bool) -> None:
    """Report, with exit code 1 when it does not run; or throw its data away."""
    home = environment.find_home()
    if discard:
        if not yes:
            click.confirm(f"Throw away the database in {home}, with everything in it?", abort=True)
        server.discard_data(home)
        return
    _report(home, as_json=as_json)


def _report(home: Path, *, as_json: bool) -> None:
    running = server.find_running(home)
    facts = {
        "running": running is not None,
        "pid": running.pid if running else None,
        "url": running.url if running else None,
        "version": binaries.full_version(),
        "home": str(home),
        "in_use": not env.read_text("SWITCHBOARD_DATABASE_URL"),
    }
    if as_json:
        click.echo(json.dumps(facts))
    elif running:
        click.echo(f"PostgreSQL {facts['version']} runs as process {facts['pid']}: {facts['url']}")
    else:
        click.echo(f"No embedded PostgreSQL runs for {home}. `switchboard up` starts it.")
    if not facts["in_use"] and not as_json:
        click.echo("SWITCHBOARD_DATABASE_URL is set, so Switchboard uses that server instead.")
    sys.exit(0 if running else 1)
