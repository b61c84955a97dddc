"""What the page of one account shows of its five steps: checks, webhook, subscription, registration, test."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from switchboard.cloudapi import sync as cloud
from switchboard.delivery import trial
from switchboard.delivery.types import State
from switchboard.numbers import checking, fleet
from switchboard.numbers import queries as numbers_queries
from switchboard.templates import catalogue
from switchboard.web import sentences, words
from switchboard.web.numbers.forms import SubscribeForm, TestForm

_SUBJECTS = {
    checking.TOKEN: _("The token is valid"),
    checking.SECRET: _("The app secret fits the token"),
    checking.ACCOUNT: _("The token may read the account"),
    checking.PORTFOLIO: _("The account belongs to the portfolio"),
    checking.MANAGEMENT: _("Permission whatsapp_business_management"),
    checking.NUMBERS: _("The account has numbers"),
    checking.MESSAGING: _("Permission whatsapp_business_messaging"),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """One line with a tick, a sentence, or neither while nobody has looked."""

    label: Any
    state: str
    sentence: str = ""


def build_context(request: HttpRequest, account: Any, *, test_form: TestForm | None = None) -> dict[str, Any]:
    """Return everything that the page of an account shows."""
    workspace_id = account.workspace_id
    checks = numbers_queries.list_checks(workspace_id, account.pk)
    numbers = [number for number in fleet.list_numbers(workspace_id) if number.account_id == account.pk]
    templates = catalogue.list_plain(workspace_id, account.pk)
    connected = [number for number in numbers if number.state == "connected"]
    address = f"{settings.GATEWAY_URL}/webhooks/{account.app.meta_id}"
    return {
        "account": account,
        "ticks": [_tick(subject, label, checks) for subject, label in _SUBJECTS.items()],
        "is_checked": bool(checks),
        "is_well": all(check.is_good for key, check in checks.items() if key in _SUBJECTS) and bool(checks),
        "sync_error": sentences.translate(account.sync_error),
        "address": address,
        "is_reachable": address.startswith("https://") or "graph.facebook.com" not in cloud.base_url(),
        "verify_token": None if account.app.heard_at else numbers_queries.read_verify_token(account.app),
        "subscription": _tick(checking.SUBSCRIPTION, "", checks),
        "subscribe_form": SubscribeForm(),
        "numbers": [(number, _tick(checking.registration_of(number.pk), "", checks)) for number in numbers],
        "connected": connected,
        "templates": templates,
        "test_form": test_form or TestForm(numbers=connected, templates=templates),
        "trial": find_trial(request, workspace_id),
    }


def _tick(subject: str, label: Any, checks: dict[str, Any]) -> Tick:
    check = checks.get(subject)
    if check is None:
        return Tick(label, "unknown")
    return Tick(label, "good" if check.is_good else "bad", sentences.translate(check.sentence))


def find_trial(request: HttpRequest, workspace_id: int) -> dict[str, Any] | None:
    """Return how far the test message of the address is, step by step; nothing when none was sent."""
    try:
        message_id = UUID(request.GET.get("test", ""))
    except ValueError:
        return None
    sent = trial.get_trial(workspace_id, message_id)
    moments = [
        (_("Accepted by Meta"), "send", "is-sent", sent.accepted_at),
        (_("Sent"), "check", "is-sent", sent.sent_at),
        (_("Delivered"), "checks", "is-delivered", sent.delivered_at),
        (_("Read"), "checks", "is-read", sent.read_at),
    ]
    return {
        "id": message_id,
        "sent": sent,
        "moments": moments,
        "hold": words.say_hold(sent.hold) if sent.hold else "",
        "failure": _say_failure(sent),
    }


def _say_failure(sent: trial.Trial) -> str:
    if sent.state is State.FAILED:
        return words.say_failure(sent.reason)
    return words.say_skip_detail(sent.reason, sent.detail) if sent.state is State.SKIPPED else ""
