"""`switchboard stop`: the red button, for one workspace or the whole installation."""

import click

from switchboard.cli.rooms import opened_rooms


@click.command(help="Stop all sending within a second; nothing is lost.")
@click.option(
    "--workspace", "workspace_id", type=int, default=0, help="Only this workspace; otherwise the whole installation."
)
def stop(*, workspace_id: int) -> None:
    """Turn the stop switch on."""
    turn_switch(workspace_id, is_on=True)


def turn_switch(workspace_id: int, *, is_on: bool) -> None:
    """Turn the switch and say what that means."""
    with opened_rooms():
        from switchboard.core import clock
        from switchboard.delivery import actions as delivery_actions
        from switchboard.team import queries as team_queries

        if workspace_id:
            team_queries.get_workspace(workspace_id)
        delivery_actions.set_stop_switch(workspace_id=workspace_id, is_on=is_on, by="command line", now=clock.now())
    whom = f"Workspace {workspace_id}" if workspace_id else "The installation"
    back = f"switchboard resume --workspace {workspace_id}" if workspace_id else "switchboard resume"
    click.echo(f"{whom} is stopped. `{back}` goes on." if is_on else f"{whom} sends again.")
