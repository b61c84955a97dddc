"""`bench import`: a messy file of a million rows, beside a clean COPY with the same upsert, and beside the plain loop."""

import csv
import gc
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.figures import Rounds, describe_machine, drop_missing
from bench.place import opened_database, opened_place
from switchboard.core import database

_FIELDS = {"last order": "date", "plan": "text", "市": "text", "会員番号": "text", "Memo": "text"}


def run(*, rounds: int, rows: int, plain_rows: int) -> dict[str, Any]:
    """Measure the product and both yardsticks in turn in every round, each in a process of its own."""
    figures = Rounds()
    with opened_place() as home, psycopg.connect(database.database_url()) as connection:
        machine = describe_machine(connection.info.server_version)
        file = ensure_file(home, rows)
        peaks: list[float] = []
        results: dict[str, Any] = {}
        with opened_database("import"):
            for _ in range(rounds):
                for kind, count in (("product", rows), ("ceiling", rows), ("plain", plain_rows)):
                    outcome = _measure(kind, file, count)
                    figures.add(kind, outcome["per_second"])
                    results[kind] = outcome
                    if kind == "product":
                        peaks.append(outcome["peak_mib"])
    product = results["product"]
    return {
        "name": "import",
        "rows": rows,
        "rows_per_second": round(figures.median("product")),
        "ratios": drop_missing(
            {"ceiling": figures.ratio("product", "ceiling"), "plain": figures.ratio("product", "plain")}
        ),
        "peak_mib": round(max(peaks)),
        "outcome": {key: product[key] for key in ("created", "updated", "skipped", "failed", "reasons")},
        "plain_rows": plain_rows,
        "note": "plain runs on the first rows of the same file; its figure is rows a second as well",
        "rounds": figures.raw,
        "machine": machine,
    }


def _measure(kind: str, file: Path, rows: int) -> dict[str, Any]:
    """Run one side in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.imports", kind, str(file), str(rows)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "switchboard.config.settings", "SWITCHBOARD_POOL_SIZE": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  ours
    if done.returncode != 0:
        raise RuntimeError(f"{kind} ended with {done.returncode}: {done.stderr[-3000:]}")
    import json

    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return outcome


def ensure_file(home: Path, rows: int) -> Path:
    """Return the messy file, written where it is missing: five countries and more, 5 % unusable, 3 % doubled."""
    from switchboard.contacts import sample

    path = home / f"import-{rows}.csv"
    if not path.exists():
        half = path.with_suffix(".part")
        sample.write_sample(half, rows=rows, seed=7)
        half.rename(path)
    return path


# ── one side, in a process of its own ────────────────────────────────────────────────────────────


def _main(kind: str, file: str, rows: int) -> dict[str, Any]:
    import django

    django.setup()
    workspace_id = _fresh_workspace()
    if kind == "ceiling":
        return _run_ceiling(workspace_id, Path(file), rows)
    if kind == "plain":
        return _run_plain(workspace_id, Path(file), rows)
    return _run_product(workspace_id, Path(file))


def _fresh_workspace() -> int:
    """Return a new workspace in tables without anybody."""
    from switchboard.contacts import actions
    from switchboard.core import clock
    from switchboard.core.tenancy import workspace_scope
    from switchboard.team import actions as team_actions

    with psycopg.connect(database.database_url(), autocommit=True) as connection:
        names = connection.execute(
            "SELECT string_agg(quote_ident(relname), ', ') FROM pg_class WHERE relkind IN ('r', 'p') AND "
            "(relname LIKE 'contacts\\_%' OR relname LIKE 'consent\\_%') AND NOT relispartition"
        ).fetchone()
        assert names is not None  # noqa: S101  an aggregate has one row
        connection.execute(f"TRUNCATE {names[0]} CASCADE")
    workspace_id = team_actions.create_workspace(name="Bench", time_zone="Asia/Tokyo", country="JP", now=clock.now()).pk
    with workspace_scope(workspace_id):
        # Of every side, for the facts of a person hold what is in these fields.
        for key, kind in _FIELDS.items():
            actions.create_field(workspace_id=workspace_id, key=key, kind=kind, now=clock.now())
    return workspace_id


def _run_product(workspace_id: int, file: Path) -> dict[str, Any]:
    """Import the file as the job loop does: checks, consent, typed fields; then write the file of refused rows."""
    from switchboard.consent import actions as consent_actions
    from switchboard.contacts import actions, queries
    from switchboard.core import clock
    from switchboard.core.tenancy import workspace_scope

    with workspace_scope(workspace_id), file.open("rb") as source:
        job = actions.create_import(workspace_id=workspace_id, file=source, file_name=file.name, now=clock.now())
        consent = actions.ConsentGiven("marketing", "opt_in", "sign-up form, spring 2026", "Yes, send me offers.")
        actions.change_import(workspace_id=workspace_id, import_id=job.pk, consent=consent, tag_names=["spring"])
        actions.start_import(workspace_id=workspace_id, import_id=job.pk, now=clock.now())
    started = time.perf_counter()
    result = actions.run_import(
        workspace_id=workspace_id, import_id=job.pk, record_consent=consent_actions.record_import
    )
    with workspace_scope(workspace_id), tempfile.TemporaryFile() as refused:
        refused.writelines(queries.iter_refused_csv(workspace_id, job.pk))
    taken = time.perf_counter() - started
    if result.state != "done":
        raise RuntimeError(f"The import ended as {result.state}: {result.error}")
    with workspace_scope(workspace_id):
        actions.forget_upload(workspace_id=workspace_id, import_id=job.pk)
    return {
        "per_second": result.rows / taken,
        "peak_mib": _peak_mib(),
        "created": result.created,
        "updated": result.updated,
        "skipped": result.skipped,
        "failed": result.failed,
        "reasons": result.reasons,
    }


def _peak_mib() -> float:
    """Return the most memory that this process and its children have held."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + children) / 1024


