"""Rules for tests, as replies would hand them over."""

from switchboard.language.matcher import Matcher, compile_matcher
from switchboard.language.readings import derive_patterns
from switchboard.language.types import Keyword, KeywordRule, Mode


def make_rule(
    rule_id: int, *texts: str, mode: Mode = Mode.FUZZY, position: int = 0, threshold: int = 75
) -> KeywordRule:
    """Make a rule with its stored patterns."""
    keywords = tuple(Keyword(text, mode, threshold, derive_patterns(text)) for text in texts)
    return KeywordRule(rule_id, keywords, position)


def make_matcher(*texts: str, mode: Mode = Mode.FUZZY, threshold: int = 75) -> Matcher:
    """Compile one rule, of id 1."""
    return compile_matcher([make_rule(1, *texts, mode=mode, threshold=threshold)])
