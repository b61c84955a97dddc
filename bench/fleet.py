"""A fleet on the virtual clock: sender loops that claim, and a sink that notes when Meta would have received what."""

import heapq
import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import psycopg

from switchboard.delivery import store
from switchboard.delivery.schedule import Planned, Schedule
from switchboard.delivery.types import State

# How the way to Meta differs from message to message, and how often (on average) and how long a process stands still.
LONGEST_WAY_SECONDS = 0.02
STALL_EVERY_SECONDS = 10.0
LONGEST_STALL_SECONDS = 0.2

# What a sender claims at most.
MOST = 1500

Connection = psycopg.AsyncConnection[Any]


@dataclass
class Sink:
    """Meta's side: moments of arrival by number, and the bucket that refuses what comes too fast."""

    throughput: int = 80
    arrivals: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: int = 0
    _tokens: dict[int, tuple[float, float]] = field(default_factory=dict)
    _on_the_way: list[tuple[float, int]] = field(default_factory=list)

    def receive(self, number_id: int, at: float) -> None:
        """Note one message that reaches Meta at a moment."""
        heapq.heappush(self._on_the_way, (at, number_id))

    def settle(self, until: float) -> None:
        """Take what arrived before a moment, in its order, and refuse what the bucket has no room for."""
        while self._on_the_way and self._on_the_way[0][0] < until:
            at, number_id = heapq.heappop(self._on_the_way)
            tokens, since = self._tokens.get(number_id, (float(self.throughput), at))
            tokens = min(float(self.throughput), tokens + (at - since) * self.throughput)
            self.refused += tokens < 1
            self._tokens[number_id] = (max(0.0, tokens - 1), at)
            self.arrivals[number_id].append(at)

    def busiest(self, number_id: int, window: float) -> int:
        """Return how many messages the fullest window of this length had; a window has its beginning, not its end."""
        moments = sorted(self.arrivals[number_id])
        return max(
            (place + 1 - bisect_left(moments, at - window + 1e-6) for place, at in enumerate(moments)), default=0
        )

    def narrowest_gap(self, number_id: int) -> float:
        """Return the shortest time between two messages."""
        moments = sorted(self.arrivals[number_id])
        return min((later - earlier for earlier, later in pairwise(moments)), default=9e9)


@dataclass
class VirtualSender:
    """One sender on the virtual clock: the real claim and the real schedule; posts take a little time, some more."""

    connection: Connection
    workspace_id: int
    sink: Sink
    random: Random
    sender_id: uuid.UUID = field(default_factory=uuid.uuid4)
    schedule: Schedule = field(default_factory=Schedule)
    posted_at: float = 0.0
    stalled_from: float = 0.0
    stalled_until: float = 0.0
    posted: int = 0
    released: int = 0
    _results: list[store.Result] = field(default_factory=list)

    async def claim(self, now: datetime, most: int = MOST) -> int:
        """Claim what may leave."""
        found = await store.claim(
            self.connection,
            workspace_id=self.workspace_id,
            sender_id=self.sender_id,
            now=now,
            most=most,
            draw=self.random.uniform,
        )
        for message in found.messages:
            self.schedule.add(Planned(message, message.leave_at, now.timestamp()))
        return len(found.messages)

    def post_until(self, until: float) -> None:
        """Post everything whose moment comes before this one, later than planned now and then."""
        while (next_at := self.schedule.next_at()) is not None and next_at <= until:
            at = self._free_at(max(next_at, self.posted_at))
            if at > until:
                return
            planned = self.schedule.pop_due(at)
            if planned is None:
                continue
            self._post(planned, at)

    def _free_at(self, at: float) -> float:
        """Return when the process, which now and then stands still for a moment, comes to what is due at this one."""
        if not self.stalled_until:
            self.stalled_from = self.stalled_until = at
        while at >= self.stalled_until:
            self.stalled_from = self.stalled_until + self.random.expovariate(1.0 / STALL_EVERY_SECONDS)
            self.stalled_until = self.stalled_from + self.random.uniform(0.0, LONGEST_STALL_SECONDS)
        return self.stalled_until if at >= self.stalled_from else at

    def _post(self, planned: Planned, at: float) -> None:
        self.posted_at = at
        message = planned.message
        moment = datetime.fromtimestamp(at, UTC)
        if at - planned.at > message.lateness or at - planned.read_at > 2.0:
            self.released += 1
            self._results.append(store.Result(message, State.WAITING, moment, due_at=moment))
            return
        self.schedule.note_left(planned, at)
        self.sink.receive(message.number_id, at + self.random.uniform(0.0, LONGEST_WAY_SECONDS))
        self.posted += 1
        self._results.append(store.Result(message, State.ACCEPTED, moment, wamid=f"wamid.{message.message_id.hex}"))

    async def record(self, now: datetime) -> None:
        """Write down what came of what was posted."""
        results, self._results = self._results, []
        if results:
            await store.record_results(self.connection, results, settled_batches=[], now=now)


async def run_fleet(
    senders: list[VirtualSender],
    sink: Sink,
    start: datetime,
    seconds: float,
    *,
    step: float = 0.25,
    between: Callable[[float], None] = lambda passed: None,
) -> None:
    """Let senders claim in turn, in every step of virtual time; what falls between two steps is posted in its order."""
    passed = 0.0
    while passed < seconds:
        between(passed)
        now = start + timedelta(seconds=passed)
        order = list(senders)
        senders[0].random.shuffle(order)
        for sender in order:
            await sender.claim(now)
        passed += step
        for sender in senders:
            sender.post_until(start.timestamp() + passed)
            await sender.record(start + timedelta(seconds=passed))
        sink.settle(start.timestamp() + passed - 1.0)
    sink.settle(9e18)


# A number that may go on is looked for this often on the virtual clock at least, and nothing is waited for longer.
_STEP_SECONDS = 0.25
_LONGEST_STEP_SECONDS = 60.0

SQL_NEXT = """
SELECT extract(epoch FROM min(greatest(pace.next_at, lane.low_water_at)))::float8
FROM delivery_lane lane JOIN delivery_pacestate pace ON pace.number_id = lane.number_id
WHERE lane.workspace_id = %(workspace_id)s AND lane.low_water_at IS NOT NULL
"""


async def _claim_in_turn(senders: list[VirtualSender], now: datetime) -> None:
    """Let a sender claim, whichever happens to be next, and another one where it took as much as it may."""
    order = list(senders)
    senders[0].random.shuffle(order)
    for sender in order:
        if await sender.claim(now, MOST) < MOST // 2:
            return


async def run_until_empty(senders: list[VirtualSender], sink: Sink, start: datetime, *, most_seconds: float) -> float:
    """Let one sender after the other claim, whichever happens to be next, until nothing waits; return the time it took.

    Time goes on to the moment at which some number may send again.
    """
    passed = 0.0
    while passed < most_seconds:
        now = start + timedelta(seconds=passed)
        await _claim_in_turn(senders, now)
        cursor = await senders[0].connection.execute(SQL_NEXT, {"workspace_id": senders[0].workspace_id})
        row = await cursor.fetchone()
        step = _STEP_SECONDS
        if row and row[0] is not None:
            step = min(_LONGEST_STEP_SECONDS, max(step, row[0] - 0.5 - now.timestamp()))
        passed += step
        for sender in senders:
            sender.post_until(start.timestamp() + passed)
            await sender.record(start + timedelta(seconds=passed))
        sink.settle(start.timestamp() + passed - 1.0)
        if (row is None or row[0] is None) and not any(len(sender.schedule) for sender in senders):
            break
    sink.settle(9e18)
    return passed
