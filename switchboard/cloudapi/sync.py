"""The Cloud API for synchronous actions: one loop, one session, one piece of work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from switchboard.cloudapi import transport
from switchboard.cloudapi.client import CloudClient
from switchboard.core import env

Result = TypeVar("Result")
DEFAULT_URL = "https://graph.facebook.com/v26.0"


def base_url() -> str:
    """Return the address of the Cloud API, version included."""
    return env.read_text("SWITCHBOARD_CLOUD_API_URL", DEFAULT_URL) or DEFAULT_URL


def proves_calls() -> bool:
    """Tell whether every call is to carry `appsecret_proof`, as Meta wants it with "Require app secret" on."""
    return env.read_flag("SWITCHBOARD_APPSECRET_PROOF", default=False)


def call(
    token: str,
    work: Callable[[CloudClient], Awaitable[Result]],
    *,
    url: str = "",
    timeout_seconds: float = 30.0,
    app_secret: str = "",
) -> Result:
    """Run calls with one token, for instance `call(token, lambda api: api.list_templates(account_id))`.

    Refusals and broken connections come back as values (errors.Failure); `errors.describe` makes a sentence of one.
    """

    async def run() -> Result:
        async with transport.open_transport(
            url or base_url(), connections=8, timeout_seconds=timeout_seconds
        ) as opened:
            return await work(CloudClient(opened, token, app_secret=app_secret))

    return asyncio.run(run())
