"""Nobody is written to at night: when a person whose zone may be one of several can be reached."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Night:
    """The hours, in the person's own time, in which nothing is sent; none when both are the same."""

    begins: time = time(22, 0)
    ends: time = time(8, 0)

    def has(self, moment: time) -> bool:
        """Tell whether a time of day lies in the night."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


USUAL_NIGHT = Night()


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


def _opens_in(zone: ZoneInfo, moment: datetime, night: Night) -> datetime:
    """Return the first moment from this one on that is outside this zone's night."""
    local = moment.astimezone(zone)
    if not night.has(local.time()):
        return moment
    day = local.date() if local.time() < night.ends else local.date() + timedelta(days=1)
    return datetime.combine(day, night.ends, tzinfo=zone).astimezone(moment.tzinfo)


@lru_cache(maxsize=8192)
def _opens_at_minute(zones: str, minute: int, night: Night) -> datetime:
    moment = datetime.fromtimestamp(minute * 60, UTC)
    # Waiting for one zone's morning may run into another's evening, so look again; zones so far apart
    # that no moment suits all of them get the last one's morning.
    for _ in range(8):
        latest = max(_opens_in(zone, moment, night) for zone in _zones(zones))
        if latest == moment:
            break
        moment = latest
    return moment


def opens_at(zones: str, now: datetime, night: Night = USUAL_NIGHT) -> datetime:
    """Return the first moment, from now on, at which it is day in every zone of a comma list."""
    # Nights begin and end on whole minutes, so an answer holds for a minute and is worked out once for everybody.
    # A number is a quicker key than a moment, whose hash asks its zone.
    if night.begins == night.ends:
        return now
    return max(now, _opens_at_minute(zones, int(now.timestamp()) // 60, night))
