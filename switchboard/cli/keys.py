"""`switchboard keys`: keys with which programs use the API."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click

from switchboard.cli.rooms import opened_rooms
from switchboard.team.keys import LONGEST_LIFE, SCOPES, KeyState, state_of


@click.group(help="Make, list and revoke keys with which programs use the API.")
def keys() -> None:
    """Hold the commands about keys."""


_of_workspace = click.option("--workspace", required=True, help="Name or number of the workspace.")
_as_json = click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")


@keys.command(help="Make a key; its secret is shown now and never again.")
@click.argument("name")
@_of_workspace
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="May be given again.")
@click.option("--days", type=click.IntRange(1, LONGEST_LIFE.days), help="Ends after so many days; never if not given.")
@_as_json
def create(*, name: str, workspace: str, scopes: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Make the key and print its secret."""
    with _opened_workspace(workspace) as workspace_id:
        from switchboard.core import clock
        from switchboard.team import actions

        now = clock.now()
        made = actions.create_key(
            workspace_id=workspace_id,
            name=name,
            scopes=scopes,
            by=None,
            now=now,
            expires_at=now + timedelta(days=days) if days else None,
        )
        told = _describe(made.key, now)
    if as_json:
        click.echo(json.dumps({**told, "secret": made.secret}, ensure_ascii=False))
        return
    click.echo(f"Key {made.key.pk}, “{made.key.name}”. Copy its secret now; it is kept nowhere:")
    click.secho(made.secret, bold=True)


@keys.command(name="list", help="List the keys of a workspace; those that have ended, too.")
@_of_workspace
@_as_json
def list_(*, workspace: str, as_json: bool) -> None:
    """Print a line for each key."""
    with _opened_workspace(workspace) as workspace_id:
        from switchboard.core import clock
        from switchboard.team import queries

        now = clock.now()
        found = [_describe(key, now) for key in queries.list_keys(workspace_id)]
    if as_json:
        click.echo(json.dumps({"keys": found}, ensure_ascii=False))
        return
    for key in found:
        click.secho(f"{key['id']}  {key['prefix']}…  {key['name']}  {key['state']}", bold=True)
        click.echo(f"    {', '.join(key['scopes'])}; ends {key['expires_at'] or 'never'}")
        click.echo(f"    last used {key['last_used_at'] or 'never'}")
    click.echo(f"{len(found)} keys.")


@keys.command(help="End a key at once.")
@click.argument("key_id", type=click.IntRange(1, 2**63 - 1))
@_of_workspace
@_as_json
def revoke(*, key_id: int, workspace: str, as_json: bool) -> None:
    """Take the key back."""
    with _opened_workspace(workspace) as workspace_id:
        from switchboard.core import clock
        from switchboard.team import actions

        now = clock.now()
        told = _describe(actions.revoke_key(workspace_id=workspace_id, key_id=key_id, now=now), now)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"Key {told['id']}, “{told['name']}”, opens nothing any more.")


@contextmanager
def _opened_workspace(name: str) -> Iterator[int]:
    with opened_rooms():
        from switchboard.core.tenancy import workspace_scope
        from switchboard.team import errors, queries

        place = queries.find_workspace(name)
        if place is None:
            raise errors.WorkspaceMissingError(f"There is no workspace “{name}”. Make one with `switchboard user add`.")
        with workspace_scope(place.pk):
            yield place.pk


def _describe(key: Any, now: datetime) -> dict[str, Any]:
    state: KeyState = state_of(expires_at=key.expires_at, revoked_at=key.revoked_at, now=now)
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "state": state.value,
        "scopes": list(key.scopes),
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }
