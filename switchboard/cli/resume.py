"""`switchboard resume`: go on after `switchboard stop`."""

import click

from switchboard.cli.stop import turn_switch


@click.command(help="Go on sending after `switchboard stop`.")
@click.option(
    "--workspace", "workspace_id", type=int, default=0, help="Only this workspace; otherwise the whole installation."
)
def resume(*, workspace_id: int) -> None:
    """Turn the stop switch off."""
    turn_switch(workspace_id, is_on=False)
