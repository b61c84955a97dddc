"""When an origin's last message will have left, and which limit decides it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.core import statements
from switchboard.delivery.statements import reading
from switchboard.delivery.types import Forecast, Origin
from switchboard.numbers import rules as number_rules
from switchboard.numbers.rules import Pace

_WINDOWS = (("per_second", 1.0), ("per_minute", 60.0), ("per_hour", 3600.0), ("per_day", 86400.0))


@dataclass(frozen=True, slots=True)
class _Queue:
    """One lane's share of a number."""

    pace: Pace
    many: int
    rivals: tuple[int, ...]

    def seconds(self) -> tuple[float, str, float]:
        """Return how long its messages take beside its rivals', and the limit that decides it."""
        ahead = self.many + sum(min(rival, self.many) for rival in self.rivals)
        times = [
            (ahead * (self.pace.gap_min_seconds + self.pace.gap_max_seconds) / 2, "gap", self.pace.gap_min_seconds)
        ]
        for name, window in _WINDOWS:
            limit = getattr(self.pace, name)
            if limit and (ahead > limit or name == "per_second"):
                times.append((ahead / limit * window, name, float(limit)))
        return max(times)


def forecast(workspace_id: int, origin: Origin, origin_id: int, now: datetime, *, not_expanded: int = 0) -> Forecast:
    """Return when the last message leaves at the numbers' paces, holds included.

    `not_expanded` people still have no message; they are taken to spread evenly over the numbers.
    """
    given = {"workspace_id": workspace_id, "origin": origin.value, "origin_id": origin_id}
    rows = statements.fetch(reading.SQL_WAITING, given)
    own = [row for row in rows if row[1]]
    waiting = sum(row[7] for row in own) + not_expanded
    if not waiting or not own:
        return Forecast(waiting, now if not waiting else None)
    if any(row[9] for row in own):
        return Forecast(waiting, None, "paused", 0.0, len(own))
    if any(row[6] and (row[7] or not_expanded) for row in own):
        return Forecast(waiting, None, "number", 0.0, len(own))
    seconds, limit, figure = max(queue.seconds() for queue in _queues(rows, not_expanded / len(own)))
    finish_at = now + timedelta(seconds=seconds)
    last_hold = max((row[8] for row in own if row[8]), default=now)
    if last_hold > finish_at:
        return Forecast(waiting, last_hold, "quiet_hours", 0.0, len(own))
    return Forecast(waiting, finish_at, limit, figure, len(own))


def _queues(rows: Iterable[tuple], more: float) -> Iterable[_Queue]:  # type: ignore[type-arg]  # rows of reading.SQL_WAITING
    rivals: dict[int, list[int]] = defaultdict(list)
    for number_id, is_own, *_, many, _hold, is_paused in rows:
        if not is_own and not is_paused:
            rivals[number_id].append(many)
    for number_id, is_own, lane_pace, preset, overrides, throughput, _stopped, many, _hold, _paused in rows:
        if not is_own:
            continue
        # Django's connection hands JSON over as text.
        pace = number_rules.pace_of(preset, json.loads(overrides), throughput)
        if lane_pace:
            pace = number_rules.stricter(pace, number_rules.pace_of(lane_pace, {}, throughput))
        yield _Queue(pace, many + round(more), tuple(rivals[number_id]))
