"""What was found in one message: per keyword the best way, per rule the best keyword, in a fixed order."""

from typing import NamedTuple

from switchboard.language.index import FACTORS, Entry
from switchboard.language.message import Message
from switchboard.language.types import Match, Mode, Pattern, View

SLIP_COST = 0.08  # Each further slip, of the weight.
OTHER_KEYWORD = 0.3  # What one more keyword of the same rule adds, of its own score.


class Found(NamedTuple):
    """The best way in which one keyword was found."""

    score: float
    entry: Entry
    view: View
    distance: int
    start: int
    end: int


class Findings:
    """What has been found in one message so far."""

    __slots__ = ("by_entry", "corrections", "lazy_tier", "message", "part_distance", "parts", "views")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.by_entry: dict[int, Found] = {}
        self.parts: dict[int, list[tuple[int, int, int]]] = {}
        self.part_distance: dict[int, int] = {}
        self.corrections: list[tuple[str, str]] = []
        self.views: list[Pattern] = []
        self.lazy_tier = False

    def add(
        self, entry: Entry, view: View, distance: int, start: int, end: int, *, weight: float = 0.0, bonus: float = 0.0
    ) -> None:
        """Note a keyword unless it was found better before."""
        score = (weight or entry.weight) * (FACTORS[view] - SLIP_COST * max(0, distance - 1)) + bonus
        known = self.by_entry.get(entry.number)
        if known is None or score > known.score:
            self.by_entry[entry.number] = Found(score, entry, view, distance, start, end)

    def add_plain(self, entry: Entry, view: View, score: float, start: int, end: int) -> None:
        """Note a keyword found as it is, which is nearly all of them."""
        known = self.by_entry.get(entry.number)
        if known is None or score > known.score:
            self.by_entry[entry.number] = Found(score, entry, view, 0, start, end)

    def add_part(self, entry: Entry, distance: int, place: tuple[int, int, int]) -> None:
        """Note one word of a keyword whose words may stand apart."""
        self.parts.setdefault(entry.number, []).append(place)
        self.part_distance[entry.number] = max(distance, self.part_distance.get(entry.number, 0))

    def rank(self) -> list[Match]:
        """Order the rules by their best keyword; equal ones by position, then id."""
        if not self.by_entry:
            return []
        by_rule: dict[int, list[Found]] = {}
        for found in self.by_entry.values():
            by_rule.setdefault(found.entry.rule.id, []).append(found)
        ranked = []
        for founds in by_rule.values():
            best, score = founds[0], founds[0].score
            if len(founds) > 1:
                founds.sort(key=_by_score)
                best = founds[0]
                score = best.score + OTHER_KEYWORD * sum(one.score for one in founds[1:] if not _overlaps(one, best))
            ranked.append((-round(score, 6), best.entry.rule.position, best.entry.rule.id, founds))
        ranked.sort(key=_by_place)
        return [self._make_match(-one[0], one[3]) for one in ranked]

    def _make_match(self, score: float, founds: list[Found]) -> Match:
        _, entry, view, distance, start, end = founds[0]
        found = self.message.text if entry.keyword.mode is Mode.REGEX else self.message.cleaned[start:end]
        others = tuple([one.entry.keyword.text for one in founds[1:]]) if len(founds) > 1 else ()
        return Match(entry.rule.id, entry.keyword, view, distance, score, (start, end), found, others)


def _by_score(found: Found) -> tuple[float, int]:
    return -found.score, found.entry.number


def _by_place(row: tuple[float, int, int, list[Found]]) -> tuple[float, int, int]:
    return row[:3]


def _overlaps(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end
