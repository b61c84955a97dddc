"""How Meta thinks of accounts, numbers and portfolios at the moment, and the webhooks that tell of a change."""

import time
from functools import partial
from typing import Any

from emulator.accounts import Account, Directory, Number, Portfolio
from emulator.agenda import Agenda
from emulator.clock import Clock
from emulator.errors import GraphError
from emulator.knobs import Knobs
from emulator.limits import TIERS, Throughput
from emulator.templates import Template
from emulator.webhooks import Webhooks

BUSINESS_INITIATED = "RESTRICTED_BIZ_INITIATED_MESSAGING"
ANSWERING = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"
UTILITY = "RESTRICTED_UTILITY_TEMPLATES"
ADDING_NUMBERS = "RESTRICTED_ADD_PHONE_NUMBER_ACTION"
LADDER = ("TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED")
SCALING_SECONDS = 6 * 3600.0
MAINTENANCE_SECONDS = 60.0
FOR_EVER = float("inf")


class Standing:
    def __init__(
        self, *, clock: Clock, knobs: Knobs, calendar: Agenda, webhooks: Webhooks, directory: Directory
    ) -> None:
        self._clock = clock
        self._knobs = knobs
        self._calendar = calendar
        self._webhooks = webhooks
        self._directory = directory

    # ── what a send meets ──

    def check_send(self, number: Number, category: str, *, in_window: bool) -> None:
        """Refuse what Meta would not let this number send now; `category` is service for free-form messages.

        :raises GraphError: the account is banned, locked or restricted, or the number changes its speed.
        """
        if number.maintenance_until > self._clock.elapsed():
            raise GraphError(131057, "The number is being made faster: try again in a minute")
        account = number.account
        if account.is_banned or account.is_locked:
            raise GraphError(131031, "The account has been locked for a violation of the policies")
        if not account.restrictions:
            return
        if self.is_restricted(account, ANSWERING) and category == "service":
            raise GraphError(368, "The account may not answer customers now")
        if self.is_restricted(account, BUSINESS_INITIATED) and (category != "service" or not in_window):
            raise GraphError(368, "The account may not start conversations now")
        if category == "utility" and self.is_restricted(account, UTILITY):
            raise GraphError(131064, "The account may not send utility templates now")

    def late_code(self, number: Number, category: str) -> int:
        """Return the code a message fails with later because of money or complaints, 0 for none."""
        is_free = category == "none" or (
            category == "service" and number.service_so_far(self._clock.now()) < self._knobs.free_service_messages
        )
        if number.account.has_payment_problem and not is_free:
            return 131042
        if number.is_spamming and category != "service":
            if self._knobs.spam_error == "sync":
                raise GraphError(131048, "Too many people blocked or reported this number")
            return 131048
        return 0

    def is_restricted(self, account: Account, kind: str) -> bool:
        return account.restrictions.get(kind, 0.0) > self._clock.elapsed()

    # ── accounts ──

    def restrict(self, account: Account, kinds: list[str], seconds: float | None) -> None:
        """Restrict an account for some seconds, or until lifted."""
        info = []
        for kind in kinds:
            account.restrictions[kind] = FOR_EVER if seconds is None else self._clock.elapsed() + seconds
            each: dict[str, Any] = {"restriction_type": kind}
            if seconds is not None:
                each["expiration"] = int(self._clock.now() + seconds)
                self._calendar.call(seconds, partial(self._end_restriction, account, kind))
            info.append(each)
        self._update(account, "ACCOUNT_RESTRICTION", restriction_info=info)

    def _end_restriction(self, account: Account, kind: str) -> None:
        # It may have been lifted or made longer meanwhile.
        if not self.is_restricted(account, kind):
            account.restrictions.pop(kind, None)

    def lift(self, account: Account) -> None:
        account.restrictions.clear()
        account.is_locked = False

    def warn(self, account: Account, violation: str) -> None:
        self._update(account, "ACCOUNT_VIOLATION", violation_info={"violation_type": violation})

    def ban(self, account: Account, *, in_seconds: float = 0.0) -> None:
        """Disable an account now, or announce that it will be."""
        if in_seconds > 0:
            self._ban_state(account, "SCHEDULE_FOR_DISABLE", in_seconds)
            self._calendar.call(in_seconds, lambda: self.ban(account))
            return
        account.is_banned = True
        self._ban_state(account, "DISABLE", 0.0)

    def reinstate(self, account: Account) -> None:
        account.is_banned = False
        self._ban_state(account, "REINSTATE", 0.0)

    def _ban_state(self, account: Account, state: str, in_seconds: float) -> None:
        # Meta writes this date in English words, whatever the account's language.
        moment = time.gmtime(self._clock.now() + in_seconds)
        date = f"{time.strftime('%B', moment)} {moment.tm_mday}, {moment.tm_year}"
        self._update(account, "DISABLED_UPDATE", ban_info={"waba_ban_state": state, "waba_ban_date": date})

    def announce(self, account: Account, event: str, details: dict[str, Any]) -> None:
        """Send any other account_update event."""
        self._update(account, event, **details)

    def review(self, account: Account, decision: str) -> None:
        account.review_status = decision
        self._webhooks.emit_account(account, "account_review_update", {"decision": decision})

    def alert(self, account: Account, alert_type: str, severity: str) -> None:
        info = {"alert_severity": severity, "alert_status": "ACTIVE", "alert_type": alert_type}
        info["alert_description"] = alert_type.replace("_", " ").capitalize()
        value: dict[str, Any] = {
            "entity_type": "BUSINESS",
            "entity_id": account.portfolio.portfolio_id,
            "alert_info": info,
        }
        self._webhooks.emit_account(account, "account_alerts", value)

    def _update(self, account: Account, event: str, **more: Any) -> None:
        self._webhooks.emit_account(account, "account_update", {"event": event, **more})

    # ── portfolios ──

    def set_limit(self, portfolio: Portfolio, limit: str) -> None:
        """Give a portfolio another messaging limit and tell all its accounts."""
        portfolio.messaging_limit, portfolio.reach.limit = limit, TIERS.get(limit)
        amount: object = limit
        if self._knobs.capability_as_number:
            amount = TIERS.get(limit, -1)
        value = {
            "max_daily_conversations_per_business": amount,
            "max_phone_numbers_per_business": portfolio.number_limit,
            "max_phone_numbers_per_waba": 25,
        }
        for account in self._directory.accounts.values():
            if account.portfolio is portfolio:
                self._webhooks.emit_account(account, "business_capability_update", value)

    def note_reach(self, number: Number) -> None:
        """Raise the limit six hours after half of it was used by a number of good quality."""
        portfolio = number.account.portfolio
        limit = portfolio.reach.limit
        if not self._knobs.tier_scaling or portfolio.is_scaling or limit is None or number.quality_rating == "RED":
            return
        if portfolio.messaging_limit in LADDER and portfolio.reach.count * 2 >= limit:
            portfolio.is_scaling = True
            self._calendar.call(SCALING_SECONDS, lambda: self._scale(portfolio))

    def _scale(self, portfolio: Portfolio) -> None:
        portfolio.is_scaling = False
        self.set_limit(portfolio, LADDER[LADDER.index(portfolio.messaging_limit) + 1])

    # ── numbers ──

    def upgrade_throughput(self, number: Number, per_second: int) -> None:
        """Make a number faster after a minute in which it cannot send."""
        number.maintenance_until = self._clock.elapsed() + MAINTENANCE_SECONDS
        self._calendar.call(MAINTENANCE_SECONDS, lambda: self._end_upgrade(number, per_second))

    def _end_upgrade(self, number: Number, per_second: int) -> None:
        number.throughput = Throughput(per_second)
        value = {
            "display_phone_number": number.digits,
            "event": "THROUGHPUT_UPGRADE",
            "current_limit": "TIER_UNLIMITED",
            "max_daily_conversations_per_business": "TIER_UNLIMITED",
        }
        self._webhooks.emit_account(number.account, "phone_number_quality_update", value)

    def rename(self, number: Number, name: str, decision: str) -> None:
        """Decide about a display name."""
        if decision == "APPROVED":
            number.verified_name = name
        number.name_status = decision
        value = {"display_phone_number": number.digits, "decision": decision, "requested_verified_name": name}
        value["rejection_reason"] = "NAME_NOT_CONSISTENT" if decision == "REJECTED" else "NONE"
        self._webhooks.emit_account(number.account, "phone_number_name_update", value)

    def tell_security(self, number: Number, event: str) -> None:
        value = {"display_phone_number": number.digits, "event": event, "requester": ""}
        self._webhooks.emit_account(number.account, "security", value)


