"""What POST /_emulator/setup says: apps, tokens, portfolios, accounts with numbers and templates."""

from typing import Any, Literal

import msgspec

from emulator.accounts import Account, App, Directory, Grant, Number
from emulator.limits import Throughput

TEST_RECIPIENTS_MOST = 5


class AppSetup(msgspec.Struct, forbid_unknown_fields=True):
    app_id: str
    secret: str
    callback_url: str = ""
    verify_token: str = ""
    token: str = ""
    requires_proof: bool = False
    fields: list[str] | None = None
    webhook_version: int = 26


class TokenSetup(msgspec.Struct, forbid_unknown_fields=True):
    token: str
    app_id: str
    account_ids: list[str] | None = None
    # None is all of them.
    permissions: list[Literal["whatsapp_business_messaging", "whatsapp_business_management"]] | None = None


class PortfolioSetup(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    messaging_limit: str = ""
    parent_id: str = ""
    verified: bool = True


class NumberSetup(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    display_phone_number: str
    verified_name: str = "Sample Shop"
    throughput_per_second: int = 80
    messaging_limit: str = ""
    status: str = "CONNECTED"
    quality_rating: str = "GREEN"
    pin: str = ""
    code_verification_status: str = "VERIFIED"
    # The phones a test number may write to, at most five; none makes it a live number.
    allowed_recipients: list[str] | None = None


class AccountSetup(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    portfolio_id: str = "0"
    name: str = "Sample account"
    app_ids: list[str] | None = None
    subscribed: bool = True
    numbers: list[NumberSetup] = []
    templates: list[dict[str, Any]] = []


class Setup(msgspec.Struct, forbid_unknown_fields=True):
    apps: list[AppSetup] = []
    tokens: list[TokenSetup] = []
    portfolios: list[PortfolioSetup] = []
    accounts: list[AccountSetup] = []


def apply_setup(directory: Directory, setup: Setup) -> dict[str, int]:
    """Add what is new and refresh what is known; nothing is removed.

    :raises ValueError: an account names an app, or a template lacks a name, that setup does not know.
    """
    _check(directory, setup)
    for app in setup.apps:
        directory.apps[app.app_id] = App(
            app.app_id,
            app.secret,
            app.callback_url,
            app.verify_token,
            requires_proof=app.requires_proof,
            fields=None if app.fields is None else frozenset(app.fields),
            webhook_version=app.webhook_version,
        )
        if app.token:
            directory.grants[app.token] = Grant(app.app_id)
    for token in setup.tokens:
        limited_to = None if token.account_ids is None else frozenset(token.account_ids)
        permissions = None if token.permissions is None else frozenset(token.permissions)
        directory.grants[token.token] = Grant(token.app_id, limited_to, permissions)
    for portfolio in setup.portfolios:
        known = directory.portfolio(portfolio.id, portfolio.messaging_limit)
        known.parent_id, known.is_verified = portfolio.parent_id, portfolio.verified
    # An account that names no app belongs to the apps of the same call, else to all that are known.
    own_apps = [app.app_id for app in setup.apps] or list(directory.apps)
    for account in setup.accounts:
        _apply_account(directory, account, own_apps)
    return {"apps": len(directory.apps), "accounts": len(directory.accounts), "numbers": len(directory.numbers)}


def _check(directory: Directory, setup: Setup) -> None:
    known = {*directory.apps, *(app.app_id for app in setup.apps)}
    for account in setup.accounts:
        if unknown := set(account.app_ids or ()) - known:
            raise ValueError(f"Account {account.id} names the unknown app {unknown.pop()}: add it under `apps`.")
        if any("name" not in template or "language" not in template for template in account.templates):
            raise ValueError(f"A template of account {account.id} lacks its name or language.")
        if any(number.throughput_per_second < 1 for number in account.numbers):
            raise ValueError(f"A number of account {account.id} has a throughput below 1 per second.")
        if any(len(number.allowed_recipients or ()) > TEST_RECIPIENTS_MOST for number in account.numbers):
            raise ValueError(f"A test number of account {account.id} has more than {TEST_RECIPIENTS_MOST} recipients.")


def _apply_account(directory: Directory, setup: AccountSetup, own_apps: list[str]) -> None:
    account = directory.accounts.get(setup.id)
    if account is None:
        account = Account(setup.id, setup.name, directory.portfolio(setup.portfolio_id))
        directory.accounts[setup.id] = account
    account.name = setup.name
    account.app_ids.update(own_apps if setup.app_ids is None else setup.app_ids)
    if setup.subscribed:
        for app_id in account.app_ids:
            account.subscriptions.setdefault(app_id, None)
    for number in setup.numbers:
        _apply_number(directory, account, number)
    for template in setup.templates:
        account.templates.put(template)


def _apply_number(directory: Directory, account: Account, setup: NumberSetup) -> None:
    if setup.messaging_limit:
        directory.portfolio(account.portfolio.portfolio_id, setup.messaging_limit)
    number = directory.numbers.get(setup.id)
    if number is None:
        number = Number(len(directory.number_list), setup.id, "", "", account, Throughput(setup.throughput_per_second))
        directory.numbers[setup.id] = number
        directory.number_list.append(number)
        account.numbers.append(number)
    if number.throughput.per_second != setup.throughput_per_second:
        number.throughput = Throughput(setup.throughput_per_second)
    number.display_phone_number = setup.display_phone_number
    number.verified_name = setup.verified_name
    number.status = setup.status
    number.quality_rating = setup.quality_rating
    number.pin = setup.pin
    number.verification = setup.code_verification_status
    if setup.allowed_recipients is not None:
        number.allowed_recipients = frozenset("".join(filter(str.isdigit, p)) for p in setup.allowed_recipients)
