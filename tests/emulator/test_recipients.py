"""Whom a send addresses, and what of a person's phone the business sees."""

import pytest

from emulator.regions import is_united_states, whatsapp_id
from tests.emulator.harness import ACCOUNT, NUMBER, OTHER_NUMBER, Harness, template_body, text_body

ANA = "+819012345678"


def to_user(user_id: str, **more: object) -> dict[str, object]:
    body = {**template_body("", "アナ", "商品"), "recipient": user_id, **more}
    del body["to"]
    return body


async def hidden_user_id(emulator: Harness) -> str:
    """Let Ana, whose phone is hidden, write first, and return the id that arrives."""
    await emulator.control("people", {"phone": ANA, "hidden": True, "username": "ana.b"})
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    await emulator.settle()
    return str(emulator.gateway.messages()[0]["from_user_id"])


async def test_a_hidden_phone_is_nowhere_in_what_arrives(emulator: Harness):
    await hidden_user_id(emulator)
    (value,) = emulator.gateway.values()
    assert value["contacts"][0]["profile"]["username"] == "ana.b"
    assert "wa_id" not in value["contacts"][0]
    assert "from" not in value["messages"][0]
    assert b"819012345678" not in emulator.gateway.bodies[0]


async def test_a_user_id_is_answered_with_the_user_id(emulator: Harness):
    user_id = await hidden_user_id(emulator)
    status, answer = await emulator.send(to_user(user_id))
    assert (status, answer["contacts"]) == (200, [{"input": user_id, "user_id": user_id}])
    await emulator.settle()
    for status_update in emulator.gateway.statuses(answer["messages"][0]["id"]):
        assert status_update["recipient_user_id"] == user_id
        assert "recipient_id" not in status_update


async def test_to_wins_over_recipient(emulator: Harness):
    _, answer = await emulator.send({**template_body(ANA, "アナ", "商品"), "recipient": "JP.123"})
    assert answer["contacts"] == [{"input": ANA, "wa_id": "819012345678"}]


@pytest.mark.parametrize(("user_id", "code"), [("JP.1", 131026), ("nobody", 131009), (7, 131009)])
async def test_a_user_id_of_nobody_is_refused(emulator: Harness, user_id, code):
    assert (await emulator.refused(to_user(user_id)))[1] == code


async def test_a_phone_that_the_business_used_is_shown_for_30_days(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "hidden": True})
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    for skip in (0, 31 * 86_400):
        await emulator.control("clock", {"skip": skip})
        await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
        await emulator.control("inbound", {"from": ANA, "phone_number_id": OTHER_NUMBER, "text": "hi"})
    await emulator.settle()
    shown = ["from" in message for message in emulator.gateway.messages()]
    assert shown == [True, False, False, False]


async def test_linked_portfolios_share_a_parent_user_id(emulator: Harness):
    await emulator.control("setup", {"portfolios": [{"id": "4001", "parent_id": "77"}]})
    await hidden_user_id(emulator)
    parent = emulator.gateway.messages()[0]["from_parent_user_id"]
    assert parent.startswith("JP.ENT.")
    await emulator.send_accepted(to_user(parent))


async def test_digits_without_a_plus_may_get_the_senders_country(emulator: Harness):
    await emulator.control("knobs", {"to_without_plus": "own_country"})
    _, answer = await emulator.send(template_body("(631) 555-1234", "アナ", "商品"))
    assert answer["contacts"][0]["wa_id"] == "16315551234"


@pytest.mark.parametrize(
    ("phone", "wa_id"),
    [
        ("5531987654321", "553187654321"),
        ("5511987654321", "5511987654321"),
        ("551187654321", "5511987654321"),
        ("525512345678", "5215512345678"),
        ("541123456789", "5491123456789"),
        ("819012345678", "819012345678"),
    ],
)
def test_some_countries_phones_are_written_anew(phone, wa_id):
    assert whatsapp_id(phone) == wa_id


async def test_the_answer_shows_the_phone_as_whatsapp_writes_it(emulator: Harness):
    _, answer = await emulator.send(template_body("+55 31 98765-4321", "アナ", "商品"))
    assert answer["contacts"][0] == {"input": "+55 31 98765-4321", "wa_id": "553187654321"}


async def test_a_test_number_writes_to_its_list_only(emulator: Harness):
    number = {"id": NUMBER, "display_phone_number": "+15550051310", "allowed_recipients": [ANA]}
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "portfolio_id": "4001", "numbers": [number]}]})
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    assert await emulator.refused(template_body("+819087654321", "アナ", "商品")) == (400, 131030)


@pytest.mark.parametrize(
    ("phone", "is_american"),
    [("14155551234", True), ("14165551234", False), ("15550051310", False), ("447911123456", False)],
)
def test_area_codes_tell_the_united_states(phone, is_american):
    assert is_united_states(phone) == is_american


@pytest.mark.parametrize("blocks", [True, False])
async def test_marketing_does_not_arrive_in_the_united_states(emulator: Harness, blocks):
    await emulator.control("knobs", {"us_marketing_block": blocks})
    wamid = await emulator.send_accepted(template_body("+14155551234", "アナ", "商品"))
    await emulator.settle()
    statuses = emulator.gateway.statuses(wamid)
    assert statuses[-1]["status"] == ("failed" if blocks else "read")
    assert statuses[-1].get("errors", [{"code": 131049}])[0]["code"] == 131049


@pytest.mark.parametrize("opens", [True, False])
async def test_whether_a_reaction_opens_the_window_is_a_knob(emulator: Harness, opens):
    await emulator.control("knobs", {"reactions_open_window": opens, "window_error": "sync"})
    reaction = {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "message": reaction})
    assert (await emulator.send(text_body(ANA)))[0] == (200 if opens else 400)
