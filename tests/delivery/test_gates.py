"""Each gate, by tables of cases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from switchboard.delivery import rules
from switchboard.delivery.rules import Case, Hold, Limits, Skip, judge
from switchboard.delivery.rules.limits import Region, parse_regions, render_regions
from tests.conftest import NOON

HOUR = timedelta(hours=1)
UNTIL_YESTERDAY = Limits(regions=(Region("US", "marketing", date(2025, 4, 1), NOON.date() - timedelta(days=1)),))
FINE = Case(
    origin_kind="broadcast",
    category="marketing",
    zones="UTC",
    template_id=1,
    template_state="approved",
    marketing_basis="opt_in",
    utility_basis="opt_in",
)

ANSWER: dict[str, Any] = {"origin_kind": "answer", "template_id": None, "window_opened_at": NOON - HOUR}


def verdict(**changed: Any) -> str:
    found = judge(replace(FINE, **changed), NOON)
    if found is None:
        return "pass"
    return f"{'hold' if isinstance(found, Hold) else 'skip'} {found.gate}"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "pass"),
        ({"is_stop_on": True}, "hold stop"),
        ({"marketing_basis": ""}, "skip consent"),
        ({"category": "utility", "utility_basis": ""}, "pass"),
        ({"category": "utility", "utility_basis": "", "marketing_basis": ""}, "skip consent"),
        ({"category": "utility", "utility_basis": "transaction", "marketing_basis": ""}, "pass"),
        ({"marketing_basis": "", "utility_basis": "transaction"}, "skip consent"),
        ({"opted_out_at": NOON}, "skip consent"),
        ({"opted_out_at": NOON, "category": "utility"}, "skip consent"),
        ({"origin_kind": "person", "opted_out_at": NOON}, "skip consent"),
        ({"template_state": "paused"}, "hold template"),
        ({"template_state": "pending"}, "hold template"),
        ({"template_state": "rejected"}, "skip template"),
        ({"template_state": "disabled"}, "skip template"),
        ({"template_state": None}, "skip template"),
        ({"account_id": 1, "template_account_id": 2}, "skip template"),
        ({"number_state": "banned"}, "hold number"),
        ({"number_stopped_at": NOON, "number_stopped_code": "190"}, "hold number"),
        ({"number_stopped_code": "RESTRICTED_STARTING"}, "hold number"),
        ({"number_stopped_code": "RESTRICTED_STARTING", "origin_kind": "person"}, "hold number"),
        ({"number_stopped_code": "RESTRICTED_STARTING", **ANSWER, "number_stopped_at": NOON}, "pass"),
        ({"number_stopped_code": "RESTRICTED_STARTING", **ANSWER, "number_state": "banned"}, "hold number"),
        ({"number_stopped_code": "RESTRICTED_ANSWERING", "number_state": "restricted"}, "pass"),
        ({"number_stopped_code": "RESTRICTED_ANSWERING", **ANSWER}, "hold number"),
        ({"number_stopped_code": "ACCOUNT_RESTRICTION", **ANSWER}, "hold number"),
        ({"recipient": "+12125550123"}, "skip reachability"),
        ({"recipient": "+14165550123"}, "pass"),
        ({"recipient": "US.13491208655302741918"}, "skip reachability"),
        ({"recipient": "+12125550123", "category": "utility"}, "pass"),
        ({"recipient": "+12125550123", "limits": Limits(regions=())}, "pass"),
        ({"recipient": "+12125550123", "limits": UNTIL_YESTERDAY}, "pass"),
        ({"recipient": "JP.1", "user_portfolio_id": 2, "portfolio_id": 1}, "skip reachability"),
        ({"recipient": "JP.1", "user_portfolio_id": 1, "portfolio_id": 1}, "pass"),
        ({"undeliverable_count": 2, "undeliverable_at": NOON}, "skip reachability"),
        ({"undeliverable_count": 1, "undeliverable_at": NOON}, "pass"),
        ({"undeliverable_count": 9, "undeliverable_at": NOON - timedelta(days=91)}, "pass"),
        ({"undeliverable_count": 9, "undeliverable_at": NOON - HOUR, "window_opened_at": NOON}, "pass"),
        ({"pace_opens_at": NOON + HOUR}, "hold pace"),
        ({"pace_opens_at": NOON + HOUR, "origin_kind": "person"}, "pass"),
        ({"throughput_opens_at": NOON + HOUR}, "hold throughput"),
        ({"zones": "Asia/Singapore"}, "pass"),
        ({"zones": "Pacific/Auckland"}, "hold quiet_hours"),
        ({"zones": "Pacific/Auckland", "origin_kind": "person"}, "pass"),
    ],
)
def test_a_template_of_a_broadcast(changed, expected):
    assert verdict(**changed) == expected


ANSWER = {"origin_kind": "answer", "template_id": None, "template_state": None, "opted_out_at": NOON}


@pytest.mark.parametrize(
    ("opened_before", "expected"),
    [(timedelta(hours=1), "pass"), (timedelta(hours=23, minutes=59), "pass"), (timedelta(hours=24), "skip window")],
)
def test_an_answer_needs_an_open_window_and_nothing_else(opened_before, expected):
    assert verdict(**ANSWER, window_opened_at=NOON - opened_before, zones="Pacific/Auckland") == expected


def test_an_answer_to_nobody_is_skipped():
    assert verdict(**ANSWER) == "skip window"


def test_gates_are_asked_in_the_order_of_the_design():
    names = [gate.__name__.removeprefix("gate_") for gate in rules.gates.CHAIN]
    assert names == [
        "stop",
        "consent",
        "reachability",
        "window",
        "template",
        "number",
        "pace",
        "throughput",
        "quiet_hours",
        "frequency",
        "pair",
        "portfolio_budget",
    ]


def test_a_hold_says_what_was_measured_and_until_when():
    found = judge(replace(FINE, zones="Pacific/Auckland"), NOON)
    assert isinstance(found, Hold)
    assert found.detail == {"zones": "Pacific/Auckland", "limit": "22:00–08:00"}
    assert found.until > NOON


def test_a_skip_says_why():
    found = judge(replace(FINE, opted_out_at=NOON), NOON)
    assert isinstance(found, Skip)
    assert found.detail == {"reason": "opted_out", "category": "marketing", "since": NOON.isoformat()}


def test_a_rule_about_a_country_is_stored_as_it_is():
    regions = (*Limits().regions, Region("CA", "marketing", date(2027, 1, 1), date(2028, 1, 1)))
    assert parse_regions(render_regions(regions)) == regions
