"""What messages cost: Meta's list prices with a workspace's own in their place."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from switchboard.cloudapi import pricing
from switchboard.numbers.models import Account, Rate


@dataclass(frozen=True, slots=True)
class RateCard:
    """Prices in one currency, by market and category."""

    currency: str
    own: Mapping[tuple[str, str], Decimal]

    def price(self, market: str, category: str) -> Decimal | None:
        """Return what one delivered message costs; None where neither a list nor the workspace names a price."""
        own = self.own.get((market, category))
        return own if own is not None else pricing.list_price(self.currency, market, category)


def load_card(workspace_id: int, currency: str) -> RateCard:
    """Return the prices of a workspace in a currency."""
    rates = Rate.objects.filter(workspace_id=workspace_id, currency=currency)
    own = {(market, category): amount for market, category, amount in rates.values_list("market", "category", "amount")}
    return RateCard(currency, own)


def list_currencies(workspace_id: int) -> list[str]:
    """Return the currencies in which the accounts are billed, the most frequent first; US dollars when none is known."""
    used = [one for one in Account.objects.filter(workspace_id=workspace_id).values_list("currency", flat=True) if one]
    return sorted(set(used), key=lambda one: (-used.count(one), one)) or ["USD"]
