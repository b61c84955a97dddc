"""How webhooks travel: escaping, batches, overrides, retries and their faults."""

import json

from emulator.webhooks import sign
from tests.emulator.harness import ACCOUNT, NUMBER, OTHER_NUMBER, VERIFY_TOKEN, Harness, template_body

ANA = "+819012345678"


def test_the_signature_matches_the_known_vectors():
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    digest = "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"
    assert sign(b"test_app_secret", body) == "sha256=" + digest


async def test_bodies_are_escaped_as_meta_escapes_them(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "é/店"})
    await emulator.settle()
    assert b"\\u00e9\\/\\u5e97" in emulator.gateway.bodies[0]
    assert emulator.gateway.messages()[0]["text"]["body"] == "é/店"


async def test_many_updates_share_one_post(emulator: Harness):
    await emulator.control("knobs", {"webhook_linger_ms": 300, "updates_per_change": 4})
    for person in range(20):
        number = NUMBER if person % 2 else OTHER_NUMBER
        await emulator.send_accepted(template_body(f"+8190000000{person:02}", "a", "b"), number=number)
    await emulator.settle()
    assert len(emulator.gateway.statuses()) == 60
    assert len(emulator.gateway.bodies) <= 4
    entry = json.loads(emulator.gateway.bodies[0])["entry"][0]
    assert entry["id"] == ACCOUNT
    assert len(entry["changes"]) > 1
    assert max(len(change["value"]["statuses"]) for change in entry["changes"]) == 4


async def test_a_refused_post_is_tried_until_it_is_taken(emulator: Harness):
    emulator.gateway.refuse_next = 4
    wamid = await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert {status["status"] for status in emulator.gateway.statuses(wamid)} == {"sent", "delivered", "read"}
    assert (await emulator.control("stats"))["webhook_failures"] == 4


async def test_an_opt_out_counts_as_confirmed_only_after_a_200(emulator: Harness):
    emulator.gateway.refuse_next = 10**6
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "STOP"})
    await emulator.until(lambda: emulator.gateway.refuse_next < 10**6 - 1)
    assert (await emulator.control("opt-outs"))[0]["acknowledged_at"] is None
    emulator.gateway.refuse_next = 0
    await emulator.settle()
    (opt_out,) = await emulator.control("opt-outs")
    assert opt_out["acknowledged_at"] > opt_out["sent_at"]


async def test_duplicates_lost_and_late_updates_can_be_asked_for(emulator: Harness):
    await emulator.control("knobs", {"duplicate_webhooks": 1})
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    await emulator.until(lambda: len(emulator.gateway.messages()) >= 2)
    await emulator.control("knobs", {"duplicate_webhooks": 0, "lost_statuses": 1})
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert emulator.gateway.statuses() == []
    await emulator.control("knobs", {"lost_statuses": 0, "reorder": 1, "reorder_seconds": 0.05})
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert {status["status"] for status in emulator.gateway.statuses()} == {"sent", "delivered", "read"}


async def test_an_account_override_is_verified_and_then_used(emulator: Harness):
    callback = emulator.gateway.url + "/other"
    override = {"override_callback_uri": callback, "verify_token": "wrong"}
    status, answer = await emulator.graph("POST", f"{ACCOUNT}/subscribed_apps", json=override)
    assert (status, answer["error"]["code"]) == (400, 2200)
    override["verify_token"] = VERIFY_TOKEN
    assert await emulator.graph("POST", f"{ACCOUNT}/subscribed_apps", json=override) == (200, {"success": True})
    _, listed = await emulator.graph("GET", f"{ACCOUNT}/subscribed_apps")
    assert listed["data"][0]["override_callback_uri"] == callback
    await emulator.graph("POST", f"{ACCOUNT}/subscribed_apps")
    _, listed = await emulator.graph("GET", f"{ACCOUNT}/subscribed_apps")
    assert "override_callback_uri" not in listed["data"][0]


async def test_an_app_that_unsubscribed_gets_nothing(emulator: Harness):
    await emulator.graph("DELETE", f"{ACCOUNT}/subscribed_apps")
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert emulator.gateway.bodies == []


async def test_a_gateway_that_hangs_is_a_failure_and_is_tried_again(emulator: Harness):
    await emulator.control("knobs", {"webhook_timeout_seconds": 0.05})
    emulator.gateway.hang_next = 1
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    await emulator.settle()
    assert emulator.gateway.messages()
    assert (await emulator.control("stats"))["webhook_failures"] == 1


async def test_a_copy_of_a_webhook_is_not_copied_again(emulator: Harness):
    await emulator.control("knobs", {"duplicate_webhooks": 1.0})
    wamid = await emulator.send_accepted(template_body("+819012345678", "a", "b"))
    await emulator.settle()
    assert sorted(status["status"] for status in emulator.gateway.statuses(wamid)) == [
        *("delivered", "delivered", "read", "read", "sent", "sent")
    ]
