"""Bodies as Meta wants them."""

import json

import pytest

from switchboard.cloudapi import payloads


@pytest.mark.parametrize(
    ("recipient", "field", "value"),
    [
        ("+819012345678", "to", "+819012345678"),
        ("819012345678", "to", "+819012345678"),
        ("JP.13491208655302741918", "recipient", "JP.13491208655302741918"),
    ],
)
def test_the_envelope_names_the_person(recipient, field, value):
    body = payloads.build_envelope(recipient=recipient, callback_data="1.a.1", body=b'{"type": "text"}')
    envelope = json.loads(body)
    assert envelope[field] == value
    assert envelope["messaging_product"] == "whatsapp"
    assert envelope["biz_opaque_callback_data"] == "1.a.1"
    assert envelope["type"] == "text"


def test_the_envelope_says_whose_identity_and_which_account_when_it_is_asked_to():
    body = payloads.build_envelope(
        recipient="+81", callback_data="", body=b'{"type":"text"}', identity_key_hash="DF2l=", messaging_account_id="9"
    )
    envelope = json.loads(body)
    assert (envelope["recipient_identity_key_hash"], envelope["messaging_account_id"]) == ("DF2l=", "9")


def test_the_body_is_passed_on_as_it_is():
    stored = json.dumps(payloads.build_text('Hello "Hana" 花')).encode()
    envelope = json.loads(payloads.build_envelope(recipient="+8190", callback_data="x", body=stored))
    assert envelope["text"]["body"] == 'Hello "Hana" 花'


def test_a_message_quotes_what_it_answers():
    message = json.loads(payloads.build_message(payloads.Text("はい"), reply_to="wamid.1"))
    expected = {"type": "text", "text": {"body": "はい", "preview_url": False}, "context": {"message_id": "wamid.1"}}
    assert message == expected


def test_a_reaction_quotes_nothing():
    message = json.loads(payloads.build_message(payloads.Reaction("wamid.1", ""), reply_to="wamid.1"))
    assert message == {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": ""}}


@pytest.mark.parametrize("is_typing", [False, True])
def test_a_read_receipt_can_show_that_somebody_types(is_typing):
    receipt = json.loads(payloads.build_read_receipt("wamid.1", is_typing=is_typing))
    assert (receipt["status"], receipt["message_id"]) == ("read", "wamid.1")
    assert receipt.get("typing_indicator") == ({"type": "text"} if is_typing else None)


@pytest.mark.parametrize(
    ("content", "built"),
    [
        (payloads.Image(id="1", caption="c"), {"id": "1", "caption": "c"}),
        (payloads.Video(link="https://example.com/a.mp4"), {"link": "https://example.com/a.mp4"}),
        (payloads.Audio(id="1", is_voice=True), {"id": "1", "voice": True}),
        (payloads.Audio(id="1"), {"id": "1"}),
        (payloads.Document(id="1", filename="a.pdf"), {"id": "1", "filename": "a.pdf"}),
        (payloads.Sticker(id="1"), {"id": "1"}),
        (payloads.Location(35.6, 139.7, "Hachiko"), {"latitude": 35.6, "longitude": 139.7, "name": "Hachiko"}),
    ],
)
def test_simple_contents(content, built):
    assert json.loads(payloads.build_message(content)) == {"type": content.kind, content.kind: built}


def test_a_contact_card_leaves_out_what_is_not_known():
    card = payloads.Card(
        formatted_name="Ken Mori",
        first_name="Ken",
        birthday="1990-02-28",
        phones=(payloads.Phone("+81 90-1234-5678", "CELL", "819012345678"),),
        emails=(payloads.Email("ken@example.com"),),
        urls=(payloads.Website("https://example.com", "WORK"),),
        addresses=(payloads.Address(city="Tokyo", country_code="JP"),),
        organisation=payloads.Organisation("Mori & Co", title="Owner"),
    )
    assert payloads.Contacts((card,)).build() == [
        {
            "name": {"formatted_name": "Ken Mori", "first_name": "Ken"},
            "birthday": "1990-02-28",
            "phones": [{"phone": "+81 90-1234-5678", "type": "CELL", "wa_id": "819012345678"}],
            "emails": [{"email": "ken@example.com"}],
            "urls": [{"url": "https://example.com", "type": "WORK"}],
            "addresses": [{"city": "Tokyo", "country_code": "JP"}],
            "org": {"company": "Mori & Co", "title": "Owner"},
        }
    ]


def test_buttons_with_everything():
    built = payloads.Buttons(
        body="Again?",
        buttons=(payloads.Reply("y", "はい"), payloads.Reply("n", "いいえ")),
        header=payloads.Image(id="1"),
        footer="Olive's",
    ).build()
    assert built == {
        "type": "button",
        "header": {"type": "image", "image": {"id": "1"}},
        "body": {"text": "Again?"},
        "footer": {"text": "Olive's"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "y", "title": "はい"}},
                {"type": "reply", "reply": {"id": "n", "title": "いいえ"}},
            ]
        },
    }


