"""Portfolios, apps and accounts are connected, their numbers read from Meta, paced, stopped and resumed.

Call these inside `core.tenancy.workspace_scope`, except `sync_account`: it talks to Meta between two scopes of its own.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from switchboard.cloudapi import errors as cloud_errors
from switchboard.cloudapi import pricing
from switchboard.cloudapi import sync as cloud
from switchboard.cloudapi.client import NumberInfo
from switchboard.core import actions as core_actions
from switchboard.core import clock, secrets, statements
from switchboard.core.incidents import Incident
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import queries, rules, wire
from switchboard.numbers.errors import (
    PaceError,
    PaceFigureError,
    SyncFailedError,
    SyncRefusedError,
    TakenError,
    TokenMissingError,
    WrongPriceError,
)
from switchboard.numbers.models import Account, AccountCheck, App, Number, NumberState, Portfolio, Rate
from switchboard.numbers.rules import FIGURES, PRESETS

# Runs calls with one token; tests pass one that answers by itself.
Call = Callable[..., Any]
STOPPED_BY_PERSON = "person"
_LONGEST_GAP_SECONDS = 3600
_HIGHEST_PRICE = Decimal(100_000)


def connect_portfolio(*, workspace_id: int, meta_id: str, name: str, messaging_limit: int | None = None) -> Portfolio:
    """Note a business portfolio; known by its id at Meta, so a second time it is only renamed."""
    portfolio, _ = Portfolio.objects.update_or_create(
        workspace_id=workspace_id,
        meta_id=meta_id.strip(),
        defaults={"name": name.strip()[:150]},
        create_defaults={"name": name.strip()[:150], "messaging_limit": messaging_limit},
    )
    return portfolio


def connect_app(*, workspace_id: int, meta_id: str, name: str, secret: str, verify_token: str) -> App:
    """Note a Meta app with its secrets; the secret before this one is accepted as well until the next change.

    :raises TakenError: another workspace has it.
    """
    app = App.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, meta_id=meta_id.strip()).first()
    app = app or App(workspace_id=workspace_id, meta_id=meta_id.strip())
    if app.pk and secrets.decrypt(app.secret_encrypted) != secret:
        app.previous_secret_encrypted = app.secret_encrypted
    app.name = name.strip()[:150]
    app.secret_encrypted = secrets.encrypt(secret)
    app.verify_token_encrypted = secrets.encrypt(verify_token)
    try:
        with transaction.atomic():
            app.save()
    except IntegrityError as error:
        raise TakenError from error
    return app


def connect_account(
    *,
    workspace_id: int,
    app_id: int,
    portfolio_id: int,
    meta_id: str,
    name: str,
    token: str,
    currency: str = "",
) -> Account:
    """Note a WhatsApp Business account and the token of its system user; a second time it gets the new token.

    :raises TokenMissingError: no token.
    """
    if not token.strip():
        raise TokenMissingError(field="token")
    account, _ = Account.objects.update_or_create(
        workspace_id=workspace_id,
        meta_id=meta_id.strip(),
        defaults={
            "app_id": app_id,
            "portfolio_id": portfolio_id,
            "name": name.strip()[:150],
            "token_encrypted": secrets.encrypt(token.strip()),
            "currency": currency.upper()[:3],
            "sync_error": "",
        },
    )
    return account


def note_check(*, workspace_id: int, account_id: int, subject: str, sentence: str, now: datetime) -> None:
    """Keep what was found when one thing was tried at Meta; an empty sentence means that all is well."""
    AccountCheck.objects.update_or_create(
        account_id=account_id,
        subject=subject,
        defaults={
            "workspace_id": workspace_id,
            "is_good": not sentence,
            "sentence": sentence,
            "checked_at": now,
        },
    )


def forget_checks(*, workspace_id: int, account_id: int, subjects: Collection[str]) -> None:
    """Forget what was found of some things: it holds no longer, or they could not be tried."""
    checks = AccountCheck.objects.filter(workspace_id=workspace_id, account_id=account_id, subject__in=subjects)
    checks.delete()


def renew_verify_token(*, workspace_id: int, app_id: int, verify_token: str) -> None:
    """Give an app another verify token; the address has to be saved in Meta's dashboard again."""
    app = queries.get_app(workspace_id, app_id, lock=True)
    app.verify_token_encrypted = secrets.encrypt(verify_token)
    app.save(update_fields=["verify_token_encrypted"])


