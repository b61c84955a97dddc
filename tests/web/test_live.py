"""What a browser is told, and that nothing is kept for those who have gone."""

import asyncio

import psycopg
import pytest
from django.test import AsyncClient

from switchboard.core import live as core_live
from switchboard.web import live
from tests.conftest import OwnDatabase


@pytest.fixture(autouse=True)
def fresh_hub(monkeypatch: pytest.MonkeyPatch) -> live.Hub:
    """A hub of its own for each test's event loop."""
    hub = live.Hub()
    monkeypatch.setattr(live, "hub", hub)
    return hub


async def notify(database: OwnDatabase, workspace_id: int, *topics: str) -> None:
    async with await psycopg.AsyncConnection.connect(database.conninfo("app"), autocommit=True) as connection:
        await core_live.publish(connection, workspace_id, topics)


async def wait_until_listening(database: OwnDatabase) -> None:
    async with await psycopg.AsyncConnection.connect(database.conninfo("owner"), autocommit=True) as connection:
        for _ in range(100):
            rows = await connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN switchboard_live'"
            )
            if (await rows.fetchone() or (0,))[0]:
                return
            await asyncio.sleep(0.05)
    raise AssertionError("nobody listens")


async def test_a_browser_hears_what_changed_in_its_workspace(database: OwnDatabase) -> None:
    stream = live.stream_topics(7)
    assert await anext(stream) == "retry: 1000\n\n"
    await wait_until_listening(database)
    await notify(database, 8, "broadcast:1")
    await notify(database, 7, "broadcast:2", "overview")
    assert await anext(stream) == 'event: topics\ndata: ["broadcast:2", "overview"]\n\n'
    await stream.aclose()


async def test_the_last_browser_ends_the_connection(database: OwnDatabase, fresh_hub: live.Hub) -> None:
    stream = live.stream_topics(7)
    await anext(stream)
    await wait_until_listening(database)
    await stream.aclose()
    assert not fresh_hub.clients
    assert fresh_hub._task is None


async def test_two_browsers_share_one_connection(database: OwnDatabase, fresh_hub: live.Hub) -> None:
    one, other = live.stream_topics(7), live.stream_topics(7)
    await anext(one)
    task = fresh_hub._task
    await anext(other)
    assert fresh_hub._task is task
    await one.aclose()
    assert fresh_hub._task is task
    await other.aclose()


async def test_a_lost_connection_ends_the_stream_so_that_the_browser_says_so(database: OwnDatabase) -> None:
    stream = live.stream_topics(7)
    await anext(stream)
    await wait_until_listening(database)
    async with await psycopg.AsyncConnection.connect(database.conninfo("owner"), autocommit=True) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN switchboard_live'"
        )
    assert [part async for part in stream] in ([], [": still here\n\n"])


async def test_a_slow_browser_is_kept_a_bounded_list() -> None:
    client = live.Client(7)
    client.tell([f"broadcast:{number}" for number in range(500)])
    assert await client.wait(0.1) == ["overview"]


async def test_a_topic_named_twice_is_told_once() -> None:
    client = live.Client(7)
    client.tell(["overview"])
    client.tell(["overview"])
    assert await client.wait(0.1) == ["overview"]


@pytest.mark.django_db
async def test_strangers_hear_nothing() -> None:
    answer = await AsyncClient().get("/live/")
    assert answer.status_code == 302
