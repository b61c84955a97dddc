"""Meta's limits are known before a byte is sent, and the error names the field."""

from functools import partial
from typing import Any

import pytest

from switchboard.cloudapi import limits, payloads
from switchboard.cloudapi.limits import PayloadError
from switchboard.core.errors import Invalid

Buttons = partial(payloads.Buttons, body="?")
Link = partial(payloads.Link, body="?", button="Open", url="https://example.com")
Template = partial(payloads.Template, name="sale", language="ja")


def rows(count: int) -> tuple[payloads.Row, ...]:
    return tuple(payloads.Row(str(number), str(number)) for number in range(count))


def menu(*sections: payloads.Section, **more: Any) -> payloads.List:
    return payloads.List(**{"body": "?", "button": "Open", "sections": sections, **more})


CASES: list[tuple[payloads.Content, str, str]] = [
    (payloads.Text(""), "text.body", "empty"),
    (payloads.Text("x" * 4097), "text.body", "4,097 characters; at most 4,096"),
    (payloads.Image(), "image", "id of an uploaded file"),
    (payloads.Image(id="1", link="https://example.com"), "image", "not both"),
    (payloads.Image(link="ftp://example.com"), "image.link", "http://"),
    (payloads.Image(id="1", caption="x" * 1025), "image.caption", "1,024"),
    (payloads.Document(id="1", filename="x" * 241), "document.filename", "240"),
    (payloads.Location(90.5, 0), "location.latitude", "-90 – 90"),
    (payloads.Location(0, float("nan")), "location.longitude", "180"),
    (payloads.Contacts(()), "contacts", "at least 1"),
    (payloads.Contacts((payloads.Card(formatted_name="A", first_name="A"),) * 258), "contacts", "257"),
    (payloads.Contacts((payloads.Card(formatted_name="A"),)), "contacts.0.name.first_name", "empty"),
    (payloads.Contacts((payloads.Card(formatted_name="", first_name="A"),)), "contacts.0.name.formatted_name", "empty"),
    (
        payloads.Contacts((payloads.Card(formatted_name="A", first_name="A", birthday="3/3/90"),)),
        "contacts.0.birthday",
        "YYYY-MM-DD",
    ),
    (payloads.Reaction("", "👍"), "reaction.message_id", "empty"),
    (payloads.Reaction("wamid.1", "this is no emoji but a whole text"), "reaction.emoji", "32"),
    (Buttons(buttons=()), "interactive.action.buttons", "at least 1"),
    (Buttons(buttons=(payloads.Reply("1", "1"),) * 4), "interactive.action.buttons", "at most 3"),
    (Buttons(buttons=(payloads.Reply("1", "x" * 21),)), "interactive.action.buttons.0.title", "at most 20"),
    (Buttons(buttons=(payloads.Reply("x" * 257, "1"),)), "interactive.action.buttons.0.id", "at most 256"),
    (
        Buttons(buttons=(payloads.Reply("1", "Yes"), payloads.Reply("2", "Yes"))),
        "interactive.action.buttons.title",
        "“Yes” twice",
    ),
    (Buttons(body="x" * 1025, buttons=(payloads.Reply("1", "1"),)), "interactive.body.text", "1,024"),
    (Buttons(header="x" * 61, buttons=(payloads.Reply("1", "1"),)), "interactive.header.text", "60"),
    (Buttons(footer="x" * 61, buttons=(payloads.Reply("1", "1"),)), "interactive.footer.text", "60"),
    (menu(), "interactive.action.sections", "at least 1"),
    (menu(payloads.Section(rows(11))), "interactive.action.sections.rows", "11 entries; at most 10"),
    (
        menu(payloads.Section(rows(6), "A"), payloads.Section(rows(5), "B")),
        "interactive.action.sections.rows",
        "at most 10",
    ),
    (menu(payloads.Section(rows(1)), payloads.Section(rows(1)[:0])), "interactive.action.sections.0.title", "empty"),
    (menu(payloads.Section((*rows(1), *rows(1)))), "interactive.action.sections.rows.id", "twice"),
    (
        menu(payloads.Section((payloads.Row("x" * 201, "1"),))),
        "interactive.action.sections.0.rows.0.id",
        "201 characters",
    ),
    (
        menu(payloads.Section((payloads.Row("1", "1", "x" * 73),))),
        "interactive.action.sections.0.rows.0.description",
        "72",
    ),
    (menu(payloads.Section(rows(1)), body="x" * 4097), "interactive.body.text", "4,096"),
    (menu(payloads.Section(rows(1)), button="x" * 21), "interactive.action.button", "20"),
    (Link(url="example.com"), "interactive.action.parameters.url", "https://"),
    (Link(button="x" * 21), "interactive.action.parameters.display_text", "20"),
    (payloads.LocationRequest("x" * 1025), "interactive.body.text", "1,024"),
    (Template(name="Sale!"), "template.name", "a–z 0–9 _"),
    (Template(name="s" * 513), "template.name", "512"),
    (Template(language=""), "template.language.code", "empty"),
    (Template(body=(payloads.Value(""),)), "template.body.0.text", "empty"),
    (Template(body=(payloads.Value("a\nb"),)), "template.body.0.text", "line break"),
    (Template(body=(payloads.Value("a     b"),)), "template.body.0.text", "four spaces"),
    (Template(body=(payloads.Value("a", "name"), payloads.Value("b"))), "template.body", "all of them or none"),
    (Template(body=(payloads.Currency("¥1", "yen", 1),)), "template.body.0.currency.code", "A–Z"),
    (Template(header=payloads.Value("x" * 61)), "template.header.text", "60"),
    (Template(header=payloads.Image()), "image", "id of an uploaded file"),
    (Template(buttons=(payloads.Coupon(0, "x" * 16),)), "template.buttons.0.coupon_code", "15"),
    (Template(buttons=(payloads.Coupon(0, "5%"),)), "template.buttons.0.coupon_code", "0–9"),
    (Template(buttons=(payloads.OneTimeCode("1" * 16),)), "template.buttons.0.text", "15"),
    (Template(buttons=(payloads.Suffix(10, "a"),)), "template.buttons.index", "0 – 9"),
    (Template(buttons=(payloads.Suffix(1, "a"), payloads.Suffix(1, "b"))), "template.buttons.index", "twice"),
    (Template(buttons=(payloads.VoiceCall(0, 0),)), "template.buttons.0.ttl_minutes", "1 – 43,200"),
]


