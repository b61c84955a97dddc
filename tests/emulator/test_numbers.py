"""Numbers: verification, registration, profile, settings, block list, speed."""

from typing import Any

import pytest

from tests.emulator.harness import ACCOUNT, NUMBER, OTHER_NUMBER, Harness, template_body, text_body

ANA = "+819012345678"
REGISTER = {"messaging_product": "whatsapp", "pin": "123456"}


async def post(emulator: Harness, edge: str, body: dict[str, Any] | None = None, number: str = NUMBER) -> int:
    """Return 0 for a success, else Meta's code."""
    status, answer = await emulator.graph("POST", f"{number}/{edge}", json=body or {})
    return 0 if status == 200 else int(answer["error"]["code"])


async def add_number(emulator: Harness) -> str:
    form = {"cc": "44", "phone_number": "7911 123456", "verified_name": "Second shop"}
    status, answer = await emulator.graph("POST", f"{ACCOUNT}/phone_numbers", json=form)
    assert status == 200, answer
    return str(answer["id"])


async def code_of(emulator: Harness, number_id: str) -> str:
    return next(str(number["code"]) for number in await emulator.control("numbers") if number["id"] == number_id)


async def test_a_new_number_is_verified_registered_and_then_sends(emulator: Harness):
    number = await add_number(emulator)
    assert await post(emulator, "register", REGISTER, number) == 133006
    ask = {"code_method": "SMS", "language": "en_US"}
    assert await post(emulator, "request_code", ask, number) == 0
    assert await post(emulator, "verify_code", {"code": "not-it"}, number) == 136025
    assert await post(emulator, "verify_code", {"code": await code_of(emulator, number)}, number) == 0
    assert await post(emulator, "request_code", ask, number) == 136024
    assert await post(emulator, "register", REGISTER, number) == 0
    await emulator.send_accepted(template_body(ANA, "a", "b"), number=number)


async def test_a_code_grows_old(emulator: Harness):
    number = await add_number(emulator)
    await post(emulator, "request_code", {"code_method": "VOICE", "language": "en"}, number)
    code = await code_of(emulator, number)
    await emulator.control("clock", {"skip": 601})
    assert await post(emulator, "verify_code", {"code": code}, number) == 136025


async def test_ten_registrations_in_72_hours_are_the_most(emulator: Harness):
    for _ in range(5):
        assert await post(emulator, "deregister") == 0
        assert await post(emulator, "register", REGISTER) == 0
    assert await post(emulator, "deregister") == 133016
    await emulator.control("clock", {"skip": 72 * 3600 + 1})
    assert await post(emulator, "deregister") == 0


async def test_five_wrong_pins_lock_for_an_hour(emulator: Harness):
    await emulator.graph("POST", NUMBER, json={"pin": "111111"})
    codes = [await post(emulator, "register", REGISTER) for _ in range(6)]
    assert codes == [133005] * 5 + [133008]
    await emulator.control("clock", {"skip": 3601})
    assert await post(emulator, "register", {**REGISTER, "pin": "111111"}) == 0
    await emulator.settle()
    assert emulator.gateway.values()[0]["event"] == "PIN_CHANGED"


async def test_a_small_portfolio_has_two_numbers(emulator: Harness):
    await emulator.control("setup", {"portfolios": [{"id": "4001", "verified": False}]})
    form = {"cc": "44", "phone_number": "7911123456", "verified_name": "x"}
    assert (await emulator.graph("POST", f"{ACCOUNT}/phone_numbers", json=form))[0] == 400


async def test_a_profile_is_kept_within_its_limits(emulator: Harness):
    profile = {"messaging_product": "whatsapp", "about": "Open", "websites": ["https://x.y"], "vertical": "RETAIL"}
    assert await post(emulator, "whatsapp_business_profile", profile) == 0
    _, shown = await emulator.graph("GET", f"{NUMBER}/whatsapp_business_profile?fields=about,vertical")
    assert shown == {"data": [{"about": "Open", "vertical": "RETAIL", "messaging_product": "whatsapp"}]}
    for wrong in (
        {"about": "x" * 140},
        {"websites": ["x.y"]},
        {"vertical": "PIRACY"},
        {"profile_picture_handle": "4::no"},
    ):
        assert await post(emulator, "whatsapp_business_profile", wrong) in {100, 131009}


async def test_settings_are_kept_and_calling_is_announced(emulator: Harness):
    assert await post(emulator, "settings", {"calling": {"status": "ENABLED"}}) == 0
    assert (await emulator.graph("GET", f"{NUMBER}/settings"))[1] == {"calling": {"status": "ENABLED"}}
    assert await post(emulator, "settings", {"nonsense": 1}) == 100
    await emulator.settle()
    assert emulator.gateway.values()[0]["type"] == "phone_number_settings"


def block(*phones: str) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "block_users": [{"user": phone} for phone in phones]}


async def test_a_blocked_person_can_neither_write_nor_be_written_to(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    status, answer = await emulator.graph("POST", f"{NUMBER}/block_users", json=block(ANA))
    assert answer["block_users"]["added_users"] == [{"input": ANA, "wa_id": "819012345678"}]
    assert (await emulator.refused(text_body(ANA)))[1] == 130403
    assert (await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "?"}))["blocked"]
    await emulator.send_accepted(template_body(ANA, "a", "b"), number=OTHER_NUMBER)
    _, listed = await emulator.graph("GET", f"{NUMBER}/block_users")
    assert [row["wa_id"] for row in listed["data"]] == ["819012345678"]
    status, _ = await emulator.graph("DELETE", f"{NUMBER}/block_users", json=block(ANA))
    assert status == 200
    await emulator.send_accepted(text_body(ANA))


async def test_only_people_who_just_wrote_can_be_blocked(emulator: Harness):
    status, answer = await emulator.graph("POST", f"{NUMBER}/block_users", json=block(ANA))
    assert (status, answer["error"]["code"]) == (400, 139100)
    assert answer["block_users"]["failed_users"][0]["errors"][0]["code"] == 131047


async def test_a_faster_number_rests_for_a_minute(emulator: Harness):
    await emulator.control("numbers", {"phone_number_id": NUMBER, "throughput_per_second": 1000})
    assert await emulator.refused(template_body(ANA, "a", "b")) == (500, 131057)
    await emulator.control("clock", {"skip": 61})
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    _, number = await emulator.graph("GET", f"{NUMBER}?fields=throughput")
    assert number["throughput"] == {"level": "HIGH"}
    await emulator.settle()
    assert emulator.gateway.values()[0]["event"] == "THROUGHPUT_UPGRADE"


async def test_quality_status_and_name_are_what_meta_decides(emulator: Harness):
    change = {"phone_number_id": NUMBER, "quality_rating": "RED", "name": "New name", "name_decision": "APPROVED"}
    await emulator.control("numbers", change)
    _, number = await emulator.graph("GET", f"{NUMBER}?fields=quality_rating,verified_name")
    assert (number["quality_rating"], number["verified_name"]) == ("RED", "New name")
    await emulator.settle()
    assert emulator.gateway.values()[0]["requested_verified_name"] == "New name"


@pytest.mark.parametrize("reading", ["async", "sync"])
async def test_a_number_that_annoys_people_is_told_131048(emulator: Harness, reading):
    await emulator.control("knobs", {"spam_error": reading})
    await emulator.control("numbers", {"phone_number_id": NUMBER, "spamming": True})
    if reading == "sync":
        assert (await emulator.refused(template_body(ANA, "a", "b")))[1] == 131048
        return
    wamid = await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[0]["errors"][0]["code"] == 131048
