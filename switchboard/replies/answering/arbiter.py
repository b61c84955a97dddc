"""One rule for one message: whatever matches is put in order, and the first answers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.language.types import Match
from switchboard.replies.answering import scopes
from switchboard.replies.answering.facts import Place, Question
from switchboard.replies.types import Rule, RuleSet, Trigger

# What a file may be, as WhatsApp names it.
MEDIA = frozenset({"image", "video", "audio", "document", "sticker", "location", "contacts"})
_ORDER = {trigger: place for place, trigger in enumerate(Trigger)}
# These answer what nobody else does.
LAST_RESORTS = frozenset({Trigger.ANY, Trigger.NO_MATCH, Trigger.OUTSIDE_HOURS})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that could answer, and by which keyword."""

    rule: Rule
    match: Match | None = None

    @property
    def rank(self) -> tuple[float, ...]:
        """Return what puts candidates in order, the smallest first: the same in every process."""
        score = self.match.score if self.match else 0.0
        return (-self.rule.priority, _ORDER[self.rule.trigger], -round(score, 6), self.rule.position, self.rule.id)


def list_candidates(
    rules: RuleSet,
    matches: Sequence[Match],
    question: Question,
    *,
    language: str,
    place: Place,
    now: datetime,
) -> list[Candidate]:
    """Return every rule that could answer a message, the one that does first."""
    found = {match.rule_id: match for match in matches}
    candidates = [
        candidate
        for candidate in _triggered(rules, found, question, place)
        if scopes.holds(candidate.rule.scope, question.person, language, place, now)
    ]
    return sorted(candidates, key=lambda candidate: candidate.rank)


def _triggered(rules: RuleSet, found: Mapping[int, Match], question: Question, place: Place) -> Iterator[Candidate]:
    for rule in rules.rules:
        if rule.trigger == Trigger.KEYWORDS:
            # A pressed button says what its payload says; its words are for the rules only where no payload is known.
            if rule.id in found:
                yield Candidate(rule, found[rule.id])
        elif _is_triggered(rule, question, place):
            yield Candidate(rule)


def _is_triggered(rule: Rule, question: Question, place: Place) -> bool:
    if rule.trigger == Trigger.PAYLOAD:
        return bool(question.payload) and question.payload in rule.payloads
    if rule.trigger == Trigger.MEDIA:
        return question.kind in (rule.media_kinds or MEDIA)
    if rule.trigger == Trigger.FIRST_EVER:
        return question.is_first_ever
    if rule.trigger == Trigger.OUTSIDE_HOURS:
        return not place.is_open
    return rule.trigger in {Trigger.ANY, Trigger.NO_MATCH}
