"""Ten thousand people at once: each says STOP during a broadcast, or is the audience of two."""

import os

import pytest

from switchboard.core import clock
from tests.conftest import NOON, OwnDatabase
from tests.delivery.fake_meta import FakeMeta
from tests.delivery.races import run_stop_race
from tests.delivery.test_reservations import race
from tests.delivery.world import enqueue, make_contacts, make_world

pytestmark = pytest.mark.soak
PEOPLE = int(os.environ.get("SOAK_PEOPLE", "10000"))


def test_every_stop_is_obeyed_within_five_seconds(database: OwnDatabase) -> None:
    clock.set_shift((NOON - clock.now()).total_seconds())
    world = make_world(database.url, NOON, numbers=8, pace="standard")
    found = run_stop_race(world, FakeMeta(), PEOPLE)
    print(found)  # noqa: T201  the figure is the point
    assert found.worst_delay < 5.0
    assert found.kills > 0


def test_two_broadcasts_reach_nobody_twice(database: OwnDatabase) -> None:
    world = make_world(database.url, NOON, pace="full", numbers=2)
    people, numbers = make_contacts(world, PEOPLE, NOON), world.number_ids
    for origin_id in (1, 2):
        world.number_ids = [numbers[origin_id - 1]]
        enqueue(world, PEOPLE, NOON, contact_ids=people, origin_id=origin_id)
    taken = race(world, claims=4, expected=PEOPLE, most=200)
    print(f"{len(taken)} messages to {len({message.recipient for message in taken})} people")  # noqa: T201  as above
    assert len(taken) == len({message.recipient for message in taken}) == PEOPLE
