"""Olive's shop with a real sender and a real applier, and the emulator as Meta."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connections

from switchboard.cloudapi import transport
from switchboard.cloudapi.client import CloudClient
from switchboard.core import clock, database, secrets
from switchboard.delivery.types import Origin, Priority
from switchboard.delivery.worker import SenderConfig, run_sender
from switchboard.jobs import media as media_job
from switchboard.webhooks.signature import is_signed
from tests.conftest import NOON
from tests.delivery.world import World, apply_events_through, enqueue
from tests.emulator.harness import SECRET, TOKEN, VERIFY_TOKEN, Harness
from tests.webhooks import applying
from tests.webhooks.world import World as Receiver

APP, PORTFOLIO, ACCOUNT, NUMBER = "771", "551", "661", "880000"
DIGITS = "81500880000"
SALE = {"name": "sale", "language": "en", "category": "MARKETING", "components": [{"type": "BODY", "text": "Sale!"}]}
# In one look: a message leaves the outbox when it is claimed, and may come back.
IS_DONE = (
    "SELECT NOT EXISTS (SELECT FROM delivery_outbox) AND NOT EXISTS (SELECT FROM delivery_delivery WHERE state = 8)"
)
TEXT = {"type": "text", "text": {"body": "We are open."}}


def setup(callback_url: str) -> dict[str, Any]:
    """Return the shop as the emulator is told of it."""
    app = {"app_id": APP, "secret": SECRET, "callback_url": callback_url, "verify_token": VERIFY_TOKEN, "token": TOKEN}
    number = {"id": NUMBER, "display_phone_number": f"+{DIGITS}"}
    account = {"id": ACCOUNT, "portfolio_id": PORTFOLIO, "numbers": [number], "templates": [SALE], "app_ids": [APP]}
    return {"apps": [app], "portfolios": [{"id": PORTFOLIO}], "accounts": [account]}


def _enqueue(world: World, many: int, more: dict[str, Any]) -> list[Any]:
    try:
        return enqueue(world, many, NOON, **more)
    finally:
        # The thread's own; nobody else would close it.
        connections.close_all()


@dataclass
class Shop:
    """One number, and both ends of the wire."""

    world: World
    emulator: Harness

    async def open(self) -> None:
        """Let the emulator and the product know of each other, at noon."""
        self.world.run("UPDATE numbers_app SET secret_encrypted = %s", secrets.encrypt(SECRET))
        self.world.run("UPDATE numbers_account SET token_encrypted = %s", secrets.encrypt(TOKEN))
        await self.emulator.control("setup", setup(self.emulator.gateway.url))
        await self.emulator.control("clock", {"shift": clock.shift_seconds()})

    async def turn(self, **knobs: Any) -> None:
        """Turn the emulator's knobs."""
        await self.emulator.control("knobs", knobs)

    async def write(self, many: int = 1, **more: Any) -> list[Any]:
        """Put messages of a broadcast into the outbox."""
        return await asyncio.to_thread(_enqueue, self.world, many, more)

    async def answer(self, contact_id: int, *, recipient: str = "") -> None:
        """Put a free-form answer into the outbox, to the person's phone or to a user id."""
        if recipient:
            self.world.run("UPDATE contacts_contact SET phone = %s WHERE id = %s", recipient[:16], contact_id)
        more: dict[str, Any] = {"origin": Origin.ANSWER, "priority": Priority.ANSWER, "template_id": None, "body": TEXT}
        await self.write(contact_ids=[contact_id], **more)
        if recipient:
            self.world.run("UPDATE delivery_message SET recipient = %s", recipient)

    async def send(self, until: Callable[[], object] | None = None, **config: Any) -> None:
        """Run a sender until nothing waits for it, or something is true."""
        # The applier stands still while the sender runs; to the sender it keeps up, however long this takes.
        await asyncio.to_thread(apply_events_through, self.world, NOON + timedelta(days=30))
        stopping = asyncio.Event()
        sender = SenderConfig(self.world.url, f"{self.emulator.address}/v26.0", **config)
        done = until or (lambda: self.world.one(IS_DONE))
        async with asyncio.TaskGroup() as group:
            group.create_task(run_sender(sender, stopping))
            deadline = time.monotonic() + 30
            while not await asyncio.to_thread(done):
                assert time.monotonic() < deadline, "what the sender was to do has not happened in 30 s"
                await asyncio.sleep(0.03)
            stopping.set()

    async def apply(self) -> None:
        """Apply everything that Meta has sent, in one batch."""
        await self.emulator.settle()
        bodies, self.emulator.gateway.bodies = self.emulator.gateway.bodies, []
        receiver = await asyncio.to_thread(self._receiver)
        await applying.apply_all(receiver, *bodies)

    def _receiver(self) -> Receiver:
        workspace_id, portfolio_id, app_id = self.world.one(
            "SELECT account.workspace_id, portfolio_id, app_id FROM numbers_account account"
        )
        number_id = self.world.number_ids[0]
        own = self.world.url, workspace_id, portfolio_id, app_id, APP
        return Receiver(*own, self.world.account_id, ACCOUNT, number_id, NUMBER)

    async def fetch_files(self) -> bool:
        """Let the worker fetch the files that are due."""
        async with database.make_pool("stream", size=1, url=self.world.url) as pool, pool.connection() as connection:
            return await media_job.fetch_media(connection, NOON)

    async def read_templates(self) -> list[Any]:
        """Read the account's templates with the app's secret as proof."""
        async with transport.open_transport(f"{self.emulator.address}/v26.0") as opened:
            found = await CloudClient(opened, TOKEN, app_secret=SECRET).list_templates(ACCOUNT)
        assert isinstance(found, list), found
        return found

    def is_signed(self, body: bytes, header: str) -> bool:
        """Check a signature as the gateway does."""
        return is_signed([SECRET.encode()], body, header.encode())

    def contact(self, phone: str) -> int:
        """Return whose phone this is."""
        return int(self.world.one("SELECT id FROM contacts_contact WHERE phone = %s", phone))