def _run_ceiling(workspace_id: int, file: Path, rows: int) -> dict[str, Any]:
    """COPY rows that are clean already, and the same upsert; parsed before the clock starts."""
    from switchboard.contacts import staging
    from switchboard.core import clock
    from switchboard.core.tenancy import workspace_scope

    steps = _prepare_steps(file)
    taken = 0.0
    for people, lines in steps:
        started = time.perf_counter()
        with workspace_scope(workspace_id):
            staging.stage_lines(lines)
            staging.apply_stage(workspace_id=workspace_id, import_id=1, people=people, now=clock.now())
        taken += time.perf_counter() - started
    return {"per_second": rows / taken}


def _prepare_steps(file: Path) -> Any:
    """Yield the clean people of each step and their lines for COPY."""
    from itertools import islice

    from switchboard.contacts import fields, reading, rules, staging
    from switchboard.contacts.actions import steps
    from switchboard.contacts.fields import Definition

    shape = reading.describe_file(file, "JP")
    with file.open("rb") as source:
        rows = reading.read_rows(source, encoding=shape.encoding, delimiter=shape.delimiter)
        first = [row.cells for row in islice(rows, 1, 51)]
        definitions = [Definition(key, kind) for key, kind in _FIELDS.items() if kind in fields.KINDS]
        mapping = rules.suggest_mapping(shape.columns, first, "JP", list(_FIELDS))
        parser = rules.RowParser(shape.columns, mapping, "JP", definitions)
    with file.open("rb") as source:
        rows = reading.read_rows(source, encoding=shape.encoding, delimiter=shape.delimiter)
        next(rows)
        while batch := list(islice(rows, steps.STEP_ROWS)):
            step = steps.parse_step(batch, parser)
            tags = {tag: place for place, tag in enumerate(sorted({tag for one in step.people for tag in one.tags}), 2)}
            yield step.people, staging.render_people(step.people, tags, [1])
            gc.collect()


def _run_plain(workspace_id: int, file: Path, rows: int) -> dict[str, Any]:
    """csv, phonenumbers and bulk_create(update_conflicts), as one writes it in an afternoon."""
    import phonenumbers

    from switchboard.contacts.models import Contact
    from switchboard.core import clock
    from switchboard.core.tenancy import workspace_scope

    done = 0
    started = time.perf_counter()
    with file.open(encoding="utf-8-sig", newline="") as source:
        people: dict[str, Any] = {}
        for done, row in enumerate(csv.DictReader(source), start=1):
            try:
                number = phonenumbers.parse(row["電話番号"], "JP")
            except phonenumbers.NumberParseException:
                number = None
            if number is not None and phonenumbers.is_valid_number(number):
                phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                people[phone] = Contact(
                    workspace_id=workspace_id,
                    phone=phone,
                    name=row["氏名"],
                    email=row["E-mail"] if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", row["E-mail"]) else "",
                    country=phonenumbers.region_code_for_number(number) or "",
                    fields={key: row[key] for key in _FIELDS if row.get(key)},
                    created_at=clock.now(),
                    updated_at=clock.now(),
                )
            if len(people) >= 1000 or done >= rows:
                with workspace_scope(workspace_id):
                    Contact.objects.bulk_create(
                        people.values(),
                        update_conflicts=True,
                        unique_fields=["workspace", "phone"],
                        update_fields=["name", "email", "country", "fields", "updated_at"],
                    )
                people = {}
            if done >= rows:
                break
    return {"per_second": done / (time.perf_counter() - started)}


if __name__ == "__main__":
    import json

    sys.stdout.write(json.dumps(_main(sys.argv[1], sys.argv[2], int(sys.argv[3]))) + "\n")
