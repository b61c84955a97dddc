"""New templates are checked before they are submitted."""

from typing import Any

import pytest

from switchboard.cloudapi.drafts import SENTENCES, Draft, build_changes
from switchboard.cloudapi.limits import PayloadError

BODY = {"type": "BODY", "text": "Hello {{1}}, welcome."}


def draft(*components: dict[str, Any], **more: Any) -> Draft:
    given = {"name": "sale", "language": "ja", "category": "MARKETING", "components": (BODY, *components), **more}
    return Draft(**given)


def buttons(*kinds: str, **more: Any) -> dict[str, Any]:
    made = [{"type": kind, "text": f"Button {place}", "url": "https://example.com", "phone_number": "+81", "example": "A", **more} for place, kind in enumerate(kinds)]  # fmt: skip
    return {"type": "BUTTONS", "buttons": made}


def test_a_draft_becomes_metas_form():
    built = draft(is_named=True, ttl_seconds=43_200).build()
    assert built == {
        "name": "sale",
        "language": "ja",
        "category": "MARKETING",
        "parameter_format": "named",
        "message_send_ttl_seconds": 43_200,
        "components": [BODY],
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (draft(name="Sale"), "name"),
        (draft(name="s" * 513), "name"),
        (draft(language=""), "language"),
        (draft(category="OTHER"), "category"),
        (draft(components=({"type": "FOOTER", "text": "f"},)), "body"),
        (draft(components=({"type": "BODY", "text": "x" * 1025},)), "body.text"),
        (draft(components=({"type": "BODY", "text": "{{1}} hello"},)), "body.text"),
        (draft(components=({"type": "BODY", "text": "hello {{1}} "},)), "body.text"),
        (draft(components=({"type": "BODY", "text": "a {{1}} {{2}} b"},)), "body.text"),
        (draft({"type": "HEADER", "format": "TEXT", "text": "x" * 61}), "header.text"),
        (draft({"type": "HEADER", "format": "TEXT", "text": "{{1}} and {{2}}"}), "header.text"),
        (draft({"type": "HEADER", "format": "SOUND"}), "header.format"),
        (draft({"type": "FOOTER", "text": "x" * 61}), "footer.text"),
        (draft({"type": "FOOTER", "text": "Hello {{1}}"}), "footer.text"),
        (draft(buttons()), "buttons"),
        (draft(buttons(*["QUICK_REPLY"] * 11)), "buttons"),
        (draft(buttons("URL", "URL", "URL")), "buttons (URL)"),
        (draft(buttons("PHONE_NUMBER", "PHONE_NUMBER")), "buttons (PHONE_NUMBER)"),
        (draft(buttons("QUICK_REPLY", "URL", "QUICK_REPLY")), "buttons"),
        (draft(buttons("URL", text="x" * 26)), "buttons.0.text"),
        (draft(buttons("URL", url="example.com")), "buttons.0.url"),
        (draft(buttons("URL", url="https://example.com/{{1}}/{{2}}")), "buttons.0.url"),
        (draft(buttons("PHONE_NUMBER", phone_number="1" * 21)), "buttons.0.phone_number"),
        (draft(buttons("COPY_CODE", example=["x" * 16])), "buttons.0.example"),
        (draft(ttl_seconds=30), "message_send_ttl_seconds"),
        (draft(category="UTILITY", ttl_seconds=43_201), "message_send_ttl_seconds"),
    ],
)
def test_what_meta_would_refuse_is_refused_with_the_field_named(given, field):
    with pytest.raises(PayloadError) as caught:
        given.build()
    assert caught.value.field == field


@pytest.mark.parametrize(
    "given",
    [
        draft(buttons(*["QUICK_REPLY"] * 10)),
        draft(buttons("QUICK_REPLY", "QUICK_REPLY", "URL", "PHONE_NUMBER")),
        draft(buttons("URL", "COPY_CODE", "QUICK_REPLY")),
        draft(components=({"type": "body", "add_security_recommendation": True},), category="AUTHENTICATION"),
        draft(category="UTILITY", ttl_seconds=-1),
        draft({"type": "something_new", "text": "x" * 9999}),
    ],
)
def test_what_meta_takes_passes(given):
    assert given.build()


def test_changes_name_only_what_changes():
    assert build_changes(category="UTILITY") == {"category": "UTILITY"}
    assert build_changes(components=[BODY]) == {"components": [BODY]}
    assert build_changes() == {}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_names_the_field_and_says_what_to_do(sentence):
    assert "%(field)s" in sentence
    assert sentence.count(". ") == 1
