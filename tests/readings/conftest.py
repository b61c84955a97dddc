"""A shop, and the emulator as its Meta."""

import pytest

from switchboard.core import clock
from tests.conftest import NOON, OwnDatabase
from tests.delivery.world import make_world
from tests.emulator.conftest import emulator, gateway
from tests.emulator.harness import Harness
from tests.readings.shop import Shop

__all__ = ["emulator", "gateway"]


@pytest.fixture
async def shop(database: OwnDatabase, emulator: Harness) -> Shop:
    clock.set_shift((NOON - clock.now()).total_seconds())
    shop = Shop(make_world(database.url, NOON, pace="full"), emulator)
    await shop.open()
    return shop