def health_of(entity: Account | Number) -> dict[str, Any]:
    """Return the health_status field of an account or a number: the worst of what it depends on."""
    account = entity.account if isinstance(entity, Number) else entity
    entities = [_number_health(entity)] if isinstance(entity, Number) else []
    return _worst([*entities, *_shared_health(account)])


def template_health(account: Account, template: Template) -> dict[str, Any]:
    """Return the health_status field of a template."""
    is_sendable = template.status == "APPROVED"
    sentence = "" if is_sendable else f"The template has status {template.status}"
    own = _entity("MESSAGE_TEMPLATE", template.template_id, 0 if is_sendable else 141008, sentence)
    return _worst([own, *_shared_health(account)])


def _shared_health(account: Account) -> list[dict[str, Any]]:
    return [_account_health(account), _entity("BUSINESS", account.portfolio.portfolio_id)]


def _worst(entities: list[dict[str, Any]]) -> dict[str, Any]:
    worst = next((each["can_send_message"] for each in entities if each["can_send_message"] == "BLOCKED"), "")
    worst = worst or next((each["can_send_message"] for each in entities if each["can_send_message"] == "LIMITED"), "")
    return {"can_send_message": worst or "AVAILABLE", "entities": entities}


def _entity(
    kind: str, entity_id: str, code: int = 0, sentence: str = "", *, is_limited: bool = False
) -> dict[str, Any]:
    state = ("LIMITED" if is_limited else "BLOCKED") if code else "AVAILABLE"
    entity: dict[str, Any] = {"entity_type": kind, "id": entity_id, "can_send_message": state}
    if code:
        solution = "Look at the account in WhatsApp Manager and follow what it says."
        entity["errors"] = [{"error_code": code, "error_description": sentence, "possible_solution": solution}]
    return entity


def _number_health(number: Number) -> dict[str, Any]:
    if number.status != "CONNECTED":
        return _entity("PHONE_NUMBER", number.number_id, 141000, f"The number has status {number.status}")
    if number.is_spamming:
        return _entity("PHONE_NUMBER", number.number_id, 141010, "People block or report this number", is_limited=True)
    return _entity("PHONE_NUMBER", number.number_id)


def _account_health(account: Account) -> dict[str, Any]:
    if account.is_banned or account.is_locked:
        return _entity("WABA", account.account_id, 141002, "The account is disabled or locked")
    if account.has_payment_problem:
        return _entity("WABA", account.account_id, 141006, "There is a problem with the payment method")
    if account.restrictions:
        return _entity("WABA", account.account_id, 141010, "The account is restricted", is_limited=True)
    return _entity("WABA", account.account_id)
