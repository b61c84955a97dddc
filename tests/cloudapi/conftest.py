"""The emulator plays Meta for the calls that it knows."""

from collections.abc import AsyncIterator

import pytest

from switchboard.cloudapi.client import CloudClient
from switchboard.cloudapi.transport import open_transport
from switchboard.cloudapi.usage import UsageBook
from tests.emulator.conftest import emulator as emulator
from tests.emulator.conftest import gateway as gateway
from tests.emulator.harness import TOKEN, Harness


@pytest.fixture
async def api(emulator: Harness) -> AsyncIterator[CloudClient]:
    """A client of the emulator, with a usage book of its own."""
    async with open_transport(f"{emulator.address}/v26.0", timeout_seconds=5) as transport:
        transport.book = UsageBook()
        yield CloudClient(transport, TOKEN)
