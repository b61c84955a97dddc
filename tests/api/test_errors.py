"""Whatever a program sends, it gets JSON of one shape with what to do; and nothing of our insides."""

import json

import pytest
from django.db import OperationalError

from switchboard.conversions import actions
from tests.api.conftest import Program


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"{", 400, "is no JSON"),
        (b"\xff\xfe\x00", 400, "is no JSON"),
        (b"[" * 200_000, 400, "nested too deeply"),
        (b'{"id": NaN}', 400, "NaN is no number"),
        (b'{"id": 1e999}', 400, "larger than any number"),
        (b'{"id": ' + b"9" * 5000 + b"}", 400, "is no JSON"),
        (b'{"id": "\\ud800"}', 400, "half a character"),
        (b'{"\\u0000": 1}', 400, "zero character"),
        (b'"rubbish"', 422, "cannot be used"),
        (b"null", 422, "cannot be used"),
        (b"", 422, "is missing"),
        (b'{"a": "' + b"x" * 5 * 1024 * 1024 + b'"}', 413, "larger than 5 MB"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_body_that_is_none_is_told_why(program: Program, body: bytes, status: int, sentence: str) -> None:
    answer = program.call("post", "orders", body)
    assert (answer.status_code, sentence in answer.json()["message"]) == (status, True), answer.json()
    assert set(answer.json()) == {"code", "message", "field", "what_to_do"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "", 404),
        ("get", "nothing", 404),
        ("get", "contacts/", 404),
        ("post", "contacts", 405),
        ("delete", "contacts/1", 405),
        ("get", "orders", 405),
        ("post", "openapi.json", 405),
        ("get", "contacts/a%00b", 422),
        ("get", "contacts?phone=%00", 422),
        ("get", "contacts?limit=201", 422),
        ("get", "contacts?before=0", 422),
        ("get", f"contacts?id={10**30}", 422),
        ("get", "contacts/%F0%28", 404),
        ("get", "contacts/" + "9" * 254, 404),
        ("get", "contacts/" + "9" * 255, 422),
        ("get", "imports/one", 422),
    ],
)
def test_an_address_that_leads_nowhere_is_told_so_in_json(
    program: Program, method: str, path: str, status: int
) -> None:
    answer = program.call(method, path)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        status,
        "application/json",
        "no-store",
    )
    assert set(answer.json()) == {"code", "message", "field", "what_to_do"}


def test_our_mistakes_have_a_number_and_show_nothing(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_given: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(actions, "record_events", fail)
    answer = program.post("events", {"id": "1", "person": "1", "name": "x", "at": "2026-03-01T10:00:00Z"})
    assert (answer.status_code, answer.json()["code"]) == (500, "our_fault")
    assert "secret" not in json.dumps(answer.json())


def test_a_database_that_is_away_is_said_to_be(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_given: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(actions, "record_events", fail)
    answer = program.post("events", {"id": "1", "person": "1", "name": "x", "at": "2026-03-01T10:00:00Z"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
