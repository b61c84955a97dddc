"""Handing over to a person and back: what is said with it, what the person is told, and when nobody came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from switchboard.conversations.types import Answering, LineKind, NewTimer, Thread, TimerKind
from switchboard.replies.answering import bodies
from switchboard.replies.answering.languages import pick
from switchboard.replies.answering.plans import Part, Plan
from switchboard.replies.answering.shelf import Shelf
from switchboard.replies.answering.spoken import Spoken
from switchboard.replies.types import Settings, Step, StepKind


def find_step(steps: Sequence[Step]) -> Step | None:
    """Return the step that hands over, if there is one."""
    return next((step for step in steps if step.kind == StepKind.HAND_OVER), None)


@dataclass(frozen=True, slots=True, repr=False)
class Handing:
    """Hand-overs of one round."""

    shelf: Shelf
    spoken: Spoken

    def closing_words(self, plan: Plan, thread: Thread, settings: Settings, handing: Step | None) -> list[Part]:
        """Return what is said besides the rule's own parts: a colleague comes, we are closed, you are unsubscribed or back."""
        place = self.shelf.place_of(thread.workspace_id, thread.number_id, self.spoken.now)
        if plan.kind == "opt_out":
            words = settings.opt_out_text
        elif plan.kind == "opt_in":
            words = settings.opt_in_text
        elif plan.kind == "after_hours" or (handing is not None and not place.is_open):
            words = settings.after_hours_text
        elif plan.kind == "hand_over":
            words = settings.hand_over_text
        elif handing is not None:
            words = handing.content.get("text") or settings.hand_over_text
        else:
            return []
        text = pick(words, plan.language)
        return [Part(body=bodies.build_text(text))] if text.strip() else []

    def over(self, plan: Plan, thread: Thread, settings: Settings) -> None:
        """Let a person answer from now on, once, with what is known."""
        place = self.shelf.place_of(thread.workspace_id, thread.number_id, self.spoken.now)
        thread.answering = Answering.PERSON
        thread.handed_over_at = self.spoken.now
        thread.waits_since = thread.waits_since or plan.asked_at
        thread.is_collected = thread.is_collected or not place.is_open
        thread.hand_over = {
            "reason": plan.reason or "asked",
            "rule_id": plan.rule_id,
            "rule": plan.rule,
            "question": plan.question,
            "answers": len(thread.recent_answers),
        }
        thread.climb(None)
        self.spoken.dropped.add(thread.id)
        detail = {**thread.hand_over, "opens_at": place.opens_at.isoformat() if place.opens_at else ""}
        self.spoken.note(thread, LineKind.HANDED_OVER, detail, plan.message_id)
        if settings.hand_back_minutes:
            due_at = self.spoken.now + timedelta(minutes=settings.hand_back_minutes)
            self.spoken.timers.append(NewTimer(thread.workspace_id, thread.id, TimerKind.HAND_BACK, due_at))
        self.spoken.counts["handed_over"] += 1

    def back(self, thread: Thread) -> None:
        """Let automatic answers work again when nobody has answered since the hand-over."""
        if thread.answering != Answering.PERSON or thread.waits_since is None:
            return
        thread.answering = Answering.BOT
        thread.recent_answers = []
        self.spoken.note(thread, LineKind.HANDED_BACK, {}, None)
