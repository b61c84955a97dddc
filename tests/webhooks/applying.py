"""Events put into the queue and applied, without a gateway and without a network."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from switchboard.core import database
from switchboard.webhooks import store, worker
from tests.conftest import NOON
from tests.webhooks.world import World


@asynccontextmanager
async def an_applier(world: World, *, now: datetime = NOON, batch_events: int = 500) -> AsyncIterator[worker.Applier]:
    """An applier that is called by hand."""
    config = worker.ApplierConfig(url=world.url, now=lambda: now, batch_events=batch_events)
    async with database.make_pool("stream", size=2, url=world.url) as pool:
        yield worker.Applier(config, pool, asyncio.Event())


async def keep(world: World, *bodies: bytes, at: datetime = NOON, app_id: int | None = None) -> None:
    """Put bodies into the queue as a gateway does."""
    events = [
        store.NewEvent(
            world.workspace_id, app_id or world.app_id, b'"messages": [' in body or b'_preferences"' in body, at, body
        )
        for body in bodies
    ]
    async with database.make_pool("stream", size=1, url=world.url) as pool, pool.connection() as connection:
        await store.insert_events(connection, events)


async def apply_all(world: World, *bodies: bytes, now: datetime = NOON, batch_events: int = 500) -> worker.Applier:
    """Keep bodies and apply everything that waits, people's events first."""
    if bodies:
        await keep(world, *bodies, at=now)
    async with an_applier(world, now=now, batch_events=batch_events) as applier:
        for is_inbound in (True, False):
            while await applier.apply_waiting(is_inbound=is_inbound):
                continue
    return applier


def a_message(world: World, text: str, *, wamid: str = "wamid.IN_1", phone: str = "819012345678", **more: Any) -> bytes:
    """Return the body of a text message from a phone to the world's number."""
    at = more.pop("at", NOON)
    message = {
        "from": phone,
        "id": wamid,
        "timestamp": str(int(at.timestamp())),
        "type": "text",
        "text": {"body": text},
    }
    person = {"wa_id": phone, "profile": {"name": "Hana"}}
    return _body(world, {"contacts": [person], "messages": [message | more]})


def a_status(
    world: World, message_id: Any, status: str, *, seconds: int = 0, attempt: int = 1, code: int | None = None
) -> bytes:
    """Return the body of a status of one of our messages, so many seconds after noon."""
    raw: dict[str, Any] = {
        "id": "wamid.OUT_1",
        "status": status,
        "timestamp": str(int((NOON + timedelta(seconds=seconds)).timestamp())),
        "biz_opaque_callback_data": f"{world.workspace_id}.{message_id.hex}.{attempt}",
    }
    if code is not None:
        raw["errors"] = [{"code": code, "title": "Failed", "error_data": {"details": "Failed."}}]
    return _body(world, {"statuses": [raw]})


def _body(world: World, value: dict[str, Any]) -> bytes:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": world.number_meta_id}} | value
    entry = {"id": world.account_meta_id, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def an_echo(world: World, message: dict[str, Any]) -> bytes:
    """Return the body that tells what a colleague wrote in the phone's own app."""
    content = json.loads(_body(world, {"message_echoes": [message]}))
    content["entry"][0]["changes"][0]["field"] = "smb_message_echoes"
    return json.dumps(content).encode()


def without_note(body: bytes, *, wamid: str = "wamid.OUT_1") -> bytes:
    """Return a status body as it looks when our note got lost."""
    content = json.loads(body)
    for raw in content["entry"][0]["changes"][0]["value"]["statuses"]:
        del raw["biz_opaque_callback_data"]
        raw["id"] = wamid
    return json.dumps(content).encode()


def tallies(world: World) -> dict[tuple[str, str], int]:
    """Return the sums of all counts, by measure and reason."""
    rows = world.run(
        "SELECT measure, reason, sum(amount)::int FROM delivery_tally GROUP BY 1, 2 HAVING sum(amount) <> 0"
    )
    return {(measure, reason): amount for measure, reason, amount in rows}
