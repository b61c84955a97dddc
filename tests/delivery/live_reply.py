"""How long a person's reply takes to Meta while a broadcast leaves through the same number at full speed."""

import asyncio
import time
from typing import Any

from switchboard.core.bridge import in_thread
from switchboard.delivery import store
from switchboard.delivery.types import Origin, Priority
from switchboard.delivery.worker import SenderConfig, run_sender
from tests.conftest import NOON
from tests.delivery.claiming import in_stream
from tests.delivery.fake_meta import FakeMeta
from tests.delivery.world import World, enqueue, make_contacts

REPLIES = 5
_TEXT: dict[str, Any] = {"template_id": None, "body": {"type": "text", "text": {"body": "Yes, until six."}}}


def measure(world: World, meta: FakeMeta, waiting: int) -> tuple[float, int]:
    """Return the slowest of some replies in seconds, and how many messages of the broadcast had left by then."""
    world.run("UPDATE numbers_number SET pace = 'full', throughput = 1000")
    people = make_contacts(world, REPLIES, NOON)
    rows = [(world.workspace_id, one, world.number_ids[0], NOON) for one in people]
    in_stream(world, lambda connection: store.open_windows(connection, rows))
    enqueue(world, waiting, NOON)
    return asyncio.run(_measure(world, meta, people))


async def _measure(world: World, meta: FakeMeta, people: list[int]) -> tuple[float, int]:
    stopping, slowest = asyncio.Event(), 0.0
    async with meta.serve(), asyncio.TaskGroup() as group:
        group.create_task(run_sender(SenderConfig(world.url, meta.url), stopping))
        await _wait(lambda: len(meta.posts) > 100)
        for turn, contact_id in enumerate(people, start=1):
            began = await in_thread(_reply, world, contact_id)
            await _wait(lambda turn=turn: len(_replies(meta)) == turn)
            slowest = max(slowest, _replies(meta)[-1] - began)
            await asyncio.sleep(0.2)
        stopping.set()
    return slowest, len(meta.posts) - len(_replies(meta))


def _reply(world: World, contact_id: int) -> float:
    """Put a reply into its lane and return when it was there."""
    own: dict[str, Any] = {"origin": Origin.PERSON, "origin_id": 7, "priority": Priority.PERSON}
    enqueue(world, 1, NOON, contact_ids=[contact_id], **own, **_TEXT)
    return time.monotonic()


def _replies(meta: FakeMeta) -> list[float]:
    return [at for at, _, body in meta.posts if body["type"] == "text"]


async def _wait(condition: Any, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():  # noqa: ASYNC110  it watches the stand-in
        await asyncio.sleep(0.005)
