"""`bench depth`: what a message costs from the outbox to recorded, with few and with very many waiting behind it.

An old snapshot costs by the rows that died since it was taken and cannot be removed, not by the minutes. So it is not
waited for: it is held open while `--dead` messages (100,000 unless told otherwise) are sent and gone, and then measured.
That is a minute or less of one sender at full speed, and ten minutes of 50 numbers that send three a second each.

At the end a whole sender process works for some seconds at 500 numbers with all of that waiting, and its peak is printed.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psycopg

from bench import waiting
from bench.figures import Rounds, describe_machine, drop_missing
from bench.pace import empty
from bench.place import opened_database, opened_place
from switchboard.core import database
from switchboard.delivery import store
from switchboard.delivery.types import State

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SHALLOW = 10_000
NUMBERS = 50
SENDER_NUMBERS = 500
_AT_ONCE = 500
# Fast enough that the pace is never what is measured.
_THROUGHPUT = 1000


def run(*, rounds: int, deep: int, messages: int, dead: int) -> dict[str, Any]:
    """Measure shallow, deep and deep with an old snapshot in turn, on the same machine in one run."""
    figures = Rounds()
    with opened_place(), psycopg.connect(database.database_url()) as connection:
        machine = describe_machine(connection.info.server_version)
        with _filled("depth_shallow", SHALLOW + 2 * rounds * messages) as shallow, _filled("depth_deep", deep) as large:
            for _ in range(rounds):
                figures.add("shallow", _measure(*shallow, messages))
                figures.add("deep", _measure(*large, messages))
            with _snapshot(large[0]):
                _measure(*large, dead)
                for _ in range(rounds):
                    figures.add("shallow_beside", _measure(*shallow, messages))
                    figures.add("old_snapshot", _measure(*large, messages))
            _add_numbers(large[0], SENDER_NUMBERS - NUMBERS)
            sender_mib = _measure_sender(large[0])
    return {
        "name": "depth",
        "microseconds": {name: round(figures.median(name), 1) for name in figures.raw},
        "ratios": drop_missing(
            {
                "deep_to_shallow": figures.ratio("deep", "shallow"),
                "old_snapshot": figures.ratio("old_snapshot", "shallow_beside"),
            }
        ),
        "waiting": deep,
        "shallow": SHALLOW,
        "dead_rows": dead,
        "sender_mib": sender_mib,
        "sender_numbers": SENDER_NUMBERS,
        "rounds": figures.raw,
        "machine": machine,
    }


@contextlib.contextmanager
def _filled(name: str, count: int) -> Iterator[tuple[str, int]]:
    with opened_database(name) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            empty(connection)
            fleet = waiting.make_shop(connection, START)
            kind = waiting.Kind("full", {}, NUMBERS, count // NUMBERS, _THROUGHPUT)
            waiting.fill(connection, fleet, [kind], START)
            connection.execute("VACUUM ANALYZE")
        yield url, fleet.workspace_id


def _add_numbers(url: str, count: int) -> None:
    """Let more numbers have work, in a shop that is there already."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT workspace_id, account_id, id FROM templates_template").fetchone()
        assert row is not None  # noqa: S101  the shop has one template
        known = connection.execute("SELECT id FROM numbers_number").fetchall()
        workspace_id, account_id, template_id = row
        fleet = waiting.Fleet(workspace_id, account_id, template_id, [[number_id for (number_id,) in known]])
        waiting.fill(connection, fleet, [waiting.Kind("full", {}, count, 200, _THROUGHPUT)], START)
        connection.execute("VACUUM ANALYZE")


def _measure(url: str, workspace_id: int, messages: int) -> float:
    """Return the microseconds of one message: claimed under its crash record, and recorded as accepted."""
    return asyncio.run(_send(url, workspace_id, messages))


async def _send(url: str, workspace_id: int, messages: int) -> float:
    random, sender_id = Random(1), uuid.uuid4()  # noqa: S311  no secret
    async with database.make_pool("stream", size=1, url=url) as pool, pool.connection() as connection:
        row = await (await connection.execute("SELECT max(next_at) FROM delivery_pacestate")).fetchone()
        now = max(START, row[0] if row else START) + timedelta(seconds=2)
        done, spent = 0, 0.0
        while done < messages:
            now += timedelta(seconds=1)
            started = time.perf_counter()
            claim = await store.claim(
                connection,
                workspace_id=workspace_id,
                sender_id=sender_id,
                now=now,
                most=_AT_ONCE,
                draw=random.uniform,
            )
            results = [
                store.Result(one, State.ACCEPTED, now, wamid=f"wamid.{one.message_id.hex}") for one in claim.messages
            ]
            await store.record_results(connection, results, settled_batches=[claim.batch_id], now=now)
            spent += time.perf_counter() - started
            done += len(results)
            if not results:
                raise RuntimeError("Nothing more may leave, though messages wait.")
    return spent / done * 1e6


@contextlib.contextmanager
def _snapshot(url: str) -> Iterator[None]:
    """Hold a snapshot open, as a long report would."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT count(*) FROM delivery_lane")
        yield
        connection.rollback()


_SENDER = """
import asyncio, resource, sys
from bench.depth import hold_sender
asyncio.run(hold_sender(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def _measure_sender(url: str) -> int:
    """Return the most memory, in MiB, that a sender process had while it worked on this database for some seconds."""
    found = subprocess.run([sys.executable, "-c", _SENDER, url], stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603  our own
    return int(found.stdout.split()[-1])


async def hold_sender(url: str, seconds: float = 10.0) -> None:
    """Run a whole sender against a sink that takes everything."""
    from aiohttp import web

    from switchboard.core import clock
    from switchboard.delivery.worker import SenderConfig, run_sender

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"messages": [{"id": f"wamid.{uuid.uuid4().hex}"}]})

    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        row = await (await connection.execute("SELECT max(next_at) FROM delivery_pacestate")).fetchone()
    clock.set_shift((max(START, row[0] if row else START) - clock.now()).total_seconds() + 5)
    app = web.Application()
    app.router.add_post("/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(run_sender(SenderConfig(url, f"http://127.0.0.1:{port}/v26.0"), stopping))
        await asyncio.sleep(seconds)
        stopping.set()
    await runner.cleanup()
    if not sending.result().get("accepted"):
        raise RuntimeError(f"The sender sent nothing: {sending.result()}")
