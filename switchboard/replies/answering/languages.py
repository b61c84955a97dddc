"""Which language a person is answered in, and the text of several that is theirs. Pure."""

import unicodedata

from switchboard.language import scripts
from switchboard.replies.types import Words

LANGUAGES = ("ja", "zh", "en")


_BY_COUNTRY = {"JP": "ja", "CN": "zh", "TW": "zh", "HK": "zh", "MO": "zh"}


def language_of(person_language: str, text: str, country: str = "") -> str:
    """Return ja, zh or en: by the writing of the message; kanji alone and Latin letters leave it to what is known."""
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
    if not seen and any(sign.isalpha() for sign in text):
        return ("en",)
    return seen


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
