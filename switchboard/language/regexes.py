"""Regular expressions of people: google-re2, whose time grows with the message only, never with the expression's traps."""

import re2

from switchboard.language.errors import PatternError

LONGEST_REGEX = 1000
# As much as WhatsApp lets a person write: time grows with the message only, so nothing of it is left out.
_LONGEST_MESSAGE = 4096
_MEMORY = 4 << 20  # Bytes one expression may take: a{1000}{1000} is refused instead of built.


def _options() -> "re2.Options":
    options = re2.Options()
    options.log_errors = False  # What is wrong is said to the person, not to the log.
    options.case_sensitive = False
    options.max_mem = _MEMORY
    return options


def check_regex(pattern: str) -> None:
    """Refuse an expression that can't be used. Raises PatternError with what is wrong and what to do."""
    if not pattern.strip():
        raise PatternError("Write a regular expression, or choose another way of matching.", field="text")
    if len(pattern) > LONGEST_REGEX:
        raise PatternError(f"Shorten the regular expression to {LONGEST_REGEX} characters.", field="text")
    try:
        compiled = re2.compile(pattern, _options())
    except re2.error as error:
        raise PatternError(_say(pattern, error), field="text") from None
    if compiled.search("") is not None:
        raise PatternError(
            "This regular expression matches every message: it also matches nothing at all.", field="text"
        )


def _say(pattern: str, error: Exception) -> str:
    reason = error.args[0].decode(errors="replace") if error.args and isinstance(error.args[0], bytes) else str(error)
    if "(?=" in pattern or "(?!" in pattern or "(?<=" in pattern or "(?<!" in pattern:
        return "Looking ahead or behind, (?=…) or (?<!…), is not possible: its time could not be bounded. Write it without."
    if "invalid escape sequence" in reason and any(f"\\{digit}" in pattern for digit in range(1, 10)):
        return "Repeating a group by \\1 is not possible: its time could not be bounded. Write it without."
    return f"This regular expression can't be read: {reason}. Mend it, or choose another way of matching."


class RegexSet:
    """Many expressions, asked in one pass."""

    def __init__(self, patterns: list[str]) -> None:
        self._set = None
        if not patterns:
            return
        self._set = re2.Set.SearchSet(_options())
        for pattern in patterns:
            check_regex(pattern)
            self._set.Add(pattern)
        self._set.Compile()

    def find(self, text: str) -> list[int]:
        """Return which expressions a message matches."""
        if self._set is None:
            return []
        whole = text[:_LONGEST_MESSAGE].encode("utf-8", "replace").decode("utf-8")  # Half an emoji is no character.
        return sorted(self._set.Match(whole) or ())
