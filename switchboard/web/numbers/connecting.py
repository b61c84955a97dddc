"""One real number, step by step: credentials, webhook, subscription, registration, a test message.

Meta is called when the request's transaction is over; what came of it stays with the account and is shown.
"""

import secrets
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from switchboard.core import clock
from switchboard.core.errors import SwitchboardError
from switchboard.delivery import trial
from switchboard.numbers import actions, checking, connecting
from switchboard.numbers import queries as numbers_queries
from switchboard.numbers.errors import SecretMissingError
from switchboard.team.rules import Right
from switchboard.web import failures
from switchboard.web.numbers.account import build_context
from switchboard.web.numbers.forms import CredentialsForm, SubscribeForm, TestForm
from switchboard.web.rights import ConsoleRequest, needs
from switchboard.web.templates import syncing


@require_http_methods(["GET", "POST"])
@needs(Right.PROTECT)
def enter(request: ConsoleRequest) -> HttpResponse:
    """Ask for an account's credentials, keep them encrypted, and try them."""
    form = CredentialsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                account = _connect(request.member.workspace_id, form.cleaned_data)
        except SwitchboardError as error:
            form.add_error("app_secret" if isinstance(error, SecretMissingError) else None, failures.say(error))
        else:
            _check_later(request.member.workspace_id, account.pk)
            return redirect("numbers:account", account.pk)
    context = {"form": form, "accounts": numbers_queries.list_accounts(request.member.workspace_id)}
    return render(request, "numbers/connect.html", context, status=422 if form.errors else 200)


def _connect(workspace_id: int, given: dict[str, Any]) -> Any:
    names = ("app_id", "app_secret", "account_id", "portfolio_id", "token", "name")
    return connecting.connect(workspace_id=workspace_id, **{name: given[name] for name in names})


def _check_later(workspace_id: int, account_id: int) -> None:
    transaction.on_commit(partial(check_now, workspace_id, account_id), robust=True)


def check_now(workspace_id: int, account_id: int) -> None:
    """Try the account at Meta; when it may be read, read its numbers and templates."""
    found = checking.check_account(workspace_id=workspace_id, account_id=account_id, now=clock.now())
    if found.get(checking.ACCOUNT) == "":
        syncing.sync_account(workspace_id, account_id)


@require_GET
@needs(Right.PROTECT)
def show_account(request: ConsoleRequest, account_id: int) -> HttpResponse:
    """Show the steps of one account, each with how far it is."""
    account = numbers_queries.get_account(request.member.workspace_id, account_id)
    part = {"webhook-step": "#webhook", "test-result": "#trial"}.get(request.htmx.target or "", "")
    return render(request, f"numbers/account.html{part}", build_context(request, account))


@require_POST
@needs(Right.PROTECT)
def check(request: ConsoleRequest, account_id: int) -> HttpResponse:
    """Try the account at Meta again."""
    numbers_queries.get_account(request.member.workspace_id, account_id)
    _check_later(request.member.workspace_id, account_id)
    return redirect("numbers:account", account_id)


@require_POST
@needs(Right.PROTECT)
def renew_token(request: ConsoleRequest, account_id: int) -> HttpResponse:
    """Make a new verify token and show it in this answer alone."""
    account = numbers_queries.get_account(request.member.workspace_id, account_id)
    verify_token = secrets.token_urlsafe(24)
    actions.renew_verify_token(
        workspace_id=request.member.workspace_id, app_id=account.app_id, verify_token=verify_token
    )
    messages.success(request, _("Enter the new verify token in Meta's dashboard and save the address there again."))
    return render(request, "numbers/account.html", build_context(request, account) | {"verify_token": verify_token})


@require_POST
@needs(Right.PROTECT)
def subscribe(request: ConsoleRequest, account_id: int) -> HttpResponse:
    """Have Meta send the account's webhooks."""
    numbers_queries.get_account(request.member.workspace_id, account_id)
    form = SubscribeForm(request.POST)
    url = form.cleaned_data["override_url"].strip() if form.is_valid() else ""
    work = partial(
        checking.subscribe,
        workspace_id=request.member.workspace_id,
        account_id=account_id,
        override_url=url,
        now=clock.now(),
    )
    checking.check_address(url)
    transaction.on_commit(work, robust=True)
    return redirect(_step(account_id, "subscription"))


@require_POST
@needs(Right.PROTECT)
def register(request: ConsoleRequest, account_id: int) -> HttpResponse:
    """Register a number for the Cloud API with its PIN, which is kept nowhere."""
    workspace_id = request.member.workspace_id
    account = numbers_queries.get_account(workspace_id, account_id)
    wanted = request.POST.get("number", "")
    number = numbers_queries.get_number(workspace_id, int(wanted) if wanted.isdecimal() else 0)
    pin = checking.check_pin(request.POST.get("pin", "").strip())
    transaction.on_commit(partial(_register_now, workspace_id, account.pk, number.pk, pin), robust=True)
    return redirect(_step(account_id, "registration"))


def _register_now(workspace_id: int, account_id: int, number_id: int, pin: str) -> None:
    checking.register_number(workspace_id=workspace_id, number_id=number_id, pin=pin, now=clock.now())
    syncing.sync_account(workspace_id, account_id)


@require_POST
@needs(Right.PROTECT)
def send_test(request: ConsoleRequest, account_id: int) -> HttpResponse:
    """Send one template to one phone, through everything that a broadcast goes through."""
    workspace = request.member.workspace
    account = numbers_queries.get_account(workspace.pk, account_id)
    context = build_context(request, account)
    form = TestForm(request.POST, numbers=context["connected"], templates=context["templates"])
    if form.is_valid():
        try:
            with transaction.atomic():
                message_id = trial.send_trial(
                    workspace_id=workspace.pk,
                    country=workspace.country,
                    number_id=form.cleaned_data["number"],
                    template_id=form.cleaned_data["template"],
                    phone=form.cleaned_data["phone"],
                    user_id=request.user.pk,
                    now=clock.now(),
                )
        except SwitchboardError as error:
            form.add_error("phone", failures.say(error))
        else:
            address = reverse("numbers:account", args=[account_id])
            return redirect(f"{address}?test={message_id}#test")
    return render(request, "numbers/account.html", context | {"test_form": form}, status=422)


def _step(account_id: int, name: str) -> str:
    return f"{reverse('numbers:account', args=[account_id])}#{name}"
