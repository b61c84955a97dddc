"""The fleet as pages show it: every number with its account and portfolio."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from switchboard.numbers.models import Account, Number, NumberState, Quality

_DIGITS = re.compile(r"(\d{1,9})")


@dataclass(frozen=True, slots=True)
class FleetSummary:
    """How the fleet is, in counts."""

    total: int
    sending: int
    stopped: int
    not_connected: int
    low_quality: int


def count_fleet(workspace_id: int) -> FleetSummary:
    """Count the numbers: which may send, which are stopped, not connected, or of low quality."""
    is_stopped, is_connected = Q(stopped_at__isnull=False), Q(state=NumberState.CONNECTED)
    counts = Number.objects.filter(workspace_id=workspace_id).aggregate(
        total=Count("pk"),
        sending=Count("pk", filter=is_connected & ~is_stopped),
        stopped=Count("pk", filter=is_stopped),
        not_connected=Count("pk", filter=~is_connected),
        low_quality=Count("pk", filter=Q(quality=Quality.RED)),
    )
    return FleetSummary(**counts)


def list_stopped_by_error(workspace_id: int, *, without: Collection[int] = ()) -> list[tuple[str, str, str]]:
    """Return the first numbers that an error has stopped, with its code and words; nobody's own stop is among them."""
    stopped = (
        Number.objects.filter(workspace_id=workspace_id, stopped_at__isnull=False)
        .exclude(stopped_code__in=("", "person"))
        .exclude(pk__in=without)
    )
    return [(str(number), number.stopped_code, number.stopped_detail) for number in stopped.order_by("id")[:3]]


def list_stopped(workspace_id: int) -> list[tuple[str, str, str]]:
    """Return every stopped number with the code and the words of why, whoever or whatever stopped it."""
    stopped = Number.objects.filter(workspace_id=workspace_id, stopped_at__isnull=False).order_by("id")
    return [(str(number), number.stopped_code, number.stopped_detail) for number in stopped]


def list_names(workspace_id: int, ids: Collection[int]) -> dict[int, str]:
    """Return what people call some numbers."""
    found = Number.objects.filter(workspace_id=workspace_id, pk__in=ids).only("label", "phone")
    return {number.pk: str(number) for number in found}


def list_account_names(workspace_id: int, ids: Collection[int]) -> dict[int, str]:
    """Return the names of some accounts."""
    return dict(Account.objects.filter(workspace_id=workspace_id, pk__in=ids).values_list("pk", "name"))


def list_numbers(workspace_id: int, *, ids: Sequence[int] | None = None) -> list[Number]:
    """Return every number, or some, with account and portfolio, in the order people read them."""
    numbers = Number.objects.filter(workspace_id=workspace_id).select_related("account__portfolio")
    if ids is not None:
        numbers = numbers.filter(pk__in=ids)
    return sorted(numbers, key=_place)


def _place(number: Number) -> tuple[str, str, list[tuple[int, str]], str]:
    """Sort "Shop 2" before "Shop 10"."""
    parts = [(int(part) if part.isdecimal() else -1, part) for part in _DIGITS.split(str(number))]
    return number.account.portfolio.name, number.account.name, parts, number.phone
