"""What Meta decides: about templates, numbers, accounts and portfolios."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from aiohttp import web

from emulator.accounts import Account
from emulator.control.answers import ControlError, answer
from emulator.reviews import Pacing
from emulator.standing import BUSINESS_INITIATED, Standing, health_of
from emulator.templates import Template
from emulator.world import World


class PacingChange(msgspec.Struct, forbid_unknown_fields=True):
    after: int = 0
    hold_seconds: float = 3600.0
    verdict: Literal["good", "bad"] = "good"


class TemplateChange(msgspec.Struct, forbid_unknown_fields=True):
    """What Meta decides about a template; the template is named by id, or by account, name and language."""

    id: str = ""
    account: str = ""
    name: str = ""
    language: str = ""
    event: Literal[
        "", "approve", "reject", "pause", "unpause", "disable", "FLAGGED", "REINSTATED", "LOCKED", "IN_APPEAL"
    ] = ""
    reason: str = "TAG_CONTENT_MISMATCH"
    quality: Literal["", "GREEN", "YELLOW", "RED", "UNKNOWN"] = ""
    category: Literal["", "MARKETING", "UTILITY", "AUTHENTICATION"] = ""
    notice: bool = False
    pacing: PacingChange | None = None


async def change_template(world: World, request: web.BaseRequest) -> web.Response:
    """Let Meta decide something about a template."""
    change = msgspec.json.decode(await request.read(), type=TemplateChange)
    account, template = _find_template(world, change)
    _apply_event(world, account, template, change)
    if change.quality:
        world.reviews.set_quality(account, template, change.quality)
    if change.category:
        world.reviews.change_category(account, template, change.category, with_notice=change.notice)
    if change.pacing:
        pacing = Pacing(change.pacing.after, change.pacing.hold_seconds, change.pacing.verdict)
        world.reviews.pace(template, pacing)
    return answer(template.node())


def _find_template(world: World, change: TemplateChange) -> tuple[Account, Template]:
    if found := world.directory.find_template(change.id):
        return found
    account = world.directory.accounts.get(change.account)
    if account and (template := account.templates.by_key.get((change.name, change.language))):
        return account, template
    raise ControlError("Name a template by `id`, or by `account`, `name` and `language`.")


def _apply_event(world: World, account: Account, template: Template, change: TemplateChange) -> None:
    reviews = world.reviews
    if change.event == "approve":
        reviews.approve(account, template)
    elif change.event == "reject":
        reviews.reject(account, template, change.reason)
    elif change.event == "pause":
        reviews.pause(account, template)
    elif change.event == "unpause":
        if template.status != "PAUSED":
            raise ControlError(f"The template has status {template.status}, only PAUSED ones can be unpaused.")
        reviews.unpause(account, template)
    elif change.event == "disable":
        reviews.disable(account, template)
    elif change.event:
        reviews.announce(account, template, change.event)


class AccountChange(msgspec.Struct, forbid_unknown_fields=True):
    """What Meta decides about an account."""

    account: str
    event: Literal[
        "", "restrict", "lift", "violation", "ban", "schedule_ban", "reinstate", "lock", "review", "alert", "announce"
    ] = ""
    # restrict: which kinds, and for how many seconds (none is until lifted); schedule_ban: in how many.
    restrictions: list[str] = msgspec.field(default_factory=lambda: [BUSINESS_INITIATED])
    seconds: float | None = None
    # violation, alert, review, announce: its name; announce sends `details` along.
    name: str = ""
    severity: Literal["CRITICAL", "WARNING", "INFORMATIONAL"] = "WARNING"
    details: dict[str, Any] = {}
    payment_problem: bool | None = None


async def change_account(world: World, request: web.BaseRequest) -> web.Response:
    """Let Meta decide something about an account."""
    change = msgspec.json.decode(await request.read(), type=AccountChange)
    account = world.directory.accounts.get(change.account)
    if account is None:
        raise ControlError("`account` must be the id of an account that was set up.")
    if change.payment_problem is not None:
        account.has_payment_problem = change.payment_problem
    if change.event:
        _account_events(world.standing, account, change)[change.event]()
    return answer({"id": account.account_id, "health_status": health_of(account)})


def _account_events(standing: Standing, account: Account, change: AccountChange) -> dict[str, Callable[[], None]]:
    return {
        "restrict": lambda: standing.restrict(account, change.restrictions, change.seconds),
        "lift": lambda: standing.lift(account),
        "violation": lambda: standing.warn(account, change.name or "SCAM"),
        "ban": lambda: standing.ban(account),
        "schedule_ban": lambda: standing.ban(account, in_seconds=change.seconds or 86_400.0),
        "reinstate": lambda: standing.reinstate(account),
        "lock": lambda: setattr(account, "is_locked", True),
        "review": lambda: standing.review(account, change.name or "APPROVED"),
        "alert": lambda: standing.alert(account, change.name or "OBA_APPROVED", change.severity),
        "announce": lambda: standing.announce(account, change.name, change.details),
    }


class NumberChange(msgspec.Struct, forbid_unknown_fields=True):
    """What Meta decides about a number."""

    phone_number_id: str
    status: str = ""
    quality_rating: Literal["", "GREEN", "YELLOW", "RED", "UNKNOWN"] = ""
    # A faster number after a minute of maintenance.
    throughput_per_second: int = 0
    spamming: bool | None = None
    name: str = ""
    name_decision: Literal["APPROVED", "REJECTED", "DEFERRED", "PENDING"] = "APPROVED"
    security_event: Literal["", "PIN_CHANGED", "PIN_RESET_REQUEST", "PIN_REQUEST_SUCCESS"] = ""


async def change_number(world: World, request: web.BaseRequest) -> web.Response:
    """Let Meta decide something about a number."""
    change = msgspec.json.decode(await request.read(), type=NumberChange)
    number = world.directory.numbers.get(change.phone_number_id)
    if number is None:
        raise ControlError("`phone_number_id` must be one of the numbers that were set up.")
    number.status = change.status or number.status
    number.quality_rating = change.quality_rating or number.quality_rating
    if change.spamming is not None:
        number.is_spamming = change.spamming
    if change.throughput_per_second > 0:
        world.standing.upgrade_throughput(number, change.throughput_per_second)
    if change.name:
        world.standing.rename(number, change.name, change.name_decision)
    if change.security_event:
        world.standing.tell_security(number, change.security_event)
    return answer(number.node())


async def list_numbers(world: World, request: web.BaseRequest) -> web.Response:
    """Show every number with what only its owner knows: the code of the SMS, the PIN."""
    numbers = world.directory.number_list
    return answer(
        [
            {**n.node(), "account": n.account.account_id, "code": n.code, "pin": n.pin, "blocked": len(n.blocked)}
            for n in numbers
        ]
    )


class PortfolioChange(msgspec.Struct, forbid_unknown_fields=True):
    """Another messaging limit for a portfolio."""

    id: str
    messaging_limit: Literal["TIER_50", "TIER_250", "TIER_1K", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED"]


async def change_portfolio(world: World, request: web.BaseRequest) -> web.Response:
    change = msgspec.json.decode(await request.read(), type=PortfolioChange)
    portfolio = world.directory.portfolios.get(change.id)
    if portfolio is None:
        raise ControlError("`id` must be a portfolio that was set up.")
    world.standing.set_limit(portfolio, change.messaging_limit)
    return answer({"id": change.id, "messaging_limit": change.messaging_limit})
