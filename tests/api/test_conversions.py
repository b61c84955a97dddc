"""Orders, refunds and events by API: once each, and each bad one refused in one sentence."""

from datetime import timedelta
from typing import Any

import pytest

from switchboard.contacts.models import Contact, Event
from switchboard.conversions.models import Order
from switchboard.core import clock
from tests import factories
from tests.api.conftest import Program


@pytest.fixture
def hana(program: Program) -> Contact:
    return factories.make_contact(program.workspace, name="花子", phone="+819012345678")


ORDER: dict[str, Any] = {
    "id": "A-1",
    "person": "090-1234-5678",
    "total": "4200.50",
    "currency": "JPY",
    "at": "2026-03-01T10:00:00+09:00",
    "number": "#1042",
    "items": [{"name": "急須", "quantity": 1, "price": 4200.5}],
}


def test_the_same_order_twice_is_one_and_gets_the_same_answer(program: Program, hana: Contact) -> None:
    first, second = (program.post("orders", ORDER) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.json() == {
        "id": "A-1",
        "contact_id": hana.pk,
        "number": "#1042",
        "total": "4200.50",
        "refunded": "0.00",
        "currency": "JPY",
    }
    kept = Order.objects.get()
    assert (kept.items, kept.contact_id) == ([{"name": "急須", "quantity": 1.0, "price": 4200.5}], hana.pk)


FUTURE = (clock.now() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"total": -1}, 422, "The total is negative."),
        ({"total": "1e13"}, 422, "The total is larger than any order can be."),
        ({"total": 1.005}, 422, "“total” cannot be used"),
        ({"total": "NaN"}, 422, "“total” cannot be used"),
        ({"at": FUTURE}, 422, "The date is in the future"),
        ({"at": "2026-03-01T10:00:00"}, 422, "“at” cannot be used"),
        ({"at": "0001-01-01T00:00:00+14:00"}, 422, "“at” cannot be used"),
        ({"at": "9999-12-31T23:59:59-23:59"}, 422, "“at” cannot be used"),
        ({"at": "3000-01-01T00:00:00-23:59"}, 422, "The date is in the future"),
        ({"currency": "yen"}, 422, "The currency is missing."),
        ({"person": "+819099999999"}, 404, "Nobody in this workspace has that number"),
        ({"person": "nobody@example.com"}, 404, "Import the person first"),
        ({"refunded": 5000}, 422, "More would be given back than was paid."),
        ({"items": [{"name": "x"}] * 501}, 422, "more than 500 items"),
        ({"items": [{"price": 1}]}, 422, "“items.0.name” is missing."),
        ({"id": ""}, 422, "“id” cannot be used"),
        ({"id": "A\u0000"}, 400, "zero character"),
        ({"colour": "red"}, 422, "“colour” cannot be used"),
    ],
)
def test_an_order_that_cannot_be_is_refused_in_one_sentence(
    program: Program, hana: Contact, changed: dict[str, Any], status: int, sentence: str
) -> None:
    answer = program.post("orders", {**ORDER, **changed})
    assert (answer.status_code, sentence in answer.json()["message"]) == (status, True), answer.json()
    assert set(answer.json()) == {"code", "message", "field", "what_to_do"}
    assert not Order.objects.exists()


def test_an_order_told_differently_is_refused(program: Program, hana: Contact) -> None:
    program.post("orders", ORDER)
    answer = program.post("orders", {**ORDER, "total": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "order_exists")
    assert program.post("orders", {**ORDER, "refunded": "200.5"}).json()["refunded"] == "200.50"


REFUND = {"id": "R-1", "order_id": "A-1", "amount": 200, "at": "2026-03-02T10:00:00Z"}


def test_a_refund_is_recorded_once(program: Program, hana: Contact) -> None:
    assert program.post("refunds", REFUND).json()["code"] == "order_not_found"
    program.post("orders", ORDER)
    first, second = (program.post("refunds", REFUND) for _ in range(2))
    assert first.json() == second.json() == {"id": "R-1", "order_id": "A-1", "amount": "200.00"}
    assert Order.objects.get().refunded == 200
    assert program.post("refunds", {**REFUND, "amount": 201}).json()["code"] == "refund_exists"
    refused = [program.post("refunds", {**REFUND, "id": "R-2", "amount": amount}) for amount in (0, -5, 4100, 10**13)]
    assert [answer.status_code for answer in refused] == [422] * 4


EVENT = {"id": "E-1", "person": "+819012345678", "name": "registered", "at": "2026-03-01T10:00:00Z"}


def test_an_event_is_recorded_once(program: Program, hana: Contact) -> None:
    told = {**EVENT, "properties": {"page": "/tea", "minutes": 3, "tags": ["a"]}}
    first, second = (program.post("events", told) for _ in range(2))
    assert first.json() == second.json()
    assert first.json() == {
        "results": [{"id": "E-1", "recorded": True, "problem": None}],
        "recorded": 1,
        "refused": 0,
    }
    assert Event.objects.get().properties == told["properties"]


def test_one_event_that_is_refused_is_an_error(program: Program, hana: Contact) -> None:
    assert program.post("events", {**EVENT, "at": FUTURE}).json()["code"] == "event"
    assert program.post("events", {**EVENT, "person": "+819099999999"}).status_code == 404
    assert program.post("events", {**EVENT, "properties": {"x": "y" * 10_000}}).status_code == 422


def test_of_many_events_each_is_told_what_became_of_it(program: Program, hana: Contact) -> None:
    many = [
        EVENT,
        {**EVENT, "id": "E-2", "at": FUTURE},
        {**EVENT, "id": "E-3", "person": "nobody@example.com"},
        {**EVENT, "id": "E-4", "person": str(hana.pk)},
        EVENT,
    ]
    told = program.post("events", many).json()
    assert [one["recorded"] for one in told["results"]] == [True, False, False, True, True]
    assert [one["problem"] and one["problem"]["code"] for one in told["results"]] == [
        None,
        "event",
        "unknown_person",
        None,
        None,
    ]
    assert (told["recorded"], told["refused"], Event.objects.count()) == (3, 2, 2)


def test_a_list_of_events_has_a_shape_and_an_end(program: Program, hana: Contact) -> None:
    assert program.post("events", [EVENT, {"id": "E-2"}]).json()["field"] == "1.person"
    assert program.post("events", []).status_code == 422
    thousand = [{**EVENT, "id": f"E-{place}"} for place in range(1001)]
    assert program.post("events", thousand).status_code == 422
    assert program.post("events", thousand[:1000]).json()["recorded"] == 1000
    assert Event.objects.count() == 1000
