"""What helps to write rules: try a message, replay real ones against the draft, see which rules fight and what nobody answers."""

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from switchboard.language import collisions, grouping, matcher
from switchboard.language.readings import derive_patterns
from switchboard.language.types import (
    DEFAULT_THRESHOLD,
    Collision,
    Explanation,
    Keyword,
    KeywordRule,
    Mode,
    PhraseGroup,
)
from switchboard.replies import compiled, latest, queries
from switchboard.replies.answering import arbiter
from switchboard.replies.answering.facts import Person, Place, Question
from switchboard.replies.answering.languages import language_of
from switchboard.replies.models import Decision, InboundMessage
from switchboard.replies.types import Outcome, Rule, RuleSet, Scope

MOST_REPLAYED = 1000
MOST_SHOWN = 100
MOST_UNANSWERED = 3000
UNANSWERED_DAYS = timedelta(days=30)
# Keywords among which fights are found while the page waits: 1,000 take a tenth of a second, 10,000 one.
MOST_COMPARED_AT_ONCE = 1000
_KEPT = 16
# Drafts in memory: one of 10,000 keywords takes some 15 MB.
_DRAFTS_KEPT = 4


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of a message."""

    explanation: Explanation
    candidates: tuple[arbiter.Candidate, ...]

    @property
    def winner(self) -> Rule | None:
        """The rule that would answer."""
        return self.candidates[0].rule if self.candidates else None


@dataclass(frozen=True, slots=True)
class Change:
    """A real message that the draft would answer by another rule."""

    text: str
    count: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The last real messages, answered by what is published and by the draft."""

    messages: int
    answered_before: int
    answered_after: int
    changed: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Rules that fight, and rules that can never win."""

    collisions: tuple[Collision, ...]
    hidden: dict[int, int]

    @property
    def fighting(self) -> frozenset[int]:
        """The rules one of whose keywords is another's that goes first."""
        return frozenset(one.other_rule_id for one in self.collisions)


# By workspace: of which draft, and what was found in it.
_conflicts: dict[int, tuple[str, Conflicts]] = {}


def get_draft(workspace_id: int) -> RuleSet:
    """Return what publishing would make of the draft, read anew only after it has changed."""
    return _read_draft(workspace_id, queries.read_fingerprint(workspace_id))


@functools.lru_cache(maxsize=_DRAFTS_KEPT)
def _read_draft(workspace_id: int, _fingerprint: str) -> RuleSet:
    return queries.build_draft(workspace_id)


def compile_set(rules: RuleSet) -> matcher.Matcher:
    """Return a set's matcher, kept for the next time."""
    return _compile_and_keep(compiled.listen(rules))


@functools.lru_cache(maxsize=_KEPT)
def _compile_and_keep(listening: tuple[KeywordRule, ...]) -> matcher.Matcher:
    """Keep the last ones: trying a message must not compile a thousand rules each time."""
    return compiled.compile_once(listening)


def try_message(rules: RuleSet, text: str, *, zone: str, now: datetime) -> Trial:
    """Return how a message would be understood and which rules could answer it, in business hours, from somebody known."""
    return _try(compile_set(rules), rules, text, zone=zone, now=now)


def _try(compiled_set: matcher.Matcher, rules: RuleSet, text: str, *, zone: str, now: datetime) -> Trial:
    explanation = compiled_set.explain(text)
    place = Place(number_id=0, zone=zone, is_open=True)
    question = _question(text, now)
    candidates = arbiter.list_candidates(
        rules, explanation.candidates, question, language=language_of("", text), place=place, now=now
    )
    return Trial(explanation, tuple(candidates))


def _question(text: str, now: datetime) -> Question:
    return Question(
        message_id=UUID(int=0),
        workspace_id=0,
        number_id=0,
        wamid="",
        kind="text",
        text=text,
        payload="",
        sent_at=now,
        received_at=now,
        is_opt_out=False,
        came_back=False,
        is_first_ever=False,
        was_opted_out=False,
        is_in_group=False,
        person=Person(0),
    )


def replay(workspace_id: int, *, zone: str, now: datetime) -> Replay:
    """Answer the last 1,000 written messages by what is published and by the draft, and return what changes."""
    draft, published = get_draft(workspace_id), queries.get_published(workspace_id) or RuleSet()
    # Looked up once: comparing what a thousand rules listen for takes longer than a message.
    sets = [(rules, compile_set(rules)) for rules in (published, draft)]
    texts = Counter(
        message.text.strip()
        for message in latest.list_latest(workspace_id, MOST_REPLAYED)
        if message.kind == "text" and message.text.strip()
    )
    changes, before_count, after_count = [], 0, 0
    for text, count in sorted(texts.items(), key=lambda one: (-one[1], one[0])):
        before, after = (_answering(compiled_set, rules, text, zone, now) for rules, compiled_set in sets)
        before_count += count * (before is not None)
        after_count += count * (after is not None)
        if (before.id if before else None) != (after.id if after else None):
            changes.append(Change(text, count, before.name if before else "", after.name if after else ""))
    changed = sum(one.count for one in changes)
    return Replay(sum(texts.values()), before_count, after_count, changed, tuple(changes[:MOST_SHOWN]))


