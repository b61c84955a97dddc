"""`switchboard doctor`: look at everything that can be wrong, and say what to do about each.

Facts are read here, over all workspaces and without Django, so that the doctor works when little else does; what they
mean is each room's `health` module, which the console's Health page asks as well.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import psycopg

from switchboard.cli import environment
from switchboard.core import clock, database, env, health
from switchboard.core.health import Finding
from switchboard.delivery import health as delivery_health
from switchboard.numbers import health as numbers_health
from switchboard.webhooks import health as webhooks_health

Connection = psycopg.Connection[Any]

# The first row of each lane by its key: as quick with a million rows waiting as with ten.
SQL_OLDEST_DUE = """
SELECT min(first.due_at)
FROM delivery_lane AS lane
CROSS JOIN LATERAL (SELECT due_at FROM delivery_outbox WHERE lane_id = lane.id ORDER BY due_at LIMIT 1) AS first
WHERE lane.state = 'active' AND first.due_at <= %(now)s
"""
SQL_OLDEST_EVENT = "SELECT count(*), min(received_at) FILTER (WHERE is_inbound), min(received_at) FROM webhooks_event"
SQL_HEARTBEATS = "SELECT role, max(seen_at) FROM core_heartbeat GROUP BY role"
SQL_STOPPED_NUMBERS = "SELECT phone, stopped_code, stopped_detail FROM numbers_number WHERE stopped_at IS NOT NULL"
SQL_BROKEN_ACCOUNTS = "SELECT name, sync_error FROM numbers_account WHERE sync_error <> ''"
SQL_STOP_SWITCHES = "SELECT workspace_id FROM delivery_stopswitch WHERE is_on"
SQL_DEAD_LETTERS = "SELECT count(*), max(reason) FROM webhooks_deadletter WHERE replayed_at IS NULL"
SQL_UNAPPLIED_MIGRATIONS = "SELECT app || '.' || name FROM django_migrations"


def check_server(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Look at the server's version and at the difference of its clock."""
    yield health.judge_server(connection.info.server_version)
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None  # noqa: S101  a SELECT without FROM has one row
    yield health.judge_clock((row[0] - now).total_seconds() + clock.shift_seconds())


def check_migrations(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Compare what is applied with what this version brings."""
    yield health.judge_migrations(row[0] for row in connection.execute(SQL_UNAPPLIED_MIGRATIONS))


def check_partitions(connection: Connection, now: datetime) -> Iterator[Finding]:
    """See whether this month and the next have their partitions."""
    yield health.judge_partitions(row[0] for row in connection.execute(health.SQL_MISSING_MONTHS, {"now": now}))


def check_roles(connection: Connection, now: datetime) -> Iterator[Finding]:
    """See which processes said lately that they run."""
    yield from health.judge_roles(dict(connection.execute(SQL_HEARTBEATS).fetchall()), now)


def check_queues(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Look at the oldest due message and the oldest event that is not applied."""
    row = connection.execute(SQL_OLDEST_DUE, {"now": now}).fetchone()
    yield delivery_health.judge_outbox(row[0] if row else None, now)
    row = connection.execute(SQL_OLDEST_EVENT).fetchone()
    count, oldest_inbound_at, oldest_at = row or (0, None, None)
    yield webhooks_health.judge_backlog(count, oldest_inbound_at, oldest_at, now)


def check_numbers(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Look for stopped numbers and accounts whose credentials do not work."""
    stopped = connection.execute(SQL_STOPPED_NUMBERS).fetchall()
    yield from numbers_health.judge_numbers(stopped, connection.execute(SQL_BROKEN_ACCOUNTS).fetchall())


def check_switches(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Look at the stop switches and the dead letters."""
    yield from delivery_health.judge_switches(row[0] for row in connection.execute(SQL_STOP_SWITCHES))
    row = connection.execute(SQL_DEAD_LETTERS).fetchone()
    found = webhooks_health.judge_letters(row[0], row[1] or "") if row else None
    if found is not None:
        yield found


CHECKS: tuple[Callable[[Connection, datetime], Iterator[Finding]], ...] = (
    check_server,
    check_migrations,
    check_partitions,
    check_roles,
    check_queues,
    check_numbers,
    check_switches,
)


def examine(home: Path) -> list[Finding]:
    """Run every check; a check that fails on the database is a finding of its own."""
    findings = [health.check_disk(home)]
    try:
        with psycopg.connect(database.conninfo_for("stream"), autocommit=True) as connection:
            for check in CHECKS:
                try:
                    findings.extend(check(connection, clock.now()))
                except psycopg.errors.UndefinedTable:
                    findings.append(Finding("tables", "red", "Tables are missing.", "Run `switchboard migrate`."))
                    break
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else "no answer"
        advice = "Start it, or correct SWITCHBOARD_DATABASE_URL. If a role is missing, run `switchboard migrate`."
        findings.append(
            Finding("database", "red", "PostgreSQL cannot be reached: %(reason)s", advice, {"reason": reason})
        )
    return findings


def _render(finding: Finding) -> dict[str, str]:
    return {"name": finding.name, "light": finding.light, "message": finding.sentence, "advice": finding.remedy}


@click.command(help="Check database, processes, queues, numbers and disk; say what to do about each.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
def doctor(*, as_json: bool) -> None:
    """Print every finding; exit with 1 when a light is red."""
    home = environment.find_home()
    try:
        environment.find_database(home)
        findings = examine(home)
    except env.SettingError as error:
        findings = [health.check_disk(home), Finding("database", "red", "%(reason)s", values={"reason": str(error)})]
    if as_json:
        healthy = all(finding.light != "red" for finding in findings)
        click.echo(json.dumps({"healthy": healthy, "findings": [_render(finding) for finding in findings]}))
    else:
        colours = {"green": "green", "amber": "yellow", "red": "red"}
        for finding in findings:
            click.secho(f"{finding.light:5} ", fg=colours[finding.light], nl=False)
            click.echo(f"{finding.name:13} {finding.sentence} {finding.remedy}".rstrip())
    sys.exit(1 if any(finding.light == "red" for finding in findings) else 0)
