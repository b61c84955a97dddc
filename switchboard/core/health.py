"""What `doctor` and the Health page find: one shape for a finding, and the findings about the installation itself.

Rooms judge their own facts in files of this name. Facts arrive as arguments: `doctor` reads them over all
workspaces by SQL, before Django can be trusted to work; the page reads them within its workspace.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

Light = Literal["green", "amber", "red"]
Value = str | int | timedelta

ROLES = ("web", "gateway", "sender", "worker")
SEEN_WITHIN = timedelta(seconds=30)
DISK_LOW_BYTES = 2 * 1024**3
OLDEST_SUPPORTED = 150000
_CLOCK_MAY_DIFFER_SECONDS = 1.0
_MEBIBYTE, _GIBIBYTE = 1024**2, 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Sentences are English with places for the values, so that a page can translate."""

    name: str
    light: Light
    message: str
    advice: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What was found, in English."""
        return self.message % {key: render_value(value) for key, value in self.values.items()}

    @property
    def remedy(self) -> str:
        """What to do about it, in English."""
        return self.advice % {key: render_value(value) for key, value in self.values.items()}


def render_value(value: Value) -> str:
    """Return a value in English: lengths of time in seconds or minutes."""
    if isinstance(value, timedelta):
        seconds = max(0, round(value.total_seconds()))
        return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
    return str(value)


# Parents of months are told by their default partition, so that no list of tables must be kept.
SQL_MISSING_MONTHS = """
SELECT parent.relname || '_' || to_char(month, 'YYYYMM')
FROM pg_class AS parent,
     generate_series(date_trunc('month', %(now)s::timestamptz), date_trunc('month', %(now)s::timestamptz)
                     + interval '1 month', interval '1 month') AS month
WHERE parent.relkind = 'p' AND to_regclass(parent.relname || '_default') IS NOT NULL
  AND to_regclass(parent.relname || '_' || to_char(month, 'YYYYMM')) IS NULL
ORDER BY 1
"""


def judge_server(version: int) -> Finding:
    """Judge the version of PostgreSQL that answers."""
    values = {"version": version // 10000}
    if version < OLDEST_SUPPORTED:
        return Finding("database", "red", "PostgreSQL %(version)s is too old.", "Use PostgreSQL 15 or newer.", values)
    return Finding("database", "green", "PostgreSQL %(version)s answers questions.", values=values)


def judge_clock(offset_seconds: float) -> Finding:
    """Judge how far the database's clock is ahead of this machine's."""
    values = {"offset": f"{round(offset_seconds, 2) + 0.0:+.2f}"}
    message = "The database's clock differs from this machine's by %(offset)s s."
    if abs(offset_seconds) < _CLOCK_MAY_DIFFER_SECONDS:
        return Finding("clock", "green", message, values=values)
    return Finding("clock", "amber", message, "Run a time service (NTP) on both machines.", values)


def list_migrations() -> set[str]:
    """Return the migrations that this version brings, as application and name."""
    package = Path(__file__).resolve().parent.parent
    return {f"{path.parts[-3]}.{path.stem}" for path in package.glob("*/migrations/0*.py")}


def judge_migrations(applied: Iterable[str]) -> Finding:
    """Compare what is applied with what this version brings."""
    missing = sorted(list_migrations() - set(applied))
    if not missing:
        return Finding("migrations", "green", "All migrations are applied.")
    values: dict[str, Value] = {"count": len(missing), "first": missing[0]}
    message = "Migrations that are not applied: %(count)s, first %(first)s."
    return Finding("migrations", "red", message, "Run `switchboard migrate` on the server.", values)


def judge_partitions(missing: Iterable[str]) -> Finding:
    """Judge whether this month and the next have their partitions."""
    names = ", ".join(missing)
    if not names:
        return Finding("partitions", "green", "This month and the next are there.")
    advice = "Start a worker (its daily job makes them). Until then rows go to the default partition; nothing is lost."
    return Finding("partitions", "red", "Missing partitions: %(names)s.", advice, {"names": names})


def judge_roles(seen_at: Mapping[str, datetime], now: datetime) -> Iterator[Finding]:
    """Judge which kinds of process said lately that they run."""
    for role in ROLES:
        moment = seen_at.get(role)
        if moment is not None and now - moment < SEEN_WITHIN:
            yield Finding(role, "green", "Last seen %(age)s ago.", values={"age": now - moment})
            continue
        message = "Last seen %(age)s ago." if moment else "It was never seen."
        values: dict[str, Value] = {"role": role, **({"age": now - moment} if moment else {})}
        advice = "Start it with `switchboard %(role)s` (or all with `switchboard up`)."
        yield Finding(role, "red", message, advice, values)


def check_disk(home: Path) -> Finding:
    """Look at the free space of the home folder."""
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    if free < DISK_LOW_BYTES:
        values: dict[str, Value] = {"free": free // _MEBIBYTE, "folder": str(home)}
        advice = "Free some space before PostgreSQL has none."
        return Finding("disk", "red", "Only %(free)s MiB are free in %(folder)s.", advice, values)
    return Finding("disk", "green", "Free space on disk: %(free)s GiB.", values={"free": free // _GIBIBYTE})
