"""What people type or paste as keywords: split, tidied, and refused with one clear sentence."""

import re
from collections.abc import Iterable

from switchboard.language import regexes
from switchboard.language.errors import KeywordError
from switchboard.language.folding import fold
from switchboard.language.index import split_words
from switchboard.language.scripts import ALL_KANA, HAS_HAN, SPACED_WORD
from switchboard.language.types import LONGEST_KEYWORD, Keyword, Mode

MOST_PASTED = 10_000
_SEPARATORS = re.compile(r"[\r\n\t,;，、；|｜]+")
_MOST_PASTED_LENGTH = MOST_PASTED * (LONGEST_KEYWORD + 1)


def split_pasted(text: str) -> list[str]:
    """Return the keywords of a pasted list, each once as folded; separated by lines, commas, semicolons or bars.

    :raises KeywordError: more than 10,000 of them.
    """
    found: dict[str, str] = {}
    for piece in _SEPARATORS.split(text[:_MOST_PASTED_LENGTH]):
        tidy = " ".join(piece.split())
        if tidy and (folded := fold(tidy)):
            found.setdefault(folded, tidy)
    if len(found) > MOST_PASTED:
        raise KeywordError(
            f"{len(found):,} keywords are more than one rule can hold: {MOST_PASTED:,}. Split them over several rules.",
            field="keywords",
        )
    return list(found.values())


def check_keyword(keyword: Keyword) -> None:
    """Refuse a keyword that could not be found.

    :raises KeywordError: it is empty, too long, or holds no letter, figure or sign.
    """
    if keyword.mode is Mode.REGEX:
        regexes.check_regex(keyword.text)
        return
    if not keyword.text.strip():
        raise KeywordError("Write a keyword: an empty one would match nothing.", field="keywords")
    if len(keyword.text) > LONGEST_KEYWORD:
        raise KeywordError(f"Shorten this keyword to {LONGEST_KEYWORD} characters.", field="keywords")
    if not fold(keyword.text):
        raise KeywordError(f"“{keyword.text}” holds no letter, figure or sign to look for.", field="keywords")
    if not 50 <= keyword.threshold <= 100:
        raise KeywordError("The threshold is between 50 and 100 percent.", field="threshold")
    if keyword.mode is Mode.ALL_NEAR and not split_words(keyword.text):
        raise KeywordError(
            f"“{keyword.text}” is one word. Write two or more with spaces between them, or choose “contains”.",
            field="keywords",
        )


def is_short(text: str) -> bool:
    """Whether a keyword is so short that it is found in many messages by chance."""
    folded = fold(text)
    if HAS_HAN.search(folded):
        return len(folded) < 2
    if ALL_KANA.fullmatch(folded):
        return len(folded) < 3
    return bool(SPACED_WORD.fullmatch(folded)) and len(folded) < 3


def tidy_keywords(keywords: Iterable[Keyword]) -> list[Keyword]:
    """Return keywords without those that say the same again in the same mode."""
    return list({(fold(one.text), one.mode): one for one in reversed(list(keywords))}.values())[::-1]
