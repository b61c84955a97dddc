"""`switchboard migrate`: bring the tables up to date, as their owner."""

import os

import click
import psycopg

from switchboard.cli import environment
from switchboard.core import database, env

# One migration at a time, however many machines start at once; the number is ours and arbitrary.
_LOCK_KEY = 0x5317C4B0
_OLDEST_VERSION = 150000
_LOCK_OPTION = "-c lock_timeout=5s"  # A migration that waits for a lock stops everybody who waits behind it.


@click.command(help="Bring the database's tables up to date.")
@click.option("--plan", is_flag=True, help="Only show what would be done.")
def migrate(*, plan: bool) -> None:
    """Apply the migrations to the named database, or to the embedded one."""
    home = environment.find_home()
    with environment.started_database(home):
        run_migrations(plan=plan, verbosity=1 if plan else 0)
        if not plan:
            click.echo("The database is up to date.")


def run_migrations(*, plan: bool = False, verbosity: int = 0) -> None:
    """Apply all migrations to the database that SWITCHBOARD_DATABASE_URL names."""
    os.environ["SWITCHBOARD_PROCESS_ROLE"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")
    import django  # Settings are read on import: only now does the environment name role and database.
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    from switchboard.replies import actions as replies_actions

    options = connection.settings_dict["OPTIONS"]
    options["options"] = f"{options.get('options') or ''} {_LOCK_OPTION}".strip()
    with psycopg.connect(database.conninfo_for("owner"), autocommit=True) as lock:
        _check_version(lock.info.server_version)
        lock.execute("SELECT pg_advisory_lock(%s)", [_LOCK_KEY])
        call_command("migrate", interactive=False, plan=plan, verbosity=verbosity)
        if not plan:
            replies_actions.derive_anew()  # What this version of the program makes of keywords that are saved already.
    connection.close()


def _check_version(version: int) -> None:
    if version < _OLDEST_VERSION:
        raise env.SettingError(
            f"SWITCHBOARD_DATABASE_URL names a PostgreSQL {version // 10000}. Use {_OLDEST_VERSION // 10000} or newer."
        )
