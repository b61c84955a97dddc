"""What is done about one message: the only place where an answer, a hand-over or silence is chosen. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from switchboard.conversations.types import Answering, LineKind, Priority, Thread
from switchboard.language.types import Feeling, Match
from switchboard.replies.answering import arbiter, bots, ladder, languages
from switchboard.replies.answering.arbiter import Candidate
from switchboard.replies.answering.facts import Place, Question
from switchboard.replies.answering.plans import Plan
from switchboard.replies.types import Outcome, Rule, RuleSet, Settings, Trigger

# Written longer ago than this, a message is not answered any more: Meta repeats what it could not deliver for 7 days.
OLDEST = timedelta(minutes=5)
# Messages that come this close together are one.
BURST = timedelta(seconds=1)
AN_HOUR = timedelta(hours=1)
_AT_ONCE = timedelta(seconds=1)
_LONGEST_QUESTION = 300
_NEVER_ANSWERED = frozenset({"reaction", "system", "unsupported", "unknown", "edit", "revoke", "request_welcome"})

# Draws a number between two.
Draw = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a decision looks at."""

    thread: Thread
    question: Question
    rules: RuleSet
    # 0: nothing is published.
    version: int
    matches: Sequence[Match]
    feeling: Feeling
    place: Place
    # The answer that waits in this conversation.
    pending: Plan | None
    # Automatic answers of the last hour in the person's other conversations.
    answers_elsewhere: int
    now: datetime
    draw: Draw

    @property
    def settings(self) -> Settings:
        """How the workspace answers."""
        return self.rules.settings

    @property
    def language(self) -> str:
        """The language that this person is answered in."""
        question, person = self.question, self.question.person
        return languages.language_of(person.language, question.text, person.country, question.earlier)


@dataclass(slots=True)
class Verdict:
    """What is decided: the outcome, the answer that waits from now on, and what is written down."""

    outcome: Outcome
    candidate: Candidate | None = None
    rung: int = 0
    # What waits now; None with `drops` set means that nothing does any more.
    plan: Plan | None = None
    drops: bool = False
    due_at: datetime | None = None
    lines: list[tuple[LineKind, dict[str, Any]]] = field(default_factory=list)


def decide(case: Case) -> Verdict:
    """Return what is done about a message, and note in the thread what follows from its having come."""
    thread, question = case.thread, case.question
    thread.begin_session()
    if question.is_opt_out:
        return _obey_opt_out(case)
    if question.came_back:
        return _welcome_back(case)
    if question.kind in _NEVER_ANSWERED or question.is_in_group:
        return Verdict(Outcome.NOT_A_QUESTION)
    lines = _note_feeling(case)
    verdict = _silence(case) or _answer(case)
    verdict.lines[:0] = lines
    thread.last_question_at = question.received_at
    return verdict


# ── what is never answered ───────────────────────────────────────────────────────────────────────


def _obey_opt_out(case: Case) -> Verdict:
    """Drop whatever was to be said; confirm once, rules or no rules. No rule answers a wish to stop."""
    question = case.question
    verdict = Verdict(Outcome.OPTED_OUT, drops=True, lines=[(LineKind.OPTED_OUT, {})])
    case.thread.climb(None)
    if case.pending is not None and case.pending.kind == "opt_out":
        # Said twice before the confirmation has left: that one stays, and it is the only one.
        verdict.drops = False
        return verdict
    if not question.was_opted_out:
        _confirm(case, verdict, "opt_out")
    return verdict


def _welcome_back(case: Case) -> Verdict:
    """Confirm that they get messages again. What was to be said before is settled with it; no rule answers the word."""
    verdict = Verdict(Outcome.CAME_BACK, drops=True, lines=[(LineKind.CAME_BACK, {})])
    case.thread.climb(None)
    _confirm(case, verdict, "opt_in")
    return verdict


def _confirm(case: Case, verdict: Verdict, kind: str) -> None:
    """Say at once that a person's own wish was heard, where that is wanted and not too late."""
    if case.settings.confirms_opt_out and not _is_too_old(case) and case.thread.answering != Answering.NOBODY:
        verdict.plan = _plan(case, kind, due_at=case.question.received_at + _AT_ONCE)
        verdict.due_at = verdict.plan.due_at


def _is_too_old(case: Case) -> bool:
    return case.now - case.question.sent_at > OLDEST


def _silence(case: Case) -> Verdict | None:
    """Return why nothing is answered automatically, if that is so."""
    thread, question = case.thread, case.question
    if _is_program(case):
        if thread.answering == Answering.NOBODY:
            return Verdict(Outcome.BOT)
        thread.answering = Answering.NOBODY
        thread.climb(None)
        return Verdict(Outcome.BOT, drops=True, lines=[(LineKind.BOT_RECOGNISED, {})])
    if thread.answering == Answering.PERSON:
        thread.waits_since = thread.waits_since or question.sent_at
        return Verdict(Outcome.PERSON)
    if not case.version:
        return Verdict(Outcome.NO_RULES)
    return Verdict(Outcome.TOO_OLD) if _is_too_old(case) else None


