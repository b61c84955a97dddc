"""What is due in conversations: answers leave, their parts in order, unread rungs, hand-overs. One transaction a round."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from switchboard.conversations import store as threads
from switchboard.conversations.types import (
    Answering,
    Ladder,
    LineKind,
    NewLine,
    NewTimer,
    Thread,
    Timer,
    TimerKind,
)
from switchboard.core import ids
from switchboard.delivery.rules.gates import WINDOW, WINDOW_MARGIN
from switchboard.delivery.store import enqueue
from switchboard.delivery.types import NewMessage, Origin, Priority, State
from switchboard.replies.answering import bodies, ladder, plans, rounds, store, writing
from switchboard.replies.answering.facts import Person
from switchboard.replies.answering.languages import pick
from switchboard.replies.answering.plans import Part, Plan, Rest, Watch
from switchboard.replies.answering.shelf import Shelf
from switchboard.replies.types import Settings, Step, StepKind

# The next part waits for the one before to be delivered, but not longer.
LONGEST_WAIT = timedelta(seconds=5)
_LOOK_AGAIN = timedelta(seconds=0.4)
_AGAIN = timedelta(seconds=0.3)
_FILE_AGAIN = timedelta(seconds=1)
_MOST_FILE_TRIES = 8
_GONE = (State.FAILED, State.SKIPPED)
_CHANGES_PERSON = frozenset({StepKind.ADD_TAG, StepKind.REMOVE_TAG, StepKind.SET_FIELD})


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


async def say_due(
    connection: store.Connection, shelf: Shelf, lanes: Lanes, now: datetime, limit: int
) -> Counter[str] | None:
    """Do what timers ask for and return counts by kind; None when none is due."""
    async with connection.transaction():
        timers = await threads.take_timers(connection, now, limit)
        if not timers:
            return None
        held = await threads.read_threads(connection, {timer.conversation_id for timer in timers})
        people = await store.read_people(connection, held.keys())
        saying = Saying(connection, shelf, now, held, people)
        await saying.prepare(timers)
        for timer in timers:
            if timer.conversation_id in held:
                await saying.do(timer, held[timer.conversation_id])
        await saying.write(lanes)
    return saying.counts


class Saying:
    """One round: what it has come to, until it is written."""

    def __init__(
        self,
        connection: store.Connection,
        shelf: Shelf,
        now: datetime,
        held: dict[int, Thread],
        people: dict[int, store.PersonRow],
    ) -> None:
        self._connection = connection
        self._shelf = shelf
        self._now = now
        self._held = held
        self._people = people
        self._progress: dict[UUID, store.Progress] = {}
        self._busy: set[int] = set()
        self._segments: dict[int, frozenset[int]] = {}
        self._messages: defaultdict[tuple[int, int], list[NewMessage]] = defaultdict(list)
        self._timers: list[NewTimer] = []
        self._dropped: set[int] = set()
        self._lines: list[NewLine] = []
        self._answers: list[store.NewAnswer] = []
        self.counts: Counter[str] = Counter()

    async def prepare(self, timers: Sequence[Timer]) -> None:
        """Read what the timers look at: how far earlier messages are, and which conversations are in the middle of it."""
        sent = [plans.decode_rest(timer.payload).previous_id for timer in timers if timer.kind == TimerKind.PARTS]
        sent += [plans.decode_watch(timer.payload).sent_id for timer in timers if timer.kind == TimerKind.RUNG]
        if sent:
            self._progress = await store.read_progress(self._connection, sent)
        answering = {timer.conversation_id for timer in timers if timer.kind == TimerKind.ANSWER}
        self._busy = (
            set(await threads.find_timers(self._connection, answering, TimerKind.PARTS)) if answering else set()
        )
        self._busy |= {timer.conversation_id for timer in timers if timer.kind == TimerKind.PARTS}
        for workspace_id in {timer.workspace_id for timer in timers}:
            await self._shelf.read_hours(self._connection, workspace_id)
            people = {thread.contact_id for thread in self._held.values() if thread.workspace_id == workspace_id}
            self._segments |= await self._shelf.find_segments(self._connection, workspace_id, people, self._now)

    async def do(self, timer: Timer, thread: Thread) -> None:
        """Do what one timer asks for."""
        thread.begin_session()
        self.counts[timer.kind] += 1
        if timer.kind == TimerKind.ANSWER:
            await self._answer(plans.decode_plan(timer.payload), thread)
        elif timer.kind == TimerKind.PARTS:
            self._go_on(plans.decode_rest(timer.payload), thread)
        elif timer.kind == TimerKind.RUNG:
            await self._look_after(plans.decode_watch(timer.payload), thread)
        elif timer.kind == TimerKind.HAND_BACK:
            self._hand_back(thread)

    # ── an answer leaves ─────────────────────────────────────────────────────────────────────────

    async def _answer(self, plan: Plan, thread: Thread) -> None:
        if thread.answering != Answering.BOT and plan.kind != "opt_out":
            return
        row = self._people.get(thread.id)
        if row is None or not self._may_write(row):
            self._line(thread, LineKind.NOT_SENT, {"reason": "window" if row else "gone"}, plan.message_id)
            return
        if thread.id in self._busy:
            self._set(thread, TimerKind.ANSWER, self._now + _AGAIN, plan)
            return
        if any(step.kind in _CHANGES_PERSON for step in plan.steps) and not await self._hold_person(row):
            self._set(thread, TimerKind.ANSWER, self._now + _AGAIN, plan)
            return
        desk = self._desk(thread, row)
        try:
            written = await desk.write(plan, skips_files=plan.tries >= _MOST_FILE_TRIES)
        except writing.FileMissingError as missing:
            self._fetch_file(thread, plan, missing.asset_id)
            return
        await self._say(plan, thread, desk, written)

    def _may_write(self, row: store.PersonRow) -> bool:
        """Tell whether the 24 hours after the person's last message still run, and there is an address."""
        is_open = row.opened_at is not None and self._now < row.opened_at + WINDOW - WINDOW_MARGIN
        return is_open and bool(row.phone or row.user_id)

    async def _hold_person(self, row: store.PersonRow) -> bool:
        return row.contact_id in await store.lock_contacts(self._connection, [row.contact_id])

    def _desk(self, thread: Thread, row: store.PersonRow) -> writing.Desk:
        person = Person(
            contact_id=row.contact_id,
            name=row.name,
            phone=row.phone or "",
            email=row.email,
            language=row.language,
            country=row.country,
            zones=row.zones,
            fields=row.fields,
            tags=tuple(row.tags),
            segments=self._segments.get(row.contact_id, frozenset()),
            last_order_at=row.last_order_at,
            silent_for=None if row.quiet_since is None else thread.session_started_at - row.quiet_since,
            address=row.phone or row.user_id or "",
        )
        settings = self._shelf.settings_of(thread.workspace_id)
        return writing.Desk(self._connection, thread.workspace_id, thread.number_id, row, person, settings, self._now)

    def _fetch_file(self, thread: Thread, plan: Plan, asset_id: int) -> None:
        """Have the file brought to Meta for this number, and try again in a second."""
        call = {"asset_id": asset_id, "number_id": thread.number_id}
        self._timers.append(NewTimer(thread.workspace_id, thread.id, TimerKind.UPLOAD, self._now, call))
        self._set(thread, TimerKind.ANSWER, self._now + _FILE_AGAIN, plans.again(plan))

    async def _say(self, plan: Plan, thread: Thread, desk: writing.Desk, written: writing.Written) -> None:
        steps = desk.steps_of(plan)
        handing = next((step for step in steps if step.kind == StepKind.HAND_OVER), None)
        parts = [*written.parts, *self._closing_words(plan, thread, desk.settings, handing)]
        for left_out in written.left_out:
            self._line(thread, LineKind.NOT_SENT, left_out, plan.message_id)
        for coupon in written.coupons:
            self._line(thread, LineKind.COUPON, {"coupon": coupon, "rule": plan.rule}, plan.message_id)
        await self._do_steps(steps, thread, desk)
        if desk.settings.announces and thread.announced_at is None and parts and plan.kind != "opt_out":
            parts = writing.announce(parts, pick(desk.settings.announcement, plan.language))
            thread.announced_at = self._now
        sent_id = self._send(thread, desk.person, plan.rule_id, parts) if parts else None
        self._note_answer(plan, thread, len(parts), sent_id)
        self._climb(plan, thread, sent_id, desk.settings)
        if handing is not None or plan.kind == "hand_over" or (plan.kind == "after_hours" and plan.reason):
            self._hand_over(plan, thread, desk.settings)
        self._follow_up(plan, thread)

    def _closing_words(self, plan: Plan, thread: Thread, settings: Settings, handing: Step | None) -> list[Part]:
        """Return what is said besides the rule's own parts: a colleague comes, we are closed, you are unsubscribed."""
        place = self._shelf.place_of(thread.workspace_id, thread.number_id, self._now)
        if plan.kind == "opt_out":
            words = settings.opt_out_text
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

    async def _do_steps(self, steps: Sequence[Step], thread: Thread, desk: writing.Desk) -> None:
        """Do what the person does not see: tags, fields, whom the conversation is given to."""
        for step in steps:
            if step.kind in {StepKind.ADD_TAG, StepKind.REMOVE_TAG}:
                await store.change_tags(
                    self._connection,
                    workspace_id=thread.workspace_id,
                    contact_id=thread.contact_id,
                    tag_id=int(step.content["tag_id"]),
                    is_added=step.kind == StepKind.ADD_TAG,
                    now=self._now,
                )
            elif step.kind == StepKind.SET_FIELD:
                await store.set_field(
                    self._connection,
                    workspace_id=thread.workspace_id,
                    contact_id=thread.contact_id,
                    key=str(step.content["key"]),
                    value=str(step.content.get("value", "")),
                    now=self._now,
                )
            elif step.kind == StepKind.ASSIGN:
                thread.assignee_id = int(step.content["member_id"])
                self._line(thread, LineKind.ASSIGNED, {"member_id": thread.assignee_id}, None)

    def _send(self, thread: Thread, person: Person, rule_id: int, parts: Sequence[Part]) -> UUID:
        """Put the first part into its lane; the others wait for it to be delivered. Return the first one's id."""
        message_id = self._enqueue(thread, person.contact_id, person.address, person.zones, rule_id, parts[0])
        if len(parts) > 1:
            rest = Rest(bodies=tuple(parts[1:]), rule_id=rule_id, previous_id=message_id, since=self._now)
            self._set(thread, TimerKind.PARTS, self._now + _LOOK_AGAIN, rest)
        return message_id

    def _enqueue(self, thread: Thread, contact_id: int, address: str, zones: str, rule_id: int, part: Part) -> UUID:
        message = NewMessage(
            id=ids.new_message_id(self._now),
            lane_id=0,
            number_id=thread.number_id,
            contact_id=contact_id,
            category=part.category,
            recipient=address,
            zones=zones,
            body=part.body,
            due_at=self._now,
            template_id=part.template_id,
        )
        self._messages[thread.workspace_id, rule_id].append(message)
        thread.last_outbound_at = self._now
        return message.id

    def _note_answer(self, plan: Plan, thread: Thread, parts: int, sent_id: UUID | None) -> None:
        self._answers.append(
            store.NewAnswer(
                workspace_id=thread.workspace_id,
                conversation_id=thread.id,
                rule_id=plan.rule_id,
                rung=plan.rung,
                version=plan.version,
                message_id=plan.message_id,
                kind=plan.kind,
                asked_at=plan.asked_at,
                at=self._now,
                parts=parts,
                first_message_id=sent_id,
            )
        )
        if plan.kind == "rule":
            detail = {"rule": plan.rule, "rule_id": plan.rule_id, "rung": plan.rung, "version": plan.version}
            self._line(thread, LineKind.RULE_ANSWERED, detail, plan.message_id)

    def _climb(self, plan: Plan, thread: Thread, sent_id: UUID | None, settings: Settings) -> None:
        """Stand on the rung that was said, and look after it if another follows when it stays unread."""
        if plan.kind != "rule":
            return
        before = thread.ladder_at(self._now)
        is_same = before is not None and before.rule_id == plan.rule_id
        since = before.since if before is not None and is_same else self._now
        expires_at = self._now + timedelta(minutes=settings.ladder_minutes)
        thread.climb(Ladder(plan.rule_id, plan.rung, plan.attempt, since, expires_at))
        loaded = self._shelf.find(thread.workspace_id)
        rule = loaded.by_id.get(plan.rule_id) if loaded else None
        following = ladder.unread(rule, plan.rung) if rule else None
        if following is None or sent_id is None:
            return
        rung, after = following
        watch = Watch(
            rule_id=plan.rule_id,
            rung=rung,
            seconds=int(after.total_seconds()),
            sent_id=sent_id,
            message_id=plan.message_id,
            wamid=plan.wamid,
            sent_at=self._now,
            language=plan.language,
        )
        self._set(thread, TimerKind.RUNG, self._now + after, watch)

    def _hand_over(self, plan: Plan, thread: Thread, settings: Settings) -> None:
        """Let a person answer from now on, once, with what is known."""
        place = self._shelf.place_of(thread.workspace_id, thread.number_id, self._now)
        thread.answering = Answering.PERSON
        thread.handed_over_at = self._now
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
        self._dropped.add(thread.id)
        detail = {**thread.hand_over, "opens_at": place.opens_at.isoformat() if place.opens_at else ""}
        self._line(thread, LineKind.HANDED_OVER, detail, plan.message_id)
        if settings.hand_back_minutes:
            due_at = self._now + timedelta(minutes=settings.hand_back_minutes)
            self._timers.append(NewTimer(thread.workspace_id, thread.id, TimerKind.HAND_BACK, due_at))
        self.counts["handed_over"] += 1

    def _follow_up(self, plan: Plan, thread: Thread) -> None:
        """Let a second question have its answer now, unless a person took over with the first."""
        if plan.following is None or thread.answering != Answering.BOT:
            return
        following = plans.due(plan.following, max(plan.following.due_at, self._now + timedelta(seconds=1)))
        shows_typing = self._shelf.settings_of(thread.workspace_id).shows_typing
        self._timers += rounds.timers_of(thread, following, self._now, shows_typing=shows_typing)

    # ── what follows ─────────────────────────────────────────────────────────────────────────────

    def _go_on(self, rest: Rest, thread: Thread) -> None:
        """Send the next part once the one before is delivered, or after five seconds; never after one that is gone."""
        row = self._people.get(thread.id)
        progress = self._progress.get(rest.previous_id)
        state = progress.state if progress is not None and progress.state is not None else State.WAITING
        if row is None or state in _GONE or thread.answering == Answering.NOBODY:
            self._line(thread, LineKind.NOT_SENT, {"reason": "part", "parts": len(rest.bodies)}, None)
            return
        if state < State.DELIVERED and self._now < rest.since + LONGEST_WAIT:
            self._set(thread, TimerKind.PARTS, min(self._now + _LOOK_AGAIN, rest.since + LONGEST_WAIT), rest)
            return
        address = row.phone or row.user_id or ""
        sent_id = self._enqueue(thread, row.contact_id, address, row.zones, rest.rule_id, rest.bodies[0])
        if len(rest.bodies) > 1:
            more = Rest(bodies=rest.bodies[1:], rule_id=rest.rule_id, previous_id=sent_id, since=self._now)
            self._set(thread, TimerKind.PARTS, self._now + _LOOK_AGAIN, more)

    async def _look_after(self, watch: Watch, thread: Thread) -> None:
        """Say the fuller answer to somebody who has the first one and does not read it."""
        standing = thread.ladder_at(self._now)
        loaded = self._shelf.find(thread.workspace_id)
        rule = loaded.by_id.get(watch.rule_id) if loaded else None
        is_over = standing is None or standing.rule_id != watch.rule_id or standing.rung + 1 != watch.rung
        if is_over or loaded is None or rule is None or watch.rung >= len(rule.rungs):
            return
        if thread.answering != Answering.BOT or thread.last_inbound_at > watch.sent_at:
            return
        progress = self._progress.get(watch.sent_id, store.Progress(None, None, None))
        if progress.state is not None and (progress.state >= State.READ or progress.state in _GONE):
            return
        after = timedelta(seconds=watch.seconds)
        if progress.delivered_at is None or self._now < progress.delivered_at + after:
            due_at = self._now + after if progress.delivered_at is None else progress.delivered_at + after
            self._set(thread, TimerKind.RUNG, due_at, watch)
            return
        # Whoever never lets us know has read what was delivered.
        if not await store.sends_receipts(self._connection, thread.workspace_id, thread.contact_id):
            return
        plan = Plan(
            kind="rule",
            message_id=watch.message_id,
            wamid=watch.wamid,
            asked_at=watch.sent_at,
            due_at=self._now,
            language=watch.language,
            version=loaded.version,
            rule_id=rule.id,
            rule=rule.name,
            rung=watch.rung,
            steps=rule.rungs[watch.rung].steps,
            reason="unread" if ladder.hands_over(rule, watch.rung) else "",
        )
        detail = {"rule": rule.name, "rule_id": rule.id, "rung": watch.rung, "seconds": watch.seconds}
        self._line(thread, LineKind.RUNG_UNREAD, detail, watch.message_id)
        await self._answer(plan, thread)

    def _hand_back(self, thread: Thread) -> None:
        """Let automatic answers work again when nobody has answered since the hand-over."""
        if thread.answering != Answering.PERSON or thread.waits_since is None:
            return
        thread.answering = Answering.BOT
        thread.recent_answers = []
        self._line(thread, LineKind.HANDED_BACK, {}, None)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def _set(self, thread: Thread, kind: TimerKind, due_at: datetime, payload: Plan | Rest | Watch) -> None:
        self._timers.append(NewTimer(thread.workspace_id, thread.id, kind, due_at, plans.encode(payload)))

    def _line(self, thread: Thread, kind: LineKind, detail: dict[str, Any], message_id: UUID | None) -> None:
        self._lines.append(NewLine(thread.workspace_id, thread.id, kind, self._now, detail, message_id))

    async def write(self, lanes: Lanes) -> None:
        """Write everything down, in the order in which others lock the same rows."""
        connection = self._connection
        await threads.save_threads(connection, self._held.values())
        await threads.drop_timers(connection, self._dropped, [TimerKind.RUNG, TimerKind.TYPING])
        await threads.set_timers(connection, self._timers)
        await threads.insert_lines(connection, self._lines)
        await store.insert_answers(connection, self._answers)
        for (workspace_id, rule_id), messages in sorted(self._messages.items(), key=lambda item: item[0]):
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
                now=self._now,
            )
        changed = {(thread.workspace_id, thread.id) for thread in self._held.values()}
        await rounds.tell(connection, changed)
