"""Reads a message as a row of known words and says whether their order is a wish to be left alone. Pure.

The words and the orders of them, language by language, are data: `words/*.txt`. A message with one unknown word is
not read at all, so that "stop the parcel" cannot be taken for "stop the messages".
"""

import importlib.resources
import itertools
import re
from dataclasses import dataclass, field

_CHOICES = re.compile(r"\{([^}]*)\}")
_SAYS_NOTHING = "-"


@dataclass(slots=True)
class Grammar:
    """The words of a language by kind, and the orders of kinds that make a wish."""

    between_words: str
    kinds: dict[str, str] = field(default_factory=dict)
    # By the first character, longest first: reading takes the longest word that fits.
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    wish: re.Pattern[str] = re.compile("(?!)")
    reason: re.Pattern[str] = re.compile("(?:r|R)+")
    certain: re.Pattern[str] = re.compile("(?!)")
    other_matter: re.Pattern[str] = re.compile("(?!)")

    def read(self, folded: str) -> str | None:
        """Return the kinds of the words in a folded text, or nothing when one of them is unknown."""
        found: list[str] = []
        at, end = 0, len(folded)
        kinds, lengths = self.kinds, self.lengths
        while at < end:
            for length in lengths.get(folded[at], ()):
                kind = kinds.get(folded[at : at + length])
                if kind is not None:
                    found.append(kind)
                    at += length
                    break
            else:
                return None
        return "".join(found)


def load_grammar(language: str, *, between_words: str) -> Grammar:
    """Return the grammar of a language from its file of words."""
    source = importlib.resources.files("switchboard.consent").joinpath("words", f"{language}.txt")
    grammar = Grammar(between_words)
    shapes: list[str] = []
    for line in source.read_text(encoding="utf-8").splitlines():
        head, _, rest = line.partition(" ")
        if head == ">":
            shapes.append(rest)
        elif head == "!":
            grammar.certain = re.compile(rest)
        elif head == "?":
            grammar.other_matter = _compile_words(rest, between_words)
        elif head and head != "#":
            _add_words(grammar, "" if head == _SAYS_NOTHING else head, rest)
    # One wish may follow another: "delete my number and stop texting me".
    grammar.wish = re.compile(f"(?:{'|'.join(shapes)}){{1,2}}")
    _index_lengths(grammar)
    return grammar


def _add_words(grammar: Grammar, kind: str, line: str) -> None:
    for word in _spell_out(line):
        folded = word.replace("_", " ").replace("ー", "") + grammar.between_words
        # The first kind stays: politeness and the stop words stand above what is vaguer.
        grammar.kinds.setdefault(fold_kana(folded), kind)


def _spell_out(line: str) -> list[str]:
    """Return the words of a line, {a,b} written out as either."""
    return [word for pattern in line.split() for word in _expand(pattern)]


def _expand(pattern: str) -> list[str]:
    parts = _CHOICES.split(pattern)
    choices = [part.split(",") if odd % 2 else [part] for odd, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def _compile_words(line: str, between_words: str) -> re.Pattern[str]:
    words = "|".join(re.escape(fold_kana(word.replace("_", " ").replace("ー", ""))) for word in _spell_out(line))
    return re.compile(rf"\b(?:{words})\b" if between_words else words)


def _index_lengths(grammar: Grammar) -> None:
    lengths: dict[str, set[int]] = {}
    for word in grammar.kinds:
        lengths.setdefault(word[0], set()).add(len(word))
    grammar.lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)} | {ord("ー"): None}


def fold_kana(text: str) -> str:
    """Return the text with katakana as hiragana and without the mark of a long vowel."""
    return text.translate(_KATAKANA_TO_HIRAGANA)
