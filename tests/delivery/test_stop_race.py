"""Promise 2 holds while everything happens at once."""

from switchboard.core import clock
from tests.conftest import NOON, OwnDatabase
from tests.delivery.fake_meta import FakeMeta
from tests.delivery.races import run_stop_race
from tests.delivery.world import make_world


def test_nothing_is_posted_more_than_five_seconds_after_a_stop(database: OwnDatabase) -> None:
    clock.set_shift((NOON - clock.now()).total_seconds())
    world = make_world(database.url, NOON, numbers=2, pace="standard")
    found = run_stop_race(world, FakeMeta(), 200)
    assert found.worst_delay < 5.0
    assert found.spared > 20
