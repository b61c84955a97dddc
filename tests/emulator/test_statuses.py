"""What becomes of accepted messages, as the gateway sees it."""

from emulator.knobs import Knobs
from emulator.people import People
from tests.emulator.harness import NUMBER, TOKEN, Harness, template_body, text_body

ANA = "+819012345678"


async def test_a_message_is_sent_delivered_and_read(emulator: Harness):
    wamid = await emulator.send_accepted(template_body(ANA, "アナ", "商品", biz_opaque_callback_data="12.ab.1"))
    await emulator.settle()
    statuses = {status["status"]: status for status in emulator.gateway.statuses(wamid)}
    assert list(statuses) == ["sent", "delivered", "read"]
    assert {status["biz_opaque_callback_data"] for status in statuses.values()} == {"12.ab.1"}
    assert {status["recipient_id"] for status in statuses.values()} == {"819012345678"}
    assert statuses["sent"]["recipient_user_id"].startswith("JP.")
    assert emulator.gateway.bad_signatures == 0


async def test_the_price_is_on_sent_and_on_one_of_delivered_and_read(emulator: Harness):
    wamid = await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.settle()
    priced = {status["status"]: status.get("pricing") for status in emulator.gateway.statuses(wamid)}
    price = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"}
    assert priced == {"sent": price, "delivered": price, "read": None}


async def test_read_may_come_without_delivered_and_then_carries_the_price(emulator: Harness):
    await emulator.control("knobs", {"read_without_delivered": 1})
    wamid = await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.settle()
    statuses = emulator.gateway.statuses(wamid)
    assert [status["status"] for status in statuses] == ["sent", "read"]
    assert all("pricing" in status for status in statuses)


async def test_answers_in_the_window_are_free_service_messages(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    wamid = await emulator.send_accepted(text_body(ANA))
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[0]["pricing"]["type"] == "free_customer_service"


async def test_a_failed_status_has_no_contacts_block(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "exists": False})
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.settle()
    (value,) = emulator.gateway.values()
    assert "contacts" not in value
    assert value["statuses"][0]["errors"][0]["code"] == 131026


async def test_someone_who_blocked_us_never_gets_further_than_sent(emulator: Harness):
    await emulator.control("people", {"suffix": "5678", "blocked": True})
    wamid = await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.settle()
    assert [status["status"] for status in emulator.gateway.statuses(wamid)] == ["sent"]


async def test_a_fixed_failure_code_is_used(emulator: Harness):
    await emulator.control("people", [{"phone": ANA, "fail_code": 131049}])
    wamid = await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[0]["errors"][0]["code"] == 131049


async def test_a_reply_opens_the_window_and_reaches_the_gateway(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "reply": "何時までですか?", "reply_after": 0})
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.settle()
    (message,) = emulator.gateway.messages()
    assert (message["from"], message["text"]["body"]) == ("819012345678", "何時までですか?")
    wamid = await emulator.send_accepted(text_body(ANA, "20時です"))
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[-1]["status"] == "read"


async def test_people_do_not_answer_answers(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "reply": "hi", "reply_after": 0})
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hello"})
    await emulator.send_accepted(text_body(ANA))
    await emulator.settle()
    assert len(emulator.gateway.messages()) == 1


async def test_a_tap_on_the_stop_button_is_an_opt_out(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "opts_out": True, "taps": True, "reply_after": 0})
    wamid = await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.settle()
    (message,) = emulator.gateway.messages()
    assert message["button"] == {"payload": "配信停止", "text": "配信停止"}
    assert message["context"]["id"] == wamid
    assert len(await emulator.control("opt-outs")) == 1


async def test_a_status_can_come_before_the_response(emulator: Harness):
    await emulator.control("knobs", {"status_before_response": 1})
    url = f"{emulator.address}/v26.0/{NUMBER}/messages"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    body = template_body(ANA, "アナ", "商品")
    async with emulator.session.post(url, json=body, headers=headers) as response:
        statuses = [status["status"] for status in emulator.gateway.statuses()]
        assert response.status == 200
    assert "sent" in statuses


def test_the_same_seed_gives_the_same_people():
    phones = [f"8190{n:08}" for n in range(200)]
    first = [People(7).person(phone, Knobs()) for phone in phones]
    assert first == [People(7).person(phone, Knobs()) for phone in phones]
    assert first != [People(8).person(phone, Knobs()) for phone in phones]


def test_the_shares_of_people_are_what_the_knobs_say():
    people = People(7)
    everybody = [people.person(f"8190{n:08}", Knobs()) for n in range(20_000)]
    delivered = [person for person in everybody if not person.fail_code and not person.is_blocking]
    answering = [person for person in delivered if person.reply]
    assert 0.025 < sum(person.fail_code == 131026 for person in everybody) / 20_000 < 0.042
    assert 0.68 < sum(person.reads for person in delivered) / len(delivered) < 0.72
    assert 0.11 < sum(not person.opts_out for person in answering) / len(delivered) < 0.13
    assert 0.015 < sum(person.opts_out for person in answering) / len(delivered) < 0.025


def test_people_write_the_language_of_their_country():
    people = People(7)
    assert [people.person(p, Knobs()).language for p in ("8190", "8613", "8525", "8869", "4479")] == [
        "ja",
        "zh",
        "zh",
        "zh",
        "en",
    ]
