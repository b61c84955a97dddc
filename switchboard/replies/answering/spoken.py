"""What a round of due timers has come to until it is written: messages, timers, lines, answers. Written once, in order."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from switchboard.conversations import store as threads
from switchboard.conversations.types import LineKind, NewLine, NewTimer, Thread, TimerKind
from switchboard.core import ids
from switchboard.delivery.store import enqueue
from switchboard.delivery.types import NewMessage, Origin, Priority
from switchboard.replies.answering import plans, rounds, store
from switchboard.replies.answering.plans import Part, Plan, Rest, Watch


@dataclass
class Lanes:
    """The queues of answers that this process knows of: lane by (workspace, rule, number)."""

    known: dict[tuple[int, int, int], int] = field(default_factory=dict)

    async def open(self, connection: store.Connection, workspace_id: int, rule_id: int, numbers: set[int]) -> None:
        """See to it that the lanes of these numbers are known."""
        missing = sorted(number for number in numbers if (workspace_id, rule_id, number) not in self.known)
        if not missing:
            return
        found = await enqueue.open_lanes(
            connection,
            workspace_id=workspace_id,
            origin=Origin.ANSWER,
            origin_id=rule_id,
            priority=Priority.ANSWER,
            number_ids=missing,
        )
        self.known.update({(workspace_id, rule_id, number): lane for number, lane in found.items()})


@dataclass(repr=False)
class Spoken:
    """One round, until it is written."""

    now: datetime
    messages: defaultdict[tuple[int, int], list[NewMessage]] = field(default_factory=lambda: defaultdict(list))
    timers: list[NewTimer] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)
    lines: list[NewLine] = field(default_factory=list)
    answers: list[store.NewAnswer] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def set(self, thread: Thread, kind: TimerKind, due_at: datetime, payload: Plan | Rest | Watch) -> None:
        """Have a timer do something at a moment."""
        self.timers.append(NewTimer(thread.workspace_id, thread.id, kind, due_at, plans.encode(payload)))

    def note(self, thread: Thread, kind: LineKind, detail: dict[str, Any], message_id: UUID | None) -> None:
        """Write a line into the thread."""
        self.lines.append(NewLine(thread.workspace_id, thread.id, kind, self.now, detail, message_id))

    def enqueue(self, thread: Thread, contact_id: int, address: str, zones: str, rule_id: int, part: Part) -> UUID:
        """Have a message put into its lane, and return its id."""
        message = NewMessage(
            id=ids.new_message_id(self.now),
            lane_id=0,
            number_id=thread.number_id,
            contact_id=contact_id,
            category=part.category,
            recipient=address,
            zones=zones,
            body=part.body,
            due_at=self.now,
            template_id=part.template_id,
        )
        self.messages[thread.workspace_id, rule_id].append(message)
        thread.last_outbound_at = self.now
        return message.id

    async def write(self, connection: store.Connection, lanes: Lanes, held: Iterable[Thread]) -> None:
        """Write everything down, in the order in which others lock the same rows."""
        held = list(held)
        await threads.save_threads(connection, held)
        await threads.drop_timers(connection, self.dropped, [TimerKind.RUNG, TimerKind.TYPING])
        await threads.set_timers(connection, self.timers)
        await threads.insert_lines(connection, self.lines)
        await store.insert_answers(connection, self.answers)
        for (workspace_id, rule_id), messages in sorted(self.messages.items(), key=lambda item: item[0]):
            await lanes.open(connection, workspace_id, rule_id, {message.number_id for message in messages})
            placed = [
                plans.place(message, lanes.known[workspace_id, rule_id, message.number_id]) for message in messages
            ]
            await enqueue.enqueue_messages(
                connection,
                workspace_id=workspace_id,
                origin=Origin.ANSWER,
                origin_id=rule_id,
                messages=placed,
                now=self.now,
            )
        changed = {(thread.workspace_id, thread.id) for thread in held}
        await rounds.tell(connection, changed)
