"""What an incoming message holds, typed by its kind."""

from datetime import UTC, datetime
from typing import Any

import pytest

from switchboard.cloudapi import contents, events
from tests import payloads

FILE = {"id": "1", "mime_type": "image/png", "sha256": "s", "url": "https://example.com/1"}
SYSTEM = {"body": "changed", "user_id": "JP.2", "previous_user_id": "JP.1"}


def message(name: str) -> events.Incoming:
    (item,) = events.parse_events(payloads.body(name))
    assert isinstance(item, events.Incoming)
    return item


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("text", {"text": {"body": "はい"}}, contents.Words("はい")),
        ("image", {"image": {**FILE, "caption": "c"}}, contents.File("1", "image/png", "s", FILE["url"], "c")),
        (
            "document",
            {"document": {"id": "1", "filename": "a.pdf"}},
            contents.File("1", "", "", filename="a.pdf"),
        ),
        ("audio", {"audio": {"id": "1", "voice": True}}, contents.File("1", "", "", is_voice=True)),
        ("sticker", {"sticker": {"id": "1", "animated": True}}, contents.File("1", "", "", is_animated=True)),
        ("location", {"location": {"latitude": "35.6", "longitude": 139.7}}, contents.Place(35.6, 139.7)),
        ("location", {"location": {"latitude": "north", "name": "?"}}, contents.Place(None, None, "?")),
        ("button", {"button": {"text": "Stop", "payload": "STOP"}}, contents.Pressed("Stop", "STOP")),
        (
            "interactive",
            {"interactive": {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}}},
            contents.ButtonReply("y", "Yes"),
        ),
        (
            "interactive",
            {"interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "A", "description": "b"}}},
            contents.ListReply("1", "A", "b"),
        ),
        (
            "interactive",
            {"interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": '{"flow_token":"t","a":1}'}}},
            contents.FormReply("flow", "", {"flow_token": "t", "a": 1}, "t"),
        ),
        (
            "interactive",
            {"interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": "[1,2]"}}},
            contents.FormReply("flow", "", [1, 2]),
        ),
        (
            "interactive",
            {"interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": "{half"}}},
            contents.FormReply("flow", "", "{half"),
        ),
        (
            "interactive",
            {
                "interactive": {
                    "type": "call_permission_reply",
                    "call_permission_reply": {
                        "response": "accept",
                        "expiration_timestamp": "1772539200",
                        "response_source": "user_action",
                    },
                }
            },
            contents.CallPermission(
                is_accepted=True,
                is_permanent=False,
                expires_at=datetime(2026, 3, 3, 12, tzinfo=UTC),
                source="user_action",
            ),
        ),
        (
            "interactive",
            {"interactive": {"type": "product", "product": {}}},
            contents.Other("interactive.product", {"type": "product", "product": {}}),
        ),
        (
            "order",
            {"order": {"catalog_id": "1", "product_items": [{"product_retailer_id": "a", "quantity": "2"}, "odd"]}},
            contents.Order("1", "", (contents.OrderItem("a", 2.0, None),)),
        ),
        (
            "system",
            {"system": {**SYSTEM, "type": "user_changed_user_id"}},
            contents.System("user_changed_user_id", "changed", user_id="JP.2", previous_user_id="JP.1"),
        ),
        (
            "system",
            {"system": {"type": "customer_changed_number", "new_wa_id": "8190"}},
            contents.System("user_changed_number", "", "8190"),
        ),
        (
            "system",
            {"system": {"type": "customer_identity_changed"}, "identity": {"hash": "h"}},
            contents.System("user_identity_changed", "", identity_hash="h"),
        ),
        ("revoke", {"revoke": {"original_message_id": "wamid.1"}}, contents.Revoked("wamid.1")),
        ("hologram", {"hologram": [1]}, contents.Other("hologram", [1])),
    ],
)  # fmt: skip
def test_each_kind_has_its_type(kind, raw, expected):
    assert contents.parse_content(kind, raw) == expected


