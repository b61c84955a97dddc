"""What is known before a broadcast starts: who gets it, who does not and why, when it ends, what it costs."""

from datetime import timedelta
from decimal import Decimal

from switchboard.broadcasts.estimate import Estimate, estimate_broadcast
from switchboard.broadcasts.models import Broadcast
from switchboard.contacts.models import Contact
from switchboard.core import statements
from switchboard.delivery.models import Reach
from switchboard.delivery.statements import reading
from switchboard.numbers import actions as numbers_actions
from switchboard.numbers.models import Number, Portfolio
from tests.broadcasts.conftest import Shop
from tests.conftest import NOON
from tests.factories import make_contact

SAME = {"body:1": {"source": "fixed", "value": "everybody"}}


def estimate(shop: Shop, category: str = "marketing", **values: object) -> Estimate:
    draft: Broadcast = shop.draft(**values)
    return estimate_broadcast(draft, category, NOON)


def test_everybody_is_counted_once_with_the_first_reason_against_them(shop: Shop) -> None:
    make_contact(shop.workspace, country="JP")
    make_contact(shop.workspace, is_opted_out=True)
    make_contact(shop.workspace, agreed="")
    hidden = make_contact(shop.workspace)
    Contact.objects.filter(pk=hidden.pk).update(phone=None)
    away = make_contact(shop.workspace)
    Reach.objects.create(workspace_id=shop.id, contact_id=away.pk, undeliverable_count=2, undeliverable_at=NOON)
    make_contact(shop.workspace, country="US")
    reach = estimate(shop).reach
    assert (reach.people, reach.may, reach.opted_out, reach.no_basis) == (6, 1, 1, 1)
    assert (reach.no_address, reach.unreachable, reach.region) == (1, 1, 1)


def test_utility_may_go_where_marketing_does_not_arrive(shop: Shop) -> None:
    make_contact(shop.workspace, country="US", agreed="utility")
    assert estimate(shop, "utility").reach.may == 1
    assert estimate(shop).reach.no_basis == 1


def test_it_costs_the_price_of_each_persons_market(shop: Shop) -> None:
    make_contact(shop.workspace, country="JP")
    make_contact(shop.workspace, country="DE")
    cost = estimate(shop).cost
    assert cost is not None
    assert (cost.currency, cost.most) == ("USD", Decimal("0.0732") + Decimal("0.1365"))
    assert cost.least < cost.most
    assert cost.by_market["DE"] == (1, Decimal("0.1365"))


def test_a_market_without_a_price_is_told_and_not_taken_for_free(shop: Shop) -> None:
    Number.objects.get(pk=shop.numbers[0].pk).account.__class__.objects.update(currency="SGD")
    make_contact(shop.workspace, country="SG")
    cost = estimate(shop).cost
    assert cost is not None
    assert (cost.without_price, cost.most) == (1, Decimal(0))
    numbers_actions.set_rates(workspace_id=shop.id, currency="SGD", amounts={("SG", "marketing"): Decimal("0.1")})
    cost = estimate(shop).cost
    assert cost is not None
    assert (cost.without_price, cost.most) == (0, Decimal("0.1"))


def test_the_portfolios_people_of_a_day_keep_a_tenth_free(shop: Shop) -> None:
    Portfolio.objects.update(messaging_limit=2000)
    make_contact(shop.workspace)
    [budget] = estimate(shop).budgets
    assert (budget.limit, budget.used, budget.adds) == (1800, 0, 1)


def test_turns_of_identical_messages_say_what_they_cost(shop: Shop) -> None:
    for _ in range(40):
        make_contact(shop.workspace)
    spaced = estimate(shop, pace="careful", variables=SAME)
    assert spaced.look is not None
    assert spaced.look.early.limit == "same_content"
    assert timedelta(minutes=7) < spaced.turns_cost < timedelta(minutes=9)
    free = estimate(shop, pace="careful", variables=SAME, is_spaced=False)
    assert free.turns_cost == timedelta(0)


def test_an_end_behind_the_give_up_time_is_too_slow_and_a_longer_one_is_proposed(shop: Shop) -> None:
    Number.objects.update(pace_overrides={"per_day": 2})
    for _ in range(20):
        make_contact(shop.workspace)
    slow = estimate(shop, give_up_hours=24)
    assert slow.is_too_slow
    hours = slow.propose_hours(NOON)
    assert hours is not None
    assert not estimate(shop, give_up_hours=hours).is_too_slow


def test_without_a_number_that_has_the_template_there_is_no_end(shop: Shop) -> None:
    make_contact(shop.workspace)
    assert estimate(shop, template_name="unknown").look is None


def test_the_zones_of_those_who_wait_are_sampled_by_key(shop: Shop) -> None:
    make_contact(shop.workspace, zones="Asia/Tokyo")
    broadcast = shop.run()
    given = {"workspace_id": shop.id, "origin": "broadcast", "origin_id": broadcast.pk}
    assert statements.fetch(reading.SQL_WAITING_ZONES, given) == [("Asia/Tokyo", 1)]
    statements.execute("SET LOCAL enable_seqscan = off", {})
    plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {reading.SQL_WAITING_ZONES}", given))
    assert "delivery_lane_by_origin" in plan
    numbers = {"workspace_id": shop.id, "number_ids": [number.pk for number in shop.numbers]}
    assert sum(many for _, many in statements.fetch(reading.SQL_WAITING_BY_NUMBER, numbers)) == 1