def _answering(compiled_set: matcher.Matcher, rules: RuleSet, text: str, zone: str, now: datetime) -> Rule | None:
    """Return the rule that answers the words; what answers everything counts for nothing."""
    winner = _try(compiled_set, rules, text, zone=zone, now=now).winner
    return winner if winner and winner.trigger not in queries.LAST_RESORTS else None


def find_draft_conflicts(workspace_id: int, *, may_take_long: bool) -> Conflicts | None:
    """Return which rules of the draft fight; None where finding it takes long and has to be asked for."""
    fingerprint = queries.read_fingerprint(workspace_id)
    known = _conflicts.get(workspace_id)
    if known is not None and known[0] == fingerprint:
        return known[1]
    if not may_take_long and queries.count_keywords(workspace_id) > MOST_COMPARED_AT_ONCE:
        return None
    found = find_conflicts(_read_draft(workspace_id, fingerprint))
    _conflicts.pop(workspace_id, None)
    _conflicts[workspace_id] = (fingerprint, found)
    for oldest in list(_conflicts)[:-_KEPT]:
        _conflicts.pop(oldest, None)
    return found


def find_conflicts(rules: RuleSet) -> Conflicts:
    """Return which rules fight; those whose scopes differ may both be right and are left out."""
    by_id = {rule.id: rule for rule in rules.rules}
    # A higher priority goes first whatever the score, so for hiding it comes before the position.
    ordered = sorted(compiled.listen(rules), key=lambda one: (-by_id[one.id].priority, one.position, one.id))
    listening = [KeywordRule(one.id, one.keywords, place) for place, one in enumerate(ordered)]
    found, beaten = _fight(tuple(listening))
    fighting = [one for one in found if by_id[one.rule_id].scope == by_id[one.other_rule_id].scope]
    hidden = {
        rule_id: winner_id
        for rule_id, winner_id in beaten.items()
        if by_id[winner_id].scope in (Scope(), by_id[rule_id].scope)
    }
    return Conflicts(tuple(fighting), hidden)


@functools.lru_cache(maxsize=_KEPT)
def _fight(listening: tuple[KeywordRule, ...]) -> tuple[list[Collision], dict[int, int]]:
    """Remember what was found: a thousand rules take half a second, and the page is opened more often than they change."""
    return collisions.find_collisions(listening), collisions.find_hidden(listening)


def list_unanswered(workspace_id: int, now: datetime) -> list[PhraseGroup]:
    """Return what people wrote in the last 30 days that no rule answers, grouped, without what needs no rule."""
    resorts = queries.list_last_resorts(workspace_id)
    decisions = Decision.objects.filter(workspace_id=workspace_id, at__gte=now - UNANSWERED_DAYS)
    # Index: replies_decision_newest.
    unanswered = decisions.filter(outcome=Outcome.UNANSWERED) | decisions.filter(rule_id__in=resorts)
    message_ids = list(unanswered.order_by("-at").values_list("message_id", flat=True)[:MOST_UNANSWERED])
    found = InboundMessage.objects.filter(workspace_id=workspace_id, id__in=message_ids, kind="text")
    texts = list(found.order_by("id").values_list("text", flat=True))
    ignored = queries.list_ignored(workspace_id)
    return [one for one in grouping.group_phrases(texts) if one.phrase not in ignored]


def list_unanswered_texts(workspace_id: int, now: datetime) -> Sequence[str]:
    """Return some of what nobody answers, for suggestions."""
    return [text for group in list_unanswered(workspace_id, now) for text in group.examples]


def put_in(rules: RuleSet, rule: Rule) -> RuleSet:
    """Return a set with a rule as it is being written, its readings made; a new one comes last."""
    derived = tuple(
        one
        if one.patterns or one.mode is Mode.REGEX
        else Keyword(one.text, one.mode, one.threshold, derive_patterns(one.text))
        for one in rule.keywords
    )
    place = next((place for place, one in enumerate(rules.rules) if one.id == rule.id), len(rules.rules))
    position = rules.rules[place].position if place < len(rules.rules) else 1_000_000
    written = msgspec.structs.replace(rule, keywords=derived, position=position)
    return RuleSet((*rules.rules[:place], written, *rules.rules[place + 1 :]), rules.settings)


def list_examples(text: str, threshold: str) -> list[tuple[str, bool]]:
    """Return ways in which people write a keyword, and whether each is found at this threshold."""
    percent = int(threshold) if threshold.isdigit() else DEFAULT_THRESHOLD
    patterns = derive_patterns(text)
    alone = matcher.compile_matcher([KeywordRule(1, (Keyword(text, Mode.FUZZY, percent, patterns),))])
    return [(sample, bool(alone.match(sample))) for sample in _misspell(text, [one.text for one in patterns])]


def _misspell(text: str, patterns: Sequence[str]) -> list[str]:
    middle = max(1, len(text) // 2)
    samples = [text, *patterns[:4]]
    if text.isascii():
        samples += [
            text[: middle - 1] + text[middle : middle + 1] + text[middle - 1] + text[middle + 1 :],
            text[:middle] + text[middle + 1 :],
            text[:middle] + text[middle : middle + 1] * 2 + text[middle + 1 :],
            text[: middle - 1] + "x" + text[middle : middle + 1] + "x" + text[middle + 2 :],
        ]
    return list(dict.fromkeys(one for one in samples if one.strip()))
