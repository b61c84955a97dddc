"""`switchboard connect`: one account, step by step: credentials, webhook, subscription, registration, a test message."""

import time
from typing import Any

import click

from switchboard.cli.rooms import opened_rooms

_LABELS = {
    "token": "The token is valid",
    "secret": "The app secret fits the token",
    "account": "The token may read the account",
    "portfolio": "The account belongs to the portfolio",
    "management": "Permission whatsapp_business_management",
    "numbers": "The account has numbers",
    "messaging": "Permission whatsapp_business_messaging",
}
_LOOK_SECONDS = 1.0


@click.command(help="Connect a WhatsApp Business account: try its credentials, read its numbers and templates.")
@click.option("--workspace", "workspace_id", type=int, required=True, help="Number of the workspace.")
@click.option("--app-id", required=True, help="Meta app that receives the account's webhooks.")
@click.option("--account-id", required=True, help="WhatsApp Business account.")
@click.option("--portfolio-id", required=True, help="Business portfolio that owns the account.")
@click.option("--name", default="", help="How the console calls the account.")
@click.option("--token", prompt=True, hide_input=True, help="System user's access token; asked for when not given.")
@click.option("--app-secret", prompt=True, hide_input=True, help="Asked for when not given.")
@click.option("--subscribe", is_flag=True, help="Have Meta send the account's webhooks to the app.")
@click.option("--pin", default="", help="Register the account's numbers that are not connected with this PIN.")
@click.option("--wait", "wait_seconds", default=0, help="Wait so many seconds for the first webhook.")
@click.option("--test-to", default="", help="Send a template without variables to this phone, whose owner agrees.")
def connect(*, workspace_id: int, subscribe: bool, pin: str, wait_seconds: int, test_to: str, **given: str) -> None:
    """Store the credentials encrypted, and take every step that was asked for; the console's page shows the same."""
    with opened_rooms():
        from switchboard.core import clock
        from switchboard.core.tenancy import workspace_scope
        from switchboard.numbers import checking, connecting

        if pin:
            checking.check_pin(pin)
        workspace = _find_workspace(workspace_id)
        with workspace_scope(workspace_id):
            account = connecting.connect(workspace_id=workspace_id, **given)
        found = checking.check_account(workspace_id=workspace_id, account_id=account.pk, now=clock.now())
        _say_checks(found)
        numbers = _synchronise(workspace_id, account.pk)
        _say_webhook(workspace_id, account)
        if subscribe:
            sentence = checking.subscribe(
                workspace_id=workspace_id, account_id=account.pk, override_url="", now=clock.now()
            )
            _say_step("The app gets the account's webhooks", sentence)
        if pin:
            _register(workspace_id, numbers, pin)
            numbers = _synchronise(workspace_id, account.pk)
        if wait_seconds and not _wait_for_event(workspace_id, account.app_id, wait_seconds):
            raise click.ClickException("No webhook has come. Save the address in Meta's dashboard, and see `doctor`.")
        if test_to:
            _send_test(workspace, account.pk, numbers, test_to)


def _find_workspace(workspace_id: int) -> Any:
    from switchboard.team import queries as team_queries

    return team_queries.get_workspace(workspace_id)


def _say_checks(found: dict[str, str]) -> None:
    for subject, label in _LABELS.items():
        if subject in found:
            _say_step(label, found[subject])


def _say_step(label: str, sentence: str) -> None:
    click.echo(f"  {click.style('✗', fg='red')} {label}: {sentence}" if sentence else f"  ✓ {label}")


def _synchronise(workspace_id: int, account_id: int) -> list[Any]:
    """Read numbers and templates; what Meta refuses ends the command with its sentence."""
    from switchboard.core import clock
    from switchboard.numbers import actions
    from switchboard.templates import actions as template_actions

    numbers = actions.sync_account(workspace_id=workspace_id, account_id=account_id, now=clock.now())
    templates = template_actions.sync_templates(workspace_id=workspace_id, account_id=account_id, now=clock.now())
    many = f"{len(numbers)} numbers, {len(templates)} templates"
    click.echo(f"Connected: {many}. New numbers start at the careful pace.")
    return numbers


def _say_webhook(workspace_id: int, account: Any) -> None:
    from django.conf import settings

    from switchboard.core.tenancy import workspace_scope
    from switchboard.numbers import queries

    with workspace_scope(workspace_id):
        app = queries.get_app(workspace_id, account.app_id)
        verify_token = queries.read_verify_token(app)
    click.echo("Enter in Meta's dashboard, WhatsApp > Configuration > Webhook (messages and the account fields):")
    click.echo(f"  Callback URL   {settings.GATEWAY_URL}/webhooks/{app.meta_id}")
    click.echo(f"  Verify token   {verify_token}")


def _register(workspace_id: int, numbers: list[Any], pin: str) -> None:
    from switchboard.core import clock
    from switchboard.numbers import checking

    for number in numbers:
        if number.state != "connected":
            sentence = checking.register_number(
                workspace_id=workspace_id, number_id=number.pk, pin=pin, now=clock.now()
            )
            _say_step(f"{number.phone} is registered", sentence)


def _wait_for_event(workspace_id: int, app_id: int, seconds: int) -> bool:
    from switchboard.core.tenancy import workspace_scope
    from switchboard.numbers import queries

    click.echo("Waiting for the first event …")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with workspace_scope(workspace_id):
            heard_at = queries.get_app(workspace_id, app_id).heard_at
        if heard_at is not None:
            click.echo(f"  ✓ Heard at {heard_at:%Y-%m-%d %H:%M} UTC")
            return True
        time.sleep(_LOOK_SECONDS)
    return False


def _send_test(workspace: Any, account_id: int, numbers: list[Any], phone: str) -> None:
    from switchboard.core import clock
    from switchboard.core.tenancy import workspace_scope
    from switchboard.delivery import trial
    from switchboard.templates import catalogue

    with workspace_scope(workspace.pk):
        templates = catalogue.list_plain(workspace.pk, account_id)
        ready = [number for number in numbers if number.state == "connected"]
        if not templates or not ready:
            raise click.ClickException("A test needs a connected number and an approved template without variables.")
        message_id = trial.send_trial(
            workspace_id=workspace.pk,
            country=workspace.country,
            number_id=ready[0].pk,
            template_id=templates[0].pk,
            phone=phone,
            user_id=0,
            now=clock.now(),
        )
    click.echo(
        f"  ✓ The test is in the queue of {ready[0].phone}: `switchboard why {message_id}` tells what becomes of it"
    )
