"""What people do besides writing: stop marketing, move, come through ads, send what is not passed on."""

from typing import Any

import pytest

from tests.emulator.harness import NUMBER, Harness, template_body, text_body

ANA, NEW = "+819012345678", "+819099999999"


async def write(emulator: Harness, **piece: Any) -> None:
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, **piece})


async def test_stopping_marketing_is_told_and_then_kept(emulator: Harness):
    choice = {"from": ANA, "phone_number_id": NUMBER, "value": "stop"}
    await emulator.control("preferences", choice)
    await emulator.settle()
    (value,) = emulator.gateway.values()
    (preference,) = value["user_preferences"]
    assert (preference["wa_id"], preference["value"]) == ("819012345678", "stop")
    assert (preference["category"], value["metadata"]["phone_number_id"]) == ("marketing_messages", NUMBER)
    wamid = await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[0]["errors"][0]["code"] == 131050
    await emulator.control("preferences", {**choice, "value": "resume"})
    wamid = await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[-1]["status"] == "read"


async def test_a_person_who_changes_their_phone_keeps_their_name(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "name": "Ana"})
    await write(emulator, text="hi")
    await emulator.control("moves", {"phone": ANA, "new_phone": NEW})
    await emulator.settle()
    first, moved, renamed = emulator.gateway.messages()
    assert (moved["from"], moved["system"]["type"]) == ("819012345678", "user_changed_number")
    assert moved["system"]["wa_id"] == "819099999999"
    assert (renamed["system"]["type"], renamed["from"]) == ("user_changed_user_id", "819099999999")
    assert renamed["system"]["previous_user_id"] == first["from_user_id"]
    assert all("contacts" not in value or "system" not in value["messages"][0] for value in emulator.gateway.values())
    assert (await emulator.control("people/819099999999"))["person"]["name"] == "Ana"
    wamid = await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[0]["errors"][0]["code"] == 131026


async def test_an_old_user_id_leads_nowhere(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "hidden": True})
    await write(emulator, text="hi")
    await emulator.settle()
    await emulator.control("moves", {"phone": ANA, "new_user_id": True})
    await emulator.settle()
    first, system = emulator.gateway.messages()
    new, old = system["system"]["user_id"], system["system"]["previous_user_id"]
    assert (old, system["from_user_id"]) == (first["from_user_id"], new)
    body = template_body("", "a", "b")
    del body["to"]
    assert (await emulator.refused({**body, "recipient": old}))[1] == 131026
    await emulator.send_accepted({**body, "recipient": new})


async def test_new_keys_are_told_to_numbers_that_check_them(emulator: Harness):
    await write(emulator, text="hi")
    settings = {"user_identity_change": {"enable_identity_key_check": True}}
    await emulator.graph("POST", f"{NUMBER}/settings", json=settings)
    await emulator.control("moves", {"phone": ANA, "new_identity": True})
    await emulator.settle()
    keys = emulator.gateway.messages()[-1]["identity"]["hash"]
    assert emulator.gateway.messages()[-1]["system"]["type"] == "user_identity_changed"
    right = await emulator.send_accepted(text_body(ANA, recipient_identity_key_hash=keys))
    wrong = await emulator.send_accepted(text_body(ANA, recipient_identity_key_hash="other"))
    await emulator.settle()
    assert emulator.gateway.statuses(right)[-1]["status"] == "read"
    assert emulator.gateway.values()[-1].get("contacts", [{"identity_key_hash": keys}])[0]["identity_key_hash"] == keys
    assert emulator.gateway.statuses(wrong)[0]["errors"][0]["code"] == 137000


@pytest.mark.parametrize("kind", ["edit", "poll"])
async def test_what_is_not_passed_on_arrives_as_unsupported(emulator: Harness, kind):
    await write(emulator, unsupported=kind)
    await emulator.settle()
    (message,) = emulator.gateway.messages()
    assert (message["type"], message["unsupported"]["type"]) == ("unsupported", kind)
    assert message["errors"][0]["code"] == 131051


async def pricing_of(emulator: Harness, body: dict[str, Any]) -> Any:
    wamid = await emulator.send_accepted(body)
    await emulator.settle()
    by_status = {status["status"]: status for status in emulator.gateway.statuses(wamid)}
    assert by_status["sent"]["pricing"] == by_status["delivered"]["pricing"]
    return by_status["sent"]["pricing"]


async def test_who_comes_through_an_ad_is_free_for_72_hours(emulator: Harness):
    await write(emulator, text="hi", referral="ad-1")
    free = await pricing_of(emulator, text_body(ANA))
    assert (free["type"], free["category"], free["billable"]) == ("free_entry_point", "referral_conversion", False)
    assert emulator.gateway.messages()[0]["referral"]["source_type"] == "ad"
    assert emulator.gateway.statuses()[0]["conversation"]["origin"] == {"type": "referral_conversion"}
    await emulator.control("clock", {"skip": 71 * 3600})
    assert (await pricing_of(emulator, template_body(ANA, "a", "b")))["type"] == "free_entry_point"
    await emulator.control("clock", {"skip": 2 * 3600})
    assert (await pricing_of(emulator, template_body(ANA, "a", "b")))["type"] == "regular"


async def test_an_answer_after_a_day_opens_no_free_entry(emulator: Harness):
    await write(emulator, text="hi", referral="ad-1")
    await emulator.control("clock", {"skip": 86_401})
    assert (await pricing_of(emulator, template_body(ANA, "a", "b")))["type"] == "regular"


async def test_service_is_free_up_to_the_months_share_of_the_number(emulator: Harness):
    await emulator.control("knobs", {"free_service_messages": 2})
    await write(emulator, text="hi")
    kinds = [(await pricing_of(emulator, text_body(ANA)))["type"] for _ in range(3)]
    assert kinds == ["free_customer_service", "free_customer_service", "regular"]
    await emulator.control("clock", {"skip": 32 * 86_400})
    await write(emulator, text="hi")
    assert (await pricing_of(emulator, text_body(ANA)))["type"] == "free_customer_service"
