"""What is known of portfolios, accounts and numbers."""

from switchboard.core import secrets
from switchboard.numbers.errors import AccountMissingError, NumberMissingError
from switchboard.numbers.models import Account, Number


def get_number(workspace_id: int, number_id: int, *, lock: bool = False) -> Number:
    """Return a number.

    :raises NumberMissingError: not in this workspace.
    """
    numbers = Number.objects.filter(workspace_id=workspace_id, pk=number_id)
    found = (numbers.select_for_update(no_key=True) if lock else numbers).first()
    if found is None:
        raise NumberMissingError
    return found


def get_account(workspace_id: int, account_id: int, *, lock: bool = False) -> Account:
    """Return an account.

    :raises AccountMissingError: not in this workspace.
    """
    accounts = Account.objects.filter(workspace_id=workspace_id, pk=account_id)
    found = (accounts.select_for_update(no_key=True) if lock else accounts).first()
    if found is None:
        raise AccountMissingError
    return found


def list_accounts(workspace_id: int) -> list[Account]:
    """Return the accounts with their portfolios, by name."""
    accounts = Account.objects.filter(workspace_id=workspace_id).select_related("portfolio")
    return list(accounts.order_by("portfolio__name", "name", "id"))


def read_token(account: Account) -> str:
    """Return an account's access token in the clear; keep it no longer than one call needs it.

    :raises KeyMissingError: none of this installation's keys fits.
    """
    return secrets.decrypt(account.token_encrypted)
