"""Decides whether a message asks us to stop, or to write again. Pure: text in, answer out.

The whole message must be the wish, so that "Can I stop by tomorrow?" stays an ordinary message. What a wish to stop is
made of, and in which order, stands in `words/*.txt`. A wish to come back is one of a few words and nothing else: to
write to somebody who did not mean it is worse than to be asked by another way.
"""

import re
import unicodedata
from typing import Literal

from switchboard.consent import grammar
from switchboard.language import folding

Language = Literal["ja", "zh", "en"]

# Longer texts say more than "stop"; a person reads them.
_LONGEST = 120
_APOSTROPHES = re.compile(r"['’‘`´]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
# Words that are a wish only when nothing else is said, also spelled out ("S T O P") or run together ("OPTOUT").
_ALONE: dict[str, Language] = {
    "stop": "en",
    "sotp": "en",
    "stpo": "en",
    "stopall": "en",
    "stoppromotions": "en",
    "stopmarketing": "en",
    "unsubscribe": "en",
    "cancel": "en",
    "cancelplease": "en",
    "pleasecancel": "en",
    "end": "en",
    "quit": "en",
    "remove": "en",
    "optout": "en",
    "removeme": "en",
    "td": "zh",
    "tuiding": "zh",
    "t": "zh",
    "回复td": "zh",
    "回td": "zh",
    "回t退订": "zh",
    "td退订": "zh",
}
# The words that carriers have taught people for text messages, and how the same is said in Japanese and Chinese; in
# simplified characters, as texts are compared.
_COMES_BACK = frozenset(
    {
        *("start", "unstop", "restart", "startagain", "subscribe", "resubscribe", "subscribeagain", "optin"),
        *("再开", "配信再开", "配信を再开", "配信の再开", "购读再开", "购读を再开", "再登录"),
        *("恢复订阅", "重新订阅", "恢复推送", "订阅"),
    }
)
_PLEASE = re.compile(r"^(?:please|请|請)|(?:please|してください|して下さい|をお願いします|お願いします|希望)$")
_NOT_ON_BUTTONS = frozenset({"cancel", "end", "quit", "remove", "t", "td", "remove me"})

_ENGLISH = grammar.load_grammar("en", between_words=" ")
_JAPANESE = grammar.load_grammar("ja", between_words="")
_CHINESE = grammar.load_grammar("zh", between_words="")
_CLAUSE_ENDS = re.compile(r"[。.!?,、;:\n…~]+|(?<=ので)|(?<=だから)|(?<=ため)|(?<=ですし)|(?<=ました)(?=が)")
_MOST_CLAUSES = 4


def normalise(text: str) -> str:
    """Return lower-case words with one space between: no width, punctuation, emoji or apostrophes."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _BETWEEN_WORDS.sub(" ", _APOSTROPHES.sub("", folded)).strip()


def parse_opt_out(text: str) -> Language | None:
    """Return the language in which the text asks us to stop, or nothing.

    "Not interested, please stop." is a wish and a reason for it. A clause that is not understood is let pass only
    beside a wish that names our messages, and never when it speaks of orders, calls or exceptions.
    """
    if not text or len(text) > _LONGEST:
        return None
    words = normalise(text)
    if alone := _ALONE.get(words.replace(" ", "")):
        return alone
    if whole := _parse_words(words):
        return whole[0]
    return _parse_clauses([words for clause in _split(text) if (words := normalise(clause))])


def _split(text: str) -> list[str]:
    return _CLAUSE_ENDS.split(unicodedata.normalize("NFKC", text))


def _parse_clauses(clauses: list[str]) -> Language | None:
    if not 1 < len(clauses) <= _MOST_CLAUSES:
        return None
    wishes = [_parse_words(clause) for clause in clauses]
    first = next((wish for wish in wishes if wish), None)
    if first is None:
        return None
    others = [clause for clause, wish in zip(clauses, wishes, strict=True) if not wish and not _is_reason(clause)]
    if not others or (any(wish and wish[1] for wish in wishes) and not any(map(_is_other_matter, others))):
        return first[0]
    return None


def _is_reason(clause: str) -> bool:
    return any(known.reason.fullmatch(kinds) for known, kinds in _read(clause) if kinds is not None)


def _is_other_matter(clause: str) -> bool:
    return any(known.other_matter.search(folded) for _, known, folded in _fold(clause))


def _fold(words: str) -> tuple[tuple[Language, grammar.Grammar, str], ...]:
    # All English words are ASCII and no Japanese or Chinese wish is: half the reading is saved on every message.
    if words.isascii():
        return (("en", _ENGLISH, f"{words} "),)
    compact = words.replace(" ", "")
    # Japanese before Chinese: 停止 and 解除 are words of both.
    return ("ja", _JAPANESE, grammar.fold_kana(compact)), ("zh", _CHINESE, folding.unify(compact))


def _read(words: str) -> list[tuple[grammar.Grammar, str | None]]:
    return [(known, known.read(folded)) for _, known, folded in _fold(words)]


def _parse_words(words: str) -> tuple[Language, bool] | None:
    """Return the language of the wish that the words are, and whether it is certain, or nothing."""
    for language, known, folded in _fold(words):
        kinds = known.read(folded)
        if kinds and known.wish.fullmatch(kinds):
            return language, known.certain.search(kinds) is not None
    return None


def is_opt_out(text: str) -> bool:
    """Tell whether the text asks us to stop writing."""
    return parse_opt_out(text) is not None


def is_return(text: str) -> bool:
    """Tell whether the text asks us to write again; it says so only of somebody who has opted out."""
    if not text or len(text) > _LONGEST:
        return False
    words = normalise(text).replace(" ", "")
    return not _COMES_BACK.isdisjoint({folding.unify(words), folding.unify(_PLEASE.sub("", words))})


def is_opt_out_button(title: str, payload: str) -> bool:
    """Tell whether a pressed button asks us to stop writing.

    We have written the button ourselves: "Cancel" there ends an appointment, not our writing.
    """
    return any(normalise(label) not in _NOT_ON_BUTTONS and is_opt_out(label) for label in (title, payload))
