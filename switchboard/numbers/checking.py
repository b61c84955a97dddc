"""An account is tried at Meta, one thing after the other; what was found stays with it as sentences.

Each function talks to Meta between scopes of its own: no transaction is held meanwhile.
"""

import string
from collections.abc import Callable
from datetime import datetime
from typing import Any

from switchboard.cloudapi import errors as cloud_errors
from switchboard.cloudapi import limits
from switchboard.cloudapi import sync as cloud
from switchboard.cloudapi.client import CloudClient, Done, NumberInfo
from switchboard.cloudapi.client.accounts import LONGEST_OVERRIDE
from switchboard.cloudapi.errors import CloudError
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import actions, queries
from switchboard.numbers.errors import PinError, WebhookAddressError

Call = Callable[..., Any]

TOKEN, SECRET, ACCOUNT, PORTFOLIO = "token", "secret", "account", "portfolio"
MANAGEMENT, NUMBERS, MESSAGING, SUBSCRIPTION = "management", "numbers", "messaging", "subscription"
SUBJECTS = (TOKEN, SECRET, ACCOUNT, PORTFOLIO, MANAGEMENT, NUMBERS, MESSAGING)

BAD_TOKEN = (
    "Meta does not accept the token. Create a new one for the system user in Business Settings, and enter it whole."  # noqa: S105
)
BAD_SECRET = (
    "The app secret is not the one of the app that the token was made for. Copy it from App settings > Basic, and see "  # noqa: S105
    "that the token was made for this app."
)
NO_ACCESS = (
    "The token may not read this account. Check the account's id, and assign the account to the system user in "
    "Business Settings with full control."
)
NO_MANAGEMENT = (
    "The token lacks the permission whatsapp_business_management. Create it again with that permission ticked."
)
NO_MESSAGING = (
    "The token lacks the permission whatsapp_business_messaging. Create it again with that permission ticked."
)
OTHER_PORTFOLIO = "The account belongs to another portfolio. Copy the id from Business Settings > Business info."
NO_NUMBERS = "The account has no phone number yet. Add one in WhatsApp Manager, then check again."
NOT_SUBSCRIBED = "The app does not get this account's webhooks yet. Press Subscribe."

_TOKEN_CODES = frozenset({0, 102, 104, 190})
_FORBIDDEN_CODES = frozenset({3, 10, 131005, *range(200, 300)})
_PROOF = "appsecret_proof"
# Meta names the permission that a call lacks.
_MANAGING = "whatsapp_business_management"
# Meta refuses it for what is missing, or before that for a missing permission: nobody is ever written to.
_NO_MESSAGE = b'{"messaging_product":"whatsapp"}'


def registration_of(number_id: int) -> str:
    """Return the subject under which a number's registration is kept."""
    return f"registration:{number_id}"


def check_account(*, workspace_id: int, account_id: int, now: datetime, call: Call = cloud.call) -> dict[str, str]:
    """Try everything that sending and receiving needs; return by subject what is wrong, empty where nothing is.

    What cannot be tried because something before it failed is left out.
    """
    with workspace_scope(workspace_id):
        account = queries.get_account(workspace_id, account_id)
        app, portfolio = account.app, account.portfolio
        token, secret = queries.read_token(account), queries.read_app_secret(app)

    async def work(api: CloudClient) -> dict[str, str]:
        return await _try_all(api, account.meta_id, portfolio.meta_id, app.meta_id)

    found: dict[str, str] = call(token, work, app_secret=secret)
    if found.get(SECRET):
        # The rest does not need the secret, and is worth knowing.
        found = {**call(token, work), SECRET: found[SECRET]}
    with workspace_scope(workspace_id):
        gone = {*SUBJECTS, SUBSCRIPTION} - set(found)
        actions.forget_checks(workspace_id=workspace_id, account_id=account_id, subjects=gone)
        for subject, sentence in found.items():
            actions.note_check(
                workspace_id=workspace_id, account_id=account_id, subject=subject, sentence=sentence, now=now
            )
    return found


