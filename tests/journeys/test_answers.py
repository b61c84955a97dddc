"""People write, rules answer: through real processes, judged by the emulator's ledger."""

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import copied_home
from tests.journeys.asking import Shop

pytestmark = [pytest.mark.journey]


@pytest.fixture
def open_shop(migrated_home) -> Iterator[Callable[[int], Shop]]:
    shops: list[Shop] = []

    def start(numbers: int) -> Shop:
        shop = Shop(home, numbers)
        shops.append(shop)
        shop.start()
        return shop

    with copied_home(migrated_home) as home:
        yield start
        for shop in shops:
            shop.stop()


def test_everybody_is_answered_once_although_the_worker_is_killed(open_shop) -> None:
    shop = open_shop(8)
    shop.let_people_ask(60, 4.0, halfway=shop.kill_worker)
    shop.wait_until_answered(120)
    result = shop.judge()
    assert (result["asked"], result["answered"], result["twice"]) == (60, 60, 0), result
