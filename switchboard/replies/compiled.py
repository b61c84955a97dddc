"""Matchers of this process, by what they listen for: each is made once, however many answer by it."""

import threading
from weakref import WeakValueDictionary

from switchboard.language import matcher
from switchboard.language.types import KeywordRule
from switchboard.replies.types import RuleSet, Trigger

_made: "WeakValueDictionary[tuple[KeywordRule, ...], matcher.Matcher]" = WeakValueDictionary()
# Two at once would share one processor and be ready later than one after the other.
_making = threading.Lock()


def listen(rules: RuleSet) -> tuple[KeywordRule, ...]:
    """Return what a set listens for."""
    return tuple(
        KeywordRule(rule.id, rule.keywords, rule.position) for rule in rules.rules if rule.trigger == Trigger.KEYWORDS
    )


def compile_once(listening: tuple[KeywordRule, ...]) -> matcher.Matcher:
    """Return the matcher of these rules: the one that somebody in this process holds, else a new one."""
    with _making:
        found = _made.get(listening)
        if found is None:
            found = _made[listening] = matcher.compile_matcher(listening)
        return found
