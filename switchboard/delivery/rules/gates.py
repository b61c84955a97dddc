"""The gates that a message must pass, in order. Each looks at the facts and lets it pass, holds it or skips it.

One chain for every outgoing message, whoever made it; a gate itself says whom it concerns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from switchboard.consent import standing
from switchboard.core import phone
from switchboard.delivery.rules import person
from switchboard.delivery.rules.budget import Budget
from switchboard.delivery.rules.limits import USUAL, Limits
from switchboard.delivery.rules.quiet_hours import USUAL_NIGHT, Night, opens_at
from switchboard.delivery.types import Gate, Origin
from switchboard.numbers import rules as number_rules

WINDOW = timedelta(hours=24)
# A message takes a moment to reach Meta; one that leaves in the window's last seconds would miss it.
WINDOW_MARGIN = timedelta(seconds=30)
LOOK_AGAIN = timedelta(minutes=15)
# After so long somebody who was not on WhatsApp may be by now.
UNREACHABLE_FOR = timedelta(days=90)
_STARTED_BY_US = frozenset({Origin.BROADCAST, Origin.JOURNEY})
_TEMPLATES_THAT_MAY_RETURN = frozenset({"paused", "pending", "other"})
_MARKETING = "marketing"


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


@dataclass(slots=True)
class Case:
    """What the gates look at: one message, its number, its template and its person as they are now."""

    origin_kind: str
    category: str
    zones: str
    message: bytes = b""
    recipient: str = ""
    template_id: int | None = None
    template_state: str | None = None
    template_account_id: int | None = None
    account_id: int | None = None
    number_id: int = 0
    portfolio_id: int = 0
    number_state: str = "connected"
    number_stopped_code: str = ""
    number_stopped_at: datetime | None = None
    is_stop_on: bool = False
    marketing_basis: str = ""
    utility_basis: str = ""
    opted_out_at: datetime | None = None
    window_opened_at: datetime | None = None
    night: Night = USUAL_NIGHT
    limits: Limits = USUAL
    undeliverable_count: int = 0
    undeliverable_at: datetime | None = None
    # The portfolio that the recipient's user id belongs to, where another one's is known.
    user_portfolio_id: int | None = None
    # What the person was lately sent, and the portfolio's count; no count where Meta sets no limit.
    touches: Sequence[person.Touch] = ()
    budget: Budget | None = None
    # The next moment of the number's pace, and what it measured; a claim has it from the moments it gives away.
    pace_opens_at: datetime | None = None
    pace_detail: dict[str, Any] | None = None
    throughput_opens_at: datetime | None = None

    @property
    def is_started_by_us(self) -> bool:
        """Whether nobody asked for it just now."""
        return self.origin_kind in _STARTED_BY_US or self.template_id is not None

    def is_in_window(self, now: datetime) -> bool:
        """Tell whether the person wrote to this number within the last 24 hours."""
        return self.window_opened_at is not None and now < self.window_opened_at + WINDOW - WINDOW_MARGIN

    @property
    def is_limited_marketing(self) -> bool:
        """Whether it counts as marketing that a person gets of us."""
        return self.category == _MARKETING and self.origin_kind in _STARTED_BY_US

    def is_counted(self, now: datetime) -> bool:
        """Tell whether the portfolio's budget counts the person for it."""
        return self.is_started_by_us and not self.is_in_window(now)


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


def gate_reachability(case: Case, now: datetime) -> Verdict:
    """Skip people whom WhatsApp does not know, whose country gets none of it, or who belong to another portfolio."""
    if case.user_portfolio_id is not None and case.user_portfolio_id != case.portfolio_id:
        return Skip(Gate.REACHABILITY, {"reason": "other_portfolio", "user_id": case.recipient})
    since = case.undeliverable_at
    if since is not None and case.undeliverable_count >= case.limits.unreachable_after:
        has_written = case.window_opened_at is not None and case.window_opened_at > since
        if not has_written and now < since + UNREACHABLE_FOR:
            detail = {"reason": "not_on_whatsapp", "measured": case.undeliverable_count, "since": since.isoformat()}
            again_at = (since + UNREACHABLE_FOR).isoformat()
            return Skip(Gate.REACHABILITY, detail | {"limit": case.limits.unreachable_after, "again_at": again_at})
    if not case.is_started_by_us:
        return None
    for region in case.limits.regions:
        if region.category == case.category and _is_in(case.recipient, region.country) and region.holds(now.date()):
            detail = {"reason": "country", "country": region.country, "category": region.category}
            return Skip(Gate.REACHABILITY, detail | {"since": region.from_on.isoformat()})
    return None


def _is_in(recipient: str, country: str) -> bool:
    if recipient[:1] == "+":
        return phone.is_of_country(recipient, country)
    return recipient.startswith(f"{country}.")


