"""Whether a message is a complaint: by words that a workspace may add to, and never by a guess."""

import functools
import importlib.resources
import re
from dataclasses import dataclass

from switchboard.language import scripts
from switchboard.language.folding import fold
from switchboard.language.index import Automaton, Entry, Use, make_use
from switchboard.language.types import Feeling, Keyword, KeywordRule, Lexicon, Mood, View

NEGATIVE_FROM = -1.0
POSITIVE_FROM = 0.7
LOUD = -0.5  # What !! adds to a complaint; it makes none by itself.
_WORD_LISTS = ("mood_en.txt", "mood_ja.txt", "mood_zh.txt")
_LOUD = re.compile(r"[!！]{2,}|[?？]{3,}|💢|😡|🤬|😠")
# Just before the word, or, in Japanese, just behind it: it says the opposite, more weakly.
_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|no|isnt|wasnt|arent|never|without|dont|didnt|doesnt) (?:\w+ )?"
    r"|(?:[不没无别]|没有|不是|并不)(?:会|让[我人]|什么|怎么|太|那么|算|觉得)?)$"
)
_NOT_BEHIND = re.compile(
    r"(?:では|じゃ|く|[がはもに])?(?:い|まっ|て)?(?:ない(?!で|です?か|か)|なく|ありません(?!か)|なかった|ございません|ていません|いません)"
)
# What is bad through nobody's fault: the weather, the traffic, an ache, a film.
_NOBODYS_FAULT = re.compile(
    r"\b(?:weather|traffic|rain|snow|storm|season|headaches?|toothache|pain|ache|cough|flu|fever|allergy|hangover|noise|film|movie"
    r"|spots|stains?|acne)\b"
    r"|天气|天気|下雨|雨[がは]|い雨|台风|堵车|路况|渋滞|头疼|头痛|头晕|肚子|胃|牙|肩|腰|咳|痛み|筋肉痛|花粉|鼻水|汚れ|つわり|むくみ|かゆみ"
)
_NEIGHBOURHOOD = 14  # Characters around a word in which such a matter is looked for.
_ANYWHERE_NEGATED = 6  # Characters around a word in which its denial is looked for.
DENIED = -0.4


@dataclass(frozen=True, slots=True)
class _Words:
    """A lexicon, ready to be asked."""

    automaton: Automaton
    weights: dict[str, float]
    originals: dict[str, str]


def judge(text: str, lexicon: Lexicon | None = None) -> Mood:
    """Return how a message sounds; words of the workspace's lexicon come before the shipped ones, weight 0 takes one out."""
    words = _compile(tuple(sorted(lexicon.weights.items())) if lexicon else ())
    folded = fold(text)
    score, found = 0.0, []
    for word, start, end in _find_longest(words, folded):
        weight = words.weights[word]
        if not weight or (weight < 0 and _is_nobodys_fault(folded, start, end)):
            continue
        score += weight * DENIED if _is_denied(folded, start, end) else weight
        found.append(words.originals[word])
    if score <= NEGATIVE_FROM and _LOUD.search(text[: len(folded) * 2 + 100]):
        score += LOUD
    feeling = (
        Feeling.NEGATIVE if score <= NEGATIVE_FROM else Feeling.POSITIVE if score >= POSITIVE_FROM else Feeling.NEUTRAL
    )
    return Mood(feeling, round(score, 3), tuple(found))


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
        automaton.add(word, _make_use(word))
    automaton.close()
    return _Words(automaton, weights, {fold(word): word for word in listed})


def _make_use(word: str) -> Use:
    return make_use(Entry(0, KeywordRule(0, ()), Keyword(word), word, 1.0, False), View.SURFACE)  # noqa: FBT003  a row


def _find_longest(words: _Words, folded: str) -> list[tuple[str, int, int]]:
    """Return the words of the lexicon in a text; inside a longer one a shorter one does not count again."""
    hits = sorted(words.automaton.scan(folded), key=lambda hit: (hit.start - hit.end, hit.start))
    taken: list[tuple[str, int, int]] = []
    for hit in hits:
        if not any(hit.start < end and start < hit.end for _, start, end in taken):
            taken.append((hit.target.text, hit.start, hit.end))
    return sorted(taken, key=lambda one: one[1])


def _is_nobodys_fault(folded: str, start: int, end: int) -> bool:
    return bool(_NOBODYS_FAULT.search(folded, max(0, start - _NEIGHBOURHOOD), end + _NEIGHBOURHOOD))


def _is_denied(folded: str, start: int, end: int) -> bool:
    if _NOT_BEFORE.search(folded[max(0, start - 16) : start]):
        return True
    is_japanese = bool(scripts.HAS_KANA.search(folded[end : end + _ANYWHERE_NEGATED]))
    return is_japanese and bool(_NOT_BEHIND.match(folded[end : end + _ANYWHERE_NEGATED + 4]))
