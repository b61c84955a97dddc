"""The gateway keeps what Meta signs, answers 200 after the commit, and refuses the rest."""

import asyncio
import json
from collections.abc import AsyncIterator

import psycopg
import pytest

from switchboard.core import secrets
from switchboard.webhooks import receiver
from tests.webhooks.gateway import Gateway, running_gateway, until
from tests.webhooks.world import VERIFY_TOKEN, World

EMPTY = b'{"object":"whatsapp_business_account","entry":[]}'
COUNT = "SELECT count(*) FROM webhooks_event"


@pytest.fixture
async def gateway(world: World) -> AsyncIterator[Gateway]:
    """A receiver on Olive's database."""
    async with running_gateway() as running:
        yield running


def _question(world: World, token: str = VERIFY_TOKEN, mode: str = "subscribe") -> tuple[str, str]:
    query = f"hub.mode={mode}&hub.challenge=1158201444&hub.verify_token={token.replace(' ', '%20')}"
    return f"/webhooks/{world.app_meta_id}", query


async def test_it_answers_the_verification_with_the_challenge(world: World, gateway: Gateway) -> None:
    path, query = _question(world)
    assert await gateway.call("GET", path, query=query) == (200, "1158201444")


@pytest.mark.parametrize("wrong", [{"token": "guess"}, {"token": ""}, {"mode": "unsubscribe"}])
async def test_it_refuses_another_verify_token(world: World, gateway: Gateway, wrong: dict[str, str]) -> None:
    path, query = _question(world, **wrong)
    assert (await gateway.call("GET", path, query=query))[0] == 403


async def test_it_keeps_a_signed_body_byte_for_byte(world: World, gateway: Gateway) -> None:
    body = b'{"object":"x", "entry":[{"a":"\\u65e5\\/"}]}'
    assert await gateway.post(world.app_meta_id, body, parts=3) == 200
    assert world.one("SELECT body, workspace_id, app_id, is_inbound FROM webhooks_event") == (
        body,
        world.workspace_id,
        world.app_id,
        False,
    )


@pytest.mark.parametrize(
    ("value", "is_inbound"),
    [
        ({"messages": [{"id": "wamid.1"}]}, True),
        ({"user_preferences": [{"value": "stop"}]}, True),
        ({"statuses": [{"id": "wamid.1"}]}, False),
    ],
)
async def test_it_marks_what_people_did(
    world: World, gateway: Gateway, value: dict[str, object], *, is_inbound: bool
) -> None:
    body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
    assert await gateway.post(world.app_meta_id, body) == 200
    assert world.one("SELECT is_inbound FROM webhooks_event") is is_inbound


@pytest.mark.parametrize("given", ["", "sha256=00", "sha256=" + "0" * 64])
async def test_it_refuses_a_bad_signature(world: World, gateway: Gateway, given: str) -> None:
    assert await gateway.post(world.app_meta_id, EMPTY, given=given) == 401
    assert world.one(COUNT) == 0


async def test_it_refuses_an_unknown_app(world: World, gateway: Gateway) -> None:
    assert await gateway.post("99999", EMPTY) == 404


async def test_it_knows_no_other_address(world: World, gateway: Gateway) -> None:
    assert (await gateway.call("GET", "/"))[0] == 404
    assert (await gateway.call("DELETE", f"/webhooks/{world.app_meta_id}"))[0] == 405


async def test_it_refuses_more_than_four_megabytes(world: World, gateway: Gateway) -> None:
    assert await gateway.post(world.app_meta_id, b" " * (receiver.LARGEST_BODY + 1), parts=4) == 413
    huge = {"Content-Length": str(receiver.LARGEST_BODY + 1)}
    assert (await gateway.call("POST", f"/webhooks/{world.app_meta_id}", b"x", headers=huge))[0] == 413


async def test_it_takes_the_largest_body_that_meta_sends(world: World, gateway: Gateway) -> None:
    assert await gateway.post(world.app_meta_id, b" " * (3 * 1024 * 1024), parts=7) == 200


