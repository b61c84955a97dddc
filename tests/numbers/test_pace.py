"""Paces are set, numbers stopped and resumed."""

from typing import Any

import pytest

from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import actions, queries, rules
from switchboard.numbers.errors import NumberMissingError, PaceError, PaceFigureError
from switchboard.numbers.models import Number
from switchboard.numbers.rules import Pace
from tests.conftest import NOON
from tests.factories import make_number, make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(db: None) -> Number:
    return make_number(make_workspace())


def set_pace(number: Number, pace: str, overrides: dict[str, Any] | None = None) -> Number:
    return actions.set_pace(workspace_id=number.workspace_id, number_id=number.pk, pace=pace, overrides=overrides)


@pytest.mark.parametrize(
    ("preset", "overrides", "pace"),
    [
        ("careful", {}, Pace(per_second=64, per_minute=12, per_hour=200, gap_min_seconds=3, gap_max_seconds=5)),
        ("standard", {}, Pace(per_second=20)),
        ("standard", {"per_hour": 500}, Pace(per_second=20, per_hour=500)),
        ("full", {}, Pace(per_second=64)),
        ("full", {"per_second": 900, "unheard_of": 1}, Pace(per_second=64)),
    ],
)
def test_a_fifth_of_the_throughput_is_kept_for_answers(preset: str, overrides: dict[str, Any], pace: Pace) -> None:
    assert rules.pace_of(preset, overrides, 80) == pace


@pytest.mark.parametrize(
    ("age_days", "per_day"), [(0, 50), (2, 50), (3, 100), (13, 250), (29, 1000), (30, None), (None, None)]
)
def test_a_careful_number_warms_up(age_days: int | None, per_day: int | None) -> None:
    assert rules.pace_of("careful", {}, 80, age_days).per_day == per_day


def test_a_number_has_a_curve_of_its_own() -> None:
    assert rules.pace_of("standard", {"warm_up": [[10, 30]]}, 80, 9).per_day == 30
    assert rules.pace_of("careful", {"warm_up": []}, 80, 0).per_day is None
    assert rules.pace_of("careful", {"per_day": 20}, 80, 0).per_day == 20


def test_the_stricter_of_two_paces_keeps_to_both() -> None:
    both = rules.stricter(Pace(per_second=20, per_day=50), Pace(per_second=5, per_minute=12, gap_min_seconds=3))
    assert both == Pace(per_second=5, per_minute=12, per_day=50, gap_min_seconds=3)


def test_a_number_gets_another_pace_and_its_own_figures(number: Number) -> None:
    changed = set_pace(number, "careful", {"per_hour": 100, "gap_max_seconds": 7.5})
    assert (changed.pace, changed.pace_overrides) == ("careful", {"per_hour": 100, "gap_max_seconds": 7.5})
    assert set_pace(number, "full").pace_overrides == {}


def test_it_refuses_a_pace_that_does_not_exist(number: Number) -> None:
    with pytest.raises(PaceError):
        set_pace(number, "reckless")


@pytest.mark.parametrize(
    "overrides",
    [{"per_hour": 0}, {"per_hour": -1}, {"per_hour": 1.5}, {"per_hour": True}, {"gap_min_seconds": 4000}, {"x": 1}],
)
def test_it_refuses_a_figure_that_cannot_be(number: Number, overrides: dict[str, Any]) -> None:
    with pytest.raises(PaceFigureError):
        set_pace(number, "careful", overrides)


def test_a_person_stops_a_number_and_lets_it_go_on(number: Number) -> None:
    stopped = actions.stop_number(workspace_id=number.workspace_id, number_id=number.pk, by="Olive", now=NOON)
    assert (stopped.stopped_at, stopped.stopped_code, stopped.stopped_detail) == (NOON, "person", "Stopped by Olive.")
    resumed = actions.resume_number(workspace_id=number.workspace_id, number_id=number.pk)
    assert (resumed.stopped_at, resumed.stopped_code) == (None, "")


def test_a_stop_does_not_hide_the_one_before_it(number: Number) -> None:
    Number.objects.filter(pk=number.pk).update(stopped_at=NOON, stopped_code="131042", stopped_detail="Payment")
    stopped = actions.stop_number(workspace_id=number.workspace_id, number_id=number.pk, by="Olive", now=NOON)
    assert stopped.stopped_code == "131042"


def test_one_workspace_cannot_touch_another_ones_number(number: Number) -> None:
    other = make_workspace("Sam's Shop")
    with workspace_scope(other.pk), pytest.raises(NumberMissingError):
        queries.get_number(number.workspace_id, number.pk)


@pytest.mark.django_db
def test_a_person_who_resumes_after_a_restriction_has_the_number_connected_again() -> None:
    number = make_number(make_workspace(), state="restricted", stopped_at=NOON, stopped_code="RESTRICTED_STARTING")
    resumed = actions.resume_number(workspace_id=number.workspace_id, number_id=number.pk)
    assert (resumed.state, resumed.stopped_at, resumed.stopped_code) == ("connected", None, "")
