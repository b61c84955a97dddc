"""All words of a keyword near each other, in any order."""

from collections.abc import Sequence

WIDEST = 45  # Characters from the first word to the last.


def find_nearest(places: Sequence[tuple[int, int, int]], slots: int) -> tuple[int, int] | None:
    """Return the narrowest piece of the text that holds every word, given (start, end, which word) of each found one."""
    if len({slot for _, _, slot in places}) < slots:
        return None
    best: tuple[int, int] | None = None
    latest: dict[int, tuple[int, int]] = {}
    for start, end, slot in sorted(places):
        latest[slot] = (start, end)
        if len(latest) == slots:
            first, last = min(one[0] for one in latest.values()), max(one[1] for one in latest.values())
            if best is None or last - first < best[1] - best[0]:
                best = (first, last)
    return best if best and best[1] - best[0] <= WIDEST else None
