"""Receiving: how Meta may write what it sends us, and where it may send it."""

import pytest

from tests.readings.shop import ACCOUNT, NUMBER, PORTFOLIO, Shop

HANA = "+819012345678"


async def write_in(shop: Shop, text: str = "こんにちは / hello") -> None:
    await shop.emulator.control("inbound", {"from": HANA, "phone_number_id": NUMBER, "text": text})
    await shop.emulator.settle()


@pytest.mark.parametrize("escapes", [True, False])
async def test_words_arrive_whole_and_signed_however_they_are_escaped(shop: Shop, escapes: bool) -> None:
    await shop.turn(escape_webhooks=escapes)
    await write_in(shop)
    (body,) = shop.emulator.gateway.bodies
    assert (b"\\u3053" in body, "こんにちは".encode() in body) == (escapes, not escapes)
    assert shop.emulator.gateway.bad_signatures == 0
    await shop.apply()
    assert shop.world.one("SELECT text FROM replies_inboundmessage") == "こんにちは / hello"


@pytest.mark.parametrize("shown", ["absent", "empty", "user_id"])
async def test_a_hidden_phone_is_one_person_without_a_phone(shop: Shop, shown: str) -> None:
    await shop.turn(hidden_phone_as=shown)
    await shop.emulator.control("people", {"phone": HANA, "hidden": True})
    await write_in(shop, "first")
    await write_in(shop, "second")
    await shop.apply()
    assert shop.world.one("SELECT count(*), min(phone) FROM contacts_contact") == (1, None)
    kind, value = shop.world.one("SELECT kind, value FROM contacts_identity")
    assert (kind, value[2]) == ("user_id", ".")
    assert shop.world.one("SELECT count(*) FROM webhooks_deadletter") == 0


@pytest.mark.parametrize("shown", ["absent", "empty", "user_id"])
async def test_who_hides_the_phone_can_be_answered(shop: Shop, shown: str) -> None:
    await shop.turn(hidden_phone_as=shown)
    await shop.emulator.control("people", {"phone": HANA, "hidden": True})
    await write_in(shop)
    await shop.apply()
    contact_id, user_id = shop.world.one("SELECT contact_id, value FROM contacts_identity")
    await shop.answer(contact_id, recipient=user_id)
    await shop.send()
    await shop.apply()
    assert shop.world.one("SELECT state FROM delivery_delivery") == 60


@pytest.mark.parametrize("needs_name", [True, False])
async def test_files_are_fetched_by_a_program_with_a_name(shop: Shop, needs_name: bool, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_HOME", str(tmp_path))
    monkeypatch.setenv("SWITCHBOARD_CLOUD_API_URL", f"{shop.emulator.address}/v26.0")
    await shop.turn(media_needs_user_agent=needs_name)
    given = {"from": HANA, "phone_number_id": NUMBER, "media": {"kind": "image"}}
    await shop.emulator.control("inbound", given)
    await shop.apply()
    assert await shop.fetch_files()
    assert shop.world.one("SELECT state, error FROM replies_media") == ("stored", "")


@pytest.mark.parametrize("covers", [True, False])
async def test_a_restriction_is_heard_wherever_it_is_sent(shop: Shop, covers: bool) -> None:
    await shop.turn(overrides_cover_account_fields=covers)
    own = {"override_callback_uri": f"{shop.emulator.gateway.url}/own", "verify_token": "verify-1"}
    await shop.emulator.graph("POST", f"{ACCOUNT}/subscribed_apps", json=own)
    await shop.emulator.control("accounts", {"account": ACCOUNT, "event": "restrict", "seconds": 3600})
    await shop.emulator.settle()
    assert shop.emulator.gateway.paths[-1].endswith("/own") == covers
    await shop.apply()
    assert shop.world.one("SELECT stopped_code FROM numbers_number") == "RESTRICTED_STARTING"


@pytest.mark.parametrize("as_number", [True, False])
async def test_a_limit_is_understood_as_name_and_as_number(shop: Shop, as_number: bool) -> None:
    await shop.turn(capability_as_number=as_number)
    await shop.emulator.control("portfolios", {"id": PORTFOLIO, "messaging_limit": "TIER_10K"})
    await shop.apply()
    assert shop.world.one("SELECT messaging_limit FROM numbers_portfolio") == 10_000


@pytest.mark.parametrize("version", [23, 26])
async def test_statuses_of_old_and_new_versions_mean_the_same(shop: Shop, version: int) -> None:
    app = {"app_id": "771", "secret": "test_app_secret", "callback_url": shop.emulator.gateway.url}
    setup = {**app, "verify_token": "verify-1", "token": "token-1", "webhook_version": version}
    await shop.emulator.control("setup", {"apps": [setup]})
    await shop.write(2)
    await shop.send()
    await shop.emulator.settle()
    statuses = shop.emulator.gateway.statuses()
    assert any("conversation" in status for status in statuses) == (version == 23)
    await shop.apply()
    assert shop.world.states() == {60: 2}


async def test_an_edit_under_review_is_one_reading_or_the_other(shop: Shop) -> None:
    body = {"components": [{"type": "BODY", "text": "Sale today only!"}]}
    (template,) = await shop.read_templates()
    sent = {}
    for usable in (True, False):
        await shop.turn(edited_templates_usable=usable, template_review_seconds=60)
        status, answer = await shop.emulator.graph("POST", template.id, json=body)
        assert status == 200, answer
        sent[usable] = (await shop.emulator.send(_sale(), number=NUMBER))[0]
        await shop.emulator.control("clock", {"skip": 2 * 86_400})
    assert sent == {True: 200, False: 404}


def _sale() -> dict[str, object]:
    template = {"name": "sale", "language": {"code": "en"}}
    return {"messaging_product": "whatsapp", "to": HANA, "type": "template", "template": template}
