"""`bench pace`: 500 numbers of every pace and four senders on the virtual clock; what the sink received is judged."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

import psycopg

from bench import fleet as fleets
from bench import waiting
from bench.figures import describe_machine
from bench.place import opened_database, opened_place
from switchboard.core import database
from switchboard.numbers import rules
from switchboard.numbers.rules import Pace

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
SENDERS = 4

# Of 100 numbers; the messages last until every limit has bound for a while.
KINDS = (
    waiting.Kind("careful", {}, 30, 300),
    waiting.Kind("standard", {}, 20, 400),
    waiting.Kind("full", {}, 10, 600),
    waiting.Kind("standard", {"per_minute": 30}, 10, 100),
    waiting.Kind("standard", {"per_hour": 120, "per_minute": 20}, 8, 180),
    waiting.Kind("standard", {"gap_min_seconds": 2.0, "gap_max_seconds": 2.0}, 6, 300),
    waiting.Kind("standard", {"rest_after": 20, "rest_seconds": 30.0, "jitter": 0.2}, 4, 160),
    waiting.Kind("standard", {"per_day": 60}, 6, 130),
    waiting.Kind("careful", {}, 4, 70, age_days=0),
    waiting.Kind("standard", {}, 2, 100, lane_pace="careful"),
)


@dataclass
class Verdict:
    """What the sink says of one number."""

    overruns: dict[str, int]
    second: float
    allowed: float


def run(*, numbers: int, seed: int = 1, kinds: Sequence[waiting.Kind] = KINDS) -> dict[str, Any]:
    """Let four senders empty the fleet and judge every number by what it received."""
    some = [
        waiting.Kind(
            kind.pace,
            kind.overrides,
            max(1, round(kind.numbers * numbers / 100)),
            kind.messages,
            kind.throughput,
            kind.age_days,
            kind.lane_pace,
        )
        for kind in kinds
    ]
    with opened_place(), opened_database("pace") as url, psycopg.connect(url, autocommit=True) as connection:
        machine = describe_machine(connection.info.server_version)
        empty(connection)
        fleet = waiting.make_shop(connection, START)
        waiting.fill(connection, fleet, some, START)
        connection.execute("VACUUM ANALYZE")
        sink, started = fleets.Sink(), time.perf_counter()
        passed = asyncio.run(_run(url, fleet, sink, seed))
        taken = time.perf_counter() - started
        judged = judge(fleet, some, sink)
        left = sum(kind.numbers * kind.messages for kind in some) - sum(map(len, sink.arrivals.values()))
    return {
        "name": "pace",
        "overruns": {
            name: sum(one.overruns[name] for one in judged.values()) for name in ("minute", "hour", "day", "gap")
        },
        "refused": sink.refused,
        "ratios": {
            "worst_second": round(max(one.second for one in judged.values()), 3),
            "allowed": round(min(one.allowed for one in judged.values()), 3),
            "allowed_median": round(statistics.median(one.allowed for one in judged.values()), 3),
        },
        "numbers": sum(kind.numbers for kind in some),
        "senders": SENDERS,
        "messages": sum(map(len, sink.arrivals.values())),
        "left": left,
        "virtual_hours": round(passed / HOUR, 1),
        "seconds": round(taken, 1),
        "lateness": f"up to {fleets.LONGEST_WAY_SECONDS} s on the way; each sender stands still every "
        f"{fleets.STALL_EVERY_SECONDS:.0f} s, for up to {fleets.LONGEST_STALL_SECONDS} s",
        "allowed_by_kind": _by_kind(fleet, some, judged),
        "machine": machine,
    }


def empty(connection: psycopg.Connection) -> None:
    """Take out what an earlier run left."""
    connection.execute(
        "TRUNCATE delivery_message, delivery_outbox, delivery_delivery, delivery_sendbatch, delivery_tally, delivery_lane,"
        " delivery_lanepace, delivery_pacestate, delivery_person, delivery_budget, delivery_window, delivery_unknown,"
        " consent_standing"
    )
    connection.execute("TRUNCATE team_workspace CASCADE")


async def _run(url: str, fleet: waiting.Fleet, sink: fleets.Sink, seed: int) -> float:
    """Run until nothing waits; return the virtual seconds."""
    random = Random(seed)  # noqa: S311  no secret
    conninfo = database.conninfo_for("stream", url)
    async with contextlib.AsyncExitStack() as stack:
        senders = []
        for _ in range(SENDERS):
            connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
            await stack.enter_async_context(connection)
            senders.append(fleets.VirtualSender(connection, fleet.workspace_id, sink, random))
        return await fleets.run_until_empty(senders, sink, START, most_seconds=5 * DAY)


def judge(fleet: waiting.Fleet, kinds: Sequence[waiting.Kind], sink: fleets.Sink) -> dict[int, Verdict]:
    """Return the sink's verdict on every number."""
    return {
        number_id: _judge_one(kind, sink, number_id)
        for kind, number_ids in zip(kinds, fleet.numbers, strict=True)
        for number_id in number_ids
    }


def _judge_one(kind: waiting.Kind, sink: fleets.Sink, number_id: int) -> Verdict:
    pace = pace_of(kind)
    limits = {"minute": (pace.per_minute, MINUTE), "hour": (pace.per_hour, HOUR), "day": (pace.per_day, DAY)}
    overruns = {
        name: int(limit is not None and sink.busiest(number_id, window) > limit)
        for name, (limit, window) in limits.items()
    }
    overruns["gap"] = int(sink.narrowest_gap(number_id) < pace.gap_min_seconds - 0.001)
    second = sink.busiest(number_id, 1.0) / max(1.0, pace.per_second or 1.0)
    moments = sorted(sink.arrivals[number_id])
    needed = moments[-1] - START.timestamp() if moments else 9e9
    return Verdict(overruns, second, min(1.0, shortest_time(pace, len(moments)) / needed) if needed > 1 else 1.0)


def pace_of(kind: waiting.Kind) -> Pace:
    """Return what a number of this kind must keep to."""
    own = rules.pace_of(kind.pace, kind.overrides, kind.throughput, kind.age_days)
    if not kind.lane_pace:
        return own
    return rules.stricter(own, rules.pace_of(kind.lane_pace, {}, kind.throughput))


def shortest_time(pace: Pace, count: int) -> float:
    """Return in what time so many messages can leave with every window used to the full and no margin at all."""
    moments: list[float] = []
    gap = max((pace.gap_min_seconds + pace.gap_max_seconds) / 2, (1 + pace.jitter / 2) / (pace.per_second or 1e9))
    if pace.per_hour and count > pace.per_hour:
        gap = max(gap, HOUR / pace.per_hour)
    for position in range(count):
        at = moments[-1] + gap if moments else 0.0
        if pace.rest_after and position and position % pace.rest_after == 0:
            at = max(at, moments[-1] + pace.rest_seconds)
        for limit, window in ((pace.per_minute, MINUTE), (pace.per_hour, HOUR), (pace.per_day, DAY)):
            if limit and position >= limit:
                at = max(at, moments[-limit] + window)
        moments.append(at)
    return moments[-1] if moments else 0.0


def _by_kind(fleet: waiting.Fleet, kinds: Sequence[waiting.Kind], judged: dict[int, Verdict]) -> dict[str, list[float]]:
    return {
        f"{kind.pace} {kind.overrides or ''}{kind.lane_pace}{' new' * (not kind.age_days)}".strip(): [
            round(min(judged[number_id].allowed for number_id in number_ids), 3),
            round(max(judged[number_id].second for number_id in number_ids), 3),
        ]
        for kind, number_ids in zip(kinds, fleet.numbers, strict=True)
    }
