"""The demo's day: 10:00 in the workspace's zone, whatever hour it is outside."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHOW_HOUR = 10


def shift_to_show_hour(real_now: datetime, zone: str) -> float:
    """Return the seconds that move `real_now` to 10:00 of its own day in that zone."""
    local = real_now.astimezone(ZoneInfo(zone))
    show = local.replace(hour=SHOW_HOUR, minute=0, second=0, microsecond=0)
    return (show - local) / timedelta(seconds=1)
