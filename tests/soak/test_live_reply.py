"""A person's reply does not wait for a broadcast: a running sender, one number, a long queue."""

import pytest

from switchboard.core import clock
from tests.conftest import NOON, OwnDatabase
from tests.delivery.fake_meta import FakeMeta
from tests.delivery.live_reply import measure
from tests.delivery.world import make_world

# Its figure is that of the machine, too: while others compute on it a reply waits for its turn like everything else.
pytestmark = pytest.mark.soak


@pytest.mark.parametrize("waiting", [4000, 100_000])
def test_a_reply_reaches_meta_within_a_second_of_a_full_speed_broadcast(database: OwnDatabase, waiting: int) -> None:
    clock.set_shift((NOON - clock.now()).total_seconds())
    slowest, left = measure(make_world(database.url, NOON, numbers=1), FakeMeta(), waiting)
    print(f"{slowest:.3f} s with {waiting - left:,} still waiting")  # noqa: T201  the figure is the point
    assert slowest < 1.0
    assert left < waiting
