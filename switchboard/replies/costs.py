"""What answers cost: Meta charges service messages beyond 1,000 delivered ones a month and number (CLOUD-API 6)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from switchboard.cloudapi import pricing
from switchboard.core import statements
from switchboard.numbers import prices
from switchboard.numbers.models import Number
from switchboard.replies.types import MESSAGES, Rung, StepKind
from switchboard.team import queries as team_queries

# Delivered in a period by who wrote it and through which number. Index: delivery_tally_by_origin.
SQL_COUNT_SERVICE = """
SELECT tally.origin_kind, tally.origin_id, tally.number_id, sum(tally.amount)::bigint
FROM delivery_tally AS tally
WHERE tally.workspace_id = %(workspace_id)s AND tally.origin_kind IN ('answer', 'person')
  AND tally.measure = 'delivered' AND tally.minute >= %(since)s
GROUP BY tally.origin_kind, tally.origin_id, tally.number_id
"""

# Messages of each rung in a period. Index: replies_answer_by_rule.
SQL_COUNT_RUNGS = """
SELECT rule_id, rung, sum(parts)::bigint FROM replies_answer
WHERE workspace_id = %(workspace_id)s AND at >= %(since)s GROUP BY rule_id, rung
"""


@dataclass(frozen=True, slots=True)
class NumberUse:
    """A number's service messages of the month: delivered, still free, and what lies beyond with its price."""

    number_id: int
    delivered: int
    price: Decimal | None

    @property
    def left(self) -> int:
        """How many more are free this month."""
        return max(0, pricing.FREE_SERVICE_MESSAGES - self.delivered)

    @property
    def beyond(self) -> int:
        """How many are charged."""
        return max(0, self.delivered - pricing.FREE_SERVICE_MESSAGES)


@dataclass(frozen=True, slots=True)
class Costs:
    """The month so far. Money is None where no price is known; a rule has its share of what its numbers are charged."""

    currency: str
    # Whose price is taken, for one message; None where it is not known.
    market: str
    price: Decimal | None
    since: datetime
    numbers: tuple[NumberUse, ...]
    delivered_by_rule: dict[int, int]
    by_rule: dict[int, Decimal | None]
    by_rung: dict[tuple[int, int], Decimal | None]

    def price_of(self, rung: Rung) -> Decimal | None:
        """Return what saying a rung once costs beyond the free messages; templates have prices of their own."""
        return None if self.price is None else self.price * count_messages(rung)

    @property
    def total(self) -> Decimal | None:
        """What all service messages of the month cost so far."""
        parts = [None if one.price is None else one.price * one.beyond for one in self.numbers if one.beyond]
        return None if None in parts else sum((part for part in parts if part is not None), Decimal(0))


def count_messages(rung: Rung) -> int:
    """Return how many service messages a rung is when all of its parts are said."""
    said = sum(step.kind in MESSAGES and step.kind != StepKind.TEMPLATE for step in rung.steps)
    # Handing over has its own sentence.
    return said + sum(step.kind == StepKind.HAND_OVER for step in rung.steps)


def get_costs(workspace_id: int, now: datetime) -> Costs:
    """Return what answers have cost since the month began, in the workspace's zone and most frequent currency.

    Meta charges by the country of each recipient; here every message is taken for one to the workspace's own country.
    """
    workspace = team_queries.get_workspace(workspace_id)
    since = now.astimezone(ZoneInfo(workspace.time_zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    currency = prices.list_currencies(workspace_id)[0]
    market = pricing.market_of(workspace.country)
    price = prices.load_card(workspace_id, currency).price(market, pricing.SERVICE)
    given = {"workspace_id": workspace_id, "since": since}
    by_number: defaultdict[int, int] = defaultdict(int)
    by_rule: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for kind, origin_id, number_id, count in statements.fetch(SQL_COUNT_SERVICE, given):
        by_number[number_id] += count
        if kind == "answer":
            by_rule[origin_id][number_id] = count
    ids = Number.objects.filter(workspace_id=workspace_id).order_by("id").values_list("id", flat=True)
    uses = {number_id: NumberUse(number_id, by_number[number_id], price) for number_id in ids}
    rules = {rule_id: _share(counts, uses, price) for rule_id, counts in by_rule.items()}
    return Costs(
        currency=currency,
        market=market,
        price=price,
        since=since,
        numbers=tuple(uses.values()),
        delivered_by_rule={rule_id: sum(counts.values()) for rule_id, counts in by_rule.items()},
        by_rule=rules,
        by_rung=_by_rung(workspace_id, since, rules),
    )


def _share(counts: dict[int, int], uses: dict[int, NumberUse], price: Decimal | None) -> Decimal | None:
    """Return a rule's share of what its numbers are charged: free messages are everybody's alike."""
    if price is None:
        return None
    total = Decimal(0)
    for number_id, count in counts.items():
        use = uses.get(number_id)
        if use is not None and use.delivered:
            total += price * use.beyond * count / use.delivered
    return total


def _by_rung(
    workspace_id: int, since: datetime, rules: dict[int, Decimal | None]
) -> dict[tuple[int, int], Decimal | None]:
    """Share a rule's costs among its rungs by the messages of each."""
    rows = statements.fetch(SQL_COUNT_RUNGS, {"workspace_id": workspace_id, "since": since})
    totals: defaultdict[int, int] = defaultdict(int)
    for rule_id, _rung, parts in rows:
        totals[rule_id] += parts
    found: dict[tuple[int, int], Decimal | None] = {}
    for rule_id, rung, parts in rows:
        cost = rules.get(rule_id, Decimal(0))
        found[rule_id, rung] = None if cost is None or not totals[rule_id] else cost * parts / totals[rule_id]
    return found
