"""An account is connected with its app and portfolio in one step, from the page or the command line."""

import secrets

from switchboard.numbers import actions, queries
from switchboard.numbers.errors import SecretMissingError
from switchboard.numbers.models import Account


def connect(
    *, workspace_id: int, app_id: str, app_secret: str, account_id: str, portfolio_id: str, token: str, name: str = ""
) -> Account:
    """Keep an account with its app and portfolio; an app that is known keeps its verify token.

    :raises SecretMissingError: a new app without its secret.
    :raises TokenMissingError: no token.
    :raises TakenError: another workspace has the app.
    """
    app = queries.find_app(workspace_id, app_id)
    if app is None and not app_secret:
        raise SecretMissingError
    if app is None or app_secret:
        app = actions.connect_app(
            workspace_id=workspace_id,
            meta_id=app_id,
            name=app.name if app else f"App {app_id}",
            secret=app_secret,
            verify_token=queries.read_verify_token(app) if app else secrets.token_urlsafe(24),
        )
    known = {row.meta_id: row.name for row in queries.list_portfolios(workspace_id)}
    portfolio = actions.connect_portfolio(
        workspace_id=workspace_id, meta_id=portfolio_id, name=known.get(portfolio_id, f"Portfolio {portfolio_id}")
    )
    return actions.connect_account(
        workspace_id=workspace_id,
        app_id=app.pk,
        portfolio_id=portfolio.pk,
        meta_id=account_id,
        name=name or f"Account {account_id}",
        token=token,
    )
