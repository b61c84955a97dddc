"""The claim: what may leave now, taken out of the outbox under a crash record, in one short transaction."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.core import ids
from switchboard.delivery import rules
from switchboard.delivery.rules.pace import Draw
from switchboard.delivery.store import take
from switchboard.delivery.store.due import HORIZON_SECONDS, Reader
from switchboard.delivery.store.tallies import topics
from switchboard.delivery.types import Priority
from switchboard.numbers import rules as number_rules

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this sender must now post, once, not before `leave_at`."""

    batch_id: UUID
    message_id: UUID
    workspace_id: int
    lane_id: int
    attempt: int
    number_id: int
    number_meta_id: str
    account_id: int
    origin_kind: str
    origin_id: int
    template_id: int | None
    is_answer: bool
    recipient: str
    body: bytes
    # Seconds since 1970 on the product's clock.
    leave_at: float


@dataclass(frozen=True, slots=True)
class Claim:
    """One batch, in the order in which its messages leave, and how many rows the gates turned away."""

    batch_id: UUID
    workspace_id: int
    messages: list[Claimed]
    held: int = 0
    skipped: int = 0
    # Live topics whose counts the gates changed.
    topics: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Number:
    """A locked number and what it has given away."""

    row: Any
    paced: rules.PaceState
    answers: rules.PaceState


@dataclass(slots=True)
class _Item:
    """One due row on its way through the claim."""

    key: take.Key
    facts: Any
    number: _Number
    verdict: rules.Verdict = None
    leave_at: float = 0.0


async def claim(
    connection: Connection, *, workspace_id: int, sender_id: UUID, now: datetime, most: int, draw: Draw
) -> Claim:
    """Take about `most` messages of a workspace that pass every gate, and record that they are in flight.

    The connection is in autocommit mode; the claim is one transaction of its own.
    """
    batch_id = ids.new_message_id(now)
    async with connection.transaction():
        session = _Session(Reader(connection, workspace_id, now), now, draw)
        items = await session.read(most)
        if not session.lanes:
            return Claim(batch_id, workspace_id, [])
        started = await _write(connection, workspace_id, session, items, batch_id, sender_id)
    messages = [_claimed(item, batch_id, workspace_id) for item in items if item.key.message_id in started]
    messages.sort(key=lambda message: message.leave_at)
    held = sum(isinstance(item.verdict, rules.Hold) for item in items)
    skipped = sum(isinstance(item.verdict, rules.Skip) for item in items)
    stopped = [item.key.lane for item in items if item.verdict is not None]
    changed = topics((lane.origin_kind, lane.origin_id) for lane in stopped) if stopped else ()
    return Claim(batch_id, workspace_id, messages, held, skipped, frozenset(changed))


