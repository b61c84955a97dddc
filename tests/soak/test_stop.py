"""Somebody says STOP while 300,000 statuses wait."""

import os
from pathlib import Path

import pytest

from tests.conftest import NOON, OwnDatabase
from tests.webhooks.waiting_statuses import fill_queue, measure_stop
from tests.webhooks.world import make_world

pytestmark = pytest.mark.soak
WAITING = int(os.environ.get("SOAK_STATUSES", "300000"))


async def test_a_stop_overtakes_them_and_is_effective_within_two_seconds(database: OwnDatabase, tmp_path: Path) -> None:
    world = make_world(database.url, NOON)
    fill_queue(world, WAITING)
    took, still_waiting = await measure_stop(world, tmp_path / "worker.log")
    print(f"STOP took {took:.2f} s with {still_waiting} statuses still waiting")  # noqa: T201  the figure is the point
    assert still_waiting > WAITING // 2
    assert took < 2
