"""What is known of portfolios, accounts and numbers."""

from collections.abc import Collection

from switchboard.cloudapi import sync as cloud
from switchboard.core import secrets
from switchboard.core.rows import get_own
from switchboard.numbers.errors import AccountMissingError, AppMissingError, NumberMissingError
from switchboard.numbers.models import Account, AccountCheck, App, Number, Portfolio


def get_number(workspace_id: int, number_id: int, *, lock: bool = False) -> Number:
    """Return a number.

    :raises NumberMissingError: not in this workspace.
    """
    return get_own(Number, workspace_id, number_id, NumberMissingError, lock=lock)


def get_account(workspace_id: int, account_id: int, *, lock: bool = False) -> Account:
    """Return an account.

    :raises AccountMissingError: not in this workspace.
    """
    return get_own(Account, workspace_id, account_id, AccountMissingError, lock=lock)


def list_portfolios(workspace_id: int) -> list[Portfolio]:
    """Return the business portfolios, by name."""
    return list(Portfolio.objects.filter(workspace_id=workspace_id).order_by("name", "id"))


def list_accounts(workspace_id: int) -> list[Account]:
    """Return the accounts with their portfolios, by name."""
    accounts = Account.objects.filter(workspace_id=workspace_id).select_related("portfolio")
    return list(accounts.order_by("portfolio__name", "name", "id"))


def map_accounts(workspace_id: int) -> dict[int, int]:
    """Return the account of each number."""
    return dict(Number.objects.filter(workspace_id=workspace_id).values_list("pk", "account_id"))


def get_app(workspace_id: int, app_id: int, *, lock: bool = False) -> App:
    """Return a Meta app.

    :raises AppMissingError: not in this workspace.
    """
    return get_own(App, workspace_id, app_id, AppMissingError, lock=lock)


def find_app(workspace_id: int, meta_id: str) -> App | None:
    """Return the Meta app with an id of Meta's, or nothing."""
    return App.objects.filter(workspace_id=workspace_id, meta_id=meta_id.strip()).first()


def map_app_names(workspace_id: int) -> dict[int, str]:
    """Return the names of the Meta apps by their id."""
    return dict(App.objects.filter(workspace_id=workspace_id).values_list("id", "name"))


def map_phones(workspace_id: int, number_ids: Collection[int]) -> dict[int, str]:
    """Return the phone numbers of some numbers by their id."""
    return dict(Number.objects.filter(workspace_id=workspace_id, pk__in=number_ids).values_list("id", "phone"))


def list_checks(workspace_id: int, account_id: int) -> dict[str, AccountCheck]:
    """Return what was found when an account was last checked, by subject."""
    found = AccountCheck.objects.filter(workspace_id=workspace_id, account_id=account_id)
    return {check.subject: check for check in found}


def list_broken_accounts(workspace_id: int) -> list[tuple[str, str]]:
    """Return the accounts that could not be read the last time, each with the reason."""
    broken = Account.objects.filter(workspace_id=workspace_id).exclude(sync_error="")
    return list(broken.order_by("name").values_list("name", "sync_error"))


def read_token(account: Account) -> str:
    """Return an account's access token in the clear; keep it no longer than one call needs it.

    :raises KeyMissingError: none of this installation's keys fits.
    """
    return secrets.decrypt(account.token_encrypted)


def read_app_secret(app: App) -> str:
    """Return an app's secret in the clear; keep it no longer than one call needs it.

    :raises KeyMissingError: none of this installation's keys fits.
    """
    return secrets.decrypt(app.secret_encrypted)


def read_proof_secret(account: Account) -> str:
    """Return the secret that an account's calls are proved with; empty where no proof is wanted.

    :raises KeyMissingError: none of this installation's keys fits.
    """
    return read_app_secret(account.app) if cloud.proves_calls() else ""


def read_verify_token(app: App) -> str:
    """Return what is entered in Meta's dashboard to prove that the webhook address is ours.

    :raises KeyMissingError: none of this installation's keys fits.
    """
    return secrets.decrypt(app.verify_token_encrypted)
