"""A thousand people who write within ten seconds to fifty numbers, once undisturbed and once with a killed worker."""

from collections.abc import Iterator

import pytest

from tests.journeys.asking import Shop

pytestmark = [pytest.mark.soak]
# The worker's answers leave by the poll of its timers, the claim and one POST.
LATEST_SECONDS = 1.0


@pytest.fixture
def shop(tmp_path) -> Iterator[Shop]:
    tmp_path.chmod(0o755)
    opened = Shop(tmp_path / "home", 50)
    opened.start()
    yield opened
    opened.stop()


def test_each_of_a_thousand_is_answered_once_and_in_time(shop: Shop) -> None:
    shop.let_people_ask(1000, 10.0)
    shop.wait_until_answered(60)
    result = shop.judge()
    assert (result["answered"], result["twice"]) == (1000, 0), result
    assert result["late_p99"] <= LATEST_SECONDS, result


def test_a_killed_worker_loses_nobody_and_answers_nobody_twice(shop: Shop) -> None:
    shop.let_people_ask(1000, 10.0, halfway=shop.kill_worker)
    shop.wait_until_answered(60)
    result = shop.judge()
    assert (result["answered"], result["twice"]) == (1000, 0), result
