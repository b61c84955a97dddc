"""Every kind of free-form message, and the limits Meta puts on it."""

from typing import Any

import pytest

from emulator import interactive
from emulator.content import Context, render_content
from emulator.errors import GraphError
from emulator.views import plain
from tests.emulator.harness import NUMBER, Harness, template_body, text_body

ANA = "+819012345678"
LINK = {"link": "https://x.y/z"}


def check(kind: str, piece: Any, phone: str = "819012345678") -> str:
    return plain(render_content(kind, piece, Context(lambda form, media: str(media.get("link", "")), phone)))


def reply(title: str = "Yes", id_: str = "y") -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": id_, "title": title}}


def of(kind: str, action: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": kind, "body": {"text": "Hello"}, "action": action, **more}


def rows(count: int, **more: Any) -> dict[str, Any]:
    return {"button": "Choose", "sections": [{"rows": [{"id": f"r{n}", "title": "x"} for n in range(count)], **more}]}


def card(index: int, **more: Any) -> dict[str, Any]:
    header = {"type": "image", "image": LINK}
    action = {"name": "cta_url", "parameters": {"display_text": "Buy", "url": "https://x.y"}}
    return {"card_index": index, "type": "cta_url", "header": header, "action": action, **more}


URL_ACTION = {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://x.y"}}
FLOW = {"flow_message_version": "3", "flow_cta": "Go", "flow_id": "1"}
GOOD: list[tuple[str, Any]] = [
    ("image", {**LINK, "caption": "x" * 1024}),
    ("video", LINK),
    ("audio", {**LINK, "voice": True}),
    ("document", {**LINK, "filename": "a.pdf", "caption": "x"}),
    ("sticker", LINK),
    ("location", {"latitude": "35.6", "longitude": 139.7, "name": "Shop"}),
    ("contacts", [{"name": {"formatted_name": "Ana B", "first_name": "Ana"}, "birthday": "1999-01-02"}]),
    ("reaction", {"message_id": "wamid.x", "emoji": "👍🏽"}),
    ("reaction", {"message_id": "wamid.x", "emoji": ""}),
    ("interactive", of("button", {"buttons": [reply(), reply("No", "n")]}, header={"type": "image", "image": LINK})),
    ("interactive", of("list", rows(10), footer={"text": "f"})),
    ("interactive", of("cta_url", URL_ACTION)),
    ("interactive", of("location_request_message", {"name": "send_location"})),
    ("interactive", of("request_contact_info", {"name": "request_contact_info"})),
    ("interactive", of("flow", {"name": "flow", "parameters": FLOW})),
    ("interactive", {"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "2"}}),
    (
        "interactive",
        of("product_list", {"catalog_id": "1", "sections": [{"product_items": [{"product_retailer_id": "2"}]}]}),
    ),
    ("interactive", of("catalog_message", {"name": "catalog_message"})),
    ("interactive", of("carousel", {"cards": [card(0), card(1)]})),
    ("interactive", of("call_permission_request", {"name": "call_permission_request"})),
    ("interactive", of("voice_call", {"name": "voice_call", "parameters": {"ttl_minutes": 100}})),
    ("interactive", of("order_details", {"name": "review_and_pay", "parameters": {"reference_id": "A1"}})),
]
BAD = [
    ("image", {**LINK, "caption": "x" * 1025}, 131009),
    ("audio", {**LINK, "caption": "x"}, 100),
    ("location", {"latitude": 91, "longitude": 0}, 131009),
    ("contacts", [{"name": {"formatted_name": "Ana"}}], 131008),
    ("contacts", [{"name": {"formatted_name": "Ana", "first_name": "A"}}] * 258, 131008),
    ("contacts", [{"name": {"formatted_name": "A", "first_name": "A"}, "birthday": "May 1"}], 131009),
    ("reaction", {"emoji": "👍"}, 131008),
    ("reaction", {"message_id": "wamid.x", "emoji": "ok"}, 131009),
    ("pin", {"type": "pin"}, 131009),
    ("interactive", {"type": "button", "action": {"buttons": [reply()]}}, 131008),
    ("interactive", of("button", {"buttons": [reply()] * 2}), 131009),
    ("interactive", of("button", {"buttons": [reply("x" * 21)]}), 131009),
    ("interactive", of("button", {"buttons": [reply("a", "1"), reply("b", "1")]}), 131009),
    ("interactive", of("button", {"buttons": [reply(str(n), str(n)) for n in range(4)]}), 131009),
    ("interactive", of("button", {"buttons": [reply()]}, footer={"text": "x" * 61}), 131009),
    ("interactive", {**of("button", {"buttons": [reply()]}), "body": {"text": "x" * 1025}}, 131009),
    ("interactive", of("list", rows(11)), 131009),
    ("interactive", of("list", rows(1), header={"type": "image", "image": LINK}), 131009),
    ("interactive", of("list", {"button": "b", "sections": rows(1)["sections"] * 2}), 131008),
    ("interactive", of("cta_url", {"name": "cta_url", "parameters": {"display_text": "x", "url": "x.y"}}), 131009),
    ("interactive", of("flow", {"name": "flow", "parameters": {**FLOW, "flow_name": "both"}}), 131009),
    ("interactive", of("carousel", {"cards": [card(0)]}), 131009),
    ("interactive", of("carousel", {"cards": [card(0), card(2)]}), 131009),
    ("interactive", of("carousel", {"cards": [card(0), card(1, body={"text": "only here"})]}), 131009),
    ("interactive", of("carousel", {"cards": [card(0, body={"text": "x" * 161}), card(1)]}), 131009),
    ("interactive", of("address_message", {"name": "address_message", "parameters": {"country": "IN"}}), 131009),
    ("interactive", of("voice_call", {"name": "voice_call", "parameters": {"ttl_minutes": 0}}), 131009),
    ("interactive", of("teleport", {"name": "teleport"}), 131009),
    ("interactive", {"action": {}}, 131008),
    ("interactive", of("order_details", {"name": [[]], "parameters": {"reference_id": "A1"}}), 131009),
    ("interactive", of("carousel", {"cards": [card(0, header={"type": [], "image": LINK}), card(1)]}), 131009),
]


@pytest.mark.parametrize(("kind", "piece"), GOOD)
def test_it_takes_every_kind(kind, piece):
    assert check(kind, piece)


@pytest.mark.parametrize(("kind", "piece", "code"), BAD)
def test_it_refuses_what_breaks_a_limit(kind, piece, code):
    with pytest.raises(GraphError) as caught:
        check(kind, piece)
    assert caught.value.code == code


def test_an_address_is_asked_for_in_india_only():
    piece = of("address_message", {"name": "address_message", "parameters": {"country": "IN"}})
    assert "Provide address" in check("interactive", piece, "919812345678")


def test_every_kind_of_action_is_tried_above():
    tried = {piece["type"] for kind, piece in GOOD if kind == "interactive"}
    assert set(interactive.ACTIONS) - tried == {"address_message", "order_status"}


async def test_a_reaction_is_only_sent_and_has_no_price(emulator: Harness):
    inbound = await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    body = {**text_body(ANA), "type": "reaction", "reaction": {"message_id": inbound["id"], "emoji": "👍"}}
    wamid = await emulator.send_accepted(body)
    await emulator.settle()
    (status,) = emulator.gateway.statuses(wamid)
    assert status["status"] == "sent"
    assert "pricing" not in status
    assert (await emulator.refused({**body, "reaction": {"message_id": wamid, "emoji": "👍"}}))[1] == 131009


async def test_a_message_over_30_days_old_cannot_be_reacted_to_or_marked_read(emulator: Harness):
    inbound = await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    await emulator.control("clock", {"skip": 31 * 86_400})
    reaction = {**text_body(ANA), "type": "reaction", "reaction": {"message_id": inbound["id"], "emoji": "👍"}}
    assert (await emulator.refused(reaction))[1] == 131009
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": inbound["id"]}
    assert (await emulator.refused(read))[1] == 131009


async def test_a_reply_shows_what_it_answers(emulator: Harness):
    inbound = await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "open today?"})
    await emulator.send_accepted(text_body(ANA, "Yes", context={"message_id": inbound["id"]}))
    assert (await emulator.refused(text_body(ANA, context={"message_id": "nonsense"})))[1] == 131009
    thread = (await emulator.control("people/819012345678"))["thread"]
    assert [row["text"] for row in thread if "text" in row][-1] == "Yes"


async def test_the_same_message_read_is_all_earlier_ones_read(emulator: Harness):
    ids = [
        (await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": text}))["id"]
        for text in ("one", "two")
    ]
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": ids[1]}
    assert await emulator.send({**body, "typing_indicator": {"type": "audio"}}) != (200, {"success": True})
    assert await emulator.send(body) == (200, {"success": True})


async def test_a_message_to_a_phone_that_is_off_too_long_is_dropped_without_a_word(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "delivered_after": 31 * 86_400})
    wamid = await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.settle()
    assert [status["status"] for status in emulator.gateway.statuses(wamid)] == ["sent"]
