"""One message while it is being matched: its forms, and the dictionary's view of it, each worked out once."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from switchboard.language import resources, scripts
from switchboard.language.folding import KANA, clean, unify
from switchboard.language.scripts import HAS_HAN, HAS_KANA, KATAKANA, SPACED_WORD

_PARTICLES = frozenset("はがをにでとものへやかねよだ")
_FUNCTION_WORDS = frozenset(("助詞", "助動詞", "接続詞", "感動詞", "連体詞", "副詞", "代名詞"))
_PARTICLE_KINDS = ("助詞", "助動詞")
SURE_LENGTH = 6  # Kana that mean one thing wherever they stand.
LIKELY_LENGTH = 4
SHORTEST_TELLING, FEWEST_TELLING = 3, 3
MOST_KANA_IN_CHINESE = 2
_MORE_KANA = re.compile(f"(?:[{KANA}][^{KANA}]*){{{MOST_KANA_IN_CHINESE + 1}}}")
LONGEST_WITHOUT_KANA = 16  # Japanese has no longer messages in Chinese characters alone: 返品送料着払希望.


_Value = TypeVar("_Value")


class once(Generic[_Value]):  # noqa: N801  used like a decorator of the standard library
    """As functools.cached_property without its lock, which costs as much as most of what it guards: a message has one owner."""

    def __init__(self, work: Callable[[Any], _Value]) -> None:
        self._work = work
        self._name = work.__name__

    def __get__(self, instance: object, _owner: type) -> _Value:
        value = self._work(instance)
        instance.__dict__[self._name] = value
        return value


class Message:
    """A message in the forms that matching needs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.cleaned = clean(text)
        self.folded = unify(self.cleaned)

    @once
    def has_japanese(self) -> bool:
        """Whether there is a Japanese dictionary to ask."""
        return resources.JAPANESE in resources.available()

    @once
    def has_han(self) -> bool:
        """Whether there are Chinese characters."""
        return not self.folded.isascii() and bool(HAS_HAN.search(self.folded))

    @once
    def may_be_chinese(self) -> bool:
        """Whether there are Chinese characters, and hardly any kana: some write の for 的."""
        return self.has_han and not _MORE_KANA.search(self.folded)

    @once
    def may_be_japanese(self) -> bool:
        """Whether a Japanese dictionary has anything to say: kana, or few enough characters, all of them used in Japan."""
        if HAS_KANA.search(self.cleaned):
            return True
        return self.has_han and len(self.cleaned) <= LONGEST_WITHOUT_KANA and scripts.is_used_in_japan(self.cleaned)

    @once
    def texts_of_words(self) -> list[str]:
        """The words that stand between spaces."""
        return SPACED_WORD.findall(self.folded)

    @once
    def words(self) -> list[tuple[int, int, str]]:
        """Those words with their places, which most messages need not know."""
        return [(found.start(), found.end(), found[0]) for found in SPACED_WORD.finditer(self.folded)]

    @once
    def unknown_words(self) -> list[tuple[int, int, str]]:
        """Those of them that are not English: names, slips, or another language in Latin letters."""
        rare = set(self.texts_of_words).difference(resources.english_words())
        unknown = {one for one in rare if not one.isdigit() and not resources.is_english(one)}
        return [one for one in self.words if one[2] in unknown] if unknown else []

    @once
    def is_in_another_language(self) -> bool:
        """Whether most words in Latin letters are not English: then short ones are words of their own, not slips."""
        telling = sum(len(one) >= SHORTEST_TELLING for one in self.texts_of_words)
        unknown = sum(len(one[2]) >= SHORTEST_TELLING for one in self.unknown_words)
        return telling >= FEWEST_TELLING and unknown * 2 > telling

    @once
    def chinese_words_across(self) -> dict[int, str]:
        """The Chinese word that lies across a place between two characters."""
        found, place = {}, 0
        for word in resources.chinese_words(self.folded):
            found.update(dict.fromkeys(range(place + 1, place + len(word)), word))
            place += len(word)
        return found

    @once
    def morphemes(self) -> Sequence[Any]:
        """The message in Japanese words, as the dictionary gives them."""
        return resources.japanese_morphemes(self.cleaned)

    @once
    def tokens(self) -> list[resources.Token]:
        """The message in Japanese words, with their places, which most messages need not know."""
        return [resources.Token(one) for one in self.morphemes]

    @once
    def token_starts(self) -> dict[int, int]:
        """Number of each Japanese word by its beginning."""
        return {one.start: number for number, one in enumerate(self.tokens)}

    @once
    def token_ends(self) -> dict[int, int]:
        """Number of each Japanese word by its end."""
        return {one.end: number for number, one in enumerate(self.tokens)}

    @once
    def tokens_across(self) -> dict[int, resources.Token]:
        """The longer Japanese word that lies across a place between two characters."""
        return {place: one for one in self.tokens if one.end - one.start > 2 for place in range(one.start + 1, one.end)}

    def is_word_by_sound(self, start: int, end: int, meant: str) -> bool:
        """Whether kana here are a word of their own, and not part of others that happen to sound so."""
        before = self.cleaned[start - 1] if start else ""
        after = self.cleaned[end] if end < len(self.cleaned) else ""
        is_katakana = bool(KATAKANA.search(self.cleaned, start, end))
        length = end - start
        if not _goes_on(before, is_katakana=is_katakana) and not _goes_on(after, is_katakana=is_katakana):
            # Behind a Chinese character it may be its ending: 止まっています is not まっています.
            is_ending = not is_katakana and self.has_japanese and bool(before and HAS_HAN.match(before))
            return length > 1 and not (is_ending and self._is_cut(start, end))
        if length >= SURE_LENGTH:
            return not self.has_japanese or not self._is_cut(start, end)
        if not self.has_japanese:
            return length >= LIKELY_LENGTH or (length > 2 and _is_apart(before) and _is_apart(after))
        return self._is_aligned(start, end, meant, is_borrowed=bool(scripts.ALL_KANA.fullmatch(meant)))

    def _is_aligned(self, start: int, end: int, meant: str, *, is_borrowed: bool) -> bool:
        first, last = self.token_starts.get(start), self.token_ends.get(end)
        if first is None or last is None:
            return end - start > 2 and not self._is_cut(start, end)
        if first != last:
            return end - start > (LIKELY_LENGTH if self.tokens[first].kind in _PARTICLE_KINDS else 2)
        word = self.tokens[first]
        if is_borrowed and (end - start > 2 or word.kind == "名詞"):
            return True
        if HAS_HAN.search(word.normalized):
            return bool(set(HAS_HAN.findall(unify(word.normalized))) & set(meant))
        return word.kind not in _FUNCTION_WORDS and not word.is_helper

    def _is_cut(self, start: int, end: int) -> bool:
        """Whether a word that is surely one lies across the border of this piece."""
        return any(
            word is not None and word.is_known for word in (self.tokens_across.get(start), self.tokens_across.get(end))
        )

    def find_languages(self) -> tuple[str, ...]:
        """Return which languages it can be in."""
        return scripts.find_languages(self.cleaned)


def _goes_on(character: str, *, is_katakana: bool) -> bool:
    """Whether a word in this kana can go on with that character."""
    if not character or not scripts.HAS_KANA.match(character):
        return False
    return character == "ー" or bool(KATAKANA.match(character)) == is_katakana


def _is_apart(character: str) -> bool:
    return not character or character in _PARTICLES or not scripts.HAS_KANA.match(character)
