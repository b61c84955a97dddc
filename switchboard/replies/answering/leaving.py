"""An answer leaves: written for its person, said part by part, what it does is done, and the ladder is climbed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from switchboard.conversations.types import Answering, Ladder, LineKind, NewTimer, Thread, TimerKind
from switchboard.delivery.rules.gates import WINDOW, WINDOW_MARGIN
from switchboard.replies.answering import handing, ladder, plans, rounds, store, writing
from switchboard.replies.answering.facts import Person
from switchboard.replies.answering.languages import pick
from switchboard.replies.answering.plans import Part, Plan, Rest, Watch
from switchboard.replies.answering.shelf import Shelf
from switchboard.replies.answering.spoken import Spoken
from switchboard.replies.types import Settings, Step, StepKind

# So soon a part looks whether the one before it is delivered.
LOOK_AGAIN = timedelta(seconds=0.4)
_AGAIN = timedelta(seconds=0.3)
_FILE_AGAIN = timedelta(seconds=1)
_MOST_FILE_TRIES = 8
_CHANGES_PERSON = frozenset({StepKind.ADD_TAG, StepKind.REMOVE_TAG, StepKind.SET_FIELD})


@dataclass(frozen=True, slots=True, repr=False)
class Leaving:
    """The answers of one round that leave."""

    connection: store.Connection
    shelf: Shelf
    spoken: Spoken
    people: Mapping[int, store.PersonRow]
    segments: Mapping[int, frozenset[int]]
    # Conversations in the middle of an answer of several parts.
    busy: Collection[int]

    async def answer(self, plan: Plan, thread: Thread) -> None:
        """Say an answer now, or a little later when somebody else holds what it needs."""
        if thread.answering != Answering.BOT and plan.kind not in plans.CONFIRMATIONS:
            return
        row = self.people.get(thread.id)
        if row is None or not self._may_write(row):
            self.spoken.note(thread, LineKind.NOT_SENT, {"reason": "window" if row else "gone"}, plan.message_id)
            return
        if thread.id in self.busy:
            self.spoken.set(thread, TimerKind.ANSWER, self.spoken.now + _AGAIN, plan)
            return
        if any(step.kind in _CHANGES_PERSON for step in plan.steps) and not await self._hold_person(row):
            self.spoken.set(thread, TimerKind.ANSWER, self.spoken.now + _AGAIN, plan)
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
        is_open = row.opened_at is not None and self.spoken.now < row.opened_at + WINDOW - WINDOW_MARGIN
        return is_open and bool(row.phone or row.user_id)

    async def _hold_person(self, row: store.PersonRow) -> bool:
        return row.contact_id in await store.lock_contacts(self.connection, [row.contact_id])

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
            segments=self.segments.get(row.contact_id, frozenset()),
            last_order_at=row.last_order_at,
            silent_for=None if row.quiet_since is None else thread.session_started_at - row.quiet_since,
            address=row.phone or row.user_id or "",
        )
        settings = self.shelf.settings_of(thread.workspace_id)
        return writing.Desk(
            self.connection, thread.workspace_id, thread.number_id, row, person, settings, self.spoken.now
        )

    def _fetch_file(self, thread: Thread, plan: Plan, asset_id: int) -> None:
        """Have the file brought to Meta for this number, and try again in a second."""
        call = {"asset_id": asset_id, "number_id": thread.number_id}
        self.spoken.timers.append(NewTimer(thread.workspace_id, thread.id, TimerKind.UPLOAD, self.spoken.now, call))
        self.spoken.set(thread, TimerKind.ANSWER, self.spoken.now + _FILE_AGAIN, plans.again(plan))

    async def _say(self, plan: Plan, thread: Thread, desk: writing.Desk, written: writing.Written) -> None:
        steps = desk.steps_of(plan)
        hand_over, closing = handing.find_step(steps), handing.Handing(self.shelf, self.spoken)
        parts = [*written.parts, *closing.closing_words(plan, thread, desk.settings, hand_over)]
        for left_out in written.left_out:
            self.spoken.note(thread, LineKind.NOT_SENT, left_out, plan.message_id)
        for coupon in written.coupons:
            self.spoken.note(thread, LineKind.COUPON, {"coupon": coupon, "rule": plan.rule}, plan.message_id)
        await self._do_steps(steps, thread, desk)
        if desk.settings.announces and thread.announced_at is None and parts and plan.kind not in plans.CONFIRMATIONS:
            parts = writing.announce(parts, pick(desk.settings.announcement, plan.language))
            thread.announced_at = self.spoken.now
        sent_id = self._send(thread, desk.person, plan.rule_id, parts) if parts else None
        self._note_answer(plan, thread, len(parts), sent_id)
        self._climb(plan, thread, sent_id, desk.settings)
        if hand_over is not None or plan.kind == "hand_over" or (plan.kind == "after_hours" and plan.reason):
            closing.over(plan, thread, desk.settings)
        self._follow_up(plan, thread)

    async def _do_steps(self, steps: Sequence[Step], thread: Thread, desk: writing.Desk) -> None:
        """Do what the person does not see: tags, fields, whom the conversation is given to."""
        for step in steps:
            if step.kind in {StepKind.ADD_TAG, StepKind.REMOVE_TAG}:
                await store.change_tags(
                    self.connection,
                    workspace_id=thread.workspace_id,
                    contact_id=thread.contact_id,
                    tag_id=int(step.content["tag_id"]),
                    is_added=step.kind == StepKind.ADD_TAG,
                    now=self.spoken.now,
                )
            elif step.kind == StepKind.SET_FIELD:
                await store.set_field(
                    self.connection,
                    workspace_id=thread.workspace_id,
                    contact_id=thread.contact_id,
                    key=str(step.content["key"]),
                    value=str(step.content.get("value", "")),
                    now=self.spoken.now,
                )
            elif step.kind == StepKind.ASSIGN:
                thread.assignee_id = int(step.content["member_id"])
                self.spoken.note(thread, LineKind.ASSIGNED, {"member_id": thread.assignee_id}, None)

    def _send(self, thread: Thread, person: Person, rule_id: int, parts: Sequence[Part]) -> UUID:
        """Put the first part into its lane; the others wait for it to be delivered. Return the first one's id."""
        message_id = self.spoken.enqueue(thread, person.contact_id, person.address, person.zones, rule_id, parts[0])
        if len(parts) > 1:
            rest = Rest(bodies=tuple(parts[1:]), rule_id=rule_id, previous_id=message_id, since=self.spoken.now)
            self.spoken.set(thread, TimerKind.PARTS, self.spoken.now + LOOK_AGAIN, rest)
        return message_id

    def _note_answer(self, plan: Plan, thread: Thread, parts: int, sent_id: UUID | None) -> None:
        self.spoken.answers.append(
            store.NewAnswer(
                workspace_id=thread.workspace_id,
                conversation_id=thread.id,
                rule_id=plan.rule_id,
                rung=plan.rung,
                version=plan.version,
                message_id=plan.message_id,
                kind=plan.kind,
                asked_at=plan.asked_at,
                at=self.spoken.now,
                parts=parts,
                first_message_id=sent_id,
            )
        )
        if plan.kind == "rule":
            detail = {"rule": plan.rule, "rule_id": plan.rule_id, "rung": plan.rung, "version": plan.version}
            self.spoken.note(thread, LineKind.RULE_ANSWERED, detail, plan.message_id)

    def _climb(self, plan: Plan, thread: Thread, sent_id: UUID | None, settings: Settings) -> None:
        """Stand on the rung that was said, and look after it if another follows when it stays unread."""
        if plan.kind != "rule":
            return
        before = thread.ladder_at(self.spoken.now)
        is_same = before is not None and before.rule_id == plan.rule_id
        since = before.since if before is not None and is_same else self.spoken.now
        expires_at = self.spoken.now + timedelta(minutes=settings.ladder_minutes)
        thread.climb(Ladder(plan.rule_id, plan.rung, plan.attempt, since, expires_at))
        loaded = self.shelf.find(thread.workspace_id)
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
            sent_at=self.spoken.now,
            language=plan.language,
        )
        self.spoken.set(thread, TimerKind.RUNG, self.spoken.now + after, watch)

    def _follow_up(self, plan: Plan, thread: Thread) -> None:
        """Let a second question have its answer now, unless a person took over with the first."""
        if plan.following is None or thread.answering != Answering.BOT:
            return
        following = plans.due(plan.following, max(plan.following.due_at, self.spoken.now + timedelta(seconds=1)))
        shows_typing = self.shelf.settings_of(thread.workspace_id).shows_typing
        self.spoken.timers += rounds.timers_of(thread, following, self.spoken.now, shows_typing=shows_typing)
