"""`switchboard doctor`: look at everything that can be wrong, and say what to do about each."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import click
import psycopg

from switchboard.cli import environment
from switchboard.core import clock, database, env

Light = Literal["green", "amber", "red"]
_ROLES = ("web", "gateway", "sender", "worker")
_SEEN_WITHIN = timedelta(seconds=30)
_DISK_LOW_BYTES = 2 * 1024**3
_OLDEST_SUPPORTED = 150000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    light: Light
    message: str
    advice: str = ""


Connection = psycopg.Connection[Any]

SQL_MISSING_MONTHS = """
SELECT parent || '_' || to_char(month, 'YYYYMM')
FROM unnest(ARRAY['delivery_message', 'delivery_delivery', 'replies_inboundmessage', 'webhooks_journalentry']) AS parent,
     generate_series(date_trunc('month', %(now)s::timestamptz), date_trunc('month', %(now)s::timestamptz)
                     + interval '1 month', interval '1 month') AS month
WHERE to_regclass(parent || '_' || to_char(month, 'YYYYMM')) IS NULL
"""
SQL_OLDEST_DUE = """
SELECT min(o.due_at) FROM delivery_outbox o JOIN delivery_lane l ON l.id = o.lane_id
WHERE l.state = 'active' AND o.due_at <= %(now)s
"""
SQL_OLDEST_EVENT = "SELECT count(*), min(received_at) FILTER (WHERE is_inbound), min(received_at) FROM webhooks_event"
SQL_HEARTBEATS = "SELECT role, max(seen_at), count(*) FROM core_heartbeat GROUP BY role"
SQL_STOPPED_NUMBERS = "SELECT phone, stopped_code, stopped_detail FROM numbers_number WHERE stopped_at IS NOT NULL"
SQL_BROKEN_ACCOUNTS = "SELECT name, sync_error FROM numbers_account WHERE sync_error <> ''"
SQL_STOP_SWITCHES = "SELECT workspace_id FROM delivery_stopswitch WHERE is_on"
SQL_DEAD_LETTERS = "SELECT count(*), max(reason) FROM webhooks_deadletter WHERE replayed_at IS NULL"
SQL_UNAPPLIED_MIGRATIONS = "SELECT app || '.' || name FROM django_migrations"


def _age(moment: datetime, now: datetime) -> str:
    seconds = max(0, round((now - moment).total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def check_server(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Look at the server's version and at the difference of its clock."""
    version = connection.info.server_version
    if version < _OLDEST_SUPPORTED:
        yield Finding("database", "red", f"PostgreSQL {version // 10000} is too old.", "Use PostgreSQL 15 or newer.")
    else:
        yield Finding("database", "green", f"PostgreSQL {version // 10000} answers.")
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None  # noqa: S101  a SELECT without FROM has one row
    offset = (row[0] - now).total_seconds() + clock.shift_seconds()
    light: Light = "green" if abs(offset) < 1 else "amber"
    yield Finding(
        "clock",
        light,
        f"The database's clock differs from this machine's by {offset:+.2f} s.",
        "" if light == "green" else "Run a time service (NTP) on both machines.",
    )