def test_a_list_with_sections():
    first = payloads.Section((payloads.Row("1", "Shibuya", "Open until 9"),), "Tokyo")
    second = payloads.Section((payloads.Row("2", "Namba"),), "Osaka")
    built = payloads.List(body="Which shop?", button="Shops", sections=(first, second), header="Shops").build()
    assert built["header"] == {"type": "text", "text": "Shops"}
    assert built["action"]["sections"] == [
        {"title": "Tokyo", "rows": [{"id": "1", "title": "Shibuya", "description": "Open until 9"}]},
        {"title": "Osaka", "rows": [{"id": "2", "title": "Namba"}]},
    ]


def test_a_link_and_the_two_requests():
    link = payloads.Link(body="Look", button="Open", url="https://example.com").build()
    parameters = {"display_text": "Open", "url": "https://example.com"}
    assert link["action"] == {"name": "cta_url", "parameters": parameters}
    assert payloads.LocationRequest("Where?").build()["action"] == {"name": "send_location"}
    assert payloads.ContactRequest("Who?").build()["type"] == "request_contact_info"


def test_a_typed_template_with_everything():
    built = payloads.Template(
        name="sale_2026",
        language="ja",
        header=payloads.Document(id="1", filename="a.pdf"),
        body=(
            payloads.Value("Hana", "first_name"),
            payloads.Currency("¥500", "JPY", 500_000, "price"),
            payloads.DateTime("3月3日", "day"),
        ),
        buttons=(
            payloads.QuickReply(0, "STOP"),
            payloads.Suffix(1, "abc"),
            payloads.Coupon(2, "SALE25"),
            payloads.Flow(3, "token"),
            payloads.VoiceCall(4, 60, "desk"),
        ),
    ).build()
    header, body, *buttons = built["components"]
    assert header["parameters"] == [{"type": "document", "document": {"id": "1", "filename": "a.pdf"}}]
    assert [value["parameter_name"] for value in body["parameters"]] == ["first_name", "price", "day"]
    assert body["parameters"][1]["currency"] == {"fallback_value": "¥500", "code": "JPY", "amount_1000": 500_000}
    assert [(button["sub_type"], button["index"]) for button in buttons] == [
        ("quick_reply", "0"),
        ("url", "1"),
        ("copy_code", "2"),
        ("flow", "3"),
        ("voice_call", "4"),
    ]
    assert buttons[2]["parameters"] == [{"type": "coupon_code", "coupon_code": "SALE25"}]


@pytest.mark.parametrize(
    ("header", "parameter"),
    [
        (payloads.Value("Hana"), {"type": "text", "text": "Hana"}),
        (payloads.Image(link="https://example.com/a.png"), {"type": "image", "image": {"link": "https://example.com/a.png"}}),
        (payloads.Location(1.0, 2.0), {"type": "location", "location": {"latitude": 1.0, "longitude": 2.0}}),
    ],
)  # fmt: skip
def test_a_template_header_is_a_text_a_file_or_a_place(header, parameter):
    built = payloads.Template(name="sale", language="ja", header=header).build()
    assert built["components"] == [{"type": "header", "parameters": [parameter]}]


def test_a_one_time_code_stands_in_body_and_button():
    template = payloads.Template(
        name="login", language="en", body=(payloads.Value("123456"),), buttons=(payloads.OneTimeCode("123456"),)
    )
    body, button = template.build()["components"]
    assert body["parameters"][0]["text"] == button["parameters"][0]["text"] == "123456"
    assert (button["sub_type"], button["index"]) == ("url", "0")


def test_a_template_with_everything():
    components = [
        payloads.build_media_header("image", "42"),
        payloads.build_body([payloads.build_text_parameter("Hana", name="first_name")]),
        payloads.build_reply_button(0, "STOP"),
        payloads.build_url_button(1, "abc"),
        payloads.build_code_button(2, "SALE"),
    ]
    template = payloads.build_template("sale", "ja", components)["template"]
    assert template["language"] == {"code": "ja"}
    header, body, reply, url, code = template["components"]
    assert header == {"type": "header", "parameters": [{"type": "image", "image": {"id": "42"}}]}
    assert body["parameters"] == [{"type": "text", "text": "Hana", "parameter_name": "first_name"}]
    assert reply["index"] == "0"
    assert url["parameters"] == [{"type": "text", "text": "abc"}]
    assert code["parameters"] == [{"type": "coupon_code", "coupon_code": "SALE"}]


def test_a_template_without_variables_has_no_components():
    assert "components" not in payloads.build_template("sale", "ja", [])["template"]