def sync_account(*, workspace_id: int, account_id: int, now: datetime, call: Call = cloud.call) -> list[Number]:
    """Read an account's numbers from Meta: new ones are added at a careful pace, gone ones are disconnected.

    What went wrong stays with the account as a sentence until the next time that works.

    :raises SyncRefusedError: Meta refused, for instance the token.
    :raises SyncFailedError: Meta could not be reached.
    :raises TakenError: another workspace has one of the numbers.
    """
    with workspace_scope(workspace_id):
        account = queries.get_account(workspace_id, account_id)
        token, secret = queries.read_token(account), queries.read_proof_secret(account)
    answer = call(token, lambda api: api.list_numbers(account.meta_id), app_secret=secret)
    if not isinstance(answer, list):
        raise note_sync_failure(workspace_id=workspace_id, account_id=account_id, failure=answer)
    with workspace_scope(workspace_id):
        account = queries.get_account(workspace_id, account_id, lock=True)
        numbers = _store_numbers(account, answer, now)
        Portfolio.objects.filter(pk=account.portfolio_id).update(
            messaging_limit=wire.parse_messaging_limit(answer, account.portfolio.messaging_limit)
        )
        account.synced_at, account.sync_error = now, ""
        account.save(update_fields=["synced_at", "sync_error"])
        statements.notify_live(workspace_id, ["overview", *(f"number:{number.pk}" for number in numbers)])
    return numbers


def note_sync_failure(
    *, workspace_id: int, account_id: int, failure: cloud_errors.Failure
) -> SyncRefusedError | SyncFailedError:
    """Keep with the account, as a sentence, why Meta could not be read; return the error to raise."""
    sentence = cloud_errors.describe(failure)
    with workspace_scope(workspace_id):
        Account.objects.filter(workspace_id=workspace_id, pk=account_id).update(sync_error=sentence)
        statements.notify_live(workspace_id, ["overview"])
    refused = isinstance(failure, cloud_errors.CloudError)
    return SyncRefusedError(sentence) if refused else SyncFailedError(sentence)


def _store_numbers(account: Account, listed: list[NumberInfo], now: datetime) -> list[Number]:
    known = {number.meta_id: number for number in account.numbers.select_for_update(no_key=True).order_by("id")}
    kept = [_store_number(account, known.get(info.id), info, now) for info in listed]
    gone = [number.pk for number in known.values() if number not in kept]
    account.numbers.filter(pk__in=gone).update(state=NumberState.DISCONNECTED, synced_at=now)
    return kept


def _store_number(account: Account, number: Number | None, info: NumberInfo, now: datetime) -> Number:
    number = number or Number(
        workspace_id=account.workspace_id, account=account, meta_id=info.id, in_use_since=now.date()
    )
    number.phone = info.display_phone_number[:20]
    number.verified_name = info.verified_name[:150]
    number.state = wire.parse_state(info.status)
    number.quality = wire.parse_quality(info.quality_rating)
    number.throughput = wire.parse_throughput(info)
    number.synced_at = now
    try:
        with transaction.atomic():
            number.save()
    except IntegrityError as error:
        raise TakenError(
            f"The number {info.display_phone_number} is connected in another workspace of this installation already. "
            "Disconnect it there first."
        ) from error
    return number


def set_pace(*, workspace_id: int, number_id: int, pace: str, overrides: Mapping[str, Any] | None = None) -> Number:
    """Give a number another pace; its own figures go unless new ones are given.

    :raises PaceError: there is no such preset.
    :raises PaceFigureError: a figure that cannot be.
    """
    if pace not in PRESETS:
        raise PaceError(field="pace")
    number = queries.get_number(workspace_id, number_id, lock=True)
    number.pace, number.pace_overrides = pace, _check_figures(overrides or {})
    number.save(update_fields=["pace", "pace_overrides"])
    statements.notify_live(workspace_id, [f"number:{number_id}"])
    return number


