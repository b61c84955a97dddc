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
    counts = _read_counts(portfolio.workspace_id, [portfolio.pk]).get(portfolio.pk, b"")
    return budget.Budget(portfolio.messaging_limit, counts, now.timestamp())


def list_budgets(workspace_id: int, now: datetime) -> list[PortfolioUse]:
    """Return how much of its budget each portfolio has used, by name."""
    portfolios = list(Portfolio.objects.filter(workspace_id=workspace_id).order_by("name", "pk"))
    limited = [portfolio.pk for portfolio in portfolios if portfolio.messaging_limit is not None]
    used = map_reached(workspace_id, limited, now)
    return [PortfolioUse(one.pk, one.name, one.messaging_limit, used.get(one.pk, 0)) for one in portfolios]


def map_reached(workspace_id: int, portfolio_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Return how many people each portfolio has reached in the last 24 hours outside open windows."""
    found = _read_counts(workspace_id, portfolio_ids)
    return {portfolio_id: budget.Budget(0, counts, now.timestamp()).used for portfolio_id, counts in found.items()}


def _read_counts(workspace_id: int, portfolio_ids: Sequence[int]) -> dict[int, bytes]:
    found = Budget.objects.filter(workspace_id=workspace_id, portfolio_id__in=portfolio_ids)
    return {portfolio_id: bytes(counts) for portfolio_id, counts in found.values_list("portfolio_id", "counts")}
