"""One claim on its way: reads numbers, lanes and rows, asks every gate, gives moments, and reserves people."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.delivery import rules
from switchboard.delivery.rules import budget, limits, pace, person
from switchboard.delivery.rules.pace import Draw
from switchboard.delivery.store import budgets, fleet, people, take
from switchboard.delivery.store.due import HORIZON_SECONDS, Reader
from switchboard.delivery.types import Gate, Priority

Connection = AsyncConnection[Any]

# So many rows are dealt with at a time before others have their turn: some milliseconds. Each turn lets all connections
# post once; after every 100 rows, a claim took so long under load that posting ran out of messages meanwhile.
_REST_AFTER = 500


@dataclass(slots=True)
class Item:
    """One due row on its way through the claim."""

    key: take.Key
    facts: Any
    lane: fleet.Lane
    somebody: fleet.Somebody
    case: rules.Case | None = None
    verdict: rules.Verdict = None
    leave_at: float = 0.0
    # When the portfolio last counted this person before this message, if it counts for it.
    former_at: float | None = None
    is_counted: bool = False


class Session:
    """Reads, judges and gives moments, inside the claim's transaction."""

    def __init__(self, connection: Connection, workspace_id: int, now: datetime, draw: Draw) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._reader = Reader(connection, workspace_id, now)
        self._now = now
        self._moment = now.timestamp()
        self._draw = draw
        self._zone = ""
        self._night = rules.Night()
        self._limits = limits.USUAL
        self._user_portfolios: dict[str, int] = {}
        self._people: dict[int, fleet.Somebody] = {}
        self.budgets: dict[int, budget.Budget] = {}
        self.numbers: dict[int, fleet.Number] = {}
        self.lanes: dict[int, fleet.Lane] = {}
        self.items: list[Item] = []

    async def read(self, most: int) -> None:
        """Lock numbers, budgets and due rows; judge rows and give moments to those that pass; reserve their people."""
        workspace, numbers = await self._reader.begin()
        if workspace is None:
            return
        self._zone = workspace.time_zone
        self._night = rules.Night(workspace.quiet_from, workspace.quiet_until)
        self._limits = _limits_of(workspace)
        await self._read_fleet(numbers)
        if not self.lanes:
            return
        share = max(1, -(-most // len(self.numbers)))
        await self._read_items(share)
        await self._give_moments(most, share)
        await self._reserve()

    async def _read_fleet(self, rows: list[Any]) -> None:
        if not rows:
            return
        self.numbers = {row.id: fleet.make_number(row, self._moment, self._now.date()) for row in rows}
        portfolio_ids = {row.portfolio_id for row in rows if row.messaging_limit is not None}
        limited = await budgets.lock(self._connection, self._workspace_id, portfolio_ids) if portfolio_ids else ()
        for stored in limited:
            self.budgets[stored.portfolio_id] = budget.Budget(stored.limit, stored.counts, self._moment)
        for row in await self._reader.list_lanes(list(self.numbers)):
            self.lanes[row.id] = fleet.make_lane(row, self.numbers[row.number_id], self._moment)
        counted = [(lane.row, lane.spread_limit) for lane in self.lanes.values() if lane.spread_limit]
        for lane_id, many in (await self._reader.count_waiting(counted)).items():
            self.lanes[lane_id].waiting = many

    async def _read_items(self, share: int) -> None:
        found = await self._reader.list_due_rows(self._rows_wanted(share))
        user_ids = [facts.recipient for _, facts in found if facts.recipient[:1] != "+"]
        if user_ids:
            self._user_portfolios = await people.map_user_portfolios(self._connection, self._workspace_id, user_ids)
        for place, (row, facts) in enumerate(found, start=1):
            if place % _REST_AFTER == 0:
                await asyncio.sleep(0)
            lane = self.lanes[row.lane_id]
            key = take.Key(lane.row, row.due_at, row.message_id, row.attempt, row.tries)
            somebody = self._people.get(facts.contact_id)
            if somebody is None:
                touches = person.read_log(facts.log)
                somebody = fleet.Somebody(facts.contact_id, facts.version or 0, touches)
                self._people[facts.contact_id] = somebody
            self.items.append(Item(key, facts, lane, somebody))

    def _rows_wanted(self, share: int) -> list[tuple[Any, int]]:
        """Return how many rows to read of each lane: what may leave within the horizon and, for vetoes, some more."""
        tried: dict[tuple[int, bool], int] = {}
        wanted = []
        for lane in self.lanes.values():
            key = (lane.number.row.id, lane.is_answer)
            if key not in tried:
                tried[key] = self._count_slots(lane.meters[0], share)
            many = tried[key] if lane.own is None else min(tried[key], self._count_slots(lane.own, share))
            if many:
                # A claim of many goes on well when some are vetoed, and what is read for nothing costs as much.
                wanted.append((lane.row, many + max(1, 4 - many // 4)))
        return wanted

    def _count_slots(self, meter: rules.Meter, most: int) -> int:
        """Return how many moments there are within the horizon, or for a mere rate no fewer than there are."""
        until = self._moment + HORIZON_SECONDS
        if (rate := fleet.mere_rate(meter.pace)) is not None:
            room = until - meter.earliest()
            return min(most, int(rate * room) + 1) if room >= 0 else 0
        trial = meter.copy()
        for count in range(most):
            moment = trial.earliest()
            if moment > until:
                return count
            trial.spend(moment, waiting=0, draw=self._draw)
        return most

    async def _give_moments(self, most: int, share: int) -> None:
        """Ask the gates and stamp what passes: by priority, numbers in any order, a number's lanes in turn."""
        rows: dict[int, list[Item]] = defaultdict(list)
        for item in self.items:
            rows[item.lane.row.id].append(item)
        queues: dict[tuple[int, float, int], list[fleet.Lane]] = defaultdict(list)
        order = {number_id: self._draw(0.0, 1.0) for number_id in self.numbers}
        for lane_id in rows:
            lane = self.lanes[lane_id]
            queues[_rank(lane), order[lane.number.row.id], lane.number.row.id].append(lane)
        given = rested_at = 0
        for key in sorted(queues):
            if given >= most:
                return
            given += self._give_turns(queues[key], rows, min(share, most - given))
            if given - rested_at >= _REST_AFTER:
                # What was claimed before is posted meanwhile.
                rested_at = given
                await asyncio.sleep(0)

    def _give_turns(self, lanes: list[fleet.Lane], rows: dict[int, list[Item]], most: int) -> int:
        """Let a number's lanes take one message each in turn; return how many moments were given."""
        # Who begins changes from claim to claim: with one moment at a time the first would have them all.
        first = int(self._draw(0, len(lanes))) % len(lanes)
        turns: deque[tuple[fleet.Lane, Iterator[Item]]] = deque(
            (lane, iter(rows[lane.row.id])) for lane in [*lanes[first:], *lanes[:first]]
        )
        given = 0
        while turns and given < most:
            lane, items = turns[0]
            moment = lane.meters[0].earliest() if len(lane.meters) == 1 else pace.earliest_of(lane.meters)
            item = self._next_passing(items) if moment <= self._moment + HORIZON_SECONDS else None
            if item is None:
                turns.popleft()
                continue
            self._take(item, moment)
            given += 1
            turns.rotate(-1)
        return given

    def _next_passing(self, items: Iterable[Item]) -> Item | None:
        for item in items:
            self._ask_gates(item)
            if item.verdict is None:
                return item
        return None

    def _ask_gates(self, item: Item) -> None:
        item.case = self._case(item)
        item.verdict = rules.judge(item.case, self._now)
        if isinstance(item.verdict, rules.Hold) and item.verdict.gate is Gate.BUDGET:
            self.budgets[item.case.portfolio_id].promise(item.verdict.until.timestamp())

    def _case(self, item: Item) -> rules.Case:
        facts, number = item.facts, item.lane.number.row
        return rules.Case(
            item.key.lane.origin_kind,
            facts.template_category or facts.category,
            facts.zones or self._zone,
            item.key.message_id.bytes,
            facts.recipient,
            facts.template_id,
            facts.template_state,
            facts.template_account_id,
            number.account_id,
            number.id,
            number.portfolio_id,
            number_stopped_code=number.stopped_code,
            marketing_basis=facts.marketing_basis or "",
            utility_basis=facts.utility_basis or "",
            opted_out_at=facts.opted_out_at,
            window_opened_at=facts.opened_at,
            night=self._night,
            limits=self._limits,
            undeliverable_count=facts.undeliverable_count or 0,
            undeliverable_at=facts.undeliverable_at,
            user_portfolio_id=self._user_portfolios.get(facts.recipient) if self._user_portfolios else None,
            touches=item.somebody.touches,
            budget=self.budgets.get(number.portfolio_id),
        )

    def _take(self, item: Item, moment: float) -> None:
        """Give an item its moment, and write it down for its number, its lane, its person and its portfolio."""
        item.leave_at = moment
        lane = item.lane
        lane.waiting -= 1
        for meter in lane.meters:
            meter.spend(moment, waiting=lane.waiting, draw=self._draw)
        lane.is_changed = True
        self._note(item)

    def _note(self, item: Item) -> None:
        case = item.case
        assert case is not None  # noqa: S101  it was judged
        item.is_counted = case.is_counted(self._now)
        if item.is_counted and case.budget is not None:
            item.former_at = person.counted_at(item.somebody.touches, case.portfolio_id, self._moment)
            case.budget.add(item.leave_at, item.former_at)
        item.somebody.touches = person.note(
            item.somebody.touches,
            item.leave_at,
            number_id=case.number_id,
            portfolio_id=case.portfolio_id,
            is_marketing=case.is_limited_marketing,
            is_counted=item.is_counted,
            message=case.message,
        )
        item.somebody.is_changed = True

    # ── people ───────────────────────────────────────────────────────────────────────────────────

    async def _reserve(self) -> None:
        """Write down what people are sent; where another claim was faster, judge again by what it wrote."""
        await self._forget_not_received()
        lost = await self._write_people(one for one in self._people.values() if one.is_changed)
        if lost:
            now_known = await people.read(self._connection, self._workspace_id, [one.contact_id for one in lost])
            for somebody in lost:
                known = now_known.get(somebody.contact_id)
                somebody.version = known.version if known else 0
                somebody.touches = person.read_log(known.log if known else None)
            self._judge_again({somebody.contact_id for somebody in lost})
            for somebody in await self._write_people(lost):
                # Its row was locked by the first try, so this cannot be; if it is, the next claim sees to it.
                self._let_go(somebody)

    async def _write_people(self, wanted: Iterable[fleet.Somebody]) -> list[fleet.Somebody]:
        """Return those who changed under this claim."""
        some = list(wanted)
        rows = [
            people.Reservation(one.contact_id, one.version, person.write_log(one.touches, self._moment)) for one in some
        ]
        written = await people.reserve(self._connection, self._workspace_id, rows)
        return [one for one in some if one.contact_id not in written]

    def _judge_again(self, contact_ids: set[int]) -> None:
        """Let moments that were given to these people stand only if the gates still agree."""
        for item in self.items:
            if not item.leave_at or item.somebody.contact_id not in contact_ids:
                continue
            moment, item.leave_at = item.leave_at, 0.0
            self._take_back(item, moment)
            self._ask_gates(item)
            if item.verdict is None:
                item.leave_at = moment
                self._note(item)

    def _take_back(self, item: Item, moment: float) -> None:
        if item.is_counted and item.case is not None and item.case.budget is not None:
            item.case.budget.take_back(moment, item.former_at)

    def _let_go(self, somebody: fleet.Somebody) -> None:
        for item in self.items:
            if item.somebody is somebody and item.leave_at:
                self._take_back(item, item.leave_at)
                item.leave_at = 0.0

    async def _forget_not_received(self) -> None:
        """Where somebody got enough marketing: what failed meanwhile does not count, and the next claim looks again."""
        held = [
            item
            for item in self.items
            if isinstance(item.verdict, rules.Hold) and item.verdict.gate is Gate.FREQUENCY and not item.leave_at
        ]
        if not held:
            return
        messages = {touch.message for item in held for touch in item.somebody.touches if touch.is_marketing}
        failed = await people.list_not_received(self._connection, self._workspace_id, messages)
        for item in held if failed else ():
            kept = [touch for touch in item.somebody.touches if touch.message not in failed]
            if len(kept) < len(item.somebody.touches):
                item.somebody.touches, item.somebody.is_changed = kept, True
                item.verdict = None


def _rank(lane: fleet.Lane) -> int:
    return int(Priority(lane.row.priority))


def _limits_of(row: Any) -> limits.Limits:
    if row.marketing_per_day is None:
        return limits.USUAL
    return limits.Limits(
        row.marketing_per_day,
        row.marketing_per_week,
        row.unreachable_after,
        row.reserve_percent,
        limits.parse_regions(row.regions),
    )
