"""A workspace's own figures for the gates, and what portfolios have spent of their people, for pages and forecasts."""

from collections.abc import Sequence
from datetime import datetime

from switchboard.delivery import models
from switchboard.delivery.rules import limits
from switchboard.delivery.rules.budget import Budget
from switchboard.delivery.rules.limits import Limits


def get_limits(workspace_id: int) -> Limits:
    """Return the figures of a workspace; the usual ones while nobody has changed them."""
    row = models.Limits.objects.filter(workspace_id=workspace_id).first()
    if row is None:
        return limits.USUAL
    return Limits(
        row.marketing_per_day,
        row.marketing_per_week,
        row.unreachable_after,
        row.reserve_percent,
        limits.parse_regions(row.regions),
    )


def map_reached(workspace_id: int, portfolio_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Return how many people each portfolio has reached in the last 24 hours outside open windows."""
    found = models.Budget.objects.filter(workspace_id=workspace_id, portfolio_id__in=portfolio_ids)
    return {
        portfolio_id: Budget(0, bytes(counts), now.timestamp()).used
        for portfolio_id, counts in found.values_list("portfolio_id", "counts")
    }
