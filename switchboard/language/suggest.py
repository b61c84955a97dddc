"""Synonyms on offer for a keyword: from the shipped list, and from what people really wrote."""

import functools
import importlib.resources
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from switchboard.language import pieces, scripts
from switchboard.language.folding import fold
from switchboard.language.types import Suggestion

MOST_SUGGESTED = 8
MOST_MESSAGES = 2000
FROM_RESOURCES, FROM_MESSAGES = "resources", "messages"


def suggest_synonyms(
    keyword: str, language: str | None = None, messages: Iterable[str] = (), known: Sequence[str] = ()
) -> list[Suggestion]:
    """Return up to eight other ways to say a keyword; those that unanswered messages hold come first."""
    taken = {fold(one) for one in (keyword, *known)}
    heard = list(itertools.islice(messages, MOST_MESSAGES))
    folded_messages = [fold(text) for text in heard]
    listed = [one for one in _find_listed(keyword, language) if fold(one) not in taken]
    counts = {one: sum(fold(one) in text for text in folded_messages) for one in listed}
    said = _find_said(keyword, heard, taken | {fold(one) for one in listed})
    found = [Suggestion(one, FROM_RESOURCES, counts[one]) for one in listed]
    found += [Suggestion(text, FROM_MESSAGES, count) for text, count in said]
    return sorted(found, key=lambda one: -one.count)[:MOST_SUGGESTED]


@functools.cache
def _listed() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Map each word to the lines of the shipped list that hold it."""
    source = importlib.resources.files("switchboard.language").joinpath("words", "synonyms.txt")
    by_word: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or ": " not in line:
            continue
        language, rest = line.split(": ", 1)
        words = tuple(rest.split(" | "))
        for word in words:
            by_word.setdefault(fold(word), []).append((language, words))
    return by_word


def list_synonyms(language: str) -> dict[str, tuple[str, ...]]:
    """Return every line of the shipped list in a language, by its first word."""
    lines = dict.fromkeys(row for rows in _listed().values() for row in rows if row[0] == language)
    return {words[0]: words for _, words in lines}


def _find_listed(keyword: str, language: str | None) -> list[str]:
    """Return the words beside this one in the list; by its parts where it is not there as a whole."""
    folded, languages = fold(keyword), (language,) if language else scripts.find_languages(keyword)
    rows = _listed().get(folded, [])
    if not rows:
        inside = [
            word for word in _listed() if len(word) > 1 and (word in folded or (len(folded) > 1 and folded in word))
        ]
        rows = [row for word in sorted(inside, key=lambda one: (-len(one), one))[:2] for row in _listed()[word]]
    # The line that begins with the word is about it; in others it is only mentioned.
    rows = sorted(rows, key=lambda row: fold(row[1][0]) != folded)
    return list(dict.fromkeys(word for its_language, words in rows if its_language in languages for word in words))


def _find_said(keyword: str, messages: list[str], taken: set[str]) -> list[tuple[str, int]]:
    """Return words of real messages that look like the keyword: they share a character with it, or nearly all letters."""
    folded = fold(keyword)
    counted: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for text in messages:
        words = pieces.content_pieces(text)
        counted.update(words.keys())
        shown |= words
    alike = [(one, count) for one, count in counted.items() if one not in taken and _is_alike(one, folded)]
    return [(shown[one], count) for one, count in sorted(alike, key=lambda one: (-one[1], one[0]))[:MOST_SUGGESTED]]


def _is_alike(piece: str, keyword: str) -> bool:
    if scripts.HAS_HAN.search(keyword):
        return bool(set(scripts.HAS_HAN.findall(piece)) & set(keyword)) and len(piece) > 1
    if len(keyword) < scripts.SHORTEST_INFLECTED or len(piece) < scripts.SHORTEST_INFLECTED:
        return False
    return piece.startswith(keyword) or keyword in piece or OSA.normalized_distance(piece, keyword) <= 0.2


def log_derived(messages: Iterable[str], others: Iterable[str], most: int = MOST_SUGGESTED) -> list[Suggestion]:
    """Return the words that set these messages apart from others: what their rule could listen for."""
    own = [pieces.content_pieces(text) for text in messages]
    shown = {word: written for found in own for word, written in found.items()}
    counted = Counter(piece for found in own for piece in found)
    elsewhere = Counter(piece for text in others for piece in set(pieces.content_pieces(text)))
    chosen: list[Suggestion] = []
    left = own
    while left and len(chosen) < most:
        here = Counter(piece for found in left for piece in found)
        best = max(here, key=lambda one: (here[one] - 1.5 * elsewhere[one], len(one), one), default=None)
        if best is None or here[best] - 1.5 * elsewhere[best] <= 0:
            break
        chosen.append(Suggestion(shown[best], FROM_MESSAGES, counted[best]))
        left = [found for found in left if best not in found]
    return chosen
