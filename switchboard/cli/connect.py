"""`switchboard connect`: an account with its app, checked at once, its numbers and templates read."""

import secrets

import click

from switchboard.cli.rooms import opened_rooms


@click.command(help="Connect a WhatsApp Business account: check its token, read its numbers and templates.")
@click.option("--workspace", "workspace_id", type=int, required=True, help="Number of the workspace.")
@click.option("--app-id", required=True, help="Meta app that receives the account's webhooks.")
@click.option("--account-id", required=True, help="WhatsApp Business account.")
@click.option("--portfolio-id", required=True, help="Business portfolio that owns the account.")
@click.option("--name", default="", help="How the console calls the account.")
@click.option("--token", prompt=True, hide_input=True, help="System user's access token; asked for when not given.")
@click.option("--app-secret", prompt=True, hide_input=True, help="Asked for when not given.")
def connect(
    *, workspace_id: int, app_id: str, account_id: str, portfolio_id: str, name: str, token: str, app_secret: str
) -> None:
    """Store the credentials encrypted, read numbers and templates, and say what to enter at Meta."""
    verify_token = secrets.token_urlsafe(24)
    with opened_rooms():
        from switchboard.core import clock
        from switchboard.core.tenancy import workspace_scope
        from switchboard.numbers import actions as number_actions
        from switchboard.team import queries as team_queries
        from switchboard.templates import actions as template_actions

        team_queries.get_workspace(workspace_id)
        with workspace_scope(workspace_id):
            app = number_actions.connect_app(
                workspace_id=workspace_id,
                meta_id=app_id,
                name=f"App {app_id}",
                secret=app_secret,
                verify_token=verify_token,
            )
            portfolio = number_actions.connect_portfolio(
                workspace_id=workspace_id, meta_id=portfolio_id, name=f"Portfolio {portfolio_id}"
            )
            account = number_actions.connect_account(
                workspace_id=workspace_id,
                app_id=app.pk,
                portfolio_id=portfolio.pk,
                meta_id=account_id,
                name=name or f"Account {account_id}",
                token=token,
            )
        numbers = number_actions.sync_account(workspace_id=workspace_id, account_id=account.pk, now=clock.now())
        templates = template_actions.sync_templates(workspace_id=workspace_id, account_id=account.pk, now=clock.now())
    click.echo(f"Connected: {len(numbers)} numbers, {templates} templates. New numbers start at the careful pace.")
    click.echo(
        "Enter in Meta's dashboard, WhatsApp > Configuration > Webhook (fields: messages and the account fields):"
    )
    click.echo(f"  Callback URL   https://YOUR-HOST/webhooks/{app_id}   (reaches `switchboard gateway`)")
    click.echo(f"  Verify token   {verify_token}")