def gate_window(case: Case, now: datetime) -> Verdict:
    """Skip free-form messages outside the person's 24-hour window with this number."""
    if case.template_id is not None or case.is_in_window(now):
        return None
    opened_at = case.window_opened_at
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
    """Hold while the number is not connected or was stopped; a restriction may be of one kind of message only."""
    code = case.number_stopped_code
    if number_rules.is_spared(case.number_state, code, is_started_by_us=case.is_started_by_us):
        return None
    if case.number_stopped_at is not None or code in number_rules.ACCOUNT_RESTRICTIONS:
        return Hold(Gate.NUMBER, now + LOOK_AGAIN, {"stopped": case.number_stopped_code})
    if case.number_state != "connected":
        return Hold(Gate.NUMBER, now + LOOK_AGAIN, {"state": case.number_state, "limit": "connected"})
    return None


def gate_pace(case: Case, now: datetime) -> Verdict:
    """Hold broadcasts and journeys until the number's pace has a moment for them."""
    if case.pace_opens_at is None or case.pace_opens_at <= now or case.origin_kind not in _STARTED_BY_US:
        return None
    return Hold(Gate.PACE, case.pace_opens_at, case.pace_detail or {})


def gate_throughput(case: Case, now: datetime) -> Verdict:
    """Hold answers that would exceed what the number's throughput leaves them."""
    if case.throughput_opens_at is None or case.throughput_opens_at <= now:
        return None
    return Hold(Gate.THROUGHPUT, case.throughput_opens_at)


def gate_quiet_hours(case: Case, now: datetime) -> Verdict:
    """Hold broadcasts and journeys over the night, until it is day in every zone the person may be in."""
    if case.origin_kind not in _STARTED_BY_US:
        return None
    until = opens_at(case.zones, now, case.night)
    if until <= now:
        return None
    return Hold(Gate.QUIET_HOURS, until, {"zones": case.zones, "limit": str(case.night)})


def gate_frequency(case: Case, now: datetime) -> Verdict:
    """Hold marketing for people who got enough of it in the last day or week, whoever sent it."""
    if not case.is_limited_marketing or (
        not case.touches and case.limits.marketing_per_day > 0 < case.limits.marketing_per_week
    ):
        return None
    found = person.frequency_of(
        case.touches,
        case.message,
        now.timestamp(),
        per_day=case.limits.marketing_per_day,
        per_week=case.limits.marketing_per_week,
    )
    if found is None:
        return None
    detail = {"measured": found.measured, "limit": found.limit, "days": found.days}
    return Hold(Gate.FREQUENCY, datetime.fromtimestamp(found.until, UTC), detail)


def gate_pair(case: Case, now: datetime) -> Verdict:
    """Hold what would be too much for this person and number in so short a time (Meta's error 131056)."""
    if not case.touches:
        return None
    others = [touch for touch in case.touches if touch.message != case.message]
    needs_quiet = case.origin_kind in _STARTED_BY_US
    opens = person.pair_opens_at(others, case.number_id, needs_quiet=needs_quiet)
    if opens <= now.timestamp():
        return None
    limit = 1 if needs_quiet else person.PAIR_BURST
    return Hold(Gate.PAIR, datetime.fromtimestamp(opens, UTC), {"limit": limit, "seconds": person.PAIR_SECONDS})


def gate_portfolio_budget(case: Case, now: datetime) -> Verdict:
    """Hold what would reach more people than Meta lets the portfolio reach in 24 hours outside open windows."""
    if case.budget is None or not case.is_counted(now):
        return None
    if person.counted_at(case.touches, case.portfolio_id, now.timestamp()) is not None:
        return None
    # Broadcasts of marketing leave a share to journeys and utility messages.
    is_last = case.origin_kind == Origin.BROADCAST and case.category == _MARKETING
    reserve = case.limits.reserve_percent if is_last else 0
    if case.budget.room(reserve) > 0:
        return None
    detail = {"measured": case.budget.used, "limit": case.budget.limit, "reserve_percent": reserve}
    return Hold(Gate.BUDGET, datetime.fromtimestamp(case.budget.next_free_at(), UTC), detail)


CHAIN: tuple[Callable[[Case, datetime], Verdict], ...] = (
    gate_stop,
    gate_consent,
    gate_reachability,
    gate_window,
    gate_template,
    gate_number,
    gate_pace,
    gate_throughput,
    gate_quiet_hours,
    gate_frequency,
    gate_pair,
    gate_portfolio_budget,
)


def judge(case: Case, now: datetime) -> Verdict:
    """Return what the first gate that objects says, or None when all let it pass.

    A claim gives a moment of the number's pace to what passes, and reserves the person with it (store/claim.py).
    """
    for gate in CHAIN:
        verdict = gate(case, now)
        if verdict is not None:
            return verdict
    return None
