"""What pages ask about the installation itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max

from switchboard.core.models import Heartbeat

SILENT_AFTER = timedelta(seconds=30)


def list_silent_roles(roles: Sequence[str], now: datetime) -> list[tuple[str, datetime | None]]:
    """Return the roles of which no process has said for 30 s that it lives, each with when one last did."""
    beats = Heartbeat.objects.filter(role__in=roles).values_list("role").annotate(last=Max("seen_at"))
    last_beat = dict(beats)
    return [
        (role, last_beat.get(role)) for role in roles if role not in last_beat or now - last_beat[role] > SILENT_AFTER
    ]
