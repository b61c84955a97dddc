"""One form for all the ways of writing the same: width, case, accents, kana, script variants, dashes, elongation."""

import functools
import re
import unicodedata

import opencc

from switchboard.language.types import LONGEST_TEXT

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
HIRAGANA = "\u3041-\u3096\u309d\u309e\u30fc"  # All the kana there are after folding.
KANA = HIRAGANA + "\u30a1-\u30f6"
_BREAK = "\n"  # Punctuation: two words never grow together across it, as they do across a mere space.

_SPACE_IN_CJK = re.compile(f"(?<=[{HAN}{KANA}]) +(?=[{HAN}{KANA}])")
_DASH_AFTER_KANA = re.compile(f"(?<=[{KANA}])[-‐‑‒–—―−~〜ｰ]+")
_DASHES = re.compile("[-‐‑‒–—―−~〜ｰ]")  # Looking behind every character for them costs as much as all the rest.
_MARK_RUN = re.compile("ー{2,}")
# サーバー and サーバ are one word; バー without its mark would be another one, found everywhere.
_MARK_AT_END = re.compile(f"(?:(?<=[ァ-ヺー]{{3}})|(?<=[{HIRAGANA}]{{3}}))ー(?![{KANA}])")
_LETTER_RUN = re.compile(r"([^\W\d_])\1{2,}")
_THRICE = re.compile(r"(.)\1\1")
_V_SOUND = re.compile("[ゔヴ]([ぁぃぇぉァィェォ]?)")
_V_SOUNDS = dict(zip("ぁぃぇぉァィェォ", "ばびべぼバビベボ", strict=True))
_SMALL_KA = {"ヵ": "か", "ヶ": "か", "ゖ": "か", "ゕ": "か"}
_LETTERS_WITHOUT_PARTS = {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ħ": "h"}
_APOSTROPHES = "'’‘`´ʼ"
_QUOTES = '「」『』"“”《》〈〉【】()[]'
# What the tables leave apart and people write for each other.
_SAME = {"著": "着", "麽": "么", "麼": "么", "甚": "什", "妳": "你", "牠": "它", "裏": "里", "臺": "台", "喫": "吃"}


def clean(text: str) -> str:
    """Return the text with one width, case and spacing, its scripts as they were; at most LONGEST_TEXT characters."""
    text = text[:LONGEST_TEXT]
    if text.isascii():
        plain = text.encode("ascii").translate(_ASCII_TABLE, _ASCII_APOSTROPHES).decode("ascii")
        return " ".join(_shorten(plain).split())
    text = unicodedata.normalize("NFKC", text)
    if _DASHES.search(text):
        text = _DASH_AFTER_KANA.sub("ー", text)
    text = text.casefold().translate(_TABLE)
    if " " in text:
        text = _SPACE_IN_CJK.sub("", text)
    if "ヴ" in text or "ゔ" in text:
        text = _V_SOUND.sub(lambda found: _V_SOUNDS.get(found[1], "ぶ"), text)
    if "ー" in text:
        text = _MARK_AT_END.sub("", _MARK_RUN.sub("ー", text))
    return " ".join(_shorten(text).split())[:LONGEST_TEXT]


def _shorten(text: str) -> str:
    """Write a letter twice at most: coooool. The plain search is a third of the price of looking for letters."""
    return _LETTER_RUN.sub(r"\1\1", text) if _THRICE.search(text) else text


def unify(cleaned: str) -> str:
    """Return a cleaned text in hiragana and simplified characters, each character in its place."""
    return cleaned if cleaned.isascii() else cleaned.translate(_variants())


def fold(text: str) -> str:
    """Return the text as keywords are compared with it."""
    return unify(clean(text))


class Sparse(dict[int, str]):
    """What becomes of some characters; the others stay, and are noted, for looking in vain costs three times as much."""

    def __missing__(self, code: int) -> str:
        same = self[code] = chr(code)
        return same


@functools.cache
def _variants() -> Sparse:
    """Map katakana to hiragana, and Japanese and traditional characters to simplified ones (發, 発 to 发)."""
    characters = "".join(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00))))
    converted = opencc.OpenCC("t2s").convert(opencc.OpenCC("jp2t").convert(characters))
    table = {ord(old): new for old, new in zip(characters, converted, strict=True) if old != new}
    table |= {ord(old): new for old, new in _SAME.items()}
    table |= {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
    return Sparse(table | {ord(old): new for old, new in _SMALL_KA.items()})


class _Table(dict[int, str]):
    """What becomes of one character; worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _clean_character(chr(code))
        return found


def _clean_character(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if character in _APOSTROPHES or 0xFE00 <= code <= 0xFE0F or 0x1F3FB <= code <= 0x1F3FF or code == 0x0640:
        return ""
    if category in ("Mn", "Me", "Cf"):
        # Marks on letters are style; those of Indic and Thai scripts are vowels.
        return "" if code < 0x0900 or category == "Cf" else character
    if category[0] == "Z" or character.isspace() or character in _QUOTES:
        return " "
    if category[0] in "LN" or category in ("So", "Mc") or character == "々":
        return _strip_accent(character) if 0xC0 <= code < 0x0250 or 0x1E00 <= code < 0x1F00 else character
    return _BREAK


def _strip_accent(character: str) -> str:
    return _LETTERS_WITHOUT_PARTS.get(character) or unicodedata.normalize("NFD", character)[0]


_TABLE = _Table()
_ASCII_APOSTROPHES = b"'`"
_ASCII_TABLE = b"".join((_clean_character(chr(code).lower()) or " ").encode("ascii") for code in range(128)) + bytes(
    128
)
