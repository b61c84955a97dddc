"""What crosses the border of the room: keywords and rules in, matches and explanations out."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

LONGEST_TEXT = 2000  # Characters of a message that are looked at: 10,000 took 33-122 ms.
LONGEST_KEYWORD = 200
DEFAULT_THRESHOLD = 75  # One edit in 4 to 7 letters, two from 8 on.


class Mode(StrEnum):
    """How a keyword is looked for."""

    EXACT = "exact"  # The whole message, in any writing, is the keyword.
    STARTS = "starts"  # The message begins with it.
    CONTAINS = "contains"  # It stands somewhere, in any writing: width, case, kana, traditional, reading, pinyin.
    FUZZY = "fuzzy"  # As contains, and with slips of the finger or of the converter. The default.
    ALL_NEAR = "all_near"  # All its words, in any order, near each other.
    REGEX = "regex"  # A regular expression over the message as it was written.


class View(StrEnum):
    """In which writing of the message the keyword was found."""

    SURFACE = "surface"  # As written, after normalising.
    READING = "reading"  # Japanese, by sound: へんぴん for 返品.
    PINYIN = "pinyin"  # Chinese in Latin letters: tuihuo for 退货.
    ROMAJI = "romaji"  # Japanese in Latin letters: henpin.
    HOMOPHONE = "homophone"  # Chinese characters that sound the same.
    TYPO = "typo"  # With a slip of the finger.
    NEAR = "near"  # All words near each other.
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One more writing of a keyword, made when its rule is saved and stored with it."""

    text: str
    view: View


@dataclass(frozen=True, slots=True)
class Keyword:
    """What a rule listens for. `patterns` are what readings.derive_patterns made of it."""

    text: str
    mode: Mode = Mode.FUZZY
    threshold: int = DEFAULT_THRESHOLD  # Percent of its letters that must be right; 100 allows no slip.
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class KeywordRule:
    """The listening part of a rule. The smaller position wins when two rules match equally well."""

    id: int
    keywords: tuple[Keyword, ...]
    position: int = 0


class Match(NamedTuple):
    """One rule that a message matches, by its best keyword."""

    rule_id: int
    keyword: Keyword
    view: View
    distance: int  # Letters or sounds that differ.
    score: float  # Comparable within one message only.
    span: tuple[int, int]  # Where in the normalised text; the whole of it where no place can be named.
    found: str  # What was written there.
    other_keywords: tuple[str, ...] = ()  # Further keywords of the same rule that were found.


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the tester shows of one message."""

    text: str
    normalised: str
    languages: tuple[str, ...]  # "ja", "zh", "en" by its scripts; several where they can't be told apart.
    views: tuple[Pattern, ...]  # Other writings of the message that were searched.
    corrections: tuple[tuple[str, str], ...]  # Words taken for slips of others.
    candidates: tuple[Match, ...]  # Best first; the first is the winner.
    lazy_tier: bool  # Whether nothing was found at first sight, so that sounds and slips were tried.
    missing: tuple[str, ...] = ()  # Language resources that are not installed and would have been asked.

    @property
    def winner(self) -> Match | None:
        """The best candidate."""
        return self.candidates[0] if self.candidates else None


@dataclass(frozen=True, slots=True)
class Collision:
    """Two rules that can both win the same message."""

    rule_id: int
    other_rule_id: int
    keyword: str
    other_keyword: str
    view: View
    shared: str  # The writing both have.
    winner_id: int  # Which of them wins, by position.
    hides: bool  # Whether the loser's keyword can then never win.


class Feeling(StrEnum):
    """Whether a message is a complaint."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Mood:
    """How a message sounds, and by which words."""

    feeling: Feeling
    score: float  # Negative below zero.
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and their weight by language; a workspace adds to or overrides what is shipped."""

    weights: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PhraseGroup:
    """Messages that say about the same."""

    phrase: str  # The one that stands for all.
    count: int
    examples: tuple[str, ...]
    keywords: tuple[str, ...]  # What a rule for them could listen for.


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A synonym on offer, and where it comes from: "resources", or "messages" with how many say it."""

    text: str
    source: str
    count: int = 0
