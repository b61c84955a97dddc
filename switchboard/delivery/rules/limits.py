"""A workspace's own figures for the gates, and the usual ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Region:
    """Messages of a category do not arrive in a country, from a day on and perhaps until another."""

    country: str
    category: str
    from_on: date
    until_on: date | None = None

    def holds(self, on: date) -> bool:
        """Tell whether it holds on a day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


# Meta delivers no marketing templates to numbers of the United States since this day (Cloud API, per-user limits).
USUAL_REGIONS = (Region("US", "marketing", date(2025, 4, 1)),)


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a person may get marketing, when they count as unreachable, what of a budget is kept free."""

    marketing_per_day: int = 1
    marketing_per_week: int = 3
    unreachable_after: int = 2
    reserve_percent: int = 10
    regions: tuple[Region, ...] = USUAL_REGIONS
    # Whether unconfirmed utility messages are sent again without asking.
    resends_utility: bool = False


USUAL = Limits()


def parse_regions(rows: Iterable[Mapping[str, Any]]) -> tuple[Region, ...]:
    """Return the rules about countries as they are stored."""
    return tuple(
        Region(
            str(row["country"]),
            str(row["category"]),
            date.fromisoformat(row["from"]),
            date.fromisoformat(row["until"]) if row.get("until") else None,
        )
        for row in rows
    )


def render_regions(regions: Sequence[Region]) -> list[dict[str, str | None]]:
    """Return the rules about countries as they are stored."""
    return [
        {
            "country": region.country,
            "category": region.category,
            "from": region.from_on.isoformat(),
            "until": region.until_on.isoformat() if region.until_on else None,
        }
        for region in regions
    ]
