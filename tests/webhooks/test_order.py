"""What one person sends is applied in the order in which it came, however many workers there are."""

import asyncio
import json

from switchboard.core import database
from switchboard.core.tenancy import workspace_scope
from switchboard.replies import latest
from switchboard.webhooks import store
from tests.conftest import NOON
from tests.webhooks.applying import a_message, an_applier, apply_all, keep
from tests.webhooks.world import World, make_world


def an_album(world: World, first: int, count: int) -> bytes:
    """Return one POST with so many messages of one person, all of one second."""
    content = json.loads(a_message(world, ""))
    value = content["entry"][0]["changes"][0]["value"]
    (pattern,) = value["messages"]
    value["messages"] = [
        pattern | {"id": f"wamid.IN_{number}", "text": {"body": str(number)}} for number in range(first, first + count)
    ]
    return json.dumps(content).encode()


async def test_an_album_over_several_posts_and_two_workers_stays_in_order(world: World) -> None:
    await keep(world, *(an_album(world, first, 5) for first in range(0, 30, 5)))
    async with an_applier(world, batch_events=1) as one, an_applier(world, batch_events=2) as two:

        async def run(applier) -> None:
            while world.one("SELECT count(*) FROM webhooks_event"):
                await applier.apply_waiting(is_inbound=True)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run(one))
            tasks.create_task(run(two))
    contact = world.one("SELECT id FROM contacts_contact")
    found = await asyncio.to_thread(list_texts, world, contact)
    assert found == [str(number) for number in reversed(range(30))]


def list_texts(world: World, contact: int) -> list[str]:
    """Return what a person wrote as a page shows it, newest first."""
    from django.db import connections

    try:
        with workspace_scope(world.workspace_id):
            return [message.text for message in latest.list_of_contact(world.workspace_id, contact, 100)]
    finally:
        connections.close_all()


async def test_one_worker_at_a_time_takes_what_people_of_a_workspace_sent(world: World) -> None:
    other = make_world(world.url, NOON, tag="2")
    await keep(world, *(an_album(world, first, 1) for first in range(4)))
    await keep(other, an_album(other, 9, 1))
    pool = database.make_pool("stream", size=2, url=world.url)
    async with pool, pool.connection() as one, pool.connection() as two, one.transaction():
        taken = await store.take_events(one, is_inbound=True, limit=2, max_bytes=10**6)
        assert [event.workspace_id for event in taken] == [world.workspace_id] * 2
        async with two.transaction():
            beside = await store.take_events(two, is_inbound=True, limit=9, max_bytes=10**6)
        assert [event.workspace_id for event in beside] == [other.workspace_id]
    assert world.one("SELECT count(*) FROM webhooks_event") == 2


async def test_messages_of_one_batch_take_effect_in_the_order_they_were_written(world: World) -> None:
    later = an_album(world, 2, 1).replace(b'"timestamp": "1772539200"', b'"timestamp": "1772539199"')
    await apply_all(world, an_album(world, 1, 1), later)
    rows = world.run("SELECT text FROM replies_inboundmessage ORDER BY sent_at, sequence")
    assert rows == [("2",), ("1",)]
