"""Before a broadcast starts: who may be written to, when it ends, what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Value, When

from switchboard.broadcasts import audience
from switchboard.broadcasts.models import Broadcast
from switchboard.broadcasts.outlook import Budget, Outlook
from switchboard.broadcasts.playing import Player, read_budgets
from switchboard.broadcasts.pool import Pool, build_pool, list_pool_numbers
from switchboard.cloudapi import pricing
from switchboard.consent.models import Standing
from switchboard.contacts.models import Identity
from switchboard.delivery import figures
from switchboard.delivery.models import Reach as UndeliverableReach
from switchboard.delivery.rules.limits import Limits
from switchboard.numbers import prices
from switchboard.numbers.models import Number, Portfolio
from switchboard.templates.models import Template

# Meta bills what it delivers. Of those who may be written to, so many at least usually get it.
_USUALLY_DELIVERED = Decimal("0.85")
# Below so many template messages a year, and for templates without a good rating, Meta releases in batches.
_HELD_BACK_FROM = 1000
_MOST_ZONES = 12


@dataclass(frozen=True, slots=True)
class Reach:
    """An audience by what keeps a person from being written to; the first reason counts."""

    people: int
    may: int
    opted_out: int
    no_basis: int
    no_address: int = 0
    unreachable: int = 0
    region: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a broadcast costs at the list or own prices: the least and the most, and people of markets without a price."""

    currency: str
    least: Decimal
    most: Decimal
    by_market: Mapping[str, tuple[int, Decimal]] = field(default_factory=dict)
    without_price: int = 0


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """A portfolio's people of a day: its limit, those reached already, and those this broadcast adds."""

    name: str
    limit: int
    used: int
    adds: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """Everything that is known before a broadcast starts."""

    reach: Reach
    category: str
    look: Outlook | None
    cost: Cost | None
    budgets: Sequence[BudgetUse]
    # How much later identical messages that take turns make the end; zero when they do not decide it.
    turns_cost: timedelta
    give_up_at: datetime
    # Meta may release the first part of it and hold the rest until people's reactions are in.
    may_be_paced: bool

    @property
    def is_too_slow(self) -> bool:
        """Whether the late end lies behind the give-up time, so that the last ones would not be written to."""
        if self.look is None:
            return False
        finish_at = self.look.late.finish_at
        return finish_at is None or finish_at > self.give_up_at

    def propose_hours(self, start_at: datetime) -> int | None:
        """Return a give-up time in hours that the late end fits into; None when three weeks would not do."""
        finish_at = self.look.late.finish_at if self.look else None
        if finish_at is None:
            return None
        days = -(-(finish_at - start_at) // timedelta(days=1)) + 1
        return int(days) * 24


def estimate_broadcast(broadcast: Broadcast, category: str, now: datetime) -> Estimate:
    """Return what a broadcast that has not started will do if it starts as it is now."""
    workspace_id = broadcast.workspace_id
    limits = figures.get_limits(workspace_id)
    people = _sort_people(workspace_id, broadcast.audience, category, limits, now)
    reach = _count_reach(people)
    start_at = max(broadcast.scheduled_at or now, now)
    numbers = list_pool_numbers(broadcast)
    pool = build_pool(broadcast, numbers, now)
    budgets = read_budgets(workspace_id, numbers, limits, now)
    zones = _count_zones(people)
    play = Player(broadcast, pool, numbers, zones, budgets, start_at)
    look = play.look(reach.may, with_turns=True) if pool.wheels else None
    free = play.look(reach.may, with_turns=False) if look and look.early.limit == "same_content" else None
    turns_cost = _later(look, free) if look and free else timedelta(0)
    return Estimate(
        reach=reach,
        category=category,
        look=look,
        cost=_price(workspace_id, people, category, numbers),
        budgets=_use(budgets, numbers, pool, reach.may),
        turns_cost=turns_cost,
        give_up_at=start_at + timedelta(hours=broadcast.give_up_hours),
        may_be_paced=category == pricing.MARKETING and reach.may > _HELD_BACK_FROM and not _is_proven(broadcast),
    )


def _later(look: Outlook, free: Outlook) -> timedelta:
    one, other = look.early.finish_at, free.early.finish_at
    return one - other if one and other else timedelta(0)


def freeze_estimate(estimate: Estimate) -> dict[str, Any]:
    """Return what a broadcast keeps of its estimate, to be held against the fact afterwards. Moments are ISO texts."""
    look, cost = estimate.look, estimate.cost
    return {
        "people": estimate.reach.people,
        "may": estimate.reach.may,
        "start_at": look.early.start_at.isoformat() if look else None,
        "early_at": look.early.finish_at.isoformat() if look and look.early.finish_at else None,
        "late_at": look.late.finish_at.isoformat() if look and look.late.finish_at else None,
        "limit": look.early.limit if look else "",
        "figure": look.early.figure if look else 0.0,
        "currency": cost.currency if cost else "",
        "least": str(round(cost.least, 4)) if cost else "",
        "most": str(round(cost.most, 4)) if cost else "",
    }


# ── who ──────────────────────────────────────────────────────────────────────────────────────────

_MAY, _OPTED_OUT, _NO_BASIS, _NO_ADDRESS, _UNREACHABLE, _REGION = range(6)


def _sort_people(workspace_id: int, question: Mapping[str, Any], category: str, limits: Limits, now: datetime) -> Any:
    """Return the audience, a query set, with, for each person, what decides whether they may be written to."""
    standing = Standing.objects.filter(contact_id=OuterRef("pk"))
    undeliverable = UndeliverableReach.objects.filter(workspace_id=workspace_id, contact_id=OuterRef("pk"))
    user_ids = Identity.objects.filter(contact_id=OuterRef("pk"), kind=Identity.Kind.USER_ID)
    closed = [region.country for region in limits.regions if region.category == category and region.holds(now.date())]
    has_basis = Q(marketing__gt="") if category == pricing.MARKETING else Q(marketing__gt="") | Q(utility__gt="")
    return (
        audience.find_people(workspace_id, question)
        .annotate(
            marketing=Subquery(standing.values("marketing_basis")[:1]),
            utility=Subquery(standing.values("utility_basis")[:1]),
            out_at=Subquery(standing.values("opted_out_at")[:1]),
            missed=Subquery(undeliverable.values("undeliverable_count")[:1]),
        )
        .annotate(
            verdict=Case(
                When(out_at__isnull=False, then=Value(_OPTED_OUT)),
                When(~has_basis | Q(marketing__isnull=True), then=Value(_NO_BASIS)),
                When(Q(phone__isnull=True) & ~Exists(user_ids), then=Value(_NO_ADDRESS)),
                When(missed__gte=limits.unreachable_after, then=Value(_UNREACHABLE)),
                When(country__in=closed, then=Value(_REGION)),
                default=Value(_MAY),
                output_field=IntegerField(),
            )
        )
    )


def _count_reach(people: Any) -> Reach:
    rows = people.order_by().values("verdict").annotate(many=Count("pk"))
    counts = dict(rows.values_list("verdict", "many"))
    return Reach(
        people=sum(counts.values()),
        may=counts.get(_MAY, 0),
        opted_out=counts.get(_OPTED_OUT, 0),
        no_basis=counts.get(_NO_BASIS, 0),
        no_address=counts.get(_NO_ADDRESS, 0),
        unreachable=counts.get(_UNREACHABLE, 0),
        region=counts.get(_REGION, 0),
    )


def _count_zones(people: Any) -> dict[str, float]:
    """Return those who may be written to by their zones; beyond the most frequent ones they count as the first."""
    rows = people.filter(verdict=_MAY).order_by().values("zones").annotate(many=Count("pk"))
    found = sorted(rows.values_list("zones", "many"), key=lambda row: -row[1])
    counts = {str(zones): float(many) for zones, many in found[:_MOST_ZONES]}
    if found[_MOST_ZONES:]:
        counts[str(found[0][0])] += sum(many for _, many in found[_MOST_ZONES:])
    return counts


def _use(budgets: Mapping[int, Budget], numbers: Sequence[Number], pool: Pool, people: int) -> list[BudgetUse]:
    names = dict(Portfolio.objects.filter(pk__in=list(budgets)).values_list("pk", "name"))
    wheel = [number_id for turns_of in pool.wheels.values() for number_id in turns_of]
    portfolio_of = {number.pk: number.account.portfolio_id for number in numbers}
    return [
        BudgetUse(
            names[key],
            budget.limit,
            budget.used,
            round(people * sum(portfolio_of[one] == key for one in wheel) / len(wheel)) if wheel else 0,
        )
        for key, budget in budgets.items()
    ]


def _is_proven(broadcast: Broadcast) -> bool:
    """Tell whether Meta rates the template well wherever this broadcast uses it."""
    found = Template.objects.filter(workspace_id=broadcast.workspace_id, name=broadcast.template_name)
    return not found.exclude(quality__iexact="green").exists()


# ── how much ─────────────────────────────────────────────────────────────────────────────────────


def _price(workspace_id: int, people: Any, category: str, numbers: Sequence[Number]) -> Cost | None:
    """Return the cost in the currency of the numbers' accounts; None without numbers."""
    if not numbers:
        return None
    currency = next((number.account.currency for number in numbers if number.account.currency), "")
    card = prices.load_card(workspace_id, currency or prices.list_currencies(workspace_id)[0])
    rows = people.filter(verdict=_MAY).order_by().values("country").annotate(many=Count("pk"))
    by_market: dict[str, int] = {}
    for country, many in rows.values_list("country", "many"):
        market = pricing.market_of(country)
        by_market[market] = by_market.get(market, 0) + many
    priced = {market: (many, card.price(market, category)) for market, many in by_market.items()}
    amounts = {market: (many, many * price) for market, (many, price) in priced.items() if price is not None}
    most = sum((amount for _, amount in amounts.values()), Decimal(0))
    return Cost(
        card.currency,
        least=most * _USUALLY_DELIVERED,
        most=most,
        by_market=amounts,
        without_price=sum(many for many, price in priced.values() if price is None),
    )
