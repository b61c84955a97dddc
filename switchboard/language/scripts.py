"""Which script a character is of, and so which language a text may be in and where its words end."""

import functools
import re

import opencc

from switchboard.language.folding import HAN, KANA

HAS_HAN = re.compile(f"[{HAN}]")
HAS_EMOJI = re.compile("[\U00002600-\U000027bf\U0001f000-\U0001faff]")
HAS_KANA = re.compile(f"[{KANA}]")
ALL_HAN = re.compile(f"[{HAN}]+")
ALL_KANA = re.compile(f"[{KANA}]+")
KATAKANA = re.compile("[\u30a1-\u30fa]")
# Letters whose words are kept apart by spaces, and whose ends are inflected: Latin, Greek, Cyrillic, Armenian.
SPACED_WORD = re.compile("[a-z0-9\u00df-\u058f]+")
LATIN_WORD = re.compile("[a-z]+")

# Old forms that today's Japanese still writes in ordinary words: 檜風呂, 街燈, 繫華街.
_STILL_WRITTEN = frozenset("龍瀧檜櫻燈聯蠟禱麴鹼嚙攪搔摑填溪嶽鷗萊曾繫")

# What may follow a keyword in its last word.
_ENDINGS = frozenset(("s", "es", "ed", "ing", "er", "ers", "ly"))
SHORTEST_INFLECTED = 4


def find_languages(text: str) -> tuple[str, ...]:
    """Return which of ja, zh and en a text can be in, by its scripts."""
    if HAS_KANA.search(text):
        return ("ja",)
    if HAS_HAN.search(text):
        return ("zh", "ja")
    return ("en",) if LATIN_WORD.search(text.casefold()) else ()


def is_used_in_japan(text: str) -> bool:
    """Whether all characters stand in Japan's standard set: nearly every Chinese sentence has one that does not."""
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return HAS_EMOJI.search(text) is not None and is_used_in_japan(HAS_EMOJI.sub("", text))
    return True


@functools.cache
def old_forms() -> frozenset[str]:
    """Return the characters that Chinese writes traditionally and Japan simplified long ago: 錢 (銭), 會 (会), 價 (価)."""
    characters = "".join(map(chr, range(0x4E00, 0xA000)))
    today = opencc.OpenCC("t2jp").convert(characters)
    return frozenset(old for old, new in zip(characters, today, strict=True) if old != new) - _STILL_WRITTEN


def is_spaced(character: str) -> bool:
    """Whether a character belongs to a word that ends at a space."""
    return character <= "\u058f" and character.isalnum()


def may_follow(pattern: str, rest: str) -> bool:
    """Whether the rest of a word may stand behind a pattern that begins it."""
    if not rest:
        return True
    if not pattern[-1].isalpha() or not rest.isalpha():
        return pattern[-1].isalpha() != rest[0].isalpha() and len(pattern) >= SHORTEST_INFLECTED
    if not rest.isascii():
        return len(rest) <= 3 and len(pattern) >= SHORTEST_INFLECTED
    word = pattern[pattern.rfind(" ") + 1 :]
    if len(word) < SHORTEST_INFLECTED:
        return rest == "s" and len(word) == SHORTEST_INFLECTED - 1
    return rest in _ENDINGS or (rest in ("d", "r") and word[-1] == "e")


def inflect(word: str) -> list[str]:
    """Return the forms of an English word that do not begin with it: exchanging, deliveries, cancelled."""
    if len(word) < SHORTEST_INFLECTED or not word.isascii() or not word.isalpha():
        return []
    if word[-1] == "e" and word[-2] not in "eo":
        return [word[:-1] + "ing"]
    if word[-1] == "y" and word[-2] not in "aeiou":
        return [word[:-1] + "ies", word[:-1] + "ied"]
    if word[-1] in "bdglmnprt" and word[-2] in "aeiou" and word[-3] not in "aeiou":
        return [word + word[-1] + "ing", word + word[-1] + "ed"]
    return []
