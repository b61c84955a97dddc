"""The console knows when each app was last heard, and of its first event at once."""

from datetime import timedelta

import psycopg

from tests.conftest import NOON
from tests.webhooks.applying import a_message, apply_all
from tests.webhooks.world import World

HEARD = "SELECT heard_at FROM numbers_app WHERE id = %s"


async def test_an_applied_event_notes_when_its_app_was_heard(world: World):
    """Runs SQL_NOTE_HEARD."""
    await apply_all(world, a_message(world, "hello"))
    assert world.one(HEARD, world.app_id) == NOON


async def test_even_an_event_that_cannot_be_understood_is_heard(world: World):
    await apply_all(world, b"not json")
    assert world.one(HEARD, world.app_id) == NOON


async def test_a_busy_app_is_noted_once_a_minute(world: World):
    await apply_all(world, a_message(world, "one"))
    await apply_all(world, a_message(world, "two", wamid="wamid.IN_2"), now=NOON + timedelta(seconds=59))
    assert world.one(HEARD, world.app_id) == NOON
    await apply_all(world, a_message(world, "three", wamid="wamid.IN_3"), now=NOON + timedelta(seconds=61))
    assert world.one(HEARD, world.app_id) == NOON + timedelta(seconds=61)


async def test_open_pages_hear_of_the_first_event(world: World):
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("LISTEN switchboard_live")
        await apply_all(world, a_message(world, "one"))
        notices = [notice.payload for notice in connection.notifies(timeout=2, stop_after=2)]
    assert any(f'"app:{world.app_id}"' in payload for payload in notices)
