"""One round of deciding: messages that wait, each with what is known, to decisions, timers and lines. One transaction."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from switchboard.cloudapi import texts
from switchboard.conversations import store as threads
from switchboard.conversations.types import NewLine, NewTimer, Thread, TimerKind
from switchboard.core import live
from switchboard.language.types import Feeling
from switchboard.replies.answering import deciding, languages, plans, store
from switchboard.replies.answering.deciding import Case, Draw, Verdict
from switchboard.replies.answering.facts import Person, Question
from switchboard.replies.answering.plans import Plan
from switchboard.replies.answering.shelf import Loaded, Shelf
from switchboard.replies.types import RuleSet

# “typing…” lasts 25 seconds at most; one that would begin right before the answer is left out.
TYPING_BEFORE = timedelta(seconds=20)
_LOOKS_FIRST = timedelta(seconds=1)
_SHORTEST_TYPING = timedelta(seconds=1.5)
_MOST_IN_A_BURST = 10
_NOTHING = RuleSet()


@dataclass
class Round:
    """What a round has come to, until it is written."""

    now: datetime
    draw: Draw
    pending: dict[int, Plan | None] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    decisions: list[store.NewDecision] = field(default_factory=list)
    lines: list[NewLine] = field(default_factory=list)
    done: list[UUID] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


async def decide_waiting(
    connection: store.Connection, shelf: Shelf, now: datetime, draw: Draw, limit: int
) -> Counter[str] | None:
    """Decide on messages that wait and return counts by outcome; None when none waits, or others hold them all."""
    async with connection.transaction():
        message_ids = await store.take_effects(connection, limit)
        if not message_ids:
            return None
        rows = await store.read_questions(connection, message_ids)
        round_ = Round(now, draw)
        decided = await store.find_decided(connection, message_ids)
        known = {row.id for row in rows if row.thread_id is not None} - decided
        # Decided on before, or nobody is behind them any more.
        round_.done = [message_id for message_id in message_ids if message_id not in known]
        rows = [row for row in rows if row.id in known and not shelf.is_awaited(row.workspace_id)]
        await _decide(connection, shelf, rows, round_)
    return round_.counts if round_.done else None


async def _decide(connection: store.Connection, shelf: Shelf, rows: Sequence[store.QuestionRow], round_: Round) -> None:
    keys = {(row.workspace_id, row.contact_id, row.number_id) for row in rows}
    held = await threads.lock_threads(connection, keys)
    rows = [row for row in rows if (row.workspace_id, row.contact_id, row.number_id) in held]
    stored = await threads.find_timers(connection, [one.id for one in held.values()], TimerKind.ANSWER)
    round_.pending = {thread_id: plans.decode_plan(payload) for thread_id, payload in stored.items()}
    people = {(row.workspace_id, row.contact_id) for row in rows}
    recent = await store.list_recent_answers(connection, people, round_.now - deciding.AN_HOUR)
    segments: dict[int, frozenset[int]] = {}
    for workspace_id in {row.workspace_id for row in rows}:
        await shelf.read_hours(connection, workspace_id)
        writers = {row.contact_id for row in rows if row.workspace_id == workspace_id}
        segments |= await shelf.find_segments(connection, workspace_id, writers, round_.now)
    earlier = await _read_earlier(connection, rows)
    for row in rows:
        thread = held[row.workspace_id, row.contact_id, row.number_id]
        elsewhere = [number for number in recent.get((row.workspace_id, row.contact_id), ()) if number != row.number_id]
        question = _question(row, thread, segments.get(row.contact_id, frozenset()), earlier.get(row.id, ()))
        _decide_one(round_, shelf, thread, question, len(elsewhere))
    await _write(connection, shelf, held, round_)


async def _read_earlier(connection: store.Connection, rows: Sequence[store.QuestionRow]) -> dict[UUID, tuple[str, ...]]:
    """Return what was written before those messages that do not tell the language in which they are answered."""
    asked = [row for row in rows if languages.is_left_open(row.language or "", row.text)]
    return await store.list_earlier_texts(connection, asked) if asked else {}


def _question(
    row: store.QuestionRow, thread: Thread, segments: frozenset[int], earlier: tuple[str, ...] = ()
) -> Question:
    person = Person(
        contact_id=row.contact_id,
        name=row.name or "",
        language=row.language or "",
        country=row.country or "",
        tags=tuple(row.tags or ()),
        segments=segments,
    )
    return Question(
        message_id=row.id,
        workspace_id=row.workspace_id,
        number_id=row.number_id,
        wamid=row.wamid,
        kind=row.kind,
        text=row.text,
        payload=texts.find_payload(row.kind, row.body),
        sent_at=row.sent_at,
        received_at=row.received_at,
        is_opt_out=row.is_opt_out,
        is_first_ever=_is_first_ever(row, thread),
        was_opted_out=row.opted_out_at is not None and (row.opted_out_at < row.sent_at or row.is_repeated_wish),
        came_back=row.came_back,
        is_in_group=bool(row.body.get("group_id")),
        person=person,
        earlier=earlier,
    )


def _is_first_ever(row: store.QuestionRow, thread: Thread) -> bool:
    """Tell whether somebody has never written before; those few that came with it in one burst do not count."""
    is_new_here = thread.session_number == 1 and thread.last_question_at is None
    return is_new_here and not row.has_others and row.inbound_count <= _MOST_IN_A_BURST


def _decide_one(round_: Round, shelf: Shelf, thread: Thread, question: Question, elsewhere: int) -> None:
    loaded = shelf.find(question.workspace_id)
    case = Case(
        thread=thread,
        question=question,
        rules=loaded.rules if loaded else _NOTHING,
        version=loaded.version if loaded else 0,
        matches=loaded.match(question.text) if loaded else (),
        feeling=_feel(loaded, question.text),
        place=shelf.place_of(question.workspace_id, question.number_id, round_.now),
        pending=round_.pending.get(thread.id),
        answers_elsewhere=elsewhere,
        now=round_.now,
        draw=round_.draw,
    )
    verdict = deciding.decide(case)
    _note(round_, thread, question, case, verdict)


def _feel(loaded: Loaded | None, text: str) -> Feeling:
    return loaded.feel(text) if loaded and text else Feeling.NEUTRAL


def _note(round_: Round, thread: Thread, question: Question, case: Case, verdict: Verdict) -> None:
    """Keep what was decided, and what it changes of what waits in the conversation."""
    match = verdict.candidate.match if verdict.candidate else None
    round_.decisions.append(
        store.NewDecision(
            message_id=question.message_id,
            workspace_id=question.workspace_id,
            conversation_id=thread.id,
            number_id=question.number_id,
            at=round_.now,
            outcome=verdict.outcome.value,
            rule_id=verdict.candidate.rule.id if verdict.candidate else None,
            rung=verdict.rung,
            version=case.version,
            keyword=match.keyword.text if match else "",
            view=match.view.value if match else "",
            distance=match.distance if match else 0,
            feeling=case.feeling.value,
            due_at=verdict.due_at,
        )
    )
    if verdict.drops:
        round_.pending[thread.id] = None
        round_.dropped.add(thread.id)
    if verdict.plan is not None:
        round_.pending[thread.id] = verdict.plan
        round_.changed.add(thread.id)
    for kind, detail in verdict.lines:
        line = NewLine(question.workspace_id, thread.id, kind, round_.now, detail, question.message_id)
        round_.lines.append(line)
    round_.done.append(question.message_id)
    round_.counts[verdict.outcome.value] += 1


async def _write(
    connection: store.Connection, shelf: Shelf, held: dict[tuple[int, int, int], Thread], round_: Round
) -> None:
    touched = {one.conversation_id for one in round_.decisions}
    by_id = {thread.id: thread for thread in held.values()}
    await threads.save_threads(connection, by_id.values())
    quiet = [TimerKind.ANSWER, TimerKind.PARTS, TimerKind.RUNG, TimerKind.TYPING]
    await threads.drop_timers(connection, round_.dropped, quiet)
    # Whoever writes has read: what would have followed because nobody did is dropped.
    await threads.drop_timers(connection, {one.conversation_id for one in round_.decisions}, [TimerKind.RUNG])
    timers: list[NewTimer] = []
    for thread_id in sorted(round_.changed):
        plan = round_.pending.get(thread_id)
        if plan is not None:
            thread = by_id[thread_id]
            shows_typing = shelf.settings_of(thread.workspace_id).shows_typing
            timers += timers_of(thread, plan, round_.now, shows_typing=shows_typing)
    await threads.set_timers(connection, timers)
    await threads.insert_lines(connection, round_.lines)
    await store.insert_decisions(connection, round_.decisions)
    await store.delete_effects(connection, round_.done)
    await tell(connection, {(by_id[thread_id].workspace_id, thread_id) for thread_id in touched})


def timers_of(thread: Thread, plan: Plan, now: datetime, *, shows_typing: bool) -> list[NewTimer]:
    """Return the timers of an answer that waits: itself, and “typing…” before it."""
    due_at = max(plan.due_at, now)
    timers = [NewTimer(thread.workspace_id, thread.id, TimerKind.ANSWER, due_at, plans.encode(plan))]
    typing_at = max(now, plan.asked_at + _LOOKS_FIRST, due_at - TYPING_BEFORE)
    if shows_typing and plan.speaks and due_at - typing_at >= _SHORTEST_TYPING:
        call = {"wamid": plan.wamid, "number_id": thread.number_id, "until": due_at.isoformat()}
        timers.append(NewTimer(thread.workspace_id, thread.id, TimerKind.TYPING, typing_at, call))
    return timers


async def tell(connection: store.Connection, changed: set[tuple[int, int]]) -> None:
    """Tell open pages which conversations have changed: (workspace, conversation)."""
    topics: defaultdict[int, set[str]] = defaultdict(set)
    for workspace_id, thread_id in changed:
        topics[workspace_id] |= {"conversations", f"conversation:{thread_id}"}
    for workspace_id, named in sorted(topics.items()):
        await live.publish(connection, workspace_id, named)
