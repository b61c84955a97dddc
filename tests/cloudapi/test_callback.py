"""The note that ties a status to our message."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.cloudapi.callback import Callback, build_callback_data, parse_callback_data


@given(st.integers(1, 2**63 - 1), st.uuids(), st.integers(1, 32_000))
def test_what_is_built_is_read_again(workspace_id, message_id, attempt):
    data = build_callback_data(workspace_id, message_id, attempt)
    assert len(data) <= 512
    assert parse_callback_data(data) == Callback(workspace_id, message_id, attempt)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "12",
        "job=42;row=7",
        f"0.{uuid.UUID(int=1).hex}.1",
        f"1.{uuid.UUID(int=1).hex}.0",
        "1.zz.1",
        f"1.{uuid.UUID(int=1)}.1",
    ],
)
def test_the_notes_of_others_are_not_ours(text):
    assert parse_callback_data(text) is None
