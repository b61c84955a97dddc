"""A Cloud API for synchronous actions that answers as the test says, without a network."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from switchboard.cloudapi.errors import CloudError, Failure
from switchboard.cloudapi.results import NotWritten

WRONG_TOKEN = CloudError(190, 0, "Invalid OAuth access token.", "", 401)
AWAY = NotWritten("Cannot connect to host")


@dataclass
class FakeCloud:
    """Pass its `call` where an action takes one. What was asked, and with which tokens, can be looked up."""

    numbers: Any = field(default_factory=list)
    templates: Any = field(default_factory=list)
    # Meta's answer to an upload, by the number's id at Meta; otherwise a media id made from it.
    uploads: dict[str, str | Failure] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    uploaded_to: list[str] = field(default_factory=list)

    def call(self, token: str, work: Callable[[Any], Awaitable[Any]], *, app_secret: str = "") -> Any:
        """Run the calls."""
        self.tokens.append(token)

        async def run() -> Any:
            return await work(self)

        return asyncio.run(run())

    async def list_numbers(self, account_id: str) -> Any:
        """Answer with the numbers, or the failure."""
        return self.numbers

    async def list_templates(self, account_id: str) -> Any:
        """Answer with the templates, or the failure."""
        return self.templates

    async def upload_media(self, number_id: str, *, content: bytes, mime: str, file_name: str) -> str | Failure:
        """Take a file."""
        self.uploaded_to.append(number_id)
        return self.uploads.get(number_id, f"media-{number_id}")
