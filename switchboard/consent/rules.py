"""Decides whether a message asks us to stop. Pure: text in, answer out.

The whole message must be the wish, so that "Can I stop by tomorrow?" stays an ordinary message.
"""

import re
import unicodedata
from typing import Literal

from switchboard.consent import stop_words

Language = Literal["ja", "zh", "en"]

# Longer texts say more than "stop"; a person reads them.
_LONGEST = 120
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_APOSTROPHES = re.compile(r"['’‘`´]")
# Spelled out ("S T O P") or run together ("OPTOUT").
_COMPACT = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "removeme", "td", "t", "stoppromotions"}
)

_NOT_ON_BUTTONS = frozenset({"cancel", "end", "quit", "t", "td", "remove me"})


def _compile(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_ENGLISH = _compile(stop_words.ENGLISH)
_JAPANESE = _compile(stop_words.JAPANESE)
_CHINESE = _compile(stop_words.CHINESE)


def normalise(text: str) -> str:
    """Return lower-case words with one space between: no width, punctuation, emoji or apostrophes."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _APOSTROPHES.sub("", folded)
    kept = "".join(character if _is_letter(character) else " " for character in folded)
    return " ".join(kept.split())


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def parse_opt_out(text: str) -> Language | None:
    """Return the language in which the whole text asks us to stop, or nothing."""
    if not text or len(text) > _LONGEST:
        return None
    words = normalise(text)
    compact = words.replace(" ", "")
    if compact in _COMPACT or _ENGLISH.fullmatch(words):
        return "en" if compact not in {"t", "td"} else "zh"
    folded = compact.translate(_KATAKANA_TO_HIRAGANA)
    # Japanese first: 停止 and 解除 are words of both.
    if _JAPANESE.fullmatch(folded):
        return "ja"
    return "zh" if _CHINESE.fullmatch(folded.translate(stop_words.TRADITIONAL)) else None


def is_opt_out(text: str) -> bool:
    """Tell whether the whole text asks us to stop writing."""
    return parse_opt_out(text) is not None


def is_opt_out_button(title: str, payload: str) -> bool:
    """Tell whether a pressed button asks us to stop writing.

    We have written the button ourselves: "Cancel" there ends an appointment, not our writing.
    """
    return any(normalise(label) not in _NOT_ON_BUTTONS and is_opt_out(label) for label in (title, payload))
