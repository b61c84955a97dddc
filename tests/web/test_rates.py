"""Prices: the list as a hint, the workspace's own in its place."""

from decimal import Decimal

import pytest
from django.test import Client

from switchboard.numbers.models import Rate
from tests.web.conftest import Shop

JAPAN = "rest_of_asia_pacific:marketing"


def test_the_list_stands_as_a_hint_where_nothing_of_ones_own_is_written(shop: Shop, olive: Client) -> None:
    page = olive.get("/prices/").content.decode()
    assert f'name="{JAPAN}"' in page
    assert 'placeholder="0.0732"' in page


def test_a_price_is_kept_whatever_stands_before_its_decimals(shop: Shop, olive: Client) -> None:
    olive.post("/prices/save/", {"currency": "EUR", JAPAN: "0,05", "DE:utility": ""})
    assert [(row.currency, row.market, row.amount) for row in Rate.objects.all()] == [
        ("EUR", "rest_of_asia_pacific", Decimal("0.05"))
    ]
    assert 'value="0.05"' in olive.get("/prices/?currency=EUR").content.decode()


@pytest.mark.parametrize("text", ["-1", "cheap", "NaN", "1e9", "Infinity"])
def test_what_is_no_price_is_refused_and_stays_in_its_cell(shop: Shop, olive: Client, text: str) -> None:
    answer = olive.post("/prices/save/", {"currency": "USD", JAPAN: text, "DE:utility": "1"})
    assert answer.status_code == 422
    assert f'value="{text}"' in answer.content.decode()
    assert not Rate.objects.exists()


def test_a_currency_without_a_list_says_so(shop: Shop, olive: Client) -> None:
    assert "No list is known in this currency" in olive.get("/prices/?currency=SGD").content.decode()
