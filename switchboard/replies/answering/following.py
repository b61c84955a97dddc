"""What follows an answer: its further parts, each after the one before, and the fuller answer to what stays unread."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from switchboard.conversations.types import Answering, LineKind, Thread, TimerKind
from switchboard.delivery.types import State
from switchboard.replies.answering import ladder, store
from switchboard.replies.answering.leaving import LOOK_AGAIN, Leaving
from switchboard.replies.answering.plans import Plan, Rest, Watch

# The next part waits for the one before to be delivered, but not longer.
LONGEST_WAIT = timedelta(seconds=5)
_GONE = (State.FAILED, State.SKIPPED)


@dataclass(frozen=True, slots=True, repr=False)
class Following:
    """What follows the answers of earlier rounds."""

    leaving: Leaving
    # How far earlier messages are.
    progress: Mapping[UUID, store.Progress]

    def go_on(self, rest: Rest, thread: Thread) -> None:
        """Send the next part once the one before is delivered, or after five seconds; never after one that is gone."""
        row = self.leaving.people.get(thread.id)
        progress = self.progress.get(rest.previous_id)
        state = progress.state if progress is not None and progress.state is not None else State.WAITING
        if row is None or state in _GONE or thread.answering == Answering.NOBODY:
            self.leaving.spoken.note(thread, LineKind.NOT_SENT, {"reason": "part", "parts": len(rest.bodies)}, None)
            return
        if state < State.DELIVERED and self.leaving.spoken.now < rest.since + LONGEST_WAIT:
            self.leaving.spoken.set(
                thread, TimerKind.PARTS, min(self.leaving.spoken.now + LOOK_AGAIN, rest.since + LONGEST_WAIT), rest
            )
            return
        address = row.phone or row.user_id or ""
        sent_id = self.leaving.spoken.enqueue(thread, row.contact_id, address, row.zones, rest.rule_id, rest.bodies[0])
        if len(rest.bodies) > 1:
            more = Rest(
                bodies=rest.bodies[1:], rule_id=rest.rule_id, previous_id=sent_id, since=self.leaving.spoken.now
            )
            self.leaving.spoken.set(thread, TimerKind.PARTS, self.leaving.spoken.now + LOOK_AGAIN, more)

    async def look_after(self, watch: Watch, thread: Thread) -> None:
        """Say the fuller answer to somebody who has the first one and does not read it."""
        standing = thread.ladder_at(self.leaving.spoken.now)
        loaded = self.leaving.shelf.find(thread.workspace_id)
        rule = loaded.by_id.get(watch.rule_id) if loaded else None
        is_over = standing is None or standing.rule_id != watch.rule_id or standing.rung + 1 != watch.rung
        if is_over or loaded is None or rule is None or watch.rung >= len(rule.rungs):
            return
        if thread.answering != Answering.BOT or thread.last_inbound_at > watch.sent_at:
            return
        progress = self.progress.get(watch.sent_id, store.Progress(None, None, None))
        if progress.state is not None and (progress.state >= State.READ or progress.state in _GONE):
            return
        after = timedelta(seconds=watch.seconds)
        if progress.delivered_at is None or self.leaving.spoken.now < progress.delivered_at + after:
            due_at = self.leaving.spoken.now + after if progress.delivered_at is None else progress.delivered_at + after
            self.leaving.spoken.set(thread, TimerKind.RUNG, due_at, watch)
            return
        # Whoever never lets us know has read what was delivered.
        if not await store.sends_receipts(self.leaving.connection, thread.workspace_id, thread.contact_id):
            return
        plan = Plan(
            kind="rule",
            message_id=watch.message_id,
            wamid=watch.wamid,
            asked_at=watch.sent_at,
            due_at=self.leaving.spoken.now,
            language=watch.language,
            version=loaded.version,
            rule_id=rule.id,
            rule=rule.name,
            rung=watch.rung,
            steps=rule.rungs[watch.rung].steps,
            reason="unread" if ladder.hands_over(rule, watch.rung) else "",
        )
        detail = {"rule": rule.name, "rule_id": rule.id, "rung": watch.rung, "seconds": watch.seconds}
        self.leaving.spoken.note(thread, LineKind.RUNG_UNREAD, detail, watch.message_id)
        await self.leaving.answer(plan, thread)
