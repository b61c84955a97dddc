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


def test_the_body_is_passed_on_as_it_is():
    stored = json.dumps(payloads.build_text('Hello "Hana" 花')).encode()
    envelope = json.loads(payloads.build_envelope(recipient="+8190", callback_data="x", body=stored))
    assert envelope["text"]["body"] == 'Hello "Hana" 花'


def test_a_template_with_everything():
    components = [
        payloads.build_media_header("image", "42"),
        payloads.build_body([payloads.build_text_parameter("Hana", name="first_name")]),
        payloads.build_reply_button(0, "STOP"),
        payloads.build_url_button(1, "abc"),
    ]
    template = payloads.build_template("sale", "ja", components)["template"]
    assert template["language"] == {"code": "ja"}
    header, body, reply, url = template["components"]
    assert header == {"type": "header", "parameters": [{"type": "image", "image": {"id": "42"}}]}
    assert body["parameters"] == [{"type": "text", "text": "Hana", "parameter_name": "first_name"}]
    assert reply["index"] == "0"
    assert url["parameters"] == [{"type": "text", "text": "abc"}]


def test_a_template_without_variables_has_no_components():
    assert "components" not in payloads.build_template("sale", "ja", [])["template"]
