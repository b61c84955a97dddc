"""pywa, a library that many Python teams use, in front of the emulator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from pywa_async import WhatsApp

from tests.emulator.harness import ACCOUNT, NUMBER, SECRET, TOKEN, VERIFY_TOKEN, Harness

PHONE = "819012345678"
APP = "3001"


@asynccontextmanager
async def open_pywa(emulator: Harness, **more: Any) -> AsyncIterator[WhatsApp]:
    """Give a client whose calls go to the emulator: pywa knows no other address than Meta's."""
    async with httpx.AsyncClient(timeout=10) as session:
        wa = WhatsApp(
            phone_id=NUMBER,
            token=TOKEN,
            session=session,
            server=None,
            waba_id=ACCOUNT,
            business_portfolio_id="4001",
            app_id=int(APP),
            app_secret=SECRET,
            verify_token=VERIFY_TOKEN,
            **more,
        )
        session.base_url = httpx.URL(f"{emulator.address}/v26.0/")
        yield wa


async def write(emulator: Harness, text: str = "hello", **more: Any) -> str:
    """Have a person write, which opens the window, and return the message's id."""
    body = {"from": PHONE, "phone_number_id": NUMBER, **(more or {"text": text})}
    answer = await emulator.control("inbound", body)
    await emulator.until(lambda: any(m["id"] == answer["id"] for m in emulator.gateway.messages()))
    return str(answer["id"])
