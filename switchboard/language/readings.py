"""Other writings of a keyword: Japanese readings and spellings, pinyin. Made once, when its rule is saved."""

import re

from switchboard.language import resources
from switchboard.language.folding import HAN, KANA, clean, fold
from switchboard.language.types import Pattern, View

# Raise it whenever a keyword gets other writings than before: stored ones are then made anew by the next migration.
DERIVATION = 1
MOST_VARIANTS = 4
MOST_BARE_WORDS = 3  # More kanji words in a row without kana are Chinese.
_HAS_HAN = re.compile(f"[{HAN}]")
_HAS_KANA = re.compile(f"[{KANA}]")
_ALL_HAN = re.compile(f"[{HAN}]+")
_SOUNDS = re.compile(f"[{KANA}0-9]*[{KANA}]+")
# 振り込み: kanji, its ending, kanji, its ending. Often written without the one or the other.
_SPOKEN = {"私": ("わたし",), "何": ("なん",)}  # As people say it; the dictionary is formal.
_ONLY = {"何時": ("なんじ",)}  # いつ is another word: it asks for a day.
_COMPOUND = re.compile(f"([{HAN}])([ぁ-ゖ]{{1,2}})([{HAN}])([ぁ-ゖ]?)")


def current_derivation() -> int:
    """Return by which version writings are derived here; 0 without the dictionaries: they are to be made again."""
    return DERIVATION if {resources.JAPANESE, resources.CHINESE} <= set(resources.available()) else 0


def derive_patterns(text: str) -> tuple[Pattern, ...]:
    """Return the other writings of a keyword that the installed dictionaries know."""
    folded = fold(text)
    if not _HAS_HAN.search(folded):
        return ()
    patterns: list[Pattern] = []
    if resources.JAPANESE in resources.available():
        patterns += _derive_japanese(text, folded)
    if resources.CHINESE in resources.available() and not _HAS_KANA.search(folded):
        patterns += _derive_pinyin(folded)
    return tuple(dict.fromkeys(one for one in patterns if one.text != folded))


def _derive_japanese(text: str, folded: str) -> list[Pattern]:
    """Make readings and spellings; characters that Japanese does not know have none."""
    tokens = [one for one in resources.japanese_tokens(clean(text)) if one.surface.strip()]
    if not all(one.is_known or not _HAS_HAN.search(one.surface) for one in tokens):
        return []
    if not _HAS_KANA.search(folded) and len(tokens) > MOST_BARE_WORDS:
        return []
    readings = [fold(one) for one in _vary_one([_readings_of(one) for one in tokens])]
    if len(folded) == 1:
        readings = readings[:1]  # 傷 alone is きず; しょう, as it sounds in compounds, is in every でしょう.
    spellings = [fold(one) for one in _vary_one([_spellings_of(one) for one in tokens])]
    return [Pattern(one, View.READING) for one in readings if _SOUNDS.fullmatch(one) and len(one) > 1] + [
        Pattern(one, View.SURFACE) for one in spellings
    ]


def _vary_one(choices: list[list[str]]) -> list[str]:
    """Return the usual text and those that differ in one word, so that many words do not multiply."""
    usual = [one[0] for one in choices]
    varied = [
        "".join([*usual[:place], other, *usual[place + 1 :]])
        for place, others in enumerate(choices)
        for other in others[1:]
    ]
    return ["".join(usual), *varied][:MOST_VARIANTS]


def _readings_of(token: resources.Token) -> list[str]:
    if token.surface.isdigit():
        return [token.surface, token.reading]
    if not _HAS_HAN.search(token.surface):
        return [token.surface]
    if token.surface in _ONLY:
        return list(_ONLY[token.surface])
    others = [one for one in resources.japanese_readings(token.surface) if one and one != token.reading]
    return [token.reading, *_SPOKEN.get(token.surface, ()), *others]


def _spellings_of(token: resources.Token) -> list[str]:
    """Return a word as written, as usually written, and with fewer of its endings: 振り込み, 振込み, 振込."""
    spellings = [token.surface]
    if token.kind == "名詞" and _HAS_HAN.search(token.surface):
        spellings.append(token.normalized)
    for word in tuple(spellings):
        if found := _COMPOUND.fullmatch(word):
            first, middle, second, last = found.groups()
            spellings += [first + second, first + second + last, first + middle + second]
    return list(dict.fromkeys(spellings))


def _derive_pinyin(folded: str) -> list[Pattern]:
    """Make pinyin by the words, then with another sound of one polyphonic character each."""
    compact = folded.replace(" ", "")
    if not _ALL_HAN.fullmatch(compact):
        return []
    usual, table = resources.pinyin_of(compact), resources.sounds_of_characters()
    if len(usual) != len(compact) or not all(usual):
        return []
    ways = [usual] + [
        [*usual[:place], other, *usual[place + 1 :]]
        for place, character in enumerate(compact)
        for other in table.get(character, ())[:2]
        if other != usual[place]
    ]
    return [Pattern(" ".join(way), View.PINYIN) for way in ways[:MOST_VARIANTS]]
