"""`switchboard key`: make a key for SWITCHBOARD_ENCRYPTION_KEYS."""

import click

from switchboard.core import secrets


@click.command(help="Make a key for SWITCHBOARD_ENCRYPTION_KEYS.")
def key() -> None:
    """Print a fresh key; it also serves as SWITCHBOARD_SECRET_KEY."""
    click.echo(secrets.new_key())