def _check_figures(overrides: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in overrides.items():
        if name == "warm_up":
            _check_curve(value)
        elif name not in FIGURES or isinstance(value, bool) or not isinstance(value, int | float):
            raise PaceFigureError(field=name)
        elif name.startswith("gap_") or name == "rest_seconds":
            _check_bounds(name, value, _LONGEST_GAP_SECONDS)
        elif name == "jitter":
            _check_bounds(name, value, 1)
        elif value <= 0 or (name != "per_second" and value != int(value)):
            raise PaceFigureError(field=name)
    return dict(overrides)


def _check_bounds(name: str, value: float, most: float) -> None:
    if not 0 <= value <= most:
        raise PaceFigureError(field=name)


def _check_curve(steps: Any) -> None:
    """Refuse a warm-up curve that does not rise: pairs of days and messages a day."""
    known: tuple[int, int] = (0, 0)
    for step in steps if isinstance(steps, list | tuple) else [None]:
        if not isinstance(step, list | tuple) or len(step) != 2 or not all(type(part) is int for part in step):
            raise PaceFigureError(field="warm_up")
        if step[0] <= known[0] or step[1] <= 0:
            raise PaceFigureError(field="warm_up")
        known = (step[0], step[1])


def stop_number(*, workspace_id: int, number_id: int, by: str, now: datetime) -> Number:
    """Let nothing leave through a number until somebody resumes it; what waits stays where it is."""
    number = queries.get_number(workspace_id, number_id, lock=True)
    if number.stopped_at is None:
        number.stopped_at, number.stopped_code = now, STOPPED_BY_PERSON
        number.stopped_detail = f"Stopped by {by}."
        number.save(update_fields=["stopped_at", "stopped_code", "stopped_detail"])
        statements.notify_live(workspace_id, [f"number:{number_id}", "overview"])
    return number


def resume_number(*, workspace_id: int, number_id: int) -> Number:
    """Let a number send again, whoever or whatever stopped it."""
    number = queries.get_number(workspace_id, number_id, lock=True)
    for kind, subject_id in (("number", number_id), ("account", number.account_id)):
        core_actions.end_incident(Incident(workspace_id, f"{kind}_stopped", kind, str(subject_id)), clock.now())
    if number.stopped_code in rules.ACCOUNT_RESTRICTIONS and number.state == NumberState.RESTRICTED:
        # Meta does not always say that it has ended; if it has not, its next refusal stops the number again.
        number.state, number.restricted_until = NumberState.CONNECTED, None
    number.stopped_at, number.stopped_code, number.stopped_detail = None, "", ""
    number.save(update_fields=["state", "restricted_until", "stopped_at", "stopped_code", "stopped_detail"])
    statements.notify_live(workspace_id, [f"number:{number_id}", "overview"])
    return number


def set_rates(*, workspace_id: int, currency: str, amounts: Mapping[tuple[str, str], Decimal | None]) -> int:
    """Keep a workspace's own prices; None, or the list price itself, goes back to the list. Returns how many are own.

    :param amounts: by market and category.
    :raises WrongPriceError: an amount is negative or beyond reason, or a market or category is unknown.
    """
    for (market, category), amount in amounts.items():
        if market not in pricing.MARKETS or category not in pricing.CATEGORIES or currency not in pricing.CURRENCIES:
            raise WrongPriceError
        if amount is not None and (not amount.is_finite() or not 0 <= amount <= _HIGHEST_PRICE):
            raise WrongPriceError
    rates = Rate.objects.filter(workspace_id=workspace_id, currency=currency)
    with transaction.atomic():
        for (market, category), amount in amounts.items():
            if amount is None or amount == pricing.list_price(currency, market, category):
                rates.filter(market=market, category=category).delete()
            else:
                Rate.objects.update_or_create(
                    workspace_id=workspace_id,
                    currency=currency,
                    market=market,
                    category=category,
                    defaults={"amount": amount},
                )
        return rates.count()
