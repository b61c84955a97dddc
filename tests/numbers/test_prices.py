"""Prices of a workspace: Meta's list with its own in their place."""

from decimal import Decimal

import pytest

from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import actions, prices
from switchboard.numbers.errors import WrongPriceError
from tests.factories import make_account, make_workspace

JAPAN = ("rest_of_asia_pacific", "marketing")


@pytest.mark.django_db
def test_a_price_of_ones_own_stands_in_the_place_of_the_lists_until_it_is_emptied() -> None:
    workspace = make_workspace()
    with workspace_scope(workspace.pk):
        assert prices.load_card(workspace.pk, "USD").price(*JAPAN) == Decimal("0.0732")
        actions.set_rates(workspace_id=workspace.pk, currency="USD", amounts={JAPAN: Decimal("0.05")})
        assert prices.load_card(workspace.pk, "USD").price(*JAPAN) == Decimal("0.05")
        assert prices.load_card(workspace.pk, "EUR").price(*JAPAN) == Decimal("0.0606")
        actions.set_rates(workspace_id=workspace.pk, currency="USD", amounts={JAPAN: None})
        assert prices.load_card(workspace.pk, "USD").price(*JAPAN) == Decimal("0.0732")


@pytest.mark.django_db
def test_what_is_as_the_list_says_is_not_kept_so_a_new_list_counts() -> None:
    workspace = make_workspace()
    with workspace_scope(workspace.pk):
        kept = actions.set_rates(workspace_id=workspace.pk, currency="USD", amounts={JAPAN: Decimal("0.0732")})
    assert kept == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "amount"),
    [
        (JAPAN, Decimal(-1)),
        (JAPAN, Decimal("NaN")),
        (JAPAN, Decimal(10_000_000)),
        (("Atlantis", "marketing"), Decimal(1)),
        (("DE", "poetry"), Decimal(1)),
    ],
)
def test_an_impossible_price_is_refused_and_nothing_is_kept(key: tuple[str, str], amount: Decimal) -> None:
    workspace = make_workspace()
    with workspace_scope(workspace.pk):
        with pytest.raises(WrongPriceError):
            actions.set_rates(
                workspace_id=workspace.pk, currency="USD", amounts={("DE", "utility"): Decimal(1), key: amount}
            )
        assert not prices.load_card(workspace.pk, "USD").own


@pytest.mark.django_db
def test_the_currency_is_the_accounts() -> None:
    workspace = make_workspace()
    with workspace_scope(workspace.pk):
        assert prices.list_currencies(workspace.pk) == ["USD"]
        make_account(workspace).__class__.objects.update(currency="EUR")
        assert prices.list_currencies(workspace.pk) == ["EUR"]