@pytest.mark.parametrize(("content", "field", "words"), CASES)
def test_what_meta_would_refuse_is_refused_with_the_field_named(content, field, words):
    with pytest.raises(PayloadError) as caught:
        payloads.build_message(content)
    assert caught.value.field == field
    assert field in caught.value.message
    assert words in caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        payloads.Text("x" * 4096),
        payloads.Image(id="1", caption="x" * 1024),
        Buttons(body="x" * 1024, buttons=(payloads.Reply("i" * 256, "t" * 20),), header="h" * 60, footer="f" * 60),
        menu(payloads.Section(rows(10)), body="x" * 4096, button="b" * 20),
        Template(buttons=(payloads.Coupon(9, "A" * 15),), header=payloads.Value("x" * 60)),
    ],
)
def test_the_limit_itself_is_still_possible(content):
    assert payloads.build_message(content)


def test_a_note_that_is_too_long_is_refused():
    with pytest.raises(PayloadError, match="biz_opaque_callback_data has 513"):
        payloads.build_envelope(recipient="+81", callback_data="x" * 513, body=b"{}")


def test_nobody_is_no_recipient():
    with pytest.raises(PayloadError, match="recipient"):
        payloads.build_envelope(recipient="", callback_data="x", body=b"{}")


def test_the_error_is_input_that_a_person_can_correct_in_any_language():
    error = PayloadError(limits.TOO_LONG, field="text.body", measured="4,097", limit="4,096")
    assert isinstance(error, Invalid)
    assert error.sentence in limits.SENTENCES
    assert error.sentence % error.values() == error.message


@pytest.mark.parametrize("sentence", limits.SENTENCES)
def test_every_sentence_names_the_field_and_says_what_to_do(sentence):
    assert "%(field)s" in sentence
    assert sentence.count(". ") >= 1 or "needs" in sentence
