"""Rounds and medians, and what machine they are from."""

import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Rounds:
    """Raw figures by name, in the order they were measured."""

    raw: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, figure: float) -> None:
        """Note one figure."""
        self.raw[name].append(round(figure, 3))

    def median(self, name: str) -> float:
        """Return the middle of a name's figures."""
        return statistics.median(self.raw[name])

    def ratio(self, name: str, yardstick: str) -> float | None:
        """Return the median of the rounds' own ratios: both sides of each were measured right after each other."""
        ratios = self._ratios(name, yardstick)
        return round(statistics.median(ratios), 3) if ratios else None

    def spread(self, name: str, yardstick: str) -> tuple[float, float] | None:
        """Return the least and the greatest of the rounds' own ratios."""
        ratios = self._ratios(name, yardstick)
        return (round(min(ratios), 3), round(max(ratios), 3)) if ratios else None

    def _ratios(self, name: str, yardstick: str) -> list[float]:
        pairs = zip(self.raw[name], self.raw[yardstick], strict=False)
        return [one / other for one, other in pairs if other]


def describe_machine(server_version: int) -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "cpus": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "postgresql": server_version // 10000,
        "system": f"{platform.system()} {platform.release()}",
    }


def drop_missing(ratios: dict[str, float | None]) -> dict[str, float]:
    """Leave out what could not be measured."""
    return {name: ratio for name, ratio in ratios.items() if ratio is not None}


def percentile(figures: Sequence[float], share: float) -> float:
    """Return the figure below which that share lies."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