@pytest.mark.parametrize(("emoji", "is_removal"), [({"emoji": "👍"}, False), ({"emoji": ""}, True), ({}, True)])
def test_a_reaction_without_an_emoji_takes_it_away(emoji, is_removal):
    found = contents.parse_content("reaction", {"reaction": {"message_id": "wamid.1", **emoji}})
    assert isinstance(found, contents.Reaction)
    assert (found.message_id, found.is_removal) == ("wamid.1", is_removal)


def test_cards_say_whether_they_answer_our_request():
    card = {
        "name": {"formatted_name": "Ken"},
        "phones": [{"phone": "+81 90", "wa_id": "8190"}],
        "org": {"company": "M"},
    }
    found = contents.parse_content("contacts", {"contacts": [card], "origin": "contact_request"})
    assert isinstance(found, contents.Cards)
    assert found.is_answer
    assert found.cards == (contents.Card("Ken", (contents.CardPhone("+81 90", "8190"),), (), "M"),)


def test_what_is_unsupported_says_why():
    found = message("message_unsupported").content
    assert isinstance(found, contents.Unsupported)
    assert found.problems[0].code == 131051


def test_an_edit_holds_the_new_message():
    found = message("message_edit").content
    assert isinstance(found, contents.Edited)
    assert found.content == contents.Words("STOP")


def test_an_edit_of_an_edit_of_an_edit_ends():
    raw: dict[str, Any] = {"type": "edit"}
    raw["edit"] = {"message": raw}
    found = contents.parse_content("edit", raw)
    for _ in range(3):
        assert isinstance(found, contents.Edited)
        found = found.content
    assert isinstance(found, contents.Other)


def test_the_files_of_a_message_are_listed_also_inside_an_edit():
    image = {"type": "image", "image": FILE}
    assert [file.id for file in contents.list_files(image)] == ["1"]
    assert [file.id for file in contents.list_files({"type": "edit", "edit": {"message": image}})] == ["1"]
    assert contents.list_files({"type": "text", "text": {"body": "1"}}) == []


def test_a_message_says_what_it_quotes():
    assert message("message_text_quoting").context.id.startswith("wamid.")
    forwarded = contents.parse_context({"context": {"frequently_forwarded": True}})
    assert (forwarded.is_forwarded, forwarded.is_forwarded_often, forwarded.id) == (True, True, "")
    product = contents.parse_context({"context": {"referred_product": {"catalog_id": "1", "product_retailer_id": "a"}}})
    assert (product.catalog_id, product.product_retailer_id) == ("1", "a")


def test_a_message_says_which_advertisement_brought_it():
    referral = message("message_referral").referral
    assert referral is not None
    assert referral.source_type == "ad"
    assert message("message_text").referral is None


@pytest.mark.parametrize("data", [{"details": "why"}, "why"])
def test_details_of_a_problem_may_be_a_plain_text(data):
    (problem,) = contents.parse_problems([{"code": "131052", "error_data": data}, "odd"])
    assert (problem.code, problem.details) == (131052, "why")


def test_a_status_says_what_it_costs_and_whom_it_is_about():
    raw = {
        "id": "wamid.1",
        "status": "delivered",
        "recipient_id": "819012345678",
        "recipient_user_id": "JP.1",
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"},
        "conversation": {"expiration_timestamp": "1772539200"},
    }
    change = events.Change("1", None, "messages", {"statuses": [raw]})
    (status,) = events.parse_events(events.build_body(change))
    assert isinstance(status, events.Status)
    assert status.pricing == events.Pricing(is_billable=True, model="PMP", type="regular", category="marketing")
    assert (status.wa_id, status.user_id) == ("819012345678", "JP.1")
    assert status.window_ends_at == datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_a_status_without_a_price_or_phone_is_one_too():
    change = events.Change("1", None, "messages", {"statuses": [{"id": "1", "recipient_id": "JP.1"}]})
    (status,) = events.parse_events(events.build_body(change))
    assert isinstance(status, events.Status)
    assert (status.pricing, status.wa_id, status.window_ends_at) == (None, "", None)


def test_every_problem_of_a_failure_is_kept():
    (status,) = events.parse_events(payloads.body("status_failed_131026"))
    assert isinstance(status, events.Status)
    assert [problem.code for problem in status.problems] == [131026]
