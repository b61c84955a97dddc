"""Nobody is written to at night: when a person whose zone may be one of several can be reached."""

from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

QUIET_FROM = time(22, 0)
QUIET_UNTIL = time(8, 0)


@lru_cache(maxsize=1024)
def _zones(names: str) -> tuple[ZoneInfo, ...]:
    """Return the zones of a comma list; a name that no longer exists is left out."""
    found = []
    for name in names.split(","):
        try:
            found.append(ZoneInfo(name.strip()))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return tuple(found) or (ZoneInfo("UTC"),)


def _opens_in(zone: ZoneInfo, moment: datetime) -> datetime:
    """Return the first moment from this one on that is outside this zone's night."""
    local = moment.astimezone(zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_UNTIL, tzinfo=zone).astimezone(moment.tzinfo)


@lru_cache(maxsize=4096)
def _opens_at_minute(zones: str, minute: datetime) -> datetime:
    moment = minute
    # Waiting for one zone's morning may run into another's evening; three rounds suffice for any two mornings,
    # and zones so far apart that no moment suits all of them take the morning of the last one.
    for _ in range(8):
        latest = max(_opens_in(zone, moment) for zone in _zones(zones))
        if latest == moment:
            return moment
        moment = latest
    return moment


def opens_at(zones: str, now: datetime) -> datetime:
    """Return the first moment, from now on, at which it is day in every zone of a comma list."""
    # Zones change on whole minutes, so an answer holds for a minute and is worked out once for everybody.
    minute = now.replace(second=0, microsecond=0)
    return max(now, _opens_at_minute(zones, minute))
