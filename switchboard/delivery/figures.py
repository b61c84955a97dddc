"""What a workspace has set for its gates, and what its portfolios have used of their budgets. For pages and other rooms."""

from collections.abc import Sequence
from datetime import datetime

from switchboard.delivery.models import Budget, Limits
from switchboard.delivery.rules import budget, limits
from switchboard.delivery.types import PortfolioUse
from switchboard.numbers.models import Portfolio


def get_limits(workspace_id: int) -> limits.Limits:
    """Return a workspace's own figures, or the usual ones."""
    row = Limits.objects.filter(pk=workspace_id).first()
    if row is None:
        return limits.USUAL
    return limits.Limits(
        marketing_per_day=row.marketing_per_day,
        marketing_per_week=row.marketing_per_week,
        unreachable_after=row.unreachable_after,
        reserve_percent=row.reserve_percent,
        regions=limits.parse_regions(row.regions),
        resends_utility=row.resends_utility,
    )


def find_budget(portfolio: Portfolio, now: datetime) -> budget.Budget | None:
    """Return what a portfolio has spent, or None where Meta sets no limit."""
    if portfolio.messaging_limit is None:
        return None
    row = Budget.objects.filter(portfolio_id=portfolio.pk).first()
    return budget.Budget(portfolio.messaging_limit, bytes(row.counts) if row else b"", now.timestamp())


def list_budgets(workspace_id: int, now: datetime) -> list[PortfolioUse]:
    """Return how much of its budget each portfolio has used, by name."""
    found = []
    for portfolio in Portfolio.objects.filter(workspace_id=workspace_id).order_by("name", "pk"):
        spent = find_budget(portfolio, now)
        used = spent.used if spent else 0
        found.append(PortfolioUse(portfolio.pk, portfolio.name, portfolio.messaging_limit, used))
    return found


def map_reached(workspace_id: int, portfolio_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Return how many people each portfolio has reached in the last 24 hours outside open windows."""
    found = Budget.objects.filter(workspace_id=workspace_id, portfolio_id__in=portfolio_ids)
    return {
        portfolio_id: budget.Budget(0, bytes(counts), now.timestamp()).used
        for portfolio_id, counts in found.values_list("portfolio_id", "counts")
    }