def _is_program(case: Case) -> bool:
    """Look for a program on the other side; once it is recognised it stays one for this session."""
    thread, question = case.thread, case.question
    if thread.answering == Answering.NOBODY:
        return True
    if question.payload or question.kind != "text" or thread.answering == Answering.PERSON:
        return False
    is_quick = bots.is_quick(question.text, question.received_at, thread.last_outbound_at)
    thread.quick_count = thread.quick_count + 1 if is_quick else 0
    digest = bots.hash_text(question.text)
    follows_ours = thread.last_outbound_at is not None and thread.last_outbound_at > (
        thread.last_question_at or thread.session_started_at
    )
    if digest != thread.last_text_hash:
        thread.same_count = 0
    elif follows_ours:
        thread.same_count += 1
    thread.last_text_hash = digest
    return bots.is_program(thread.quick_count, thread.same_count) or bots.says_so(
        question.text, question.received_at, thread.last_outbound_at
    )


def _note_feeling(case: Case) -> list[tuple[LineKind, dict[str, Any]]]:
    """Count negative messages in a row; so many raise the priority, once."""
    thread, raise_at = case.thread, case.settings.negatives_raise_at
    if not case.question.text:
        return []
    thread.negative_count = thread.negative_count + 1 if case.feeling == Feeling.NEGATIVE else 0
    if not raise_at or thread.negative_count < raise_at or thread.priority >= Priority.RAISED:
        return []
    thread.priority = Priority.RAISED
    return [(LineKind.PRIORITY_RAISED, {"negatives": thread.negative_count})]


# ── what is answered ─────────────────────────────────────────────────────────────────────────────


def _answer(case: Case) -> Verdict:
    candidates = arbiter.list_candidates(
        case.rules, case.matches, case.question, language=case.language, place=case.place, now=case.now
    )
    winner = candidates[0] if candidates else None
    if _is_burst(case):
        return _join_burst(case, winner)
    if winner is None or (winner.rule.trigger == Trigger.NO_MATCH and not case.place.is_open):
        return _without_rule(case)
    return _with_rule(case, winner)


def _is_burst(case: Case) -> bool:
    """Tell whether an answer is under way, or the message right before this one has just had its own."""
    if case.pending is not None:
        return True
    previous, answered_at = case.thread.last_question_at, case.thread.last_outbound_at
    if previous is None or answered_at is None or answered_at < previous:
        return False
    return abs(case.question.received_at - previous) <= BURST


def _join_burst(case: Case, winner: Candidate | None) -> Verdict:
    """Let several messages have one answer: the best of what they ask. A question of its own comes after it."""
    pending = case.pending
    verdict = Verdict(Outcome.BURST, winner)
    if pending is None or pending.kind != "rule" or winner is None or winner.rule.id == pending.rule_id:
        return verdict
    is_last_resort = winner.rule.trigger in arbiter.LAST_RESORTS
    is_near = case.question.received_at - pending.asked_at <= BURST
    if is_last_resort or (is_near and not pending.is_last_resort and winner.rank >= pending.rank):
        return verdict
    answer = _with_rule(case, winner, counts=pending.is_last_resort is False and not is_near)
    if answer.plan is None or answer.plan.kind == "hand_over":
        return answer
    if pending.is_last_resort or is_near:
        answer.plan = _at(answer.plan, pending.due_at)
    elif pending.following is None:
        answer.plan = _followed_by(pending, answer.plan)
    else:
        return verdict
    answer.due_at = answer.plan.due_at
    return answer


def _at(plan: Plan, due_at: datetime) -> Plan:
    return _change(plan, due_at=due_at)


def _followed_by(plan: Plan, following: Plan) -> Plan:
    return _change(plan, following=following)


def _change(plan: Plan, **changes: Any) -> Plan:
    return msgspec.structs.replace(plan, **changes)


def _without_rule(case: Case) -> Verdict:
    """Nothing matches: after hours say so, once; otherwise it stays unanswered and is counted."""
    thread = case.thread
    if case.place.is_open:
        return Verdict(
            Outcome.UNANSWERED, lines=[(LineKind.NO_MATCH, {"text": case.question.text[:_LONGEST_QUESTION]})]
        )
    is_told = thread.is_collected
    _collect(case)
    if is_told:
        return Verdict(Outcome.AFTER_HOURS)
    plan = _plan(case, "after_hours", due_at=_due(case, None))
    return Verdict(Outcome.AFTER_HOURS, plan=plan, due_at=plan.due_at, lines=[(LineKind.AFTER_HOURS, _opening(case))])


def _collect(case: Case) -> None:
    """Put the conversation first into the morning's queue."""
    case.thread.is_collected = True
    case.thread.waits_since = case.thread.waits_since or case.question.sent_at


