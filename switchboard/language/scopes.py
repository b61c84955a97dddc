"""What stands around a bad word: whose it is, whether it happened at all, and what makes matters worse. The lists are data."""

import functools
import importlib.resources
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from switchboard.language import scripts
from switchboard.language.folding import fold
from switchboard.language.index import Automaton, Entry, Use, make_use
from switchboard.language.types import Keyword, KeywordRule, View

_FILE = "mood_scopes.txt"
# Every word is held against everything in its clause: without a longest clause a long message would cost its square.
_CLAUSE = re.compile(r"([^.!?。！？,，、;；…\n]{1,200})([.!?。！？,，、;；…\n]*)")
_NEIGHBOURHOOD = 14  # Characters around a word in which somebody else's matter is looked for.
_BEHIND = 6  # Characters behind a Japanese word in which its condition is looked for.
_STRONG = -2.0  # An accusation: a question does not take it back.
_SHORT_WORDS = 2
_SHORT_CHARACTERS = 4  # Beside the word itself: a verdict on what was said before.
# Just before the word, or, in Japanese, just behind it: it says the opposite, more weakly.
_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|no|isnt|wasnt|arent|never|without|dont|didnt|doesnt|wont|nothing) (?:\w+ )?"
    r"|(?:[不没无别]|没有|不是|并不|不是[来要想说])(?:会|让[我人]|什么|怎么|太|那么|算|觉得)?)$"
)
_NOT_BEHIND = re.compile(
    r"(?:では|じゃ|く|[がはもに])?(?:い|まっ|て)?"
    r"(?:ない(?!で|です?か|か)|なく|ありません(?!か)|なかった|ございません|ていません|いません)"
)
_LONGEST_DENIAL = 16
_TIME_OR_TIMES = re.compile(
    r"\b(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|many) "
    r"(?:minutes?|hours?|days?|weeks?|months?|calls|emails|mails|times)\b"
    r"|(?:\d+|[一二三四五六七八九十何数半])(?:分|时间|日|周间|[かケけ个]月|回|度目)"
    r"|(?:\d+|[一二两三四五六七八九十几半好])个?(?:多)?(?:分钟|小时|钟头|钟|天|周|星期|礼拜|月|次|遍|通)"
)


class Mark(NamedTuple):
    """A writing of one of the lists, found in a clause."""

    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a message between two marks of punctuation, with what was found in it."""

    folded: str
    marks: tuple[Mark, ...]
    is_asked: bool  # By its punctuation.

    def has(self, heading: str) -> bool:
        """Tell whether anything of a list stands in it."""
        return any(mark.heading == heading for mark in self.marks)

    def is_switched_off(self, word: str, weight: float, start: int, end: int) -> bool:
        """Tell whether a bad word in it is no complaint: another's, wished for, supposed, heard or asked."""
        around = [mark for mark in self.marks if mark.end <= start or end <= mark.start]
        return (
            _is_elsewhere(around, start, end)
            or any(mark.heading in ("hearsay", "wish") for mark in around)
            or _is_supposed(around, start, end)
            or (self._is_question(around, start, end) and not self._is_reproach(weight))
            or (word in _describing() and not self._is_ours(around, start, end))
        )

    def is_denied(self, start: int, end: int) -> bool:
        """Tell whether the word is said not to be so."""
        if _NOT_BEFORE.search(self.folded[max(0, start - _LONGEST_DENIAL) : start]):
            return True
        behind = self.folded[end : end + _BEHIND + 4]
        return bool(scripts.HAS_KANA.search(behind[:_BEHIND])) and bool(_NOT_BEHIND.match(behind))

    def count_aggravating(self) -> int:
        """Return how many things in it make a mishap worse: again, for weeks, in spite of a promise."""
        return sum(mark.heading == "aggravating" for mark in self.marks) + bool(_TIME_OR_TIMES.search(self.folded))

    def _is_question(self, around: list[Mark], start: int, end: int) -> bool:
        if "んですか" in self.folded[end:]:
            return False
        return self.is_asked or any(
            (mark.heading == "question" and mark.end <= start and not (mark.start and self.folded.isascii()))
            or (mark.heading == "question behind" and mark.start >= end)
            for mark in around
        )

    def _is_reproach(self, weight: float) -> bool:
        return weight <= _STRONG or self.has("addressed")

    def _is_ours(self, around: list[Mark], start: int, end: int) -> bool:
        if any(mark.heading == "ours" for mark in around):
            return True
        rest = f"{self.folded[:start]} {self.folded[end:]}"
        if self.folded.isascii():
            return len(rest.split()) <= _SHORT_WORDS
        return len(rest) - 1 <= _SHORT_CHARACTERS


def split_clauses(text: str) -> list[Clause]:
    """Return the clauses of a message, each with what was found in it."""
    clauses = []
    for part, ending in _CLAUSE.findall(text):
        if folded := fold(part):
            marks = tuple(
                Mark(heading, hit.start, hit.end)
                for hit in _compile().automaton.scan(folded)
                for heading in _compile().headings[hit.target.text]
            )
            clauses.append(Clause(folded, marks, "?" in ending or "？" in ending))
    return clauses


def plain_use(text: str) -> Use:
    """Return the use of a writing that is looked for as it stands."""
    return make_use(Entry(0, KeywordRule(0, ()), Keyword(text), text, 1.0, False), View.SURFACE)  # noqa: FBT003  a row


def _is_elsewhere(around: list[Mark], start: int, end: int) -> bool:
    return any(
        mark.heading == "elsewhere" and mark.end >= start - _NEIGHBOURHOOD and mark.start <= end + _NEIGHBOURHOOD
        for mark in around
    )


def _is_supposed(around: list[Mark], start: int, end: int) -> bool:
    return any(
        (mark.heading == "if" and mark.end <= start)
        or (mark.heading == "if behind" and end <= mark.start <= end + _BEHIND)
        for mark in around
    )


@dataclass(frozen=True, slots=True)
class _Lists:
    """All the lists, ready to be looked for in one pass."""

    automaton: Automaton
    headings: dict[str, tuple[str, ...]]


@functools.cache
def _read() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = defaultdict(list)
    heading = ""
    path = importlib.resources.files("switchboard.language").joinpath("words", _FILE)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif line and not line.startswith("#"):
            lists[heading].append(fold(line))
    return dict(lists)


@functools.cache
def _describing() -> frozenset[str]:
    return frozenset(_read()["describing"])


@functools.cache
def _compile() -> _Lists:
    automaton, headings = Automaton(), defaultdict(list)
    for heading, words in _read().items():
        for word in dict.fromkeys(words) if heading != "describing" else ():
            headings[word].append(heading)
            automaton.add(word, plain_use(word))
    automaton.close()
    return _Lists(automaton, {word: tuple(found) for word, found in headings.items()})