async def test_it_learns_of_a_rotated_secret(world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchboard.webhooks.app_directory._READ_AGAIN_AFTER_SECONDS", 0)
    world.run("UPDATE numbers_app SET secret_encrypted = %s", secrets.encrypt("newer"))
    assert await gateway.post(world.app_meta_id, EMPTY, secret="newer") == 200
    assert await gateway.post(world.app_meta_id, EMPTY) == 401


async def test_it_takes_the_previous_secret_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.run("UPDATE numbers_app SET previous_secret_encrypted = %s", secrets.encrypt("older"))
    async with running_gateway() as gateway:
        assert await gateway.post(world.app_meta_id, EMPTY, secret="older") == 200
        assert await gateway.post(world.app_meta_id, EMPTY) == 200


async def test_an_app_with_an_unreadable_secret_shuts_out_nobody_else(world: World) -> None:
    world.run(
        "INSERT INTO numbers_app (workspace_id, meta_id, name, secret_encrypted, verify_token_encrypted) "
        "VALUES (%s, '1', 'broken', 'x', 'x')",
        world.workspace_id,
    )
    async with running_gateway() as gateway:
        assert await gateway.post("1", EMPTY) == 404
        assert await gateway.post(world.app_meta_id, EMPTY) == 200


async def test_a_hundred_at_once_share_few_commits(world: World, gateway: Gateway) -> None:
    bodies = [b'{"n":%d}' % n for n in range(100)]
    async with asyncio.TaskGroup() as tasks:
        answers = [tasks.create_task(gateway.post(world.app_meta_id, body)) for body in bodies]
    assert {answer.result() for answer in answers} == {200}
    assert world.one("SELECT count(DISTINCT body), count(DISTINCT xmin::text) < 20 FROM webhooks_event") == (100, True)


async def test_it_wakes_the_worker(world: World, gateway: Gateway) -> None:
    async with await psycopg.AsyncConnection.connect(world.url, autocommit=True) as connection:
        await connection.execute("LISTEN switchboard_event")
        await gateway.post(world.app_meta_id, EMPTY)
        notices = [notice async for notice in connection.notifies(timeout=5, stop_after=1)]
    assert [notice.channel for notice in notices] == ["switchboard_event"]


async def test_a_refused_group_fails_alone(world: World, gateway: Gateway) -> None:
    world.run("ALTER TABLE webhooks_event ADD CONSTRAINT odd CHECK (octet_length(body) <> 3)")
    assert await gateway.post(world.app_meta_id, b"odd") == 503
    assert await gateway.post(world.app_meta_id, b"even") == 200


async def test_it_answers_503_while_the_database_is_away_and_recovers(world: World, gateway: Gateway) -> None:
    world_server = world.url.replace(f"/{_name(world)}", "/postgres")
    with psycopg.connect(world_server, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {_name(world)} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [_name(world)])
        sessions = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
        await until(lambda: not server.execute(sessions, [_name(world)]).fetchall())
        first = await gateway.post(world.app_meta_id, EMPTY)
        await until(lambda: not gateway.application.is_up())
        async with asyncio.timeout(1):
            second = await gateway.post(world.app_meta_id, EMPTY)
            health, _ = await gateway.call("GET", "/healthz")
        assert (first, second, health) == (503, 503, 503)
        server.execute(f"ALTER DATABASE {_name(world)} ALLOW_CONNECTIONS true")
    await until(lambda: gateway.application.is_up())
    assert await gateway.post(world.app_meta_id, EMPTY) == 200
    assert world.one(COUNT) == 1
    told = "SELECT detail, ended_at > started_at FROM core_incident WHERE kind = 'events_refused'"
    await until(lambda: world.run(told))
    assert world.one(told) == ({"refused": 2}, True)


async def test_it_notices_a_lost_connection_before_the_next_event(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.webhooks.group_commit._IDLE_SECONDS", 0.05)
    await gateway.post(world.app_meta_id, EMPTY)
    world.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%%webhooks_event%%' AND pid <> pg_backend_pid()"
    )
    await until(lambda: not gateway.application.is_up())
    await until(lambda: gateway.application.is_up())
    assert await gateway.post(world.app_meta_id, EMPTY) == 200


async def test_it_starts_without_a_database_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    async with running_gateway(wait=False) as gateway:
        assert await gateway.call("GET", "/healthz") == (503, "The database is away.")
        assert await gateway.post(world.app_meta_id, EMPTY) == 503


async def test_it_says_that_it_lives(world: World, gateway: Gateway) -> None:
    assert (await gateway.call("GET", "/healthz")) == (200, "ok")
    await until(lambda: world.run("SELECT 1 FROM core_heartbeat WHERE role = 'gateway'") == [(1,)])


def _name(world: World) -> str:
    return psycopg.conninfo.conninfo_to_dict(world.url)["dbname"]  # type: ignore[return-value]  # always named
