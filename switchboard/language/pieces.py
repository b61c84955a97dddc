"""The words of a message that say what it is about, without those that stand in every message."""

import functools
import importlib.resources

from switchboard.language import resources, scripts
from switchboard.language.folding import clean, fold, unify

MOST_PIECES = 40
_TELLING = ("名詞", "動詞", "形容詞", "形状詞")


@functools.cache
def empty_words() -> frozenset[str]:
    """Return words that say nothing of the matter, in the three languages, folded."""
    text = importlib.resources.files("switchboard.language").joinpath("words", "empty.txt").read_text(encoding="utf-8")
    return frozenset(fold(line) for line in text.splitlines() if line and not line.startswith("#"))


def content_pieces(text: str) -> dict[str, str]:
    """Return the telling words of a text in their order: each folded, with how it was written."""
    cleaned = clean(text)
    folded = unify(cleaned)
    spans = [found.span() for found in scripts.SPACED_WORD.finditer(folded)]
    if scripts.HAS_KANA.search(folded):
        spans += _japanese(cleaned)
    elif scripts.HAS_HAN.search(folded):
        spans += _chinese(folded)
    words = {folded[start:end]: cleaned[start:end] for start, end in spans[:MOST_PIECES]}
    return {
        one: shown for one, shown in words.items() if len(one) > 1 and not one.isdigit() and one not in empty_words()
    }


def _japanese(cleaned: str) -> list[tuple[int, int]]:
    if resources.JAPANESE not in resources.available():
        return [found.span() for found in scripts.ALL_HAN.finditer(cleaned)]
    return [(one.start, one.end) for one in resources.japanese_tokens(cleaned) if one.kind in _TELLING]


def _chinese(folded: str) -> list[tuple[int, int]]:
    if resources.CHINESE not in resources.available():
        return [
            (start, start + 2)
            for run in scripts.ALL_HAN.finditer(folded)
            for start in range(run.start(), run.end() - 1)
        ]
    spans, place = [], 0
    for word in resources.chinese_words(folded):
        if scripts.ALL_HAN.fullmatch(word):
            spans.append((place, place + len(word)))
        place += len(word)
    return spans