async def _try_all(api: CloudClient, account_id: str, portfolio_id: str, app_id: str) -> dict[str, str]:
    row = await api.get_fields(account_id, "id", "name", "owner_business_info")
    if not isinstance(row, dict):
        return _explain_no_account(row)
    found = {TOKEN: "", SECRET: "", ACCOUNT: ""}
    owner = str((row.get("owner_business_info") or {}).get("id", ""))
    if owner:
        found[PORTFOLIO] = "" if owner == portfolio_id else OTHER_PORTFOLIO
    templates = await api.list_templates(account_id)
    found[MANAGEMENT] = "" if isinstance(templates, list) else _explain(templates, NO_MANAGEMENT)
    numbers = await api.list_numbers(account_id)
    found[NUMBERS] = _explain_numbers(numbers)
    if isinstance(numbers, list) and numbers:
        found[MESSAGING] = await _try_messaging(api, numbers[0])
    apps = await api.list_subscribed_apps(account_id)
    if isinstance(apps, list):
        found[SUBSCRIPTION] = "" if any(one.id == app_id for one in apps) else NOT_SUBSCRIBED
    return found


def _explain_no_account(failure: cloud_errors.Failure) -> dict[str, str]:
    if not isinstance(failure, CloudError):
        return {TOKEN: cloud_errors.describe(failure)}
    if failure.code in _TOKEN_CODES:
        return {TOKEN: BAD_TOKEN}
    if _PROOF in failure.message:
        return {TOKEN: "", SECRET: BAD_SECRET}
    if _MANAGING in failure.message:
        return {TOKEN: "", MANAGEMENT: NO_MANAGEMENT}
    is_account = failure.code in _FORBIDDEN_CODES or failure.code in {33, 100}
    return {TOKEN: "", ACCOUNT: NO_ACCESS if is_account else cloud_errors.describe(failure)}


def _explain(failure: cloud_errors.Failure, forbidden: str) -> str:
    is_forbidden = isinstance(failure, CloudError) and failure.code in _FORBIDDEN_CODES
    return forbidden if is_forbidden else cloud_errors.describe(failure)


def _explain_numbers(numbers: list[NumberInfo] | cloud_errors.Failure) -> str:
    if not isinstance(numbers, list):
        return _explain(numbers, NO_MANAGEMENT)
    return "" if numbers else NO_NUMBERS


async def _try_messaging(api: CloudClient, number: NumberInfo) -> str:
    answer = await api.send_message(number.id, _NO_MESSAGE)
    if isinstance(answer, CloudError):
        return NO_MESSAGING if answer.code in _FORBIDDEN_CODES else ""
    return "" if not isinstance(answer, cloud_errors.Failure) else cloud_errors.describe(answer)


def subscribe(*, workspace_id: int, account_id: int, override_url: str, now: datetime, call: Call = cloud.call) -> str:
    """Have Meta send the account's webhooks to its app, or to an address of their own; return what went wrong.

    :raises WebhookAddressError: the address cannot be used.
    """
    check_address(override_url)
    with workspace_scope(workspace_id):
        account = queries.get_account(workspace_id, account_id)
        token, secret = queries.read_token(account), queries.read_proof_secret(account)
        verify_token = queries.read_verify_token(account.app)

    answer = call(
        token,
        lambda api: api.subscribe_app(account.meta_id, override_url=override_url, verify_token=verify_token),
        app_secret=secret,
    )
    return _note(workspace_id, account_id, SUBSCRIPTION, answer, now)


def check_address(url: str) -> str:
    """Return an address that Meta could call, or an empty one.

    :raises WebhookAddressError: it cannot be used.
    """
    try:
        return limits.check_address("override_url", url, LONGEST_OVERRIDE) if url else url
    except limits.PayloadError as error:
        raise WebhookAddressError(field="override_url") from error


def check_pin(pin: str) -> str:
    """Return a PIN of six digits.

    :raises PinError: it is none.
    """
    if len(pin) != 6 or any(sign not in string.digits for sign in pin):
        raise PinError(field="pin")
    return pin


def register_number(*, workspace_id: int, number_id: int, pin: str, now: datetime, call: Call = cloud.call) -> str:
    """Register a number for the Cloud API with its PIN, or set one; return what went wrong.

    :raises PinError: the PIN has no six digits.
    """
    check_pin(pin)
    with workspace_scope(workspace_id):
        number = queries.get_number(workspace_id, number_id)
        token, secret = queries.read_token(number.account), queries.read_proof_secret(number.account)
    answer = call(token, lambda api: api.register(number.meta_id, pin), app_secret=secret)
    return _note(workspace_id, number.account_id, registration_of(number_id), answer, now)


def _note(workspace_id: int, account_id: int, subject: str, answer: Done | cloud_errors.Failure, now: datetime) -> str:
    sentence = "" if isinstance(answer, Done) else cloud_errors.describe(answer)
    with workspace_scope(workspace_id):
        actions.note_check(
            workspace_id=workspace_id, account_id=account_id, subject=subject, sentence=sentence, now=now
        )
    return sentence
