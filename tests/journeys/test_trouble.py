"""A broadcast through dying and freezing processes and a bad network: nobody gets it twice, nothing is lost.

A short one; `make soak` runs 100,000 messages.
"""

from collections.abc import Iterator

import pytest

from tests.conftest import copied_home
from tests.journeys.demo_process import DemoProcess
from tests.journeys.trouble import Trouble, count_destroyed, read_stats, wait_for_emulator

pytestmark = [pytest.mark.journey]
PEOPLE = 500
# What processes that come back, webhooks that are tried again and late statuses may take on a machine with other work.
PATIENCE_SECONDS = 240


@pytest.fixture
def demo(migrated_home) -> Iterator[DemoProcess]:
    with copied_home(migrated_home) as home:
        demo = DemoProcess(home, ("--recipients", str(PEOPLE), "--numbers", "6", "--pace", "standard"))
        demo.start()
        yield demo
        demo.stop()


def test_nothing_is_doubled_and_nothing_is_lost(demo, tmp_path):
    wait_for_emulator(demo)
    with Trouble(demo, tmp_path, seed=4, every_seconds=2.0) as trouble:
        demo.wait_until_accepted(PEOPLE // 2)
        stats = read_stats(demo)
        trouble.end()
        result = demo.wait_for_result(PATIENCE_SECONDS)
    assert sum(trouble.counts.values()) > 1
    assert result["duplicates"] == 0
    assert result["lost"] == 0
    assert result["unknown"] <= count_destroyed(stats, trouble)
    gone = sum(result["failed"].values()) + sum(result["skipped"].values())
    assert result["planned"] == result["waiting"] + result["sent"] + gone
    assert result["sent_after_opt_out"] == 0
