"""Slips of the finger in words with spaces: which keyword a word may have been meant for."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from switchboard.language.types import DEFAULT_THRESHOLD

PREFIX = 7  # Deletions are made in the first letters only: a tenth of the memory, nothing lost up to two slips.
MOST_SLIPS = 2
MOST_CANDIDATES = 3
_CACHED_WORDS = 50_000
LONGEST_WORD = 40
SHORT = 4
_FIGURES = re.compile(r"\d")


def count_slips(length: int, threshold: int) -> int:
    """Return how many letters may be wrong in a word of this length when so many percent must be right."""
    if length == SHORT - 1 and threshold <= DEFAULT_THRESHOLD:
        return 1  # Only such that leave all its letters.
    return min(MOST_SLIPS, length * (100 - threshold) // 100)


class SlipIndex:
    """Finds the words within a few slips of a misspelt one, without looking at all of them."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        self._limits: dict[str, int] = {}
        for word, limit in words:
            self._limits[word] = max(limit, self._limits.get(word, 0))
        # Most have one word only: a list around each would cost more than all the rest.
        self._by_deletion: dict[str, str | list[str]] = {}
        for word in sorted(self._limits):
            for part in _delete(word, self._limits[word]):
                others = self._by_deletion.setdefault(part, word)
                if isinstance(others, list):
                    others.append(word)
                elif others is not word:
                    self._by_deletion[part] = [others, word]
        self._cache: dict[str, tuple[tuple[str, int], ...]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._limits

    def find(self, word: str) -> tuple[tuple[str, int], ...]:
        """Return the nearest words with their distance, in a fixed order."""
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) >= _CACHED_WORDS:
                self._cache.clear()
            found = self._cache[word] = self._search(word)
        return found

    def _search(self, word: str) -> tuple[tuple[str, int], ...]:
        if not 3 <= len(word) <= LONGEST_WORD:
            return ()
        near: dict[str, int] = {}
        for part in _delete(word, MOST_SLIPS):
            others = self._by_deletion.get(part, ())
            for other in (others,) if isinstance(others, str) else others:
                if other not in near and abs(len(other) - len(word)) <= self._limits[other]:
                    near[other] = OSA.distance(word, other, score_cutoff=MOST_SLIPS)
        fair = [one for one in near.items() if one[1] <= self._limits[one[0]] and is_likely(word, *one)]
        if not fair and (stem := _strip_ending(word)):
            return self._search(stem)
        best = min((far for _, far in fair), default=0)
        return tuple(sorted(one for one in fair if one[1] == best)[:MOST_CANDIDATES])


def _strip_ending(word: str) -> str | None:
    """Return a word without the ending that hides its slip: visjas, cancled."""
    return next(
        (word[: -len(one)] for one in ("ing", "ed", "es", "s") if word.endswith(one) and len(word) - len(one) > 3), None
    )


def _delete(word: str, count: int) -> set[str]:
    """Return the beginning of a word with up to so many of its letters left out."""
    prefix = word[:PREFIX]
    parts, latest = {prefix}, {prefix}
    for _ in range(min(count, len(prefix) - 1)):
        latest = {one[:place] + one[place + 1 :] for one in latest for place in range(len(one))}
        parts |= latest
    return parts


def is_likely(word: str, other: str, distance: int) -> bool:
    """Whether fingers slip like that: figures stay, and the first letter of a short word is right, doubled or swapped.

    A word of three letters has them all: in another order, or with one more.
    """
    if not has_same_figures(word, other):
        return False
    if len(other) < SHORT:
        return sorted(word) == sorted(other) or (len(word) == SHORT and word[0] == other[0])
    if word[0] == other[0] or len(other) > SHORT + 1:
        return True
    return distance == 1 and (word[1:] == other or word[:2] == other[1::-1] or len(other) >= SHORT)


def has_same_figures(word: str, other: str) -> bool:
    """Whether two words agree in their figures: 500 is no slip of 200."""
    return _FIGURES.findall(word) == _FIGURES.findall(other)
