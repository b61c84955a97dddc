"""Which open pages a change of counts concerns."""

from collections.abc import Iterable

from switchboard.delivery.types import Origin


def topics(origins: Iterable[tuple[str, int]]) -> set[str]:
    """Return the live topics of these origins."""
    found = {"overview"}
    for kind, origin_id in origins:
        if kind == Origin.BROADCAST:
            found.add(f"broadcast:{origin_id}")
        elif kind in {Origin.ANSWER, Origin.PERSON}:
            # Open conversations show ticks; which one a message belongs to is not looked up for each status.
            found.add("answers")
    return found
