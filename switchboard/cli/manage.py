"""`switchboard manage`: Django's management commands, on the right database and with the right secrets."""

import os

import click

from switchboard.cli import environment


@click.command(
    help="Run a Django management command, for instance `switchboard manage shell`.",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.option("--as-owner", is_flag=True, help="Work as the owner of the tables, without row-level security.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(*, as_owner: bool, arguments: tuple[str, ...]) -> None:
    """Hand the arguments to Django."""
    home = environment.find_home()
    if not environment.has_own_database():
        environment.ensure_secrets(home)
    with environment.started_database(home):
        if as_owner:
            os.environ["SWITCHBOARD_PROCESS_ROLE"] = "owner"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")
        from django.core.management import execute_from_command_line  # Settings are read on import.

        execute_from_command_line(["switchboard manage", *arguments])
