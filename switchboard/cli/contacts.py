"""`switchboard contacts`: people from a file, as a page would import them."""

import json
import time
from pathlib import Path
from typing import Any

import click

from switchboard.cli.rooms import opened_rooms


@click.group(help="Import people from a file.")
def contacts() -> None:
    """Hold the commands about people."""


@contacts.command(
    name="import", help="Import a CSV, TSV or Excel file, with checks, consent and a list of refused rows."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--workspace", required=True, help="Name or number of the workspace.")
@click.option(
    "--consent",
    type=click.Choice(["marketing:opt_in", "utility:opt_in", "utility:transaction", "all:opt_in"]),
    required=True,
    help="What these people agreed to, and on which basis.",
)
@click.option("--source", required=True, help="Where they agreed: “sign-up form, spring 2026”.")
@click.option("--wording", default="", help="The words they agreed to.")
@click.option("--country", default="", help="Of numbers without a country code, two letters; guessed when not given.")
@click.option("--encoding", default=None, help="Guessed when not given.")
@click.option("--sheet", default=None, help="Of a workbook; the first with rows when not given.")
@click.option("--tag", "tags", multiple=True, help="A tag for everybody in the file; may be given again.")
@click.option("--replace-tags", is_flag=True, help="Replace the tags of people by those of the file.")
@click.option("--skip-known", is_flag=True, help="Leave people who are known as they are.")
@click.option(
    "--map", "mapped", multiple=True, metavar="COLUMN=TARGET", help="What a column is: Mobile=phone, Born=new:date."
)
@click.option(
    "--stated-source", default="", help="Where a list comes from whose numbers look bought; you answer for it."
)
@click.option(
    "--refused", type=click.Path(dir_okay=False, path_type=Path), help="Write refused rows into this CSV file."
)
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
def import_(
    *, file: Path, workspace: str, stated_source: str, refused: Path | None, as_json: bool, **given: Any
) -> None:
    """Import the file to its end, and say what became of its rows."""
    with opened_rooms():
        from switchboard.core import errors
        from switchboard.team import queries as team_queries

        place = team_queries.find_workspace(workspace)
        if place is None:
            raise errors.NotFound(f"There is no workspace “{workspace}”. Make one with `switchboard user add`.")
        started = time.monotonic()
        result = _run(place.pk, file, stated_source, given)
        if refused is not None:
            _write_refused(place.pk, result.import_id, refused)
    _print(result, time.monotonic() - started, as_json=as_json)
    if result.state != "done":
        raise SystemExit(2)


def _run(workspace_id: int, file: Path, stated_source: str, given: dict[str, Any]) -> Any:
    from switchboard.consent import actions as consent_actions
    from switchboard.contacts import actions
    from switchboard.core import clock
    from switchboard.core.tenancy import workspace_scope

    category, _, basis = given["consent"].partition(":")
    wanted = actions.Wanted(
        consent=actions.ConsentGiven(category, basis, given["source"], given["wording"]),
        mapping={column: target for column, _, target in (one.rpartition("=") for one in given["mapped"])},
        tag_names=given["tags"],
        replaces_tags=given["replace_tags"],
        skips_known=given["skip_known"],
        country=given["country"],
        encoding=given["encoding"],
        sheet=given["sheet"],
    )
    with workspace_scope(workspace_id), file.open("rb") as source:
        job = actions.begin_import(
            workspace_id=workspace_id, file=source, file_name=file.name, wanted=wanted, now=clock.now()
        )
    run: dict[str, Any] = {
        "workspace_id": workspace_id,
        "import_id": job.pk,
        "record_consent": consent_actions.record_import,
    }
    result = actions.run_import(**run)
    if result.state == "quarantined" and stated_source:
        with workspace_scope(workspace_id):
            actions.release_import(workspace_id=workspace_id, import_id=job.pk, source=stated_source, by=None)
        result = actions.run_import(**run)
    return result


def _write_refused(workspace_id: int, import_id: int, path: Path) -> None:
    from switchboard.contacts import queries
    from switchboard.core.tenancy import workspace_scope

    with workspace_scope(workspace_id), path.open("wb") as target:
        for piece in queries.iter_refused_csv(workspace_id, import_id):
            target.write(piece)


def _print(result: Any, seconds: float, *, as_json: bool) -> None:
    counts = {name: getattr(result, name) for name in ("rows", "created", "updated", "skipped", "failed")}
    reasons = result.count_reasons(("failed", "skipped") if as_json else ("failed", "skipped", "notes"))
    if not as_json:
        click.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()) + f" in {seconds:.1f} s.")
        for reason, count in sorted(reasons.items(), key=lambda row: -row[1]):
            click.echo(f"  {count:>9,}  {reason.replace('_', ' ')}")
    if result.state == "quarantined":
        click.echo(
            "Nothing is imported: these numbers follow each other as those of a bought list do. "
            "Give --stated-source to say where these people come from, and answer for it."
        )
    elif result.error:
        click.echo(result.error)
    if as_json:
        click.echo(json.dumps({**counts, "reasons": reasons, "seconds": round(seconds, 3)}, ensure_ascii=False))
