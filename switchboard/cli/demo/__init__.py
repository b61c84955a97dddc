"""`switchboard demo`: the whole product beside an emulated WhatsApp, with one broadcast from file to read receipt."""

from pathlib import Path

import click


@click.command(
    help="Show everything: embedded database, emulator, all roles, a sample shop, one broadcast with replies."
)
@click.option("--once", is_flag=True, help="Leave when the broadcast has settled; exit with 1 if a promise was broken.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on standard output.")
@click.option(
    "--recipients",
    type=click.IntRange(1, 1_000_000),
    help="How many people the sample file has. Default: its 10,000 rows.",
)
@click.option(
    "--numbers",
    "number_count",
    type=click.IntRange(1, 500),
    default=20,
    show_default=True,
    help="How many numbers send.",
)
@click.option(
    "--pace",
    type=click.Choice(["careful", "standard", "full"]),
    default="standard",
    show_default=True,
    help="How fast each number sends.",
)
@click.option(
    "--seed", type=int, default=7, show_default=True, help="The same seed makes the same file and the same people."
)
@click.option(
    "--contacts",
    "contacts_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own CSV file instead of the sample. Nobody real is written to.",
)
def demo(
    *,
    once: bool,
    as_json: bool,
    recipients: int | None,
    number_count: int,
    pace: str,
    seed: int,
    contacts_file: Path | None,
) -> None:
    """Prepare the environment, then run the show."""
    # Read on import by the clock and by Django's settings, so the environment is made first.
    from switchboard.cli.demo import stage

    wish = stage.Wish(
        is_once=once,
        is_json=as_json,
        recipients=recipients,
        number_count=number_count,
        pace=pace,
        seed=seed,
        contacts_file=contacts_file,
    )
    stage.run_demo(wish)
