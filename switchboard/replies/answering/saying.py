"""What is due in conversations: answers leave, their parts in order, unread rungs, hand-overs. One transaction a round."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from switchboard.conversations import store as threads
from switchboard.conversations.types import Thread, Timer, TimerKind
from switchboard.replies.answering import plans, store
from switchboard.replies.answering.following import Following
from switchboard.replies.answering.handing import Handing
from switchboard.replies.answering.leaving import Leaving
from switchboard.replies.answering.shelf import Shelf
from switchboard.replies.answering.spoken import Lanes, Spoken


async def say_due(
    connection: store.Connection, shelf: Shelf, lanes: Lanes, now: datetime, limit: int
) -> Counter[str] | None:
    """Do what timers ask for and return counts by kind; None when none is due."""
    async with connection.transaction():
        timers = await threads.take_timers(connection, now, limit)
        if not timers:
            return None
        held = await threads.read_threads(connection, {timer.conversation_id for timer in timers})
        spoken = Spoken(now)
        saying = await _prepare(connection, shelf, spoken, timers, held)
        for timer in timers:
            if timer.conversation_id in held:
                await saying.do(timer, held[timer.conversation_id])
        await spoken.write(connection, lanes, held.values())
    return spoken.counts


async def _prepare(
    connection: store.Connection,
    shelf: Shelf,
    spoken: Spoken,
    timers: Sequence[Timer],
    held: dict[int, Thread],
) -> "Saying":
    """Read what the timers look at: how far earlier messages are, and which conversations are in the middle of it."""
    people = await store.read_people(connection, held.keys())
    sent = [plans.decode_rest(timer.payload).previous_id for timer in timers if timer.kind == TimerKind.PARTS]
    sent += [plans.decode_watch(timer.payload).sent_id for timer in timers if timer.kind == TimerKind.RUNG]
    progress = await store.read_progress(connection, sent) if sent else {}
    answering = {timer.conversation_id for timer in timers if timer.kind == TimerKind.ANSWER}
    busy = set(await threads.find_timers(connection, answering, TimerKind.PARTS)) if answering else set()
    busy |= {timer.conversation_id for timer in timers if timer.kind == TimerKind.PARTS}
    segments: dict[int, frozenset[int]] = {}
    for workspace_id in {timer.workspace_id for timer in timers}:
        await shelf.read_hours(connection, workspace_id)
        asked = {thread.contact_id for thread in held.values() if thread.workspace_id == workspace_id}
        segments |= await shelf.find_segments(connection, workspace_id, asked, spoken.now)
    leaving = Leaving(connection, shelf, spoken, people, segments, busy)
    return Saying(leaving, Following(leaving, progress), Handing(shelf, spoken))


@dataclass(frozen=True, slots=True, repr=False)
class Saying:
    """One round: which timer is done by what."""

    leaving: Leaving
    following: Following
    handing: Handing

    async def do(self, timer: Timer, thread: Thread) -> None:
        """Do what one timer asks for."""
        thread.begin_session()
        self.leaving.spoken.counts[timer.kind] += 1
        if timer.kind == TimerKind.ANSWER:
            await self.leaving.answer(plans.decode_plan(timer.payload), thread)
        elif timer.kind == TimerKind.PARTS:
            self.following.go_on(plans.decode_rest(timer.payload), thread)
        elif timer.kind == TimerKind.RUNG:
            await self.following.look_after(plans.decode_watch(timer.payload), thread)
        elif timer.kind == TimerKind.HAND_BACK:
            self.handing.back(thread)
