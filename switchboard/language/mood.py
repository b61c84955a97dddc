"""Whether a message is a complaint: by words that a workspace may add to, and never by a guess."""

import functools
import importlib.resources
import re
from dataclasses import dataclass

from switchboard.language import scopes
from switchboard.language.folding import fold
from switchboard.language.index import Automaton
from switchboard.language.types import LONGEST_TEXT, Feeling, Lexicon, Mood

NEGATIVE_FROM = -1.0
POSITIVE_FROM = 0.7
LOUD = -0.5  # What !! adds to a complaint; it makes none by itself.
_WORD_LISTS = ("mood_en.txt", "mood_ja.txt", "mood_zh.txt")
_LOUD = re.compile(r"[!！]{2,}|[?？]{3,}|💢|😡|🤬|😠")
DENIED = -0.4
MISHAP = -0.5  # From here on there is something to be made worse.
WORSE = -0.5
MOST_WORSE = 2
POLITE = 0.3  # Who asks nicely reports a mishap.
ACCUSATION = -2.0


@dataclass(frozen=True, slots=True)
class _Words:
    """A lexicon, ready to be asked."""

    automaton: Automaton
    weights: dict[str, float]
    originals: dict[str, str]


def judge(text: str, lexicon: Lexicon | None = None) -> Mood:
    """Return how a message sounds; words of the workspace's lexicon come before the shipped ones, weight 0 takes one out.

    A word counts by what stands around it in its clause; a mishap becomes a complaint by what makes it worse.
    """
    words = _compile(tuple(sorted(lexicon.weights.items())) if lexicon else ())
    text = text[:LONGEST_TEXT]
    clauses = scopes.split_clauses(text)
    weighed = [one for clause in clauses for one in _weigh(words, clause, may_blame=not _is_their_own(clauses))]
    bad = sum(weight for _, weight in weighed if weight < 0)
    score = sum(weight for _, weight in weighed)
    if bad <= MISHAP:
        score += WORSE * min(MOST_WORSE, sum(clause.count_aggravating() for clause in clauses))
        score += POLITE * any(clause.has("polite") for clause in clauses)
    if score <= NEGATIVE_FROM and _LOUD.search(text):
        score += LOUD
    feeling = (
        Feeling.NEGATIVE if score <= NEGATIVE_FROM else Feeling.POSITIVE if score >= POSITIVE_FROM else Feeling.NEUTRAL
    )
    return Mood(feeling, round(score, 3), tuple(word for word, _ in weighed))


def _is_their_own(clauses: list[scopes.Clause]) -> bool:
    return any(clause.has("mine") for clause in clauses)


def _weigh(words: _Words, clause: scopes.Clause, *, may_blame: bool) -> list[tuple[str, float]]:
    """Return the words of a clause that count, with what they count there."""
    weighed = []
    for word, start, end in _find_longest(words, clause.folded):
        weight = words.weights[word]
        is_off = weight < 0 and (
            (not may_blame and weight > ACCUSATION) or clause.is_switched_off(word, weight, start, end)
        )
        if weight and not is_off:
            weighed.append((words.originals[word], weight * DENIED if clause.is_denied(start, end) else weight))
    return weighed


def shipped_lexicon() -> Lexicon:
    """Return the words that come with the product, for the page where a workspace changes them."""
    return Lexicon(dict(_shipped()))


@functools.cache
def _shipped() -> dict[str, float]:
    folder = importlib.resources.files("switchboard.language").joinpath("words")
    weights = {}
    for name in _WORD_LISTS:
        for line in folder.joinpath(name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                word, weight = line.rsplit(" ", 1)
                weights[word] = float(weight)
    return weights


@functools.lru_cache(maxsize=256)
def _compile(own: tuple[tuple[str, float], ...]) -> _Words:
    listed = _shipped() | dict(own)
    weights = {fold(word): weight for word, weight in listed.items()}
    weights.pop("", None)  # Those of weight 0 stay: a longer one hides the shorter ones in it.
    automaton = Automaton()
    for word in weights:
        automaton.add(word, scopes.plain_use(word))
    automaton.close()
    return _Words(automaton, weights, {fold(word): word for word in listed})


def _find_longest(words: _Words, folded: str) -> list[tuple[str, int, int]]:
    """Return the words of the lexicon in a text; inside a longer one a shorter one does not count again."""
    hits = sorted(words.automaton.scan(folded), key=lambda hit: (hit.start - hit.end, hit.start))
    taken: list[tuple[str, int, int]] = []
    covered = bytearray(len(folded))
    for hit in hits:
        if not any(covered[hit.start : hit.end]):
            covered[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            taken.append((hit.target.text, hit.start, hit.end))
    return sorted(taken, key=lambda one: one[1])
