"""Meta's words for a number, in ours: pure translations (CLOUD-API 2.7)."""

from switchboard.cloudapi.client import NumberInfo
from switchboard.numbers.models import NumberState, Quality

_THROUGHPUT = {"STANDARD": 80, "HIGH": 1000}
_COEXISTENCE_THROUGHPUT = 20
_LIMITS = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
}


def parse_state(status: str) -> NumberState:
    """Return a number's state; a word we do not know counts as one that may not send."""
    word = status.lower()
    return NumberState(word) if word in NumberState.values else NumberState.UNKNOWN


def parse_quality(rating: str) -> Quality:
    """Return a number's rating."""
    word = rating.lower()
    return Quality(word) if word in Quality.values else Quality.UNKNOWN


def parse_throughput(number: NumberInfo) -> int:
    """Return how many messages a second Meta takes from a number."""
    if number.is_on_biz_app:
        return _COEXISTENCE_THROUGHPUT
    return _THROUGHPUT.get(number.throughput.level.upper(), _THROUGHPUT["STANDARD"])


def parse_messaging_limit(numbers: list[NumberInfo], known: int | None) -> int | None:
    """Return how many people the portfolio may reach in 24 hours (None: no limit); unsaid, it stays as known."""
    tiers = {number.whatsapp_business_manager_messaging_limit for number in numbers} - {None, ""}
    if "TIER_UNLIMITED" in tiers:
        return None
    limits = [_LIMITS[tier] for tier in tiers if tier in _LIMITS]
    return max(limits) if limits else known
