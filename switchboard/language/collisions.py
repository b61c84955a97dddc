"""Rules that fight: keywords of two rules with the same writing, and keywords that another rule always beats."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from switchboard.language import matcher
from switchboard.language.folding import fold
from switchboard.language.index import weigh
from switchboard.language.types import Collision, Keyword, KeywordRule, Mode, View

_LITERAL = (Mode.EXACT, Mode.STARTS, Mode.CONTAINS, Mode.FUZZY)


def find_collisions(rules: Iterable[KeywordRule]) -> list[Collision]:
    """Return pairs of rules that answer the same words, the most hidden first.

    Two keywords collide when one writing of each is the same (怎么做 and 怎么坐 are both zenmezuo). `hides` tells that the
    later rule's keyword is the same text, so that by position the earlier one always wins.
    """
    holders: dict[str, list[tuple[KeywordRule, Keyword, View]]] = defaultdict(list)
    for rule in sorted(rules, key=lambda one: (one.position, one.id)):
        for keyword in rule.keywords:
            for text, view in _writings(keyword):
                holders[text].append((rule, keyword, view))
    found: dict[tuple[int, int, str, str], Collision] = {}
    for text, owners in holders.items():
        for place, (rule, keyword, view) in enumerate(owners):
            for other, other_keyword, other_view in owners[place + 1 :]:
                if other.id == rule.id:
                    continue
                key = (rule.id, other.id, keyword.text, other_keyword.text)
                is_same = view is View.SURFACE and other_view is View.SURFACE
                if key not in found or is_same:
                    shown = other_view if view is View.SURFACE else view
                    hides = is_same and _is_as_wide(keyword, other_keyword)
                    found[key] = Collision(
                        rule.id, other.id, keyword.text, other_keyword.text, shown, text, rule.id, hides
                    )
    return sorted(found.values(), key=lambda one: (not one.hides, one.rule_id, one.other_rule_id, one.keyword))


def _writings(keyword: Keyword) -> Iterator[tuple[str, View]]:
    if keyword.mode not in _LITERAL or not (folded := fold(keyword.text)):
        return
    yield folded, View.SURFACE
    seen = {folded}
    for pattern in keyword.patterns:
        text = pattern.text.replace(" ", "") if pattern.view is View.PINYIN else pattern.text
        if text not in seen:
            seen.add(text)
            # Another spelling is as good as the keyword itself only for being found, not for hiding.
            yield text, View.READING if pattern.view is View.SURFACE else pattern.view


def _is_as_wide(keyword: Keyword, other: Keyword) -> bool:
    """Whether the first keyword is found wherever the second is."""
    width = {Mode.EXACT: 0, Mode.STARTS: 1, Mode.CONTAINS: 2, Mode.FUZZY: 3}
    return (other.mode is not Mode.EXACT and width[keyword.mode] >= width[other.mode]) or keyword.mode is other.mode


def find_hidden(rules: Iterable[KeywordRule]) -> dict[int, int]:
    """Return the rules that can never win, each with the one that beats it: none of its own keywords, sent alone, reaches it."""
    ordered = sorted(rules, key=lambda one: (one.position, one.id))
    compiled = matcher.compile_matcher(ordered)
    hidden: dict[int, int] = {}
    for rule in ordered:
        askable = [one for one in rule.keywords if one.mode is not Mode.REGEX and fold(one.text)]
        if not askable or len(askable) < len(rule.keywords):
            continue  # What a regular expression catches can't be told from its text.
        winners = []
        for keyword in sorted(askable, key=lambda one: -weigh(fold(one.text))):
            matches = compiled.match(keyword.text)
            if not matches or matches[0].rule_id == rule.id:
                break
            winners.append(matches[0].rule_id)
        else:
            hidden[rule.id] = winners[0]
    return hidden
