"""What pages ask about the installation itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from switchboard.core import clock, health, statements
from switchboard.core.models import Heartbeat, Incident

SILENT_AFTER = health.SEEN_WITHIN
_MOST_PROCESSES = 200


def list_silent_roles(roles: Sequence[str], now: datetime) -> list[tuple[str, datetime | None]]:
    """Return the roles of which no process has said for 30 s that it lives, each with when one last did."""
    beats = Heartbeat.objects.filter(role__in=roles).values_list("role").annotate(last=Max("seen_at"))
    last_beat = dict(beats)
    return [
        (role, last_beat.get(role)) for role in roles if role not in last_beat or now - last_beat[role] > SILENT_AFTER
    ]


@dataclass(frozen=True, slots=True)
class Process:
    """A process that said lately, or some time ago, that it runs."""

    role: str
    host: str
    pid: int | None
    started_at: datetime
    seen_at: datetime
    is_silent: bool


def list_processes(now: datetime) -> list[Process]:
    """Return every process of the installation that has not ended on purpose, by role."""
    beats = Heartbeat.objects.order_by("role", "-seen_at")[:_MOST_PROCESSES]
    return [
        Process(
            beat.role,
            beat.host,
            beat.details.get("pid"),
            beat.started_at,
            beat.seen_at,
            now - beat.seen_at > SILENT_AFTER,
        )
        for beat in beats
    ]


def list_missing_months(now: datetime) -> list[str]:
    """Return the partitions of this month and the next that are not there."""
    return [name for (name,) in statements.fetch(health.SQL_MISSING_MONTHS, {"now": now})]


SQL_SERVER = "SELECT current_setting('server_version_num')::int, extract(epoch FROM clock_timestamp())::float8"


def read_server() -> tuple[int, float]:
    """Return the server's version, and how many seconds its clock is ahead of this machine's."""
    ((version, seconds),) = statements.fetch(SQL_SERVER, {})
    return int(version), float(seconds) - (clock.now().timestamp() - clock.shift_seconds() - clock.database_offset())


SQL_MIGRATIONS = "SELECT app || '.' || name FROM django_migrations"


def list_applied_migrations() -> list[str]:
    """Return the migrations that are applied, as application and name."""
    return [name for (name,) in statements.fetch(SQL_MIGRATIONS, {})]


def list_open_incidents(workspace_id: int, *, most: int = 200) -> list[Incident]:
    """Return what is wrong now in a workspace or in the whole installation, the oldest first."""
    concerned = Q(workspace_id=workspace_id) | Q(workspace_id__isnull=True)
    return list(Incident.objects.filter(concerned, ended_at__isnull=True).order_by("started_at", "id")[:most])


def list_ended_incidents(workspace_id: int, *, most: int = 100) -> list[Incident]:
    """Return what was wrong lately, the latest first."""
    concerned = Q(workspace_id=workspace_id) | Q(workspace_id__isnull=True)
    return list(Incident.objects.filter(concerned, ended_at__isnull=False).order_by("-started_at", "-id")[:most])


def has_had_incident(workspace_id: int, *, kind: str, subject_kind: str, subject_id: str) -> bool:
    """Tell whether there was ever an incident of a kind and subject, open or over."""
    found = Incident.objects.filter(
        workspace_id=workspace_id, kind=kind, subject_kind=subject_kind, subject_id=subject_id
    )
    return found.exists()


def find_open_incident(workspace_id: int, *, kind: str, subject_kind: str, subject_id: str) -> Incident | None:
    """Return the open incident of a kind and subject."""
    return Incident.objects.filter(
        workspace_id=workspace_id, kind=kind, subject_kind=subject_kind, subject_id=subject_id, ended_at__isnull=True
    ).first()
