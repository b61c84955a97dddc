"""`switchboard bench`: one benchmark beside its yardsticks; the figure that counts is a ratio."""

import importlib
import json
from pathlib import Path
from typing import Any

import click

from switchboard.cli import logs

ends_with_json = click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")


@click.group(help="Measure the product beside its yardsticks, in turn and in one run.")
def bench() -> None:
    """Each benchmark prepares its own data below SWITCHBOARD_HOME/bench and keeps it for the next run."""


def _print(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result))
        return
    for name, figure in result.items():
        click.echo(f"{name:>18}  {json.dumps(figure)}")


def _load(name: str) -> Any:
    """Import a benchmark only when it is asked for: they need more than the product does."""
    logs.set_up_logging()
    return importlib.import_module(f"bench.{name}")


@bench.command(help="How fast statuses are applied, in a small and in a large table.")
@click.option("--rounds", type=click.IntRange(1, 50), default=3, show_default=True)
@click.option(
    "--rows",
    type=click.IntRange(200_000, 100_000_000),
    default=1_000_000,
    show_default=True,
    help="Messages in the large table; the promise is for 10,000,000.",
)
@click.option(
    "--messages",
    type=click.IntRange(1000, 30_000),
    default=10_000,
    show_default=True,
    help="Messages a round, three statuses each.",
)
@ends_with_json
def apply(*, rounds: int, rows: int, messages: int, as_json: bool) -> None:
    """Run `bench.apply`."""
    _print(_load("apply").run(rounds=rounds, large=rows, messages=messages), as_json=as_json)


@bench.command(name="import", help="How fast a messy file of contacts is imported.")
@click.option("--rounds", type=click.IntRange(1, 50), default=3, show_default=True)
@click.option("--rows", type=click.IntRange(1000, 20_000_000), default=1_000_000, show_default=True)
@click.option(
    "--plain-rows",
    type=click.IntRange(1000, 20_000_000),
    default=50_000,
    show_default=True,
    help="Rows of the file that the plain loop gets; it is slow.",
)
@ends_with_json
def import_(*, rounds: int, rows: int, plain_rows: int, as_json: bool) -> None:
    """Run `bench.imports`."""
    _print(_load("imports").run(rounds=rounds, rows=rows, plain_rows=plain_rows), as_json=as_json)


@bench.command(help="How fast and how well keywords are found in messages, in Japanese, Chinese and English.")
@click.option("--rounds", type=click.IntRange(1, 50), default=3, show_default=True)
@click.option(
    "--messages", type=click.IntRange(300, 1_000_000), default=12_000, show_default=True, help="Messages of all rounds."
)
@click.option(
    "--seeds", type=click.IntRange(1, 100), default=20, show_default=True, help="Ways of misspelling each set."
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with other sets of messages; our own set without it.",
)
@ends_with_json
def match(*, rounds: int, messages: int, seeds: int, data: Path | None, as_json: bool) -> None:
    """Run `bench.match`."""
    _print(_load("match").run(rounds=rounds, messages=messages, data=data, seeds=seeds), as_json=as_json)


@bench.command(help="How fast webhooks are received and kept, at 64 and 256 connections.")
@click.option("--rounds", type=click.IntRange(1, 50), default=3, show_default=True)
@click.option(
    "--seconds", type=click.IntRange(1, 120), default=4, show_default=True, help="Length of each measurement."
)
@ends_with_json
def webhooks(*, rounds: int, seconds: int, as_json: bool) -> None:
    """Run `bench.webhooks`."""
    _print(_load("webhooks").run(rounds=rounds, seconds=seconds), as_json=as_json)


@bench.command(help="How fast messages leave: from the outbox to recorded, beside a bare loop, Celery and pywa.")
@click.option("--rounds", type=click.IntRange(1, 50), default=3, show_default=True)
@click.option("--messages", type=click.IntRange(500, 1_000_000), default=20_000, show_default=True)
@click.option("--processes", type=click.IntRange(1, 16), default=1, show_default=True, help="Senders beside one.")
@ends_with_json
def send(*, rounds: int, messages: int, processes: int, as_json: bool) -> None:
    """Run `bench.send`."""
    _print(_load("send").run(rounds=rounds, messages=messages, processes=processes), as_json=as_json)


@bench.command(help="How fast typical segments are counted, and how fast automatic tags follow.")
@click.option("--rounds", type=click.IntRange(1, 50), default=5, show_default=True)
@click.option("--contacts", type=click.IntRange(1000, 20_000_000), default=1_000_000, show_default=True)
@click.option(
    "--messages",
    type=click.IntRange(0, 100_000_000),
    default=10_000_000,
    show_default=True,
    help="Messages beside them, which no segment may read.",
)
@ends_with_json
def segments(*, rounds: int, contacts: int, messages: int, as_json: bool) -> None:
    """Run `bench.segments`."""
    _print(_load("segments").run(rounds=rounds, contacts=contacts, messages=messages), as_json=as_json)


@bench.command(help="Whether numbers of every pace keep their limits as Meta sees them: four senders, virtual time.")
@click.option("--numbers", type=click.IntRange(10, 5000), default=500, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@ends_with_json
def pace(*, numbers: int, seed: int, as_json: bool) -> None:
    """Run `bench.pace`."""
    _print(_load("pace").run(numbers=numbers, seed=seed), as_json=as_json)


@bench.command(help="What a message costs with few and with very many waiting, and under an old snapshot.")
@click.option("--rounds", type=click.IntRange(1, 50), default=5, show_default=True)
@click.option("--waiting", type=click.IntRange(20_000, 50_000_000), default=1_000_000, show_default=True)
@click.option("--messages", type=click.IntRange(1000, 50_000), default=5000, show_default=True, help="A round.")
@click.option(
    "--dead",
    type=click.IntRange(1000, 1_000_000),
    default=100_000,
    show_default=True,
    help="Messages sent under the snapshot before it is measured.",
)
@ends_with_json
def depth(*, rounds: int, waiting: int, messages: int, dead: int, as_json: bool) -> None:
    """Run `bench.depth`."""
    _print(_load("depth").run(rounds=rounds, deep=waiting, messages=messages, dead=dead), as_json=as_json)
