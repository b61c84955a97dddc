"""Olive's shop in a database of its own."""

from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests import conftest
from tests.conftest import NOON, Clock, OwnDatabase
from tests.replies.answering import Bot, a_bot
from tests.webhooks.world import World, make_world

_shops = count(1000)


@pytest.fixture
def world(database: OwnDatabase) -> World:
    """One workspace with one number."""
    return make_world(database.url, NOON)


@pytest.fixture(scope="module")
def shared_url(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database for a file of tests, each of which has a shop of its own in it."""
    with django_db_blocker.unblock(), conftest._copy_of_template("shared") as url, conftest._django_on(url):
        yield url


@pytest.fixture
async def bot(shared_url: str, clock: Clock) -> AsyncIterator[Bot]:
    """A shop that answers by itself, and nobody has written to it yet."""
    world = make_world(shared_url, NOON, tag=str(next(_shops)))
    async with a_bot(world, clock) as made:
        yield made
        world.run("DELETE FROM replies_effect")
        world.run("DELETE FROM conversations_timer")
