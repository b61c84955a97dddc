"""An album, or a burst, is one conversation and one session, however many workers apply it at once."""

import asyncio
from collections import Counter

from switchboard.core import database
from switchboard.webhooks import store, worker
from tests.conftest import NOON
from tests.replies.answering import HANA, Bot
from tests.webhooks.applying import a_message

BEN = "819087654321"
THREADS = "SELECT count(*) FROM conversations_conversation WHERE workspace_id = %s"
SESSIONS = "SELECT count(*) FROM conversations_session WHERE workspace_id = %s"


def an_album(bot: Bot, phone: str, size: int) -> list[bytes]:
    """Return the bodies of pictures sent together: one each, as Meta sends them."""
    pictures = []
    for place in range(size):
        image = {"id": f"90{place}", "mime_type": "image/jpeg", "sha256": "", "caption": f"picture {place}"}
        wamid = f"wamid.{phone}.{place}"
        pictures.append(a_message(bot.world, "", wamid=wamid, phone=phone, type="image", image=image))
    return pictures


async def test_albums_open_one_conversation_each_through_two_workers_at_once(bot: Bot) -> None:
    world = bot.world
    albums = [body for phone in (HANA, BEN) for body in an_album(bot, phone, 5)]
    texts = [a_message(world, f"and {place}", wamid=f"wamid.text.{place}", phone=HANA) for place in range(10)]
    # Every event twice, and half of them in the other queue, as replayed ones are.
    kept = [
        store.NewEvent(world.workspace_id, world.app_id, place % 2 == 0, NOON, body)
        for place, body in enumerate([*albums, *texts, *reversed(albums)])
    ]
    async with database.make_pool("stream", size=4, url=world.url) as pool:
        async with pool.connection() as connection:
            await store.insert_events(connection, kept)
        config = worker.ApplierConfig(url=world.url, now=bot.clock, batch_events=2)
        appliers = [worker.Applier(config, pool, asyncio.Event()) for _ in range(2)]
        async with asyncio.TaskGroup() as tasks:
            for applier in appliers:
                for is_inbound in (True, False):
                    tasks.create_task(drain(applier, is_inbound=is_inbound))
        for is_inbound in (True, False):
            await drain(appliers[0], is_inbound=is_inbound)
    assert bot.of_shop(THREADS) == bot.of_shop(SESSIONS) == [(2,)]
    kinds = Counter(kind for (kind,) in bot.of_shop("SELECT kind FROM replies_inboundmessage WHERE workspace_id = %s"))
    assert kinds == {"image": 10, "text": 10}
    assert bot.of_shop("SELECT count(*) FROM webhooks_deadletter WHERE workspace_id = %s") == [(0,)]
    assert bot.of_shop("SELECT count(*) FROM contacts_contact WHERE workspace_id = %s") == [(2,)]


async def drain(applier: worker.Applier, *, is_inbound: bool) -> None:
    """Apply everything of one queue that nobody else holds."""
    while await applier.apply_waiting(is_inbound=is_inbound):
        continue
