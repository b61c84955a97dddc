"""A broadcast through dying and freezing processes and a bad network: nobody gets it twice, nothing is lost.

Not part of the usual run: how long it takes to settle after all that depends on how busy the machine is (from one to more
than five minutes were seen), and a limit that always holds would hide a standstill.
"""

from collections.abc import Iterator

import pytest

from tests.journeys.demo_process import DemoProcess
from tests.journeys.trouble import Trouble, count_destroyed, read_stats, wait_for_emulator

pytestmark = [pytest.mark.journey, pytest.mark.soak]


@pytest.fixture
def demo(tmp_path) -> Iterator[DemoProcess]:
    tmp_path.chmod(0o755)
    demo = DemoProcess(tmp_path / "home", ("--recipients", "1500", "--numbers", "6", "--pace", "standard"))
    demo.start()
    yield demo
    demo.stop()


def test_nothing_is_doubled_and_nothing_is_lost(demo, tmp_path):
    wait_for_emulator(demo)
    with Trouble(demo, tmp_path, seed=4, every_seconds=2.0) as trouble:
        demo.wait_until_accepted(900)
        stats = read_stats(demo)
        trouble.end()
        result = demo.wait_for_result()
    assert sum(trouble.counts.values()) > 1
    assert result["duplicates"] == 0
    assert result["lost"] <= result["unknown"] <= count_destroyed(stats, trouble) + 20
    gone = sum(result["failed"].values()) + sum(result["skipped"].values())
    assert result["planned"] == result["waiting"] + result["sent"] + gone
    assert result["sent_after_opt_out"] == 0
