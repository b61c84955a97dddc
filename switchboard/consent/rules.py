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
    {
        "stop",
        "sotp",
        "stpo",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "optout",
        "removeme",
        "td",
        "t",
        "stoppromotions",
    }
)

_NOT_ON_BUTTONS = frozenset({"cancel", "end", "quit", "t", "td", "remove me"})


def _compile(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_ENGLISH = _compile(stop_words.ENGLISH)
_JAPANESE = _compile(stop_words.JAPANESE)
_CHINESE = _compile(stop_words.CHINESE)
_REASONS = _compile(stop_words.REASONS)
_CLAUSE_ENDS = re.compile(r"[。.!?,、;:\n…~]+")
_MOST_CLAUSES = 3


def normalise(text: str) -> str:
    """Return lower-case words with one space between: no width, punctuation, emoji or apostrophes."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _APOSTROPHES.sub("", folded)
    kept = "".join(character if _is_letter(character) else " " for character in folded)
    return " ".join(kept.split())


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def parse_opt_out(text: str) -> Language | None:
    """Return the language in which the whole text asks us to stop, or nothing.

    "Not interested, please stop." is a wish and a reason for it: every clause must be one or the other.
    """
    if not text or len(text) > _LONGEST:
        return None
    if whole := _parse_clause(text):
        return whole
    clauses = [clause for clause in _CLAUSE_ENDS.split(unicodedata.normalize("NFKC", text)) if normalise(clause)]
    if not 1 < len(clauses) <= _MOST_CLAUSES:
        return None
    wishes = [_parse_clause(clause) for clause in clauses]
    are_reasons = [wish is not None or _is_reason(clause) for wish, clause in zip(wishes, clauses, strict=True)]
    return next((wish for wish in wishes if wish), None) if all(are_reasons) else None


def _is_reason(clause: str) -> bool:
    words = normalise(clause)
    folded = words.replace(" ", "").translate(_KATAKANA_TO_HIRAGANA).translate(stop_words.TRADITIONAL)
    return bool(_REASONS.fullmatch(words) or _REASONS.fullmatch(folded))


def _parse_clause(text: str) -> Language | None:
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
