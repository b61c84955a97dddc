"""How much of its calls an app has used up, from the headers of Meta's answers, and how long to wait for more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from switchboard.cloudapi.values import as_figure, as_list, as_object

BUSINESS_HEADER = "X-Business-Use-Case-Usage"
APP_HEADER = "X-App-Usage"
# From here on calls are spread; at the top they wait until Meta says that there is room again.
BUSY_PERCENT = 90.0
FULL_PERCENT = 100.0
_BUSY_SECONDS = 60.0
_FULL_SECONDS = 300.0
_MOST_SECONDS = 24 * 3600.0
_MOST_KNOWN = 10_000
_PARTS = ("call_count", "total_time", "total_cputime")


@dataclass(frozen=True, slots=True)
class Usage:
    """The share of an hour's calls that is used, of an account or (with no account) of the whole app."""

    account_id: str
    percent: float
    regain_seconds: float = 0.0


def parse_usage(headers: Mapping[str, str]) -> tuple[Usage, ...]:
    """Return what the headers say; most answers say nothing, and nonsense says nothing either."""
    found = []
    if (text := headers.get(BUSINESS_HEADER)) is not None:
        for account_id, entries in _decode(text).items():
            found += [_read(account_id, as_object(entry)) for entry in as_list(entries)]
    if (text := headers.get(APP_HEADER)) is not None:
        found.append(_read("", _decode(text)))
    return tuple(found)


def _decode(text: str) -> dict[str, Any]:
    try:
        return as_object(msgspec.json.decode(text))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}


def _read(account_id: str, entry: Mapping[str, Any]) -> Usage:
    percent = max((as_figure(entry.get(part)) or 0.0 for part in _PARTS), default=0.0)
    minutes = as_figure(entry.get("estimated_time_to_regain_access")) or 0.0
    return Usage(account_id, percent, min(max(minutes * 60, 0.0), _MOST_SECONDS))


def wait_seconds(usage: Usage) -> float:
    """Return how long the next call should wait: as Meta says, else the longer the closer the end is."""
    if usage.regain_seconds > 0:
        return usage.regain_seconds
    if usage.percent >= FULL_PERCENT:
        return _FULL_SECONDS
    return max(0.0, usage.percent - BUSY_PERCENT) / (FULL_PERCENT - BUSY_PERCENT) * _BUSY_SECONDS


def longest_wait(usages: Iterable[Usage]) -> float:
    """Return the longest of the waits."""
    return max((wait_seconds(usage) for usage in usages), default=0.0)


@dataclass(slots=True)
class UsageBook:
    """Until when calls about an account must wait; numbers and templates are tied to the account they answered for."""

    _until: dict[str, float] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)

    def note(self, key: str, node_id: str, usages: Iterable[Usage], now: float) -> None:
        """Keep what an answer about a node said; `key` stands for the app behind the token."""
        for usage in usages:
            if len(self._owners) > _MOST_KNOWN:
                self._owners.clear()
                self._until.clear()
            subject = f"{key}/{usage.account_id}"
            if usage.account_id:
                self._owners[f"{key}/{node_id}"] = subject
            self._until[subject] = now + wait_seconds(usage)

    def wait_for(self, key: str, node_id: str, now: float) -> float:
        """Return how many seconds the next call about a node should wait."""
        subject = self._owners.get(f"{key}/{node_id}", f"{key}/{node_id}")
        return max(0.0, *(self._until.get(one, 0.0) - now for one in (subject, f"{key}/")))


# One for all transports of a process: the limit is Meta's, whoever calls.
SHARED = UsageBook()
