"""Templates taken apart, filled in, shown."""

from typing import Any

import pytest

from switchboard.templates import rules
from switchboard.templates.errors import BodyTooLongError, VariableMissingError
from switchboard.templates.types import Shape

POSITIONAL: list[dict[str, Any]] = [
    {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["A-1"]}},
    {"type": "BODY", "text": "Hi {{1}}, to {{2}}.", "example": {"body_text": [["Ana", "Rome"]]}},
    {"type": "FOOTER", "text": "Reply STOP to opt out"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Stop"},
            {"type": "URL", "text": "Track", "url": "https://x.y/t/{{1}}"},
            {"type": "URL", "text": "Shop", "url": "https://x.y/"},
            {"type": "COPY_CODE", "text": "Copy"},
        ],
    },
]
VALUES = {"header:1": "B-2", "body:1": "Amir", "body:2": "Oslo", "button:1": "abc", "button:3": "SALE10"}


def shape(components: list[dict[str, Any]] = POSITIONAL, parameter_format: str = "POSITIONAL") -> Shape:
    return rules.parse_shape(components, parameter_format)


def body(text: str) -> list[dict[str, Any]]:
    return [{"type": "BODY", "text": text}]


def test_every_place_to_fill_is_found_with_its_example() -> None:
    found = [(variable.key, variable.example) for variable in shape().variables]
    assert found == [("header:1", "A-1"), ("body:1", "Ana"), ("body:2", "Rome"), ("button:1", ""), ("button:3", "")]


def test_named_places_keep_their_names() -> None:
    example = {"body_text_named_params": [{"param_name": "first_name", "example": "Ana"}]}
    named = shape([{"type": "BODY", "text": "Hi {{first_name}}", "example": example}], "NAMED")
    assert [(variable.key, variable.example) for variable in named.variables] == [("body:first_name", "Ana")]
    [component] = rules.build_components(named, {"body:first_name": "Amir"})
    assert component["parameters"] == [{"type": "text", "parameter_name": "first_name", "text": "Amir"}]


def test_a_place_that_appears_twice_is_filled_once() -> None:
    assert [variable.key for variable in shape(body("{{1}} and {{1}}")).variables] == ["body:1"]


def test_components_are_built_as_meta_wants_them() -> None:
    header, text, link, code = rules.build_components(shape(), VALUES)
    assert header["parameters"] == [{"type": "text", "text": "B-2"}]
    assert [parameter["text"] for parameter in text["parameters"]] == ["Amir", "Oslo"]
    assert (link["sub_type"], str(link["index"]), link["parameters"][0]["text"]) == ("url", "1", "abc")
    assert (code["sub_type"], code["parameters"][0]["coupon_code"]) == ("copy_code", "SALE10")


def test_a_template_without_places_needs_no_components() -> None:
    assert rules.build_components(shape(body("Hello")), {}) == []


@pytest.mark.parametrize(("kind", "key"), [("IMAGE", "image"), ("VIDEO", "video"), ("DOCUMENT", "document")])
def test_a_media_header_carries_the_media_id(kind: str, key: str) -> None:
    components = [{"type": "HEADER", "format": kind}, *body("Hello")]
    [header] = rules.build_components(shape(components), {}, media_id="m1")
    assert header["type"] == "header"
    assert header["parameters"][0][key]["id"] == "m1"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(VariableMissingError, match="body:2") as raised:
        rules.build_components(shape(), {**VALUES, "body:2": " "})
    assert raised.value.keys == ["body:2"]


def test_a_missing_picture_is_named() -> None:
    with pytest.raises(VariableMissingError, match="header image"):
        rules.build_components(shape([{"type": "HEADER", "format": "IMAGE"}, *body("x")]), {})


def test_a_text_longer_than_whatsapp_allows_is_refused() -> None:
    with pytest.raises(BodyTooLongError):
        rules.build_components(shape(body("{{1}}")), {"body:1": "x" * 1025})


def test_values_are_brought_into_the_form_that_meta_takes() -> None:
    assert rules.tidy_value(" a\n b\t\t c    d ") == "a b c d"


def test_the_preview_shows_values_and_leaves_open_places_visible() -> None:
    preview = rules.render_preview(shape(), {"header:1": "B-2", "body:1": "Amir"})
    assert (preview.header_text, preview.body) == ("Order B-2", "Hi Amir, to {{2}}.")
    assert [button.text for button in preview.buttons] == ["Stop", "Track", "Shop", "Copy"]


def test_a_value_that_looks_like_a_place_is_not_filled_again() -> None:
    assert rules.render_preview(shape(body("{{1}} {{2}}")), {"body:1": "{{2}}", "body:2": "x"}).body == "{{2}} x"


@pytest.mark.parametrize(
    ("wanted", "available", "language"),
    [
        ("ja", ["en", "ja"], "ja"),
        ("ja_JP", ["en", "ja"], "ja"),
        ("en-GB", ["en_US", "en_GB"], "en_GB"),
        ("en", ["en_US", "ja"], "en_US"),
        ("zh", ["zh_CN", "zh_TW"], "zh_CN"),
        ("zh-Hans", ["zh_CN"], "zh_CN"),
        ("zh_TW", ["zh_CN", "en"], "en"),
        ("zh_HK", ["zh_TW", "zh_CN"], "zh_TW"),
        ("fr", ["en", "ja"], "en"),
        ("", ["ja", "en"], "en"),
    ],
)
def test_people_are_written_to_in_their_language_or_the_default(
    wanted: str, available: list[str], language: str
) -> None:
    assert rules.pick_language(wanted, available, "en") == language
