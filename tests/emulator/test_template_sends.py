"""Templates with codes, coupons, offers and cards."""

import copy
from typing import Any

import pytest

from emulator.errors import GraphError
from emulator.rendering import render_template
from emulator.templates import Template, TemplateShelf

LINK = {"link": "https://x.y/z.png"}


def template(*components: dict[str, Any], category: str = "MARKETING", **more: Any) -> Template:
    return TemplateShelf().put({"name": "t", "language": "en", "category": category, "components": components, **more})


def render(shape: Template, *components: dict[str, Any]) -> str:
    return render_template(shape, {"components": list(components)}, lambda form, media: str(media["link"])).text


def button(index: Any, kind: str, **parameter: Any) -> dict[str, Any]:
    return {"type": "button", "sub_type": kind, "index": index, "parameters": [parameter]}


def code_of(shape: Template, *components: dict[str, Any]) -> int:
    with pytest.raises(GraphError) as caught:
        render(shape, *components)
    return caught.value.code


BODY = {"type": "BODY", "text": "Hello"}
OTP = {"type": "otp", "otp_type": "copy_code"}
CODE = template(
    {"type": "body", "add_security_recommendation": True},
    {"type": "footer", "code_expiration_minutes": 5},
    {"type": "buttons", "buttons": [OTP]},
    category="AUTHENTICATION",
)
COUPON = template(
    BODY,
    {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon", "has_expiration": True}},
    {
        "type": "BUTTONS",
        "buttons": [{"type": "COPY_CODE", "example": "A1"}, {"type": "URL", "text": "Go", "url": "https://x.y/{{1}}"}],
    },
)
CARD = {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "{{1}}"}]}
CARDS = template(BODY, {"type": "CAROUSEL", "cards": [CARD, CARD]})


def code_body(code: str) -> dict[str, Any]:
    return {"type": "body", "parameters": [{"type": "text", "text": code}]}


def test_a_code_is_rendered_in_metas_words():
    text = render(CODE, code_body("123456"), button("0", "url", type="text", text="123456"))
    assert text.startswith("*123456* is your verification code. For your security")
    assert "This code expires in 5 minutes." in text


def test_a_code_must_be_the_same_in_body_and_button_and_short():
    assert code_of(CODE, code_body("1"), button(0, "url", type="text", text="2")) == 132018
    assert code_of(CODE, code_body("1" * 16), button(0, "url", type="text", text="1" * 16)) == 132005
    assert code_of(CODE, code_body("1")) == 131008


def test_a_code_button_reads_back_as_an_address():
    (shown,) = CODE.node()["components"][2]["buttons"]
    assert shown["type"] == "URL"
    assert "otp_type=COPY_CODE" in shown["url"]


def offer(moment: int) -> dict[str, Any]:
    parameter = {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": moment}}
    return {"type": "limited_time_offer", "parameters": [parameter]}


def coupon(code: str) -> dict[str, Any]:
    return button(0, "copy_code", type="coupon_code", coupon_code=code)


LINK_END = button("1", "URL", type="text", text="sale")


def test_an_offer_with_a_coupon_is_rendered():
    assert "[Copy offer code]" in render(COUPON, offer(1_800_000_000_000), coupon("SAVE10"), LINK_END)


@pytest.mark.parametrize(
    ("components", "code"),
    [
        ([offer(1_800_000_000), coupon("SAVE10"), LINK_END], 131009),
        ([coupon("SAVE10"), LINK_END], 131008),
        ([offer(1_800_000_000_000), coupon("X" * 16), LINK_END], 132018),
        ([offer(1_800_000_000_000), coupon("NO-DASH"), LINK_END], 132018),
        ([offer(1_800_000_000_000), button(0, "quick_reply", type="payload", payload="x"), LINK_END], 132018),
        ([offer(1_800_000_000_000), coupon("SAVE10")], 131008),
    ],
)
def test_a_wrong_offer_or_coupon_is_refused(components, code):
    assert code_of(COUPON, *components) == code


def cards(*texts: str) -> dict[str, Any]:
    header = {"type": "header", "parameters": [{"type": "image", "image": LINK}]}
    made = [{"card_index": n, "components": [header, code_body(text)]} for n, text in enumerate(texts)]
    return {"type": "carousel", "cards": made}


def test_cards_are_filled_each_with_its_own():
    assert render(CARDS, cards("one", "two")).split("\n")[2::2] == ["one", "two"]


def test_there_must_be_as_many_cards_as_in_the_template():
    assert code_of(CARDS, cards("one")) == 132012
    wrong = copy.deepcopy(cards("one", "two"))
    wrong["cards"][1]["card_index"] = 5
    assert code_of(CARDS, wrong) == 132012
    missing = copy.deepcopy(cards("one", "two"))
    missing["cards"][1]["components"].pop(0)
    assert code_of(CARDS, missing) == 132012