def _opening(case: Case) -> dict[str, Any]:
    opens_at = case.place.opens_at
    return {"opens_at": opens_at.isoformat()} if opens_at else {}


def _with_rule(case: Case, winner: Candidate, *, counts: bool = True) -> Verdict:
    """Say the rung whose turn it is; with nothing left to say, or after too many answers, it is a person's turn."""
    rule, standing = winner.rule, case.thread.ladder_at(case.now)
    place = ladder.first_rung()
    if standing is not None and standing.rule_id == rule.id:
        following = ladder.asked_again(rule, standing)
        if following is None:
            return _climb_over(case, winner)
        place = following
    elif standing is not None and rule.trigger == Trigger.NO_MATCH:
        # Asking again with a menu belongs to the ladder that did not help.
        place = ladder.Place(0, 1, begins=False)
    if place.begins and counts and _is_too_many(case):
        return _hand_over(case, "third_answer", winner)
    if place.begins and counts:
        recent = [moment for moment in case.thread.recent_answers if case.now - moment < AN_HOUR]
        case.thread.recent_answers = [*recent, case.question.received_at]
    return _say(case, winner, place)


def _climb_over(case: Case, winner: Candidate) -> Verdict:
    """Go from the last rung to the menu, and from there to a person."""
    if winner.rule.trigger != Trigger.NO_MATCH:
        for rule in case.rules.rules:
            if rule.trigger == Trigger.NO_MATCH and rule.rungs and case.place.is_open:
                return _say(case, Candidate(rule), ladder.Place(0, 1, begins=False))
    return _hand_over(case, "nothing_left", winner)


def _is_too_many(case: Case) -> bool:
    limit = case.settings.hand_over_at_answer
    recent = sum(1 for moment in case.thread.recent_answers if case.now - moment < AN_HOUR)
    return limit > 0 and recent + case.answers_elsewhere + 1 >= limit


def _say(case: Case, winner: Candidate, place: ladder.Place) -> Verdict:
    rule = winner.rule
    if not rule.rungs:
        return Verdict(Outcome.UNANSWERED, winner)
    hands_over = ladder.hands_over(rule, place.rung)
    plan = _plan(
        case,
        "rule",
        due_at=_due(case, rule),
        rule_id=rule.id,
        rule=rule.name,
        rung=place.rung,
        attempt=place.attempt,
        steps=rule.rungs[place.rung].steps,
        rank=winner.rank,
        is_last_resort=rule.trigger in arbiter.LAST_RESORTS,
        reason=("no_match" if rule.trigger == Trigger.NO_MATCH else "asked") if hands_over else "",
    )
    if rule.trigger == Trigger.OUTSIDE_HOURS:
        _collect(case)
    outcome = Outcome.HANDED_OVER if hands_over else Outcome.ANSWERED
    return Verdict(outcome, winner, place.rung, plan=plan, due_at=plan.due_at, lines=_lines_of(case, winner, place))


def _lines_of(case: Case, winner: Candidate, place: ladder.Place) -> list[tuple[LineKind, dict[str, Any]]]:
    if winner.rule.trigger == Trigger.NO_MATCH:
        return [(LineKind.NO_MATCH, {"text": case.question.text[:_LONGEST_QUESTION], "rule": winner.rule.name})]
    if place.begins:
        return []
    return [(LineKind.RUNG_ASKED_AGAIN, {"rule": winner.rule.name, "rule_id": winner.rule.id, "rung": place.rung})]


def _hand_over(case: Case, reason: str, winner: Candidate) -> Verdict:
    """Let a person answer, once, with what is known."""
    kind = "hand_over" if case.place.is_open else "after_hours"
    if kind == "after_hours":
        _collect(case)
    plan = _plan(
        case, kind, due_at=_due(case, winner.rule), rule_id=winner.rule.id, rule=winner.rule.name, reason=reason
    )
    return Verdict(Outcome.HANDED_OVER, winner, plan=plan, due_at=plan.due_at)


def _plan(case: Case, kind: str, *, due_at: datetime, **more: Any) -> Plan:
    question = case.question
    return Plan(
        kind=kind,
        message_id=question.message_id,
        wamid=question.wamid,
        asked_at=question.received_at,
        due_at=due_at,
        language=case.language,
        version=case.version,
        question=question.text[:_LONGEST_QUESTION],
        **more,
    )


def _due(case: Case, rule: Rule | None) -> datetime:
    """Return when an answer leaves: so long after the message came that it reads as written by somebody."""
    least, most = case.settings.delay_from, case.settings.delay_until
    if rule is not None and rule.delay_from is not None:
        least, most = rule.delay_from, max(rule.delay_from, rule.delay_until or 0)
    seconds = case.draw(float(least), float(max(least, most)))
    return case.question.received_at + timedelta(seconds=seconds)
