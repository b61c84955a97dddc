"""Price markets and list prices."""

from decimal import Decimal

import pytest

from switchboard.cloudapi import pricing


@pytest.mark.parametrize(
    ("country", "market"),
    [
        ("DE", "DE"),
        ("US", "north_america"),
        ("JP", "rest_of_asia_pacific"),
        ("KZ", "KZ"),
        ("DO", "rest_of_latin_america"),
        ("", "other"),
        ("ZZ", "other"),
    ],
)
def test_every_country_has_a_market(country: str, market: str) -> None:
    assert pricing.market_of(country) == market


@pytest.mark.parametrize("currency", pricing.CURRENCIES_WITH_LIST)
def test_every_market_has_a_price_in_the_currencies_with_a_list(currency: str) -> None:
    for market in pricing.MARKETS:
        for category in pricing.CATEGORIES:
            price = pricing.list_price(currency, market, category)
            assert price is not None, (market, category)
            assert 0 < price < 1


def test_marketing_costs_more_than_utility_and_service_costs_the_same_as_utility() -> None:
    marketing, utility, service = (
        pricing.list_price("USD", "rest_of_asia_pacific", category)
        for category in (pricing.MARKETING, pricing.UTILITY, pricing.SERVICE)
    )
    assert (marketing, utility, service) == (Decimal("0.0732"), Decimal("0.0113"), Decimal("0.0113"))


def test_a_currency_without_a_list_has_no_price_rather_than_a_guess() -> None:
    assert pricing.list_price("SGD", "SG", "marketing") is None
    assert pricing.list_price("INR", "DE", "marketing") is None
    assert pricing.list_price("INR", "IN", "marketing") == Decimal("0.8631")
