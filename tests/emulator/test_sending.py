"""POST /messages: what is accepted, what is refused and how."""

import pytest

from tests.emulator.harness import ACCOUNT, NUMBER, Harness, template_body, text_body

ANA = "+819012345678"


def interactive_body(piece):
    return {"messaging_product": "whatsapp", "to": ANA, "type": "interactive", "interactive": piece}


async def test_it_accepts_a_template_and_answers_as_meta_does(emulator: Harness):
    status, answer = await emulator.send(template_body(ANA, "アナ", "商品"))
    assert status == 200
    assert answer["contacts"] == [{"input": ANA, "wa_id": "819012345678"}]
    assert answer["messages"][0]["message_status"] == "accepted"
    assert answer["messages"][0]["id"].startswith("wamid.")


async def test_it_takes_digits_without_a_plus_as_they_are(emulator: Harness):
    _, answer = await emulator.send(template_body("81 90-1234-5678", "アナ", "商品"))
    assert answer["contacts"][0]["wa_id"] == "819012345678"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (template_body(ANA, "アナ"), (400, 132000)),
        (template_body(ANA, "アナ", "商品", name="unknown"), (404, 132001)),
        (template_body(ANA, "アナ", "商品", language="en"), (404, 132001)),
        (template_body(ANA, "アナ", "長" * 1100), (400, 132005)),
        (template_body(ANA, "アナ", "a\nb"), (400, 132018)),
        (template_body(ANA, "アナ", ""), (400, 131008)),
        (template_body("12", "アナ", "商品"), (400, 131009)),
        (text_body("+15550051310"), (400, 131021)),
        (text_body(ANA, ""), (400, 100)),
        (text_body(ANA, "a" * 4097), (400, 100)),
        ({"to": ANA, "type": "text", "text": {"body": "hi"}}, (400, 100)),
        ({"messaging_product": "whatsapp", "to": ANA, "type": "text"}, (400, 131008)),
        ({"messaging_product": "whatsapp", "to": ANA, "type": "carrier_pigeon", "carrier_pigeon": {}}, (400, 131051)),
        (text_body(ANA, biz_opaque_callback_data="x" * 513), (400, 131009)),
        (text_body(["not", "text"]), (400, 100)),
        (
            {**template_body(ANA), "template": {"name": "welcome", "language": {"code": "ja"}, "components": "x"}},
            (400, 100),
        ),
        (interactive_body({"type": "button", "action": {"buttons": [{"reply": "x"}]}}), (400, 100)),
        (interactive_body({"type": "list", "action": {"button": "x", "sections": []}}), (400, 131009)),
    ],
)
async def test_it_refuses_what_meta_refuses(emulator: Harness, body, expected):
    assert await emulator.refused(body) == expected


async def test_it_refuses_a_picture_where_text_belongs(emulator: Harness):
    body = template_body(ANA, "アナ", "商品")
    body["template"]["components"][0]["parameters"][0] = {"type": "image", "image": {"link": "https://x.y/z.png"}}
    assert await emulator.refused(body) == (400, 132012)


@pytest.mark.parametrize(("status", "expected"), [("PAUSED", 132015), ("DISABLED", 132016), ("PENDING", 132001)])
async def test_it_refuses_a_template_that_is_not_approved(emulator: Harness, status, expected):
    template = {"name": "sale", "language": "ja", "status": status, "components": [{"type": "BODY", "text": "x"}]}
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "templates": [template]}]})
    assert (await emulator.refused(template_body(ANA, name="sale")))[1] == expected


async def test_it_checks_a_media_header(emulator: Harness):
    components = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "x"}]
    template = {"name": "picture", "language": "ja", "components": components}
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "templates": [template]}]})
    assert (await emulator.refused(template_body(ANA, name="picture")))[1] == 132012
    body = template_body(ANA, name="picture")
    image = {"type": "image", "image": {"id": "12345"}}
    body["template"]["components"].append({"type": "header", "parameters": [image]})
    assert (await emulator.refused(body))[1] == 100


async def test_it_fills_named_parameters(emulator: Harness):
    components = [{"type": "BODY", "text": "Hi {{first_name}}"}]
    template = {"name": "hi", "language": "en", "parameter_format": "named", "components": components}
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "templates": [template]}]})
    body = template_body(ANA, "Ana", name="hi", language="en")
    assert (await emulator.refused(body))[1] == 100
    body["template"]["components"][0]["parameters"][0]["parameter_name"] = "first_name"
    await emulator.send_accepted(body)
    person = await emulator.control("people/819012345678")
    assert person["thread"][0]["text"] == "Hi Ana"


async def test_it_asks_for_a_token_it_knows(emulator: Harness):
    status, answer = await emulator.graph("POST", f"{NUMBER}/messages", token="wrong", json=text_body(ANA))
    assert (status, answer["error"]["code"]) == (401, 190)
    status, answer = await emulator.graph("POST", f"{NUMBER}/messages", token="", json=text_body(ANA))
    assert (status, answer["error"]["type"]) == (401, "OAuthException")


async def test_it_keeps_strangers_from_other_peoples_numbers(emulator: Harness):
    stranger = {"apps": [{"app_id": "3999", "secret": "s", "token": "stranger"}]}
    await emulator.control("setup", stranger)
    status, answer = await emulator.graph("POST", f"{NUMBER}/messages", token="stranger", json=text_body(ANA))
    assert (status, answer["error"]["code"]) == (403, 200)


async def test_it_does_not_know_a_number_nobody_set_up(emulator: Harness):
    status, answer = await emulator.graph("POST", "999/messages", json=text_body(ANA))
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)


async def test_it_answers_a_body_that_is_not_json(emulator: Harness):
    status, answer = await emulator.graph("POST", f"{NUMBER}/messages", data=b"\xff{")
    assert (status, answer["error"]["code"]) == (400, 100)


async def test_it_marks_a_message_as_read(emulator: Harness):
    inbound = await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": inbound["id"]}
    assert await emulator.send({**body, "typing_indicator": {"type": "text"}}) == (200, {"success": True})
    assert await emulator.refused({**body, "message_id": "wamid.nothing"}) == (400, 131009)


async def test_it_refuses_a_number_that_is_not_connected(emulator: Harness):
    await emulator.graph("POST", f"{NUMBER}/deregister")
    assert (await emulator.refused(text_body(ANA)))[1] == 133010
    await emulator.graph("POST", f"{NUMBER}/register", json={"messaging_product": "whatsapp", "pin": "123456"})
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
