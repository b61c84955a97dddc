"""The sender as a whole: real database, a stand-in for Meta, and everything that may go wrong between them."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from aiohttp import web
from psycopg import sql

from switchboard.core import clock
from switchboard.core.bridge import in_thread
from switchboard.delivery import worker
from switchboard.delivery.types import State
from switchboard.delivery.worker import SenderConfig, run_sender
from tests.conftest import NOON, OwnDatabase
from tests.delivery.fake_meta import FakeMeta, refusal
from tests.delivery.world import World, apply_events_through, enqueue, make_world
from tests.postgres import database_url

Step = Callable[[], Awaitable[None]]


@pytest.fixture
def world(database: OwnDatabase) -> World:
    clock.set_shift((NOON - clock.now()).total_seconds())
    return make_world(database.url, NOON, numbers=3, pace="full")


@pytest.fixture
def meta() -> FakeMeta:
    return FakeMeta()


async def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is true; the caller asserts it afterwards."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not await asyncio.to_thread(condition):  # noqa: ASYNC110  it is in the database
        await asyncio.sleep(0.05)


def send(world: World, meta: FakeMeta, *steps: Step, **config: Any) -> dict[str, int]:
    """Run a sender through some steps."""

    async def run() -> dict[str, int]:
        stopping = asyncio.Event()
        async with meta.serve(), asyncio.TaskGroup() as group:
            given = {"cloud_api_url": meta.url, **config}
            sending = group.create_task(run_sender(SenderConfig(world.url, **given), stopping))
            for step in steps:
                await step()
            stopping.set()
            return await sending

    return asyncio.run(run())


def until(condition: Callable[[], bool], seconds: float = 60) -> Step:
    return lambda: wait_for(condition, seconds)


def pause(seconds: float) -> Step:
    return lambda: asyncio.sleep(seconds)


def do(work: Callable[[], Any]) -> Step:
    async def step() -> None:
        await in_thread(work)

    return step


def has(world: World, state: State, many: int) -> Step:
    return until(lambda: world.states().get(state) == many)


def test_it_sends_everything_once(world, meta):
    enqueue(world, 300, NOON)
    send(world, meta, has(world, State.ACCEPTED, 300))
    assert len(meta.accepted) == 300
    assert not meta.twice()
    assert world.states() == {State.ACCEPTED: 300}
    assert world.tallied("sent") == {"": 300}
    assert world.one("SELECT count(*) FROM delivery_sendbatch") == 0


def test_it_posts_what_meta_wants(world, meta):
    (message_id,) = enqueue(world, 1, NOON)
    send(world, meta, has(world, State.ACCEPTED, 1))
    (_, number, body), *_ = meta.posts
    assert number == "880000"
    assert body["to"].startswith("+8190")
    assert body["template"]["name"] == "sale"
    assert body["biz_opaque_callback_data"] == f"{world.workspace_id}.{message_id.hex}.1"


def test_two_senders_share_the_work(world, meta):
    enqueue(world, 200, NOON)

    async def run() -> None:
        stopping = asyncio.Event()
        async with meta.serve(), asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(run_sender(SenderConfig(world.url, meta.url), stopping))
            await wait_for(lambda: world.states().get(State.ACCEPTED) == 200)
            stopping.set()

    asyncio.run(run())
    assert len(meta.accepted) == 200
    assert not meta.twice()


def test_new_work_wakes_it(world, meta, monkeypatch):
    monkeypatch.setattr(worker, "_POLL_SECONDS", 600.0)
    listening = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN switchboard_due'"

    def put() -> None:
        world.run("UPDATE delivery_outbox SET due_at = %s", NOON)
        world.run("UPDATE delivery_lane SET low_water_at = %s", NOON)
        world.run("SELECT pg_notify('switchboard_due', '')")

    enqueue(world, 1, NOON, due_at=NOON.replace(year=2030))
    send(world, meta, until(lambda: bool(world.run(listening))), pause(0.5), do(put), has(world, State.ACCEPTED, 1))
    assert len(meta.accepted) == 1


def test_the_stop_switch_holds_within_a_second_and_loses_nothing(world, meta):
    world.run("UPDATE numbers_number SET pace = 'standard'")
    enqueue(world, 600, NOON)
    counts: list[int] = []

    def stop() -> None:
        world.run("INSERT INTO delivery_stopswitch VALUES (0, true, now(), 'Olive')")

    steps = [until(lambda: len(meta.posts) > 30), do(stop), pause(1.5), do(lambda: counts.append(len(meta.posts)))]
    send(world, meta, *steps, pause(1.0))
    assert len(meta.posts) == counts[0] < 300
    assert world.waiting() == 600 - counts[0]


def test_it_goes_on_after_the_stop_switch(world, meta):
    enqueue(world, 50, NOON)
    world.run("INSERT INTO delivery_stopswitch VALUES (0, true, now(), 'Olive')")
    resume = do(lambda: world.run("UPDATE delivery_stopswitch SET is_on = false"))
    send(world, meta, pause(0.7), resume, has(world, State.ACCEPTED, 50))
    assert len(meta.accepted) == 50


def test_broadcasts_stand_still_while_the_worker_is_behind(world, meta):
    enqueue(world, 20, NOON)
    apply_events_through(world, NOON.replace(year=2025))
    send(world, meta, pause(1.0))
    assert meta.posts == []
    assert world.waiting() == 20


def test_a_wrong_token_stops_the_account_and_loses_nothing(world, meta):
    enqueue(world, 60, NOON)
    meta.answer = lambda body: refusal(190, 401)
    send(
        world,
        meta,
        until(lambda: bool(world.one("SELECT bool_and(stopped_code = '190') FROM numbers_number"))),
        pause(0.5),
    )
    assert world.one("SELECT count(*) FROM numbers_number WHERE stopped_detail LIKE '%%access token%%'") == 3
    assert world.waiting() == 60
    assert world.states().get(State.FAILED) is None


def test_a_number_that_was_mended_sends_what_waited(world, meta):
    enqueue(world, 60, NOON)
    meta.answer = lambda body: refusal(190, 401)

    def mend() -> None:
        meta.answer = lambda body: None
        world.run("UPDATE numbers_number SET stopped_at = NULL, stopped_code = ''")

    stopped = until(lambda: bool(world.one("SELECT bool_and(stopped_at IS NOT NULL) FROM numbers_number")))
    send(world, meta, stopped, pause(0.3), do(mend), has(world, State.ACCEPTED, 60))
    assert len(meta.accepted) == 60
    assert not meta.twice()


def test_a_throttled_number_rests_and_goes_on(world, meta):
    enqueue(world, 30, NOON)
    refused: set[str] = set()

    def answer(body: dict[str, Any]) -> web.Response | None:
        if len(refused) < 5:
            refused.add(body["biz_opaque_callback_data"])
            return refusal(130429)
        return None

    meta.answer = answer
    send(world, meta, has(world, State.ACCEPTED, 30))
    assert len(meta.accepted) == 30
    assert not meta.twice()
    assert world.tallied("failed") == {}


def test_a_refusal_of_one_message_is_final_for_that_one(world, meta):
    enqueue(world, 10, NOON)
    victims: list[str] = []

    def answer(body: dict[str, Any]) -> web.Response | None:
        victims.append(body["to"])
        return refusal(131009) if body["to"] == victims[0] else None

    meta.answer = answer
    send(world, meta, has(world, State.ACCEPTED, 9))
    assert world.tallied("failed") == {"131009": 1}
    assert world.tallied("sent") == {"": 9}


def test_a_paused_template_holds_the_rest(world, meta):
    enqueue(world, 400, NOON)
    meta.answer = lambda body: refusal(132015)
    held = "SELECT count(*) FROM delivery_outbox WHERE hold = 'template'"
    send(world, meta, until(lambda: world.one(held) == 400))
    assert world.one("SELECT state FROM templates_template") == "paused"
    assert world.tallied("failed") == {}
    assert world.one(held) == 400


def test_a_bare_server_error_leaves_a_doubt_and_no_second_post(world, meta):
    enqueue(world, 3, NOON)
    meta.answer = lambda body: web.Response(status=502, text="bad gateway")
    send(world, meta, has(world, State.UNKNOWN, 3), pause(0.5))
    assert len(meta.posts) == 3
    assert world.tallied("unknown") == {"": 3}


def test_messages_wait_while_the_cloud_api_is_away(world, meta):
    enqueue(world, 40, NOON)
    send(
        world,
        meta,
        until(lambda: bool(world.run("SELECT 1 FROM delivery_outbox WHERE hold = 'retry'"))),
        pause(2.5),
        cloud_api_url="http://127.0.0.1:9/v26.0",
    )
    assert world.waiting() == 40
    assert world.states().get(State.UNKNOWN) is None
    assert world.tallied("failed") == {}


@pytest.mark.parametrize(("tries", "expected"), [(0, ([(1,)], {})), (3, ([], {"never_left": 1}))])
def test_a_message_that_cannot_be_handed_over_is_tried_three_times_more(world, meta, tries, expected):
    enqueue(world, 1, NOON)
    world.run("UPDATE delivery_outbox SET tries = %s", tries)
    ended = until(lambda: bool(world.run("SELECT 1 FROM delivery_delivery WHERE state IN (0, 40)")))
    send(world, meta, ended, cloud_api_url="http://127.0.0.1:9/v26.0")
    assert (world.run("SELECT tries FROM delivery_outbox"), world.tallied("failed")) == expected


def test_everything_leaves_when_the_cloud_api_is_back(world, meta):
    enqueue(world, 40, NOON)

    async def run() -> None:
        stopping = asyncio.Event()
        port = _free_port()
        async with asyncio.TaskGroup() as group:
            group.create_task(run_sender(SenderConfig(world.url, f"http://127.0.0.1:{port}/v26.0"), stopping))
            await wait_for(lambda: bool(world.run("SELECT 1 FROM delivery_outbox WHERE hold = 'retry'")))
            async with meta.serve(port):
                await wait_for(lambda: world.states().get(State.ACCEPTED) == 40)
                stopping.set()

    asyncio.run(run())
    assert len(meta.accepted) == 40
    assert not meta.twice()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_stopping_finishes_what_is_in_flight_and_puts_the_rest_back(world, meta):
    world.run("UPDATE numbers_number SET pace = 'standard'")
    enqueue(world, 300, NOON)
    meta.delay_seconds = 0.5
    started = time.monotonic()
    send(world, meta, until(lambda: len(meta.posts) > 10))
    assert time.monotonic() - started < 15
    assert world.states().get(State.ACCEPTED) == len(meta.accepted)
    assert world.waiting() + len(meta.accepted) == 300
    assert world.one("SELECT count(*) FROM delivery_sendbatch") == 0


def test_killed_at_any_moment_it_sends_nothing_twice(world, meta):
    """Two senders are killed one after the other; a third finishes."""
    enqueue(world, 1000, NOON)
    meta.delay_seconds = 0.05

    async def run() -> None:
        async with meta.serve():
            arguments = [sys.executable, "-m", "tests.delivery.sender_process", world.url, meta.url]
            for target in (150, 500):
                process = subprocess.Popen([*arguments, str(clock.shift_seconds())])  # noqa: ASYNC220  killed below
                await wait_for(partial(_has_posted, meta, target))
                process.send_signal(signal.SIGKILL)
                process.wait()
            stopping = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(run_sender(SenderConfig(world.url, meta.url), stopping))
                await wait_for(lambda: _is_over(world))
                stopping.set()

    asyncio.run(run())
    states = world.states()
    assert not meta.twice()
    assert set(states) <= {State.ACCEPTED, State.UNKNOWN}
    assert sum(states.values()) == 1000
    assert states[State.ACCEPTED] <= len(meta.accepted) <= 1000
    assert world.tallied("sent") == {"": states[State.ACCEPTED]}
    assert world.tallied("unknown").get("", 0) == states.get(State.UNKNOWN, 0) > 0
    # Of what the dead senders had claimed most is known: Meta has it, or it was never posted. In doubt is what each would
    # have posted in a twentieth of a second: 128 at once that take that long each are 128.
    never_posted = states[State.ACCEPTED] + states[State.UNKNOWN] - len(meta.accepted)
    assert never_posted <= 2 * 128


def _has_posted(meta: FakeMeta, many: int) -> bool:
    return len(meta.posts) >= many


def _is_over(world: World) -> bool:
    states = world.states()
    return states.get(State.ACCEPTED, 0) + states.get(State.UNKNOWN, 0) == 1000


def test_a_database_that_goes_away_and_comes_back_costs_nothing(world, meta):
    world.run("UPDATE numbers_number SET pace = 'standard'")
    enqueue(world, 300, NOON)
    meta.delay_seconds = 0.3
    name = psycopg.conninfo.conninfo_to_dict(world.url)["dbname"]

    def set_reachable(*, is_reachable: bool) -> None:
        with psycopg.connect(database_url(world.url, "postgres"), autocommit=True) as connection:
            allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            connection.execute(allow.format(sql.Identifier(str(name)), sql.SQL("true" if is_reachable else "false")))
            if not is_reachable:
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    posted: list[int] = []
    send(
        world,
        meta,
        until(lambda: len(meta.posts) > 60),
        do(lambda: set_reachable(is_reachable=False)),
        pause(2.0),
        do(lambda: posted.append(len(meta.posts))),
        pause(1.5),
        do(lambda: posted.append(len(meta.posts))),
        do(lambda: set_reachable(is_reachable=True)),
        has(world, State.ACCEPTED, 300),
    )
    assert posted[0] == posted[1] < 300
    assert not meta.twice()
    assert world.states() == {State.ACCEPTED: 300}
    assert world.tallied("sent") == {"": 300}
    assert world.tallied("unknown") == {}