def check_migrations(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Compare what is applied with what this version brings."""
    applied = {row[0] for row in connection.execute(SQL_UNAPPLIED_MIGRATIONS)}
    package = Path(__file__).resolve().parent.parent
    ours = {f"{path.parts[-3]}.{path.stem}" for path in package.glob("*/migrations/0*.py")}
    missing = sorted(ours - applied)
    if missing:
        yield Finding(
            "migrations", "red", f"{len(missing)} not applied, first {missing[0]}.", "Run `switchboard migrate`."
        )
    else:
        yield Finding("migrations", "green", "All applied.")


def check_partitions(connection: Connection, now: datetime) -> Iterator[Finding]:
    """See whether this month and the next have their partitions."""
    missing = [row[0] for row in connection.execute(SQL_MISSING_MONTHS, {"now": now})]
    if missing:
        yield Finding(
            "partitions",
            "red",
            f"Missing: {', '.join(missing)}.",
            "Start a worker (its daily job makes them). Until then rows go to the default partition; nothing is lost.",
        )
    else:
        yield Finding("partitions", "green", "This month and the next are there.")


def check_roles(connection: Connection, now: datetime) -> Iterator[Finding]:
    """See which processes said lately that they run."""
    seen = {row[0]: row[1] for row in connection.execute(SQL_HEARTBEATS)}
    for role in _ROLES:
        moment = seen.get(role)
        if moment is not None and now - moment < _SEEN_WITHIN:
            yield Finding(role, "green", f"Seen {_age(moment, now)} ago.")
            continue
        when = f"Last seen {_age(moment, now)} ago." if moment else "Never seen."
        yield Finding(role, "red", when, f"Start it with `switchboard {role}` (or all with `switchboard up`).")


def check_queues(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Look at the oldest due message and the oldest event that is not applied."""
    row = connection.execute(SQL_OLDEST_DUE, {"now": now}).fetchone()
    due = row[0] if row else None
    if due is None or now - due < timedelta(minutes=2):
        yield Finding("outbox", "green", "Nothing is overdue." if due is None else f"Oldest due row: {_age(due, now)}.")
    else:
        yield Finding(
            "outbox",
            "amber",
            f"The oldest due message has waited {_age(due, now)}.",
            "A slow pace is normal; otherwise see whether the stop switch is on, numbers are stopped, or no sender runs.",
        )
    row = connection.execute(SQL_OLDEST_EVENT).fetchone()
    count, oldest_inbound, oldest = row if row else (0, None, None)
    if oldest_inbound is not None and now - oldest_inbound > timedelta(seconds=2):
        message = f"{count} events wait, the oldest incoming message for {_age(oldest_inbound, now)}; broadcasts hold."
        yield Finding("events", "red", message, "Start a worker, or more of them.")
    elif oldest is not None and now - oldest > timedelta(minutes=1):
        yield Finding(
            "events", "amber", f"{count} events wait, the oldest for {_age(oldest, now)}.", "Start more workers."
        )
    else:
        yield Finding("events", "green", f"{count} events wait.")


def check_numbers(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Look for stopped numbers and accounts whose credentials do not work."""
    stopped = list(connection.execute(SQL_STOPPED_NUMBERS))
    for phone, code, detail in stopped:
        yield Finding(
            "number",
            "amber",
            f"{phone} is stopped ({code}): {detail}",
            "Mend the cause, then press Resume on its page.",
        )
    for name, problem in connection.execute(SQL_BROKEN_ACCOUNTS):
        yield Finding("account", "red", f"{name}: {problem}", "Connect the account again with a working token.")
    if not stopped:
        yield Finding("numbers", "green", "None is stopped.")


def check_switches(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Look at the stop switches and the dead letters."""
    for (workspace_id,) in connection.execute(SQL_STOP_SWITCHES):
        whom = "the whole installation" if workspace_id == 0 else f"workspace {workspace_id}"
        option = "" if workspace_id == 0 else f" --workspace {workspace_id}"
        yield Finding(
            "stop switch", "amber", f"On for {whom}: nothing is sent.", f"`switchboard resume{option}` goes on."
        )
    row = connection.execute(SQL_DEAD_LETTERS).fetchone()
    if row and row[0]:
        yield Finding(
            "dead letters",
            "amber",
            f"{row[0]} events could not be applied, one because: {row[1]}",
            "Read the reasons; replay when mended.",
        )


def check_disk(home: Path) -> Finding:
    """Look at the free space of the home folder."""
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    if free < _DISK_LOW_BYTES:
        return Finding(
            "disk", "red", f"{free // 1024**2} MiB free in {home}.", "Free some space before PostgreSQL has none."
        )
    return Finding("disk", "green", f"{free // 1024**3} GiB free.")


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
    findings = [check_disk(home)]
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
        findings.append(Finding("database", "red", f"PostgreSQL cannot be reached: {reason}", advice))
    return findings


@click.command(help="Check database, processes, queues, numbers and disk; say what to do about each.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
def doctor(*, as_json: bool) -> None:
    """Print every finding; exit with 1 when a light is red."""
    home = environment.find_home()
    try:
        environment.find_database(home)
        findings = examine(home)
    except env.SettingError as error:
        findings = [check_disk(home), Finding("database", "red", str(error))]
    if as_json:
        healthy = all(finding.light != "red" for finding in findings)
        click.echo(json.dumps({"healthy": healthy, "findings": [asdict(finding) for finding in findings]}))
    else:
        colours = {"green": "green", "amber": "yellow", "red": "red"}
        for finding in findings:
            click.secho(f"{finding.light:5} ", fg=colours[finding.light], nl=False)
            click.echo(f"{finding.name:13} {finding.message} {finding.advice}".rstrip())
    sys.exit(1 if any(finding.light == "red" for finding in findings) else 0)
