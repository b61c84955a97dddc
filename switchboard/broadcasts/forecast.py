"""While a broadcast runs: when the last message leaves, and which limit decides it."""

from dataclasses import dataclass
from datetime import datetime

from switchboard.broadcasts import queries
from switchboard.broadcasts.models import Broadcast
from switchboard.broadcasts.outlook import Outlook
from switchboard.broadcasts.playing import Player, read_budgets
from switchboard.broadcasts.pool import build_pool, list_pool_numbers, may_send
from switchboard.delivery import figures
from switchboard.delivery import queries as delivery_queries
from switchboard.delivery.rules import quiet_hours
from switchboard.delivery.types import Origin


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the last message leaves, and what keeps it from leaving sooner.

    `limit` names the narrowest limit ("per_minute"), `figure` its value; empty when nothing waits.
    `finish_at` is None while something must be done by a person first.
    """

    waiting: int
    finish_at: datetime | None
    limit: str = ""
    figure: float = 0.0
    numbers: int = 0
    # The range, early and late.
    look: Outlook | None = None

    @property
    def text(self) -> str:
        """The limit in English, for the terminal: "12 a minute per number"."""
        units = {"per_second": "a second", "per_minute": "a minute", "per_hour": "an hour", "per_day": "a day"}
        if self.limit in units:
            return f"{self.figure:g} {units[self.limit]} per number"
        return {"gap": f"{self.figure:g} seconds between messages", "": ""}.get(
            self.limit, self.limit.replace("_", " ")
        )


def forecast(broadcast: Broadcast, now: datetime) -> Forecast:
    """Return when the last message leaves at best, as the hours play out: nights, warm-up and budgets included."""
    rest = delivery_queries.find_rest(broadcast.workspace_id, Origin.BROADCAST, broadcast.pk)
    not_expanded = queries.count_unexpanded(broadcast.workspace_id, broadcast.pk)
    waiting = rest.waiting + not_expanded
    if not waiting or not rest.numbers:
        return Forecast(waiting, now if not waiting else None)
    if rest.is_paused:
        return Forecast(waiting, None, "paused", numbers=rest.numbers)
    look = None if rest.is_stopped else look_at_rest(broadcast, waiting, now)
    if look is None:
        return Forecast(waiting, None, "number", numbers=rest.numbers)
    early = look.early
    return Forecast(waiting, early.finish_at, early.limit, early.figure, rest.numbers, look)


def look_at_rest(broadcast: Broadcast, waiting: int, now: datetime, *, is_awake_only: bool = False) -> Outlook | None:
    """Return the range in which the messages of a running broadcast that still wait will have left.

    None when no number of it can send. People without a message yet are taken to live where the others do.
    With `is_awake_only` the waiting are those for whom it is day now.
    """
    numbers = [number for number in list_pool_numbers(broadcast) if may_send(number)]
    pool = build_pool(broadcast, numbers, now)
    if not pool.wheels:
        return None
    limits = figures.get_limits(broadcast.workspace_id)
    zones = delivery_queries.map_waiting_zones(broadcast.workspace_id, Origin.BROADCAST, broadcast.pk)
    if is_awake_only:
        night = queries.get_night(broadcast.workspace_id)
        zones = {
            names: many for names, many in zones.items() if quiet_hours.opens_at(names or "UTC", now, night) <= now
        }
    budgets = read_budgets(broadcast.workspace_id, numbers, limits, now)
    player = Player(broadcast, pool, numbers, zones or {"": 1.0}, budgets, now)
    # What waits at the numbers is mostly this broadcast's own.
    own = waiting / len(numbers)
    player.ahead = {key: max(0, round(many - own)) for key, many in player.ahead.items()}
    return player.look(waiting, with_turns=True)
