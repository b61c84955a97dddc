"""Transport faults of POST /messages, and what the ledger says about them."""

import asyncio

import aiohttp
import pytest

from tests.emulator.harness import NUMBER, TOKEN, Harness, template_body

ANA = "+819012345678"


async def accepted_count(emulator: Harness) -> int:
    return int((await emulator.control("stats"))["accepted"])


@pytest.mark.parametrize(("fault", "accepted"), [("drop_before_accept", 0), ("drop_after_accept", 1)])
async def test_the_connection_drops_before_or_after_acceptance(emulator: Harness, fault, accepted):
    await emulator.control("knobs", {"next_faults": [fault]})
    with pytest.raises(aiohttp.ClientError):
        await emulator.send(template_body(ANA, "a", "b"))
    assert await accepted_count(emulator) == accepted
    await emulator.send_accepted(template_body(ANA, "a", "b"))


@pytest.mark.parametrize(
    ("fault", "status", "has_body", "accepted"),
    [
        ("error_500", 500, False, 0),
        ("error_500_body", 500, True, 0),
        ("error_500_after_accept", 500, False, 1),
        ("error_503", 503, False, 0),
        ("error_503_body", 503, True, 0),
        ("error_429", 429, True, 0),
    ],
)
async def test_errors_come_with_and_without_a_body(emulator: Harness, fault, status, has_body, accepted):
    await emulator.control("knobs", {"next_faults": ["", fault]})
    await emulator.send_accepted(template_body("+819000000001", "a", "b"))
    url, headers = f"{emulator.address}/v26.0/{NUMBER}/messages", {"Authorization": f"Bearer {TOKEN}"}
    async with emulator.session.post(url, json=template_body(ANA, "a", "b"), headers=headers) as response:
        assert response.status == status
        assert bool(await response.read()) == has_body
    assert await accepted_count(emulator) == 1 + accepted


async def test_a_slow_answer_is_slow_but_accepted(emulator: Harness):
    await emulator.control("knobs", {"faults": {"slow": 1}, "slow_seconds": 600})
    slow = asyncio.ensure_future(emulator.send(template_body(ANA, "a", "b")))
    async with asyncio.timeout(30):
        while await accepted_count(emulator) == 0:  # noqa: ASYNC110  the emulator tells only when asked
            await asyncio.sleep(0.01)
    assert not slow.done()
    slow.cancel()


async def test_shares_of_faults_add_up(emulator: Harness):
    await emulator.control("knobs", {"faults": {"error_503": 0.5, "error_500_body": 0.5}})
    for person in range(10):
        await emulator.send_status(template_body(f"+81900000000{person}", "a", "b"))
    assert sum((await emulator.control("stats"))["faults"].values()) == 10
    assert await accepted_count(emulator) == 0
