"""Throughput, pair and portfolio limits."""

from emulator.limits import PairLimit, Reach, Throughput
from tests.emulator.harness import ACCOUNT, NUMBER, Harness, template_body, text_body


def test_throughput_is_a_true_sliding_second():
    throughput = Throughput(3)
    for moment in (10.0, 10.9, 10.95):
        assert throughput.has_room(moment)
        throughput.spend(moment)
    assert not throughput.has_room(10.99)
    assert throughput.has_room(11.0)
    throughput.spend(11.0)
    assert not throughput.has_room(11.5)


def test_a_pair_may_burst_45_and_then_one_per_6_seconds():
    pairs = PairLimit()
    assert all(pairs.take(1, 1, 100.0) for _ in range(45))
    assert not pairs.take(1, 1, 105.9)
    assert pairs.take(1, 1, 106.0)
    assert not pairs.take(1, 1, 106.0)
    assert pairs.take(2, 1, 106.0)


def test_a_portfolio_reaches_each_person_once_a_day():
    reach = Reach(2)
    assert reach.take(1, 0.0)
    assert reach.take(2, 1.0)
    assert reach.take(1, 2.0)
    assert not reach.take(3, 3.0)
    assert reach.take(3, 86_400.5)


async def test_a_number_over_its_throughput_is_told_130429(emulator: Harness):
    slow = {"id": NUMBER, "display_phone_number": "+15550051310", "throughput_per_second": 1}
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "portfolio_id": "4001", "numbers": [slow]}]})
    await emulator.send_accepted(template_body("+819000000001", "a", "b"))
    assert await emulator.refused(template_body("+819000000002", "a", "b")) == (400, 130429)


async def test_too_many_to_one_person_are_told_131056(emulator: Harness):
    for _ in range(45):
        await emulator.send_accepted(template_body("+819000000001", "a", "b"))
    assert await emulator.refused(template_body("+819000000001", "a", "b")) == (400, 131056)
    await emulator.control("clock", {"skip": 6})
    await emulator.send_accepted(template_body("+819000000001", "a", "b"))


async def test_people_beyond_the_portfolio_limit_fail_later_or_at_once(emulator: Harness):
    await emulator.control("setup", {"portfolios": [{"id": "4001", "messaging_limit": "TIER_50"}]})
    for person in range(51):
        last = await emulator.send_accepted(template_body(f"+8190000000{person:02}", "a", "b"))
    await emulator.settle()
    assert emulator.gateway.statuses(last)[0]["errors"][0]["code"] == 131048
    await emulator.control("knobs", {"portfolio_error": "sync"})
    assert (await emulator.refused(template_body("+819000000099", "a", "b")))[1] == 131048


async def test_free_form_outside_the_window_fails_later_or_at_once(emulator: Harness):
    wamid = await emulator.send_accepted(text_body("+819000000001"))
    await emulator.settle()
    statuses = emulator.gateway.statuses(wamid)
    assert [status["status"] for status in statuses] == ["failed"]
    assert statuses[0]["errors"][0]["code"] == 131047
    await emulator.control("knobs", {"window_error": "sync"})
    assert (await emulator.refused(text_body("+819000000001")))[1] == 131047


async def test_the_window_closes_after_24_hours(emulator: Harness):
    await emulator.control("inbound", {"from": "+819000000001", "phone_number_id": NUMBER, "text": "hi"})
    await emulator.control("knobs", {"window_error": "sync"})
    await emulator.send_accepted(text_body("+819000000001"))
    await emulator.control("clock", {"skip": 86_401})
    assert (await emulator.refused(text_body("+819000000001")))[1] == 131047
