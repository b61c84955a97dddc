"""Olive's shop in a database of its own."""

import pytest

from tests.conftest import NOON, OwnDatabase
from tests.webhooks.world import World, make_world


@pytest.fixture
def world(database: OwnDatabase) -> World:
    """One workspace with one number."""
    return make_world(database.url, NOON)
