"""What people do to a keyword when they type it: other kana, half width, other characters, pinyin, homophones, slips."""

import functools
import random
from collections import defaultdict
from collections.abc import Callable

import jaconv
import opencc

from switchboard.language import resources
from switchboard.language.scripts import ALL_HAN, HAS_HAN

Mutation = Callable[[str, random.Random], str]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def to_hiragana(keyword: str, _: random.Random) -> str:
    """Write it by its reading."""
    return jaconv.kata2hira("".join(one.reading for one in resources.japanese_tokens(keyword)))


def to_half_width(keyword: str, _: random.Random) -> str:
    """Write its katakana in half width; the whole of it by its reading where there is none."""
    if not any("ァ" <= one <= "ヶ" for one in keyword):
        return keyword
    return jaconv.z2h(keyword, kana=True, ascii=True, digit=True)


def to_half_width_reading(keyword: str, chance: random.Random) -> str:
    """Write it by its reading in half-width katakana."""
    return jaconv.z2h(jaconv.hira2kata(to_hiragana(keyword, chance)), kana=True)


@functools.cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2tw")


def to_traditional(keyword: str, _: random.Random) -> str:
    """Write it as in Taiwan."""
    return str(_converter().convert(keyword))


def to_pinyin(keyword: str, chance: random.Random) -> str:
    """Write its Chinese characters in Latin letters, as one word or a syllable at a time."""
    if not HAS_HAN.search(keyword):
        return keyword
    return chance.choice(("", " ")).join(resources.pinyin_of(keyword))


@functools.cache
def _same_sound() -> dict[str, list[str]]:
    """Group the 3,500 commonest characters by their sound, as a keyboard would offer them."""
    groups = defaultdict(list)
    for character, sounds in resources.sounds_of_characters().items():
        if len(character.encode("gb2312", "ignore")) == 2 and character.encode("gb2312")[0] < 0xD8:
            groups[sounds[0]].append(character)
    return groups


def to_homophone(keyword: str, chance: random.Random) -> str:
    """Replace one of its characters by another of the same sound."""
    places = [place for place, one in enumerate(keyword) if ALL_HAN.fullmatch(one)]
    chance.shuffle(places)
    for place in places:
        sound = resources.sounds_of_characters().get(keyword[place], ("",))[0]
        others = [one for one in _same_sound().get(sound, ()) if one != keyword[place]]
        if others:
            return keyword[:place] + chance.choice(others) + keyword[place + 1 :]
    return keyword


def slip(keyword: str, chance: random.Random) -> str:
    """Leave out, double, replace or swap one letter."""
    places = [place for place, one in enumerate(keyword) if one.isalpha()]
    place = chance.choice(places)
    kind = chance.randrange(4)
    if kind == 0 and len(places) > 3:
        return keyword[:place] + keyword[place + 1 :]
    if kind == 1:
        return keyword[:place] + chance.choice(_LETTERS) + keyword[place:]
    if kind == 2 and place + 1 < len(keyword) and keyword[place + 1].isalpha() and keyword[place + 1] != keyword[place]:
        return keyword[:place] + keyword[place + 1] + keyword[place] + keyword[place + 2 :]
    other = chance.choice([one for one in _LETTERS if one != keyword[place]])
    return keyword[:place] + other + keyword[place + 1 :]


MUTATIONS: dict[str, dict[str, Mutation]] = {
    "ja": {"hiragana": to_hiragana, "half_width": to_half_width, "half_width_reading": to_half_width_reading},
    "zh": {"traditional": to_traditional, "pinyin": to_pinyin, "homophone": to_homophone},
    "en": {"typo": slip},
}
