"""Whatever Meta writes is read as far as it can be; content never raises."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.cloudapi import events
from tests import payloads

SENT_AT = datetime.fromtimestamp(1772539200, UTC)


def read(name: str) -> Any:
    """Return the only item of a case."""
    (item,) = events.parse_events(payloads.body(name))
    return item


def _body(value: Any, field: Any = "messages") -> bytes:
    return json.dumps({"entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]}).encode()


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("message_text", "text", "ありがとう！また行きます"),
        ("message_button", "button", "もう受け取らない"),
        ("message_button_reply", "interactive", "はい"),
        ("message_list_reply", "interactive", "渋谷店"),
        ("message_flow_reply", "interactive", "Sent"),
        ("message_image", "image", "この靴ありますか"),
        ("message_document", "document", ""),
        ("message_audio", "audio", ""),
        ("message_sticker", "sticker", ""),
        ("message_location", "location", "Hachiko, Shibuya"),
        ("message_contacts", "contacts", "Ken Mori"),
        ("message_reaction", "reaction", "👍"),
        ("message_reaction_removed", "reaction", ""),
        ("message_order", "order", "Two please"),
        ("message_system_number", "system", "Hana changed her number"),
        ("message_unsupported", "unsupported", ""),
        ("message_edit", "edit", "STOP"),
        ("message_future_kind", "hologram", ""),
    ],
)
def test_it_reads_every_kind_of_message(name: str, kind: str, text: str) -> None:
    item = read(name)
    assert isinstance(item, events.Incoming)
    assert (item.kind, item.text, item.sent_at) == (kind, text, SENT_AT)
    assert item.raw == payloads.load(name)["entry"][0]["changes"][0]["value"]["messages"][0]


def test_it_reads_who_wrote() -> None:
    assert read("message_text").sender == events.Sender("819012345678", "JP.5550001112223334", "花")
    assert read("message_text_hidden_phone").sender == events.Sender("", "US.13491208655302741918", "Ana")
    assert read("message_system_number").sender == events.Sender("819012345678", "JP.5550001112223334", "")


@pytest.mark.parametrize("shown", ["", "US.13491208655302741918", None, 7, {}])
def test_a_hidden_phone_may_look_odd(shown: Any) -> None:
    person = {"wa_id": shown, "user_id": "US.13491208655302741918"}
    message = {"id": "wamid.1", "from": shown, "from_user_id": "US.13491208655302741918", "type": "text"}
    (item,) = events.parse_events(_body({"contacts": [person], "messages": [message]}))
    assert item.sender.user_id == "US.13491208655302741918"  # type: ignore[union-attr]  # it is a message
    assert item.sender.wa_id == ""  # type: ignore[union-attr]  # as above


def test_it_reads_what_a_button_carries_and_what_is_quoted() -> None:
    item = read("message_button")
    assert (item.payload, item.context_id) == ("STOP", "wamid.OUT_1")
    assert read("message_list_reply").payload == "row-7"


def test_it_reads_milliseconds_as_well_as_seconds() -> None:
    assert read("message_text_milliseconds").sent_at == datetime(2026, 3, 3, 12, 0, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize("odd", ["", "soon", None, True, -5, 0, "1e400", "nan", 10**30, [], {}])
def test_an_odd_timestamp_is_no_timestamp(odd: Any) -> None:
    assert events.as_moment(odd) is None


def test_it_reads_statuses_with_and_without_contacts() -> None:
    sent, failed = read("status_sent"), read("status_failed_131026")
    assert (sent.status, sent.callback_data, sent.error_code) == ("sent", "CALLBACK", None)
    assert (failed.status, failed.error_code, failed.error_detail) == ("failed", 131026, "Message Undeliverable.")


def test_it_reads_the_choice_to_stop() -> None:
    item = read("preference_stop")
    assert isinstance(item, events.Preference)
    assert (item.value, item.category, item.at) == ("stop", "marketing_messages", SENT_AT)
    assert item.sender.wa_id == "819012345678"


@pytest.mark.parametrize("name", ["template_paused", "account_restricted", "echo_from_phone_app"])
def test_the_rest_is_an_account_event(name: str) -> None:
    item = read(name)
    assert isinstance(item, events.AccountEvent)
    assert item.change.value == payloads.load(name)["entry"][0]["changes"][0]["value"]


def test_a_copy_of_a_message_is_no_message() -> None:
    (item,) = events.parse_events(_body({"messages": [{"id": "wamid.1", "type": "text"}]}, field="standby"))
    assert isinstance(item, events.AccountEvent)


def test_it_reads_every_level() -> None:
    change = payloads.load("message_text")["entry"][0]["changes"][0]
    body = {"entry": [{"id": "1", "changes": [change, change]}, {"id": "2", "changes": [change]}]}
    change["value"]["messages"] *= 3
    assert len(list(events.parse_events(json.dumps(body).encode()))) == 9


def test_a_message_without_an_id_is_set_aside_and_the_next_is_read() -> None:
    items = list(events.parse_events(_body({"messages": [{"type": "text"}, "odd", {"id": "wamid.1"}]})))
    assert [type(item) for item in items] == [events.Unreadable, events.Unreadable, events.Incoming]


def test_a_change_can_be_posted_again_alone() -> None:
    item = read("message_text")
    assert [again.wamid for again in events.parse_events(events.build_body(item.change))] == ["wamid.IN_TEXT"]  # type: ignore[union-attr]  # messages


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_only_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(events.MalformedError):
        list(events.parse_events(body))


@pytest.mark.parametrize("text", [r"half \ud83d an emoji", r"a \u0000 inside", "\\ud83d\\ude00 whole"])
def test_what_postgresql_cannot_keep_is_taken_out(text: str) -> None:
    body = '{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"wamid.1","type":"text","text":{"body":"%s"}}]}}]}]}'
    (item,) = events.parse_events((body % text).encode())
    assert isinstance(item, events.Incoming)
    assert "\x00" not in item.text
    assert item.text.encode()


KEYS = [
    "entry",
    "changes",
    "field",
    "value",
    "messages",
    "statuses",
    "contacts",
    "metadata",
    "id",
    "from",
    "type",
    "text",
    "body",
    "timestamp",
    "interactive",
    "errors",
    "error_data",
    "user_preferences",
    "wa_id",
    "context",
]
Junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS) | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(junk=Junk, field=st.sampled_from(["messages", "user_preferences", "other"]))
def test_no_content_raises(junk: Any, field: str) -> None:
    for value in (
        junk,
        {"messages": junk},
        {"statuses": junk},
        {"user_preferences": junk},
        {"contacts": junk, "messages": [junk]},
    ):
        list(events.parse_events(_body(value, field)))
    list(events.parse_events(json.dumps({"entry": junk}).encode()))
