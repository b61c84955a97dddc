"""The gates that a message must pass, in order. Each looks at the facts and lets it pass, holds it or skips it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from switchboard.consent import standing
from switchboard.delivery.rules.quiet_hours import USUAL_NIGHT, Night, opens_at
from switchboard.delivery.types import Gate, Origin

WINDOW = timedelta(hours=24)
# A message takes a moment to reach Meta; one that leaves in the window's last seconds would miss it.
WINDOW_MARGIN = timedelta(seconds=30)
LOOK_AGAIN = timedelta(minutes=15)
_STARTED_BY_US = frozenset({Origin.BROADCAST, Origin.JOURNEY})
_TEMPLATES_THAT_MAY_RETURN = frozenset({"paused", "pending", "other"})


@dataclass(frozen=True, slots=True)
class Hold:
    """It waits: which gate holds it, until when, the measured value and the limit."""

    gate: Gate
    until: datetime
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skip:
    """It is not sent at all: which gate refused it, and on what facts."""

    gate: Gate
    detail: dict[str, Any] = field(default_factory=dict)


Verdict = Hold | Skip | None


@dataclass(frozen=True, slots=True)
class Case:
    """What the gates look at: one message, its number, its template and its person as they are now."""

    origin_kind: str
    category: str
    zones: str
    template_id: int | None = None
    template_state: str | None = None
    template_account_id: int | None = None
    account_id: int | None = None
    number_state: str = "connected"
    number_stopped_code: str = ""
    number_stopped_at: datetime | None = None
    is_stop_on: bool = False
    marketing_basis: str = ""
    utility_basis: str = ""
    opted_out_at: datetime | None = None
    window_opened_at: datetime | None = None
    night: Night = USUAL_NIGHT

    @property
    def is_started_by_us(self) -> bool:
        """Whether nobody asked for it just now."""
        return self.origin_kind in _STARTED_BY_US or self.template_id is not None


def gate_stop(case: Case, now: datetime) -> Verdict:
    """Hold everything while a stop switch is on."""
    return Hold(Gate.STOP, now + LOOK_AGAIN) if case.is_stop_on else None


def gate_consent(case: Case, now: datetime) -> Verdict:
    """Skip people who opted out, and those without a recorded basis for the template's category."""
    if not case.is_started_by_us:
        return None
    reason = standing.refuse(
        case.category,
        marketing_basis=case.marketing_basis,
        utility_basis=case.utility_basis,
        is_opted_out=case.opted_out_at is not None,
    )
    if not reason:
        return None
    detail = {"reason": reason, "category": case.category}
    if case.opted_out_at is not None:
        detail["since"] = case.opted_out_at.isoformat()
    return Skip(Gate.CONSENT, detail)


def gate_window(case: Case, now: datetime) -> Verdict:
    """Skip free-form messages outside the person's 24-hour window with this number."""
    if case.template_id is not None:
        return None
    opened_at = case.window_opened_at
    if opened_at is not None and now < opened_at + WINDOW - WINDOW_MARGIN:
        return None
    return Skip(Gate.WINDOW, {"opened_at": opened_at.isoformat() if opened_at else None, "limit_hours": 24})


def gate_template(case: Case, now: datetime) -> Verdict:
    """Hold while the template may come back, skip when it cannot or is another account's."""
    if case.template_id is None:
        return None
    if case.account_id is not None and case.template_account_id not in (None, case.account_id):
        return Skip(Gate.TEMPLATE, {"reason": "other_account"})
    if case.template_state == "approved":
        return None
    detail = {"state": case.template_state or "missing", "limit": "approved"}
    if case.template_state in _TEMPLATES_THAT_MAY_RETURN:
        return Hold(Gate.TEMPLATE, now + LOOK_AGAIN, detail)
    return Skip(Gate.TEMPLATE, detail)


def gate_number(case: Case, now: datetime) -> Verdict:
    """Hold while the number is not connected or was stopped."""
    if case.number_stopped_at is not None:
        return Hold(Gate.NUMBER, now + LOOK_AGAIN, {"stopped": case.number_stopped_code})
    if case.number_state != "connected":
        return Hold(Gate.NUMBER, now + LOOK_AGAIN, {"state": case.number_state, "limit": "connected"})
    return None


def gate_quiet_hours(case: Case, now: datetime) -> Verdict:
    """Hold broadcasts and journeys over the night, until it is day in every zone the person may be in."""
    if case.origin_kind not in _STARTED_BY_US:
        return None
    until = opens_at(case.zones, now, case.night)
    if until <= now:
        return None
    return Hold(Gate.QUIET_HOURS, until, {"zones": case.zones, "limit": str(case.night)})


CHAIN: tuple[Callable[[Case, datetime], Verdict], ...] = (
    gate_stop,
    gate_consent,
    gate_window,
    gate_template,
    gate_number,
    gate_quiet_hours,
)


def judge(case: Case, now: datetime) -> Verdict:
    """Return what the first gate that objects says, or None when all let it pass.

    Pace and throughput are not here: they judge a number's moments, not a message (rules/pace.py).
    """
    for gate in CHAIN:
        verdict = gate(case, now)
        if verdict is not None:
            return verdict
    return None
