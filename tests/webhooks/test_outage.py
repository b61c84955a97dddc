"""The database goes away while people write: Meta is told so at once, sends again, and nothing is lost."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg
from aiohttp import web

from tests.emulator.conftest import emulator as emulator
from tests.emulator.conftest import gateway as gateway
from tests.emulator.harness import NUMBER, Harness, setup_body
from tests.webhooks.applying import apply_all
from tests.webhooks.gateway import Gateway, running_gateway, until
from tests.webhooks.world import World

PEOPLE = 20


@asynccontextmanager
async def served(ours: Gateway, app_meta_id: str) -> AsyncIterator[str]:
    """Give our gateway an address."""

    async def handle(request: web.BaseRequest) -> web.Response:
        headers = dict(request.headers)
        path, body = f"/webhooks/{app_meta_id}", await request.read()
        status, text = await ours.call(request.method, path, body, headers=headers, query=request.query_string)
        return web.Response(status=status, text=text)

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@contextmanager
def database_away(url: str) -> Iterator[None]:
    """Throw everybody out of a database, and let nobody in for a while."""
    name = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    with psycopg.connect(psycopg.conninfo.make_conninfo(url, dbname="postgres"), autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


async def test_nothing_that_people_wrote_meanwhile_is_lost(world: World, emulator: Harness) -> None:
    world.run("UPDATE numbers_number SET meta_id = %s", NUMBER)
    async with running_gateway() as ours, served(ours, world.app_meta_id) as address:
        await emulator.control("setup", setup_body(address))
        with database_away(world.url):
            for person in range(PEOPLE):
                message = {"from": f"+8190000000{person:02}", "phone_number_id": NUMBER, "text": f"{person}"}
                await emulator.control("inbound", message)
            await until(lambda: not ours.application.is_up())
            assert (await emulator.control("stats"))["undelivered_webhooks"]
        await until(lambda: ours.application.is_up())
        await emulator.settle()
    await apply_all(world)
    texts = world.run("SELECT text FROM replies_inboundmessage ORDER BY text::int")
    assert texts == [(f"{person}",) for person in range(PEOPLE)]
    assert (await emulator.control("stats"))["webhook_failures"] > 0
