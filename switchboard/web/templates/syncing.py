"""Reading numbers and templates from Meta, outside of any page's transaction."""

import structlog

from switchboard.core import clock
from switchboard.core.errors import SwitchboardError
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import actions as numbers_actions
from switchboard.numbers import queries as numbers_queries
from switchboard.templates import actions

log = structlog.get_logger(__name__)


def sync_accounts(workspace_id: int) -> None:
    """Read every account for somebody who asked for it; one that fails keeps its reason and does not keep the others from it."""
    with workspace_scope(workspace_id):
        accounts = numbers_queries.list_accounts(workspace_id)
    for account in accounts:
        sync_account(workspace_id, account.pk, is_by_person=True)


def sync_account(workspace_id: int, account_id: int, *, is_by_person: bool = False) -> None:
    """Read one account; what goes wrong stays with it as a sentence."""
    try:
        numbers_actions.sync_account(workspace_id=workspace_id, account_id=account_id, now=clock.now())
        actions.sync_templates(
            workspace_id=workspace_id, account_id=account_id, now=clock.now(), is_by_person=is_by_person
        )
    except SwitchboardError as error:
        log.warning("sync_failed", workspace=workspace_id, account=account_id, error=error.message)
