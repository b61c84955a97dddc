"""Accounts and portfolios: restrictions, bans, payment, limits, usage, proofs."""

import hmac
import json
from hashlib import sha256
from typing import Any

import pytest

from tests.emulator.harness import ACCOUNT, NUMBER, SECRET, TOKEN, Harness, template_body, text_body

ANA = "+819012345678"
UTILITY = {"name": "order", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "x"}]}


async def decide(emulator: Harness, **change: Any) -> Any:
    return await emulator.control("accounts", {"account": ACCOUNT, **change})


async def update(emulator: Harness) -> Any:
    await emulator.settle()
    return emulator.gateway.values()[-1]


async def test_a_restriction_ends_by_itself(emulator: Harness):
    await decide(emulator, event="restrict", seconds=86_400)
    assert await emulator.refused(template_body(ANA, "a", "b")) == (403, 368)
    value = await update(emulator)
    assert value["event"] == "ACCOUNT_RESTRICTION"
    assert value["restriction_info"][0]["restriction_type"] == "RESTRICTED_BIZ_INITIATED_MESSAGING"
    await emulator.control("clock", {"skip": 86_401})
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    _, account = await emulator.graph("GET", f"{ACCOUNT}?fields=health_status")
    assert account["health_status"]["can_send_message"] == "AVAILABLE"


async def test_answers_pass_while_starting_conversations_is_restricted(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    await decide(emulator, event="restrict")
    await emulator.send_accepted(text_body(ANA))
    await decide(emulator, event="restrict", restrictions=["RESTRICTED_CUSTOMER_INITIATED_MESSAGING"])
    assert (await emulator.refused(text_body(ANA)))[1] == 368
    await decide(emulator, event="lift")
    await emulator.send_accepted(text_body(ANA))


async def test_misused_utility_templates_meet_131064(emulator: Harness):
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "portfolio_id": "4001", "templates": [UTILITY]}]})
    await decide(emulator, event="restrict", restrictions=["RESTRICTED_UTILITY_TEMPLATES"])
    assert (await emulator.refused(template_body(ANA, name="order", language="en")))[1] == 131064
    await emulator.send_accepted(template_body(ANA, "a", "b"))


async def test_a_ban_stops_everything_until_it_is_reinstated(emulator: Harness):
    await decide(emulator, event="schedule_ban", seconds=3600)
    value = await update(emulator)
    assert value["ban_info"]["waba_ban_state"] == "SCHEDULE_FOR_DISABLE"
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.control("clock", {"skip": 3601})
    assert await emulator.refused(template_body(ANA, "a", "b")) == (403, 131031)
    assert (await emulator.graph("GET", f"{ACCOUNT}?fields=status"))[1]["status"] == "DISABLED"
    await decide(emulator, event="reinstate")
    await emulator.send_accepted(template_body(ANA, "a", "b"))


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ({"event": "violation", "name": "ALCOHOL"}, "violation_info", {"violation_type": "ALCOHOL"}),
        ({"event": "review", "name": "REJECTED"}, "decision", "REJECTED"),
        ({"event": "alert"}, "entity_type", "BUSINESS"),
        ({"event": "announce", "name": "PARTNER_ADDED", "details": {"waba_info": {}}}, "event", "PARTNER_ADDED"),
    ],
)
async def test_other_decisions_are_only_told(emulator: Harness, change, key, expected):
    await decide(emulator, **change)
    assert (await update(emulator))[key] == expected
    await emulator.send_accepted(template_body(ANA, "a", "b"))