class _Session:
    """One claim: reads, judges and gives moments."""

    def __init__(self, reader: Reader, now: datetime, draw: Draw) -> None:
        self._reader = reader
        self._now = now
        self._moment = now.timestamp()
        self._draw = draw
        self._zone = ""
        self._night = rules.Night()
        self._waiting: dict[int, int] = {}
        self._share = 0
        self.numbers: dict[int, _Number] = {}
        self.lanes: list[Any] = []

    async def read(self, most: int) -> list[_Item]:
        """Lock numbers and due rows, judge each row, and give moments to those that pass."""
        workspace = await self._reader.find_workspace()
        if workspace is None:
            return []
        self._zone = workspace.time_zone
        self._night = rules.Night(workspace.quiet_from, workspace.quiet_until)
        self.numbers = {row.id: _number(row) for row in await self._reader.lock_numbers()}
        if not self.numbers:
            return []
        self.lanes = await self._reader.list_lanes(list(self.numbers))
        self._waiting = await self._reader.count_waiting(self._spread_lanes())
        self._share = max(1, -(-most // len(self.numbers)))
        lanes = {lane.id: lane for lane in self.lanes}
        items = [
            _Item(
                take.Key(lanes[row.lane_id], row.due_at, row.message_id, row.attempt),
                facts,
                self._of(lanes[row.lane_id]),
            )
            for row, facts in await self._reader.list_due_rows(self._rows_wanted())
        ]
        for item in items:
            item.verdict = self._judge(item)
        self._give_moments([item for item in items if item.verdict is None], most)
        return items

    def _of(self, lane: Any) -> _Number:
        return self.numbers[lane.number_id]

    def _spread_lanes(self) -> list[tuple[Any, int]]:
        """Return the lanes whose hour may have to be spread, with how far their rows must be counted."""
        paces = [(lane, _pace(lane, self._of(lane))) for lane in self.lanes if not _is_answer(lane)]
        return [(lane, pace.per_hour + 1) for lane, pace in paces if pace.per_hour]

    def _rows_wanted(self) -> list[tuple[Any, int]]:
        """Return how many rows to read of each lane: what its number may send now and, for vetoes, some more."""
        wanted = []
        for lane in self.lanes:
            slots, _ = self._plan(lane, self._share)
            if slots:
                wanted.append((lane, len(slots) + 4 + len(slots) // 4))
        return wanted

    def _plan(self, lane: Any, wanted: int) -> tuple[list[float], rules.PaceState]:
        number = self._of(lane)
        return rules.plan_slots(
            _pace(lane, number),
            number.answers if _is_answer(lane) else number.paced,
            self._moment,
            wanted=wanted,
            waiting=self._waiting.get(lane.id, 0),
            draw=self._draw,
            horizon=HORIZON_SECONDS,
        )

    def _judge(self, item: _Item) -> rules.Verdict:
        facts = item.facts
        case = rules.Case(
            origin_kind=item.key.lane.origin_kind,
            category=facts.template_category or facts.category,
            zones=facts.zones or self._zone,
            template_id=facts.template_id,
            template_state=facts.template_state,
            template_account_id=facts.template_account_id,
            account_id=item.number.row.account_id,
            marketing_basis=facts.marketing_basis or "",
            utility_basis=facts.utility_basis or "",
            opted_out_at=facts.opted_out_at,
            window_opened_at=facts.opened_at,
            night=self._night,
        )
        return rules.judge(case, self._now)

    def _give_moments(self, items: Sequence[_Item], most: int) -> None:
        """Stamp rows with the moments they leave at: by priority, numbers in any order, a number's lanes in turn."""
        queues: dict[tuple[int, float, int], dict[int, list[_Item]]] = defaultdict(lambda: defaultdict(list))
        order = {number_id: self._draw(0.0, 1.0) for number_id in self.numbers}
        for item in items:
            lane = item.key.lane
            queues[lane.priority, order[lane.number_id], lane.number_id][lane.id].append(item)
        for _, lanes in sorted(queues.items(), key=lambda queue: queue[0]):
            for same_pace in _by_pace(lanes.values()):
                most -= self._give_turns(same_pace, min(self._share, most))

    def _give_turns(self, lanes: list[list[_Item]], most: int) -> int:
        """Share a number's next moments among lanes that keep the same pace; return how many were given."""
        turns = [item for turn in zip_longest(*lanes) for item in turn if item is not None]
        lane, number = turns[0].key.lane, turns[0].number
        slots, state = self._plan(lane, max(0, min(len(turns), most)))
        for item, slot in zip(turns, slots, strict=False):
            item.leave_at = slot
        if _is_answer(lane):
            number.answers = state
        else:
            number.paced = state
        return len(slots)


async def _write(
    connection: Connection, workspace_id: int, session: _Session, items: list[_Item], batch_id: UUID, sender_id: UUID
) -> set[UUID]:
    """Write down the outcome and return the messages that are now in flight."""
    now = session._now
    held = [(item.key, item.verdict) for item in items if isinstance(item.verdict, rules.Hold)]
    skipped = [(item.key, item.verdict) for item in items if isinstance(item.verdict, rules.Skip)]
    passing = [item.key for item in items if item.leave_at]
    async with connection.pipeline():
        if passing or skipped:
            await take.take(connection, [*passing, *(key for key, _ in skipped)])
        if held:
            await take.hold(connection, held)
        if skipped:
            await take.skip(connection, workspace_id, now, skipped)
        await take.spend(connection, workspace_id, [_spent(number) for number in session.numbers.values()])
        await take.raise_marks(connection, workspace_id, session.lanes)
        if not passing:
            return set()
        return await take.start(connection, workspace_id, now, passing, batch_id=batch_id, sender_id=sender_id)


def _claimed(item: _Item, batch_id: UUID, workspace_id: int) -> Claimed:
    key, number = item.key, item.number.row
    return Claimed(
        batch_id=batch_id,
        message_id=key.message_id,
        workspace_id=workspace_id,
        lane_id=key.lane.id,
        attempt=key.attempt,
        number_id=number.id,
        number_meta_id=number.meta_id,
        account_id=number.account_id,
        origin_kind=key.lane.origin_kind,
        origin_id=key.lane.origin_id,
        template_id=item.facts.template_id,
        is_answer=_is_answer(key.lane),
        recipient=item.facts.recipient,
        body=item.facts.body.encode(),
        leave_at=item.leave_at,
    )


def _is_answer(lane: Any) -> bool:
    return bool(lane.priority <= Priority.ANSWER)


def _pace(lane: Any, number: _Number) -> number_rules.Pace:
    """Return what a lane must keep to on this number; answers have the rest of the number's throughput."""
    row = number.row
    own = number_rules.pace_of(row.pace, row.pace_overrides, row.throughput)
    if _is_answer(lane):
        return number_rules.Pace(per_second=max(1.0, row.throughput - (own.per_second or 0)))
    if not lane.pace:
        return own
    return number_rules.stricter(own, number_rules.pace_of(lane.pace, {}, row.throughput))


def _by_pace(lanes: Iterable[list[_Item]]) -> Iterable[list[list[_Item]]]:
    groups: dict[number_rules.Pace, list[list[_Item]]] = defaultdict(list)
    for items in lanes:
        groups[_pace(items[0].key.lane, items[0].number)].append(items)
    return groups.values()


def _number(row: Any) -> _Number:
    quarters = {int(start): count for start, count in row.quarters.items()}
    return _Number(
        row,
        rules.PaceState(row.next_at, _unpack(row.log), quarters),
        rules.PaceState(0.0, _unpack(row.answer_log)),
    )


def _spent(number: _Number) -> take.Spent:
    return take.Spent(
        number.row.id, number.paced.next_at, _pack(number.paced.log), _pack(number.answers.log), number.paced.quarters
    )


def _unpack(stored: bytes) -> tuple[float, ...]:
    moments = array("d")
    moments.frombytes(stored)
    return tuple(moments)


def _pack(moments: tuple[float, ...]) -> bytes:
    return array("d", moments).tobytes()
