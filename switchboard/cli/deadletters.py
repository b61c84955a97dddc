"""`switchboard dead-letters`: events that could not be applied, and trying them once more."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import click
from psycopg import AsyncConnection

from switchboard.cli import environment
from switchboard.core import clock, database, errors
from switchboard.webhooks import letters

Result = TypeVar("Result")
_SHOWN_BYTES = 2000


@click.command(name="dead-letters", help="List events that could not be applied, or try them again.")
@click.option("--replay", metavar="ID|all", help="Put one, or all that were not tried again yet, back into the queue.")
@click.option("--workspace", type=int, help="Only those of one workspace.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="List at most so many.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
def deadletters(*, replay: str | None, workspace: int | None, limit: int, as_json: bool) -> None:
    """Print the letters, or how many were queued again."""
    chosen = _parse_choice(replay)
    home = environment.find_home()
    environment.ensure_secrets(home)
    with environment.started_database(home):
        if replay is not None:
            count = asyncio.run(_run(lambda connection: letters.replay(connection, chosen, workspace, clock.now())))
            _print_replayed(count, as_json=as_json)
        else:
            found = asyncio.run(_run(lambda connection: letters.list_letters(connection, workspace, limit)))
            _print_letters(found, as_json=as_json)


def _parse_choice(replay: str | None) -> int | None:
    """Return the letter's id; None for all.

    :raises Invalid: neither an id nor "all".
    """
    if replay is None or replay == "all":
        return None
    if not replay.isascii() or not replay.isdigit() or len(replay) > 18:
        raise errors.Invalid(
            f'{replay!r} is not the id of a dead letter. Give the number that the list shows, or "all".'
        )
    return int(replay)


async def _run(work: Callable[[AsyncConnection[Any]], Awaitable[Result]]) -> Result:
    conninfo = database.conninfo_for("stream")
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return await work(connection)


def _print_replayed(count: int, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"replayed": count}))
    else:
        click.echo(f"{count} put back into the queue; a worker applies them now. What fails again is listed again.")


def _print_letters(found: list[letters.Letter], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"dead_letters": [_describe(letter) for letter in found]}, ensure_ascii=False))
        return
    for letter in found:
        again = f", tried again {letter.replayed_at:%Y-%m-%d %H:%M}" if letter.replayed_at else ""
        click.secho(
            f"{letter.id}  {letter.received_at:%Y-%m-%d %H:%M:%S} UTC  workspace {letter.workspace_id}{again}",
            bold=True,
        )
        click.echo(f"    {letter.reason}")
        click.echo(f"    {_text(letter)}")
    click.echo(f"{len(found)} dead letters." + (" Mend the cause, then --replay ID or --replay all." if found else ""))


def _text(letter: letters.Letter) -> str:
    text = letter.body.decode("utf-8", "replace")
    return text if len(text) <= _SHOWN_BYTES else f"{text[:_SHOWN_BYTES]} … ({len(letter.body)} bytes)"


def _describe(letter: letters.Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "workspace_id": letter.workspace_id,
        "received_at": letter.received_at.isoformat(),
        "reason": letter.reason,
        "replayed_at": letter.replayed_at.isoformat() if letter.replayed_at else None,
        "body": letter.body.decode("utf-8", "replace"),
    }