async def test_without_a_payment_method_only_free_answers_arrive(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    await decide(emulator, payment_problem=True)
    wamids = [await emulator.send_accepted(template_body(ANA, "a", "b")), await emulator.send_accepted(text_body(ANA))]
    await emulator.settle()
    last = [emulator.gateway.statuses(wamid)[-1] for wamid in wamids]
    assert (last[0]["errors"][0]["code"], last[1]["status"]) == (131042, "read")
    await emulator.control("knobs", {"free_service_messages": 1})
    wamid = await emulator.send_accepted(text_body(ANA))
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[-1]["errors"][0]["code"] == 131042


async def test_a_templates_health_follows_its_status(emulator: Harness):
    change = {"account": ACCOUNT, "name": "welcome", "language": "ja", "event": "disable"}
    template_id = (await emulator.control("templates", change))["id"]
    _, node = await emulator.graph("GET", f"{template_id}?fields=health_status")
    assert node["health_status"]["can_send_message"] == "BLOCKED"


async def test_health_is_the_worst_of_its_parts(emulator: Harness):
    _, number = await emulator.graph("GET", f"{NUMBER}?fields=health_status")
    assert number["health_status"]["can_send_message"] == "AVAILABLE"
    await decide(emulator, event="restrict")
    _, number = await emulator.graph("GET", f"{NUMBER}?fields=health_status")
    assert number["health_status"]["can_send_message"] == "LIMITED"
    await decide(emulator, event="lock")
    _, account = await emulator.graph("GET", f"{ACCOUNT}?fields=health_status")
    assert account["health_status"]["can_send_message"] == "BLOCKED"


@pytest.mark.parametrize(("as_number", "expected"), [(False, "TIER_10K"), (True, 10_000)])
async def test_a_new_limit_is_told_as_a_name_or_as_a_number(emulator: Harness, as_number, expected):
    await emulator.control("knobs", {"capability_as_number": as_number})
    await emulator.control("portfolios", {"id": "4001", "messaging_limit": "TIER_10K"})
    assert (await update(emulator))["max_daily_conversations_per_business"] == expected
    _, portfolio = await emulator.graph("GET", "4001?fields=whatsapp_business_manager_messaging_limit")
    assert portfolio["whatsapp_business_manager_messaging_limit"] == "TIER_10K"


async def test_a_limit_that_is_used_rises_after_six_hours(emulator: Harness):
    await emulator.control("knobs", {"tier_scaling": True, "throughput_limit": False})
    await emulator.control("setup", {"portfolios": [{"id": "4001", "messaging_limit": "TIER_250"}]})
    for person in range(125):
        await emulator.send_accepted(template_body(f"+81900000{person:04}", "a", "b"))
    await emulator.control("clock", {"skip": 6 * 3600 + 1})
    await emulator.settle()
    key = "max_daily_conversations_per_business"
    assert [value[key] for value in emulator.gateway.values() if key in value] == ["TIER_2K"]


async def test_calls_are_counted_and_end_in_80007(emulator: Harness):
    await emulator.control("knobs", {"management_calls_per_hour": 4})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    percents, statuses = [], []
    for _ in range(5):
        async with emulator.session.get(f"{emulator.address}/v26.0/{ACCOUNT}", headers=headers) as response:
            statuses.append(response.status)
            usage = json.loads(response.headers["X-Business-Use-Case-Usage"])[ACCOUNT][0]
            percents.append(usage["call_count"])
    assert (statuses, percents) == ([200] * 4 + [400], [25, 50, 75, 100, 100])
    assert usage["estimated_time_to_regain_access"] == 60
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.control("clock", {"skip": 3601})
    assert (await emulator.graph("GET", ACCOUNT))[0] == 200


async def test_an_app_may_ask_for_proof_of_its_secret(emulator: Harness):
    app = {"app_id": "3001", "secret": SECRET, "callback_url": emulator.gateway.url, "requires_proof": True}
    await emulator.control("setup", {"apps": [app]})
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), sha256).hexdigest()
    for query, expected in (("", 400), ("?appsecret_proof=00", 400), (f"?appsecret_proof={proof}", 200)):
        body = template_body(ANA, "a", "b")
        assert (await emulator.graph("POST", f"{NUMBER}/messages{query}", json=body))[0] == expected


async def test_a_portfolio_lists_the_accounts_a_token_may_see(emulator: Harness):
    _, listed = await emulator.graph("GET", "4001/owned_whatsapp_business_accounts?fields=name")
    assert listed["data"] == [{"name": "Sample account", "id": ACCOUNT}]
    await emulator.control("setup", {"apps": [{"app_id": "3999", "secret": "s", "token": "stranger"}]})
    assert (await emulator.graph("GET", "4001", token="stranger"))[1]["error"]["error_subcode"] == 33
