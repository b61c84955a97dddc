"""Which language a person is answered in, and the text of several that is theirs. Pure."""

import unicodedata

from switchboard.language import resources, scripts
from switchboard.language.folding import fold
from switchboard.replies.types import Words

LANGUAGES = ("ja", "zh", "en")
# Characters that dictionaries are asked about; the first words of a message tell its language.
_LONGEST_LOOK = 200
# Dictionaries cut addresses in the wrong places: 大阪市北区.
_ENDS_OF_PLACES = ("市", "区", "县", "町", "村", "都", "府", "郡")
_BY_COUNTRY = {"JP": "ja", "CN": "zh", "TW": "zh", "HK": "zh", "MO": "zh"}


def language_of(person_language: str, text: str, country: str = "") -> str:
    """Return ja, zh or en: by the writing and the words of the message; what is left open is settled by what is known."""
    known = person_language.replace("_", "-").partition("-")[0].lower()
    folded = unicodedata.normalize("NFKC", text)
    seen = _narrow(folded, scripts.find_languages(folded))
    if len(seen) == 1 and (seen[0] != "en" or not known):
        return seen[0]
    if known in LANGUAGES:
        return known
    by_country = _BY_COUNTRY.get(country, "")
    if len(seen) != 1 and by_country:
        return by_country
    return seen[0] if seen else "en"


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
    runs = scripts.ALL_HAN.findall(text[:_LONGEST_LOOK])
    is_chinese = any(map(_has_chinese_word, runs))
    is_japanese = any(map(_has_japanese_word, runs))
    return () if is_chinese is is_japanese else ("zh",) if is_chinese else ("ja",)


def _has_chinese_word(run: str) -> bool:
    """Whether a Chinese word stands here that Japanese has only characters for, one by one."""
    words = [word for word in resources.japanese_tokens(run) if word.is_known and word.end - word.start > 1]
    place = 0
    for word in resources.chinese_words(fold(run)):
        start, place = place, place + len(word)
        is_shared = any(one.start < place and one.end > start for one in words)
        is_word = len(word) > 1 and not word.endswith(_ENDS_OF_PLACES) and resources.is_chinese_word(word)
        if is_word and not is_shared:
            return True
    return False


def _has_japanese_word(run: str) -> bool:
    """Whether a word stands here that the Chinese dictionary does not have."""
    words = [word for word in resources.japanese_tokens(run) if word.is_known and word.end - word.start > 1]
    return any(not resources.is_chinese_word(fold(word.surface)) for word in words)


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
