"""Which open pages a change of counts concerns."""

from collections.abc import Iterable

from switchboard.delivery.types import Origin


def topics(origins: Iterable[tuple[str, int]]) -> set[str]:
    """Return the live topics of these origins."""
    found = {"overview"}
    for kind, origin_id in origins:
        if kind == Origin.BROADCAST:
            found.add(f"broadcast:{origin_id}")
    return found
