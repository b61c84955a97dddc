"""Values for one person, and numbers in turns."""

from collections import Counter
from typing import Any

import pytest

from switchboard.broadcasts import rules
from switchboard.broadcasts.rules import Person
from switchboard.templates.rules import parse_shape

SHAPE = parse_shape([{"type": "BODY", "text": "{{1}} {{2}}"}])
ANN = Person(
    7, "Ann", "+4915123456789", "ann@example.com", "en", "DE", "Europe/Berlin", {"city": "Berlin", "visits": 3}
)


@pytest.mark.parametrize(
    ("filling", "value"),
    [
        ({"source": "name"}, "Ann"),
        ({"source": "email"}, "ann@example.com"),
        ({"source": "country"}, "DE"),
        ({"source": "field:city"}, "Berlin"),
        ({"source": "field:visits"}, "3"),
        ({"source": "field:none"}, ""),
        ({"source": "field:none", "fallback": "you"}, "you"),
        ({"source": "field:none", "fallback": "you", "fallbacks": {"en": "friend"}}, "friend"),
        ({"source": "fixed", "value": " 10 % "}, "10 %"),
        ({"source": "password"}, ""),
        ({}, ""),
    ],
)
def test_a_variable_is_filled_from_its_source(filling: dict[str, Any], value: str) -> None:
    assert rules.fill_values(SHAPE, {"body:1": filling}, ANN, "en")["body:1"] == value


def test_variables_without_a_source_are_named() -> None:
    variables = {"body:1": {"source": "name"}, "body:2": {"source": "fixed", "value": ""}}
    assert rules.find_unfilled(SHAPE, variables) == ["body:2"]


def test_faster_numbers_come_more_often_and_evenly() -> None:
    wheel = rules.build_wheel({1: 20.0, 2: 10.0, 3: 5.0})
    assert Counter(wheel) == {1: 4, 2: 2, 3: 1}
    assert wheel[:3] == (1, 2, 3)


def test_no_number_comes_so_often_that_others_starve() -> None:
    assert Counter(rules.build_wheel({1: 800.0, 2: 0.05})) == {1: 20, 2: 1}


def test_no_numbers_make_no_wheel() -> None:
    assert rules.build_wheel({}) == ()
