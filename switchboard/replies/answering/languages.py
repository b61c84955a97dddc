"""Which language a person is answered in, and the text of several that is theirs. Pure."""

import unicodedata
from collections.abc import Iterable

from switchboard.language import resources, scripts
from switchboard.language.folding import fold
from switchboard.language.resources import Token
from switchboard.replies.types import Words

LANGUAGES = ("ja", "zh", "en")
# Characters that dictionaries are asked about; the first words of a message tell its language.
_LONGEST_LOOK = 200
_FEWEST_WORDS = 3
# In Japanese dictionaries, but not in messages; and below, what Japanese has within words only.
_ONLY_CHINESE = ("麼", "謝謝", "今天", "明天")
_CHINESE_ALONE = frozenset("我你他她是給將讓這那哪誰吧")
_NUMERALS = tuple("一二三四五六七八九十百千万")
_ENDS_OF_PLACES = ("市", "区", "县", "町", "村", "都", "府", "郡")
_BY_COUNTRY = {"JP": "ja", "CN": "zh", "TW": "zh", "HK": "zh", "MO": "zh"}


def language_of(person_language: str, text: str, country: str = "", earlier: Iterable[str] = ()) -> str:
    """Return ja, zh or en: by the writing and the words of the message.

    What it leaves open (送料, 配送, a picture's emoji) is settled by the person's stored language, else by what they wrote
    earlier, the latest first, else by their country.
    """
    known, seen = _known(person_language), _see(text)
    if len(seen) == 1 and (seen[0] != "en" or not known):
        return seen[0]
    if known in LANGUAGES:
        return known
    if len(seen) != 1 and (settled := _spoken_in(earlier) or _BY_COUNTRY.get(country)):
        return settled
    return seen[0] if seen else "en"


def is_left_open(person_language: str, text: str) -> bool:
    """Whether neither the message nor the person's stored language tells what they are answered in."""
    return _known(person_language) not in LANGUAGES and len(_see(text)) != 1


def _known(person_language: str) -> str:
    return person_language.replace("_", "-").partition("-")[0].lower()


def _see(text: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKC", text)
    return _narrow(folded, scripts.find_languages(folded))


def _spoken_in(texts: Iterable[str]) -> str:
    """Return the language of the first text that has only one; single words in Latin letters are everybody's: OK."""
    seen = (_see(text) for text in texts if not text.isascii() or len(text.split()) >= _FEWEST_WORDS)
    return next((one[0] for one in seen if len(one) == 1), "")


def _narrow(text: str, seen: tuple[str, ...]) -> tuple[str, ...]:
    """Return which languages are left when kanji are looked at one by one, and other people's letters count as none."""
    if len(seen) == 2:
        signs = [sign for sign in text if scripts.HAS_HAN.match(sign)]
        # 货 is in no Japanese character set, 発 in no Chinese one.
        if not all(_is_in(sign, "cp932") for sign in signs):
            return ("zh",)
        if not all(_is_in(sign, "gb2312") or _is_in(sign, "big5") for sign in signs):
            return ("ja",)
        return _narrow_by_words(text) or seen
    if not seen and any(sign.isalpha() for sign in text):
        return ("en",)
    return seen


def _narrow_by_words(text: str) -> tuple[str, ...]:
    """Return the language that only has these words: 退貨 and 運費 are no Japanese words, 返品 and 料金 no Chinese ones."""
    if resources.missing():
        return ()
    is_chinese = is_japanese = False
    for run in scripts.ALL_HAN.findall(text[:_LONGEST_LOOK]):
        words = [word for word in resources.japanese_tokens(run) if word.is_known and word.end - word.start > 1]
        is_chinese = is_chinese or _is_written_in_chinese(run, words) or _has_chinese_word(run, words)
        # A word that the Chinese dictionary does not have.
        is_japanese = is_japanese or any(not resources.is_chinese_word(fold(word.surface)) for word in words)
    return () if is_chinese is is_japanese else ("zh",) if is_chinese else ("ja",)


def _is_written_in_chinese(run: str, words: list[Token]) -> bool:
    """Whether a sign stands here that Japanese writes otherwise today, except in names: 多少錢, but 渡邊; or 我, 是 alone."""
    if any(chinese in run for chinese in _ONLY_CHINESE):
        return True
    named = {place for word in words if word.is_name for place in range(word.start, word.end)}
    joined = {place for word in words for place in range(word.start, word.end)}
    return any(
        (sign in scripts.old_forms() and place not in named) or (sign in _CHINESE_ALONE and place not in joined)
        for place, sign in enumerate(run)
    )


def _has_chinese_word(run: str, words: list[Token]) -> bool:
    """Whether a Chinese word stands here that Japanese has only characters for, two at least: 貨到付款, but 高品質."""
    joined = {place for word in words for place in range(word.start, word.end)}
    place = 0
    for word in resources.chinese_words(fold(run)):
        start, place = place, place + len(word)
        bare = sum(one not in joined for one in range(start, place))
        if bare > 1 and not _is_of_both(word) and resources.is_chinese_word(word):
            return True
    return False


def _is_of_both(word: str) -> bool:
    """Whether it is a part of an address or a number, which dictionaries cut in the wrong places: 大阪市北区, 市内, 二名."""
    return word.endswith(_ENDS_OF_PLACES) or word.startswith((*_ENDS_OF_PLACES, *_NUMERALS))


def _is_in(sign: str, character_set: str) -> bool:
    try:
        sign.encode(character_set)
    except UnicodeEncodeError:
        return False
    return True


def pick(words: Words, language: str) -> str:
    """Return the text in a language, else the one for everybody, else any that there is."""
    if isinstance(words, str):
        return words
    return words.get(language) or words.get("") or words.get("en") or next(iter(words.values()), "")
