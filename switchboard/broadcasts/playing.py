"""A broadcast's numbers, people and budgets as the outlook plays them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from switchboard.broadcasts import outlook, queries, rules, turns
from switchboard.broadcasts.models import Broadcast
from switchboard.broadcasts.outlook import Budget, Line, Outlook
from switchboard.broadcasts.pool import Pool, pace_of
from switchboard.delivery import figures
from switchboard.delivery import queries as delivery_queries
from switchboard.delivery.rules.limits import Limits
from switchboard.numbers import rules as number_rules
from switchboard.numbers.models import Number, Portfolio


class Player:
    """Plays a broadcast's hours with and without turns."""

    def __init__(
        self,
        broadcast: Broadcast,
        pool: Pool,
        numbers: Sequence[Number],
        zones: Mapping[str, float],
        budgets: Mapping[int, Budget],
        start_at: datetime,
    ) -> None:
        self.broadcast = broadcast
        self.pool = pool
        self.numbers = numbers
        workspace_zone = queries.get_workspace_zone(broadcast.workspace_id)
        self.night = queries.get_night(broadcast.workspace_id)
        self.zones = {names or workspace_zone: count for names, count in zones.items()}
        self.budgets = budgets
        self.start_at = start_at
        self.ahead = delivery_queries.map_waiting(broadcast.workspace_id, [number.pk for number in numbers])
        self.spent = delivery_queries.map_sent_of_day(
            broadcast.workspace_id, [number.pk for number in numbers], start_at
        )

    def look(self, people: int, *, with_turns: bool) -> Outlook:
        """Return the range for so many people."""
        is_spaced = with_turns and self.broadcast.is_spaced and self._is_identical() and bool(self.pool.careful_ids)
        return outlook.look_ahead(
            self._lines(people),
            self.zones,
            self.start_at,
            night=self.night,
            budgets=self.budgets,
            apart=turns.APART if is_spaced else timedelta(0),
        )

    def _lines(self, people: int) -> list[Line]:
        wheel = [number_id for turns_of in self.pool.wheels.values() for number_id in turns_of]
        return [
            Line(
                number_id=number.pk,
                pace=pace_of(number, self.broadcast.pace),
                people=people * wheel.count(number.pk) / len(wheel),
                portfolio_id=number.account.portfolio_id,
                sent_of_day=self.spent.get(number.pk, 0),
                ahead=self.ahead.get(number.pk, 0),
                curve=number_rules.curve_of(number.pace, number.pace_overrides),
                age_days=(self.start_at.date() - number.in_use_since).days,
            )
            for number in self.numbers
            if number.pk in wheel
        ]

    def _is_identical(self) -> bool:
        """Tell whether everybody of a language reads the same."""
        shapes = {variant.shape for variant in self.pool.variants.values()}
        variables = self.broadcast.variables
        return all(
            (variables.get(variable.key) or {}).get("source") == rules.FIXED
            for shape in shapes
            for variable in shape.variables
        )


def read_budgets(workspace_id: int, numbers: Sequence[Number], limits: Limits, now: datetime) -> dict[int, Budget]:
    """Return what broadcasts may spend of each portfolio's people; unlimited ones are left out."""
    wanted = {number.account.portfolio_id for number in numbers}
    found = Portfolio.objects.filter(workspace_id=workspace_id, pk__in=wanted, messaging_limit__isnull=False)
    used = figures.map_reached(workspace_id, sorted(wanted), now)
    return {
        portfolio_id: Budget(limit * (100 - limits.reserve_percent) // 100, used.get(portfolio_id, 0))
        for portfolio_id, limit in found.values_list("pk", "messaging_limit")
        if limit is not None
    }
