"""`switchboard ledger`: planned = waiting + sent + failed + skipped, recounted from the rows."""

import json
import sys

import click

from switchboard.cli.rooms import opened_rooms


@click.command(help="Recount a broadcast from its rows, and compare with what its page shows.")
@click.argument("broadcast_id", metavar="BROADCAST", type=int)
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
def ledger(*, broadcast_id: int, as_json: bool) -> None:
    """Print both counts; exit with 1 when a sum does not hold or they differ."""
    with opened_rooms():
        from switchboard.broadcasts import queries as broadcast_queries

        found = broadcast_queries.recount(broadcast_id)
    if as_json:
        click.echo(json.dumps({"holds": found.holds, "rows": found.rows, "page": found.page}))
    else:
        click.echo(f"{'':10}{'rows':>12}{'page':>12}")
        for name in found.rows:
            click.echo(f"{name:10}{found.rows[name]:>12,}{found.page[name]:>12,}")
        verdict = "planned = waiting + sent + failed + skipped, and the page agrees."
        click.echo(verdict if found.holds else "The counts do not agree. Keep the database and report it.")
    sys.exit(0 if found.holds else 1)
