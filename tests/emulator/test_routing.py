"""Where webhooks go and in which shape: subscriptions, versions, overrides, samples, giving up."""

from typing import Any

import pytest

from tests.emulator.harness import ACCOUNT, NUMBER, OTHER_NUMBER, SECRET, VERIFY_TOKEN, Harness, template_body

ANA = "+819012345678"
APP_TOKEN = f"3001|{SECRET}"


async def subscribe(emulator: Harness, fields: str = "messages", **more: Any) -> tuple[int, Any]:
    form = {"object": "whatsapp_business_account", "callback_url": emulator.gateway.url, "fields": fields}
    body = {**form, "verify_token": VERIFY_TOKEN, **more}
    return await emulator.graph("POST", "3001/subscriptions", token=APP_TOKEN, json=body)


async def test_saving_a_callback_asks_it_for_the_challenge(emulator: Harness):
    assert (await subscribe(emulator, verify_token="wrong"))[1]["error"]["code"] == 2200
    assert await subscribe(emulator) == (200, {"success": True})
    _, listed = await emulator.graph("GET", "3001/subscriptions", token=APP_TOKEN)
    assert listed["data"][0]["fields"] == [{"name": "messages", "version": "v26.0"}]
    assert (await subscribe(emulator, fields="gossip"))[0] == 400


async def test_an_app_gets_the_fields_it_asked_for_only(emulator: Harness):
    await subscribe(emulator, fields="account_update,message_template_status_update")
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.control("accounts", {"account": ACCOUNT, "event": "violation"})
    await emulator.control("portfolios", {"id": "4001", "messaging_limit": "TIER_2K"})
    await emulator.settle()
    assert [value["event"] for value in emulator.gateway.values()] == ["ACCOUNT_VIOLATION"]
    query = "3001/subscriptions?object=whatsapp_business_account"
    assert (await emulator.graph("DELETE", query, token=APP_TOKEN))[0] == 200
    await emulator.control("accounts", {"account": ACCOUNT, "event": "violation"})
    await emulator.settle()
    assert len(emulator.gateway.values()) == 1


@pytest.mark.parametrize(("version", "has_conversation"), [(23, True), (24, False)])
async def test_a_conversation_comes_before_version_24_only(emulator: Harness, version, has_conversation):
    form = {"object": "whatsapp_business_account", "callback_url": emulator.gateway.url, "fields": "messages"}
    url = f"{emulator.address}/v{version}.0/3001/subscriptions?access_token={APP_TOKEN}"
    async with emulator.session.post(url, json={**form, "verify_token": VERIFY_TOKEN}) as response:
        assert response.status == 200
    wamid = await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    statuses = {status["status"]: status for status in emulator.gateway.statuses(wamid)}
    assert ("conversation" in statuses["sent"]) == has_conversation
    if has_conversation:
        assert statuses["sent"]["conversation"]["origin"] == {"type": "marketing"}
        assert statuses["sent"]["conversation"]["id"] == statuses["delivered"]["conversation"]["id"]


async def test_a_numbers_override_wins_over_the_accounts_and_that_over_the_apps(emulator: Harness):
    override = {"override_callback_uri": emulator.gateway.url + "/account", "verify_token": VERIFY_TOKEN}
    await emulator.graph("POST", f"{ACCOUNT}/subscribed_apps", json=override)
    override["override_callback_uri"] = emulator.gateway.url + "/number"
    await emulator.graph("POST", NUMBER, json={"webhook_configuration": override})
    for number in (NUMBER, OTHER_NUMBER):
        await emulator.control("inbound", {"from": ANA, "phone_number_id": number, "text": "hi"})
    await emulator.settle()
    await emulator.control("accounts", {"account": ACCOUNT, "event": "violation"})
    await emulator.settle()
    assert sorted(emulator.gateway.paths[:2]) == ["/webhook/account", "/webhook/number"]
    assert emulator.gateway.paths[2:] == ["/webhook"]
    _, number_node = await emulator.graph("GET", f"{NUMBER}?fields=webhook_configuration")
    assert number_node["webhook_configuration"]["phone_number"].endswith("/number")


async def test_up_to_a_thousand_updates_share_one_post(emulator: Harness):
    await emulator.control("knobs", {"webhook_batch": 5000, "webhook_linger_ms": 1000, "updates_per_change": 100})
    for person in range(1100):
        body = {"from": f"+8190{person:08}", "phone_number_id": NUMBER, "text": "hi"}
        await emulator.control("inbound", body)
    await emulator.settle()
    assert len(emulator.gateway.messages()) == 1100
    await emulator.control("knobs", {"webhook_linger_ms": 5})


async def test_a_callback_that_never_answers_is_given_up_after_seven_days(emulator: Harness):
    emulator.gateway.refuse_next = 10**6
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    await emulator.until(lambda: emulator.gateway.refuse_next < 10**6)
    await emulator.control("clock", {"skip": 6 * 86_400})
    tried = emulator.gateway.refuse_next
    await emulator.until(lambda: emulator.gateway.refuse_next < tried)
    assert (await emulator.control("stats"))["abandoned_webhooks"] == 0
    await emulator.control("clock", {"skip": 2 * 86_400})
    await emulator.settle()
    assert (await emulator.control("stats"))["abandoned_webhooks"] == 1
    emulator.gateway.refuse_next = 0


@pytest.mark.parametrize("field", ["messages", "account_update", "message_template_status_update"])
async def test_the_test_button_sends_a_fixed_sample(emulator: Harness, field):
    await emulator.control("samples", {"app_id": "3001", "field": field})
    await emulator.settle()
    (value,) = emulator.gateway.values()
    assert value.get("metadata", {}).get("phone_number_id", "123456123") == "123456123"
    assert b'"id":"0"' in emulator.gateway.bodies[0]
    assert emulator.gateway.bad_signatures == 0


async def test_a_second_try_may_reach_other_apps_too(emulator: Harness):
    await emulator.control("knobs", {"retries_reach_all_apps": True})
    other = {"app_id": "3002", "secret": "other", "callback_url": emulator.gateway.url + "/other"}
    await emulator.control("setup", {"apps": [other], "accounts": [{"id": ACCOUNT, "portfolio_id": "4001"}]})
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "one"})
    await emulator.settle()
    assert len(emulator.gateway.messages()) == 2
    emulator.gateway.refuse_next = 1
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "two"})
    await emulator.settle()
    assert len(emulator.gateway.messages()) == 5
