"""`switchboard user`: people get a sign-in and a place in a workspace."""

import click

from switchboard.cli.rooms import opened_rooms

_ROLES = ("agent", "marketer", "supervisor", "owner")


@click.group(help="Give a person a sign-in and a place in a workspace.")
def user() -> None:
    """Hold the commands about people."""


@user.command(help="Add a person, or give a known one a new password and role.")
@click.argument("email")
@click.option("--workspace", required=True, help="Name or number of the workspace; an unknown name makes a new one.")
@click.option("--role", type=click.Choice(_ROLES), default="owner", show_default=True)
@click.option("--name", default="", help="How the console calls the person.")
@click.option("--time-zone", default="UTC", show_default=True, help="Of a new workspace, as Asia/Tokyo.")
@click.option(
    "--country", default="JP", show_default=True, help="Of phone numbers without a country code, two letters."
)
@click.option("--language", type=click.Choice(["ja", "zh-hans", "en"]), default="en", show_default=True)
@click.password_option(help="Asked for when not given.")
def add(
    *, email: str, workspace: str, role: str, name: str, time_zone: str, country: str, language: str, password: str
) -> None:
    """Make the person, the workspace if it is new, and the place in it."""
    with opened_rooms():
        from switchboard.core import clock
        from switchboard.core.tenancy import workspace_scope
        from switchboard.team import actions as team_actions
        from switchboard.team import queries as team_queries

        now = clock.now()
        found = team_queries.find_workspace(workspace)
        if found is None:
            found = team_actions.create_workspace(
                name=workspace, time_zone=time_zone, language=language, country=country.upper(), now=now
            )
        person = team_actions.ensure_user(email=email, password=password, name=name, language=language)
        with workspace_scope(found.pk, person.pk):
            team_actions.add_member(workspace_id=found.pk, user_id=person.pk, role=role, now=now)
        click.echo(f"{person.email} is {role} of workspace {found.pk}, “{found.name}”.")
