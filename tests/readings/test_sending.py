"""Sending: what Meta may answer at once or tell later, and how it may read what we write."""

from typing import Any

import pytest

from switchboard.delivery.types import State
from tests.conftest import NOON
from tests.readings.shop import ACCOUNT, NUMBER, PORTFOLIO, Shop

BOTH = pytest.mark.parametrize("when", ["sync", "async"])
STOPPED = "SELECT stopped_code FROM numbers_number"
REASON = "SELECT state, reason FROM delivery_delivery"


@BOTH
@pytest.mark.parametrize("code", [131048, 131064])
async def test_a_portfolio_at_its_limit_stops_and_loses_nobody(shop: Shop, when: str, code: int) -> None:
    await shop.emulator.control("portfolios", {"id": PORTFOLIO, "messaging_limit": "TIER_50"})
    await shop.turn(portfolio_error=when, portfolio_error_code=code, throughput_limit=False)
    await shop.write(53)
    many = 50 if when == "sync" else 53
    told = str(code) if when == "sync" else ""
    await shop.send(
        lambda: (
            shop.world.states().get(State.ACCEPTED, 0) >= many
            and shop.world.waiting() == 53 - many
            and shop.world.one(STOPPED) == told
        )
    )
    await shop.apply()
    assert shop.world.states() == {State.READ: 50, State.FAILED if when == "async" else State.WAITING: 3}
    assert shop.world.waiting() == 53 - many
    assert shop.world.one(STOPPED) == str(code)


@BOTH
async def test_an_answer_after_the_window_fails_with_its_reason(shop: Shop, when: str) -> None:
    """Our window and Meta's may differ by a moment, or by a reaction."""
    await shop.turn(window_error=when)
    (message_id,) = await shop.write(due_at=NOON.replace(year=2030))
    contact_id = shop.world.one("SELECT contact_id FROM delivery_message WHERE id = %s", message_id)
    shop.world.run(
        "INSERT INTO delivery_window (workspace_id, contact_id, number_id, opened_at) VALUES (1, %s, %s, %s)",
        contact_id,
        shop.world.number_ids[0],
        NOON,
    )
    await shop.answer(contact_id)
    await shop.send(lambda: set(shop.world.states()) - {State.WAITING, State.IN_FLIGHT})
    await shop.apply()
    assert shop.world.one(REASON) == (State.FAILED, "131047")


@pytest.mark.parametrize("opens", [True, False])
async def test_a_reaction_is_never_counted_on(shop: Shop, opens: bool) -> None:
    await shop.turn(reactions_open_window=opens)
    await shop.write()
    await shop.send()
    await shop.apply()
    phone, wamid, contact_id = shop.world.one(
        "SELECT recipient, wamid, contact_id FROM delivery_message JOIN delivery_delivery ON message_id = id"
    )
    reaction = {"type": "reaction", "reaction": {"message_id": wamid, "emoji": "👍"}}
    await shop.emulator.control("inbound", {"from": phone, "phone_number_id": NUMBER, "message": reaction})
    await shop.apply()
    await shop.answer(contact_id)
    await shop.send()
    assert shop.world.one("SELECT reason FROM delivery_delivery WHERE state = -1") == "window"
    assert (await shop.emulator.control("stats"))["rejected"] == {}


@pytest.mark.parametrize("reading", ["whole", "own_country"])
async def test_our_numbers_arrive_however_digits_are_read(shop: Shop, reading: str) -> None:
    await shop.turn(to_without_plus=reading)
    phone = "+4915112345678"
    await shop.write(due_at=NOON)
    shop.world.run("UPDATE contacts_contact SET phone = %s", phone)
    shop.world.run("UPDATE delivery_message SET recipient = %s", phone)
    await shop.send()
    await shop.apply()
    assert shop.world.states() == {State.READ: 1}
    person = await shop.emulator.control(f"people/{phone.removeprefix('+')}")
    assert len(person["thread"]) == 1


CONSEQUENCES = [
    (131026, REASON, (State.FAILED, "131026")),
    (131049, REASON, (State.FAILED, "131049")),
    (131042, STOPPED, "131042"),
    (131048, STOPPED, "131048"),
    (131031, STOPPED, "131031"),
    (131050, "SELECT opted_out_at IS NOT NULL FROM consent_standing", True),
    (132015, "SELECT state FROM templates_template", "paused"),
]


@BOTH
@pytest.mark.parametrize(("code", "question", "expected"), CONSEQUENCES)
async def test_an_error_means_the_same_at_once_and_later(
    shop: Shop, when: str, code: int, question: str, expected: Any
) -> None:
    await shop.turn(codes_at_once=[code] if when == "sync" else [])
    await shop.emulator.control("people", {"suffix": "1", "fail_code": code})
    await shop.write()
    shop.world.run("UPDATE delivery_message SET recipient = '+819012345671'")
    await shop.send(
        lambda: (
            shop.world.one("SELECT count(*) FROM delivery_tally")
            or shop.world.run("SELECT 1 FROM delivery_outbox WHERE attempt > 1 OR hold IS NOT NULL")
        )
    )
    await shop.apply()
    assert shop.world.one(question) == expected


@pytest.mark.parametrize("share", [0.0, 1.0])
async def test_a_status_may_overtake_the_answer(shop: Shop, share: float) -> None:
    await shop.turn(status_before_response=share)
    await shop.write(3)
    await shop.send()
    await shop.apply()
    assert shop.world.states() == {State.READ: 3}


@pytest.mark.parametrize("rewrites", [True, False])
async def test_a_rewritten_number_is_the_same_person(shop: Shop, rewrites: bool) -> None:
    await shop.turn(rewrite_numbers=rewrites)
    phone = "+5511987654321"
    await shop.write()
    shop.world.run("UPDATE contacts_contact SET phone = %s", phone)
    shop.world.run("UPDATE delivery_message SET recipient = %s", phone)
    await shop.send()
    # The phone shows what was delivered, a moment after it was accepted.
    await shop.emulator.settle()
    (chat,) = (await shop.emulator.control("phones/chats"))["chats"]
    await shop.emulator.control("inbound", {"from": chat["phone"], "phone_number_id": NUMBER, "text": "oi"})
    await shop.apply()
    assert shop.world.one("SELECT count(*) FROM contacts_contact") == 1
    assert shop.world.one("SELECT count(*) FROM replies_inboundmessage WHERE answers_id IS NOT NULL") == 1


async def test_calls_are_proved_where_the_app_wants_it(shop: Shop) -> None:
    body = {"app_id": "771", "secret": "test_app_secret", "token": "token-1", "requires_proof": True}
    await shop.emulator.control("setup", {"apps": [body]})
    await shop.write()
    await shop.send(proves_calls=True)
    assert shop.world.states() == {State.ACCEPTED: 1}
    assert [template.name for template in await shop.read_templates()] == ["sale"]


async def test_without_the_proof_such_an_app_is_refused(shop: Shop) -> None:
    body = {"app_id": "771", "secret": "test_app_secret", "token": "token-1", "requires_proof": True}
    await shop.emulator.control("setup", {"apps": [body]})
    status, answer = await shop.emulator.graph("GET", f"{ACCOUNT}/message_templates")
    assert (status, answer["error"]["code"]) == (400, 100)
