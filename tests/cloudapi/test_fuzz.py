"""Captured webhooks with pieces changed, taken out or doubled: no content raises, and no piece is lost in silence."""

import copy
import json
import os
from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchboard.cloudapi import events
from tests import payloads

# A soak runs far more of them.
EXAMPLES = int(os.environ.get("SWITCHBOARD_FUZZ_EXAMPLES", "400"))
CASES = [payloads.load(name) for name in payloads.names()]
FIELDS = [
    "messages", "user_preferences", "account_update", "account_alerts", "account_review_update",
    "business_capability_update", "phone_number_quality_update", "phone_number_name_update", "security",
    "business_username_updates", "account_settings_update", "message_template_status_update",
    "message_template_quality_update", "message_template_components_update", "template_category_update", "history",
    "smb_message_echoes", "smb_app_state_sync", "standby", "something_new",
]  # fmt: skip
KINDS = [
    "text", "image", "video", "audio", "document", "sticker", "location", "contacts", "button", "interactive",
    "reaction", "order", "system", "unsupported", "edit", "revoke", "something_new",
]  # fmt: skip
JUNK: st.SearchStrategy[Any] = st.sampled_from([
    None, True, 0, -1, 2**70, 1.5, 1e308, "", "x", "0" * 400, "\x00", "\ud83d", "1e999", "２", [], [[]], {}, [{}], {"": {}},
    {"id": []}, "TIER_250",
])  # fmt: skip


def list_places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every place in a body as its holder and key."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from list_places(value[key])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    body = copy.deepcopy(draw(st.sampled_from(CASES)))
    for _ in range(draw(st.integers(1, 4))):
        holder, key = draw(st.sampled_from(list(list_places(body)) or [(body, "entry")]))
        what = draw(st.sampled_from(["junk", "drop", "double", "field", "kind"]))
        if what == "junk":
            holder[key] = copy.deepcopy(draw(JUNK))
        elif what == "drop":
            del holder[key]
        elif what == "double" and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        elif what == "field" and isinstance(holder, dict) and "field" in holder:
            holder["field"] = draw(st.sampled_from(FIELDS))
        elif what == "kind" and isinstance(holder, dict) and "type" in holder:
            holder["type"] = draw(st.sampled_from(KINDS))
        if not body:
            break
    text = json.dumps(body)
    return text.encode()


def look_at(item: events.Event) -> None:
    """Read everything that an item offers."""
    if isinstance(item, events.Incoming):
        msgspec.to_builtins((item.content, item.context, item.referral, item.problems, item.sender), str_keys=True)
        assert item.raw is not None
    elif isinstance(item, events.Status):
        msgspec.to_builtins((item.pricing, item.problems, item.window_ends_at, item.wa_id, item.user_id))
    elif isinstance(item, events.AccountEvent):
        msgspec.to_builtins(item.notice, str_keys=True)
    # What goes to PostgreSQL must be text that it can keep.
    assert b"\\u0000" not in json.dumps(events.build_body(item.change).decode()).encode()


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(mutated())
def test_mutated_webhooks_are_read_as_far_as_they_can_be(body: bytes) -> None:
    for item in events.parse_events(body):
        look_at(item)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_bytes_that_were_damaged_are_refused_or_read(case: Any, data: st.DataObject) -> None:
    body = bytearray(json.dumps(case).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        items = list(events.parse_events(bytes(body)))
    except events.MalformedError:
        return
    for item in items:
        look_at(item)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(CASES), min_size=1, max_size=12))
def test_as_much_comes_out_of_a_batch_as_out_of_its_parts(cases: list[Any]) -> None:
    alone = sum(len(list(events.parse_events(json.dumps(case).encode()))) for case in cases)
    together = {"object": "whatsapp_business_account", "entry": [entry for case in cases for entry in case["entry"]]}
    assert len(list(events.parse_events(json.dumps(together).encode()))) == alone
