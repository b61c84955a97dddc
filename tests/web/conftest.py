"""A shop with two numbers, a template and three contacts, and people signed in to it in each role."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from switchboard.core import clock
from switchboard.core.models import Heartbeat
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers.models import Account, Number
from switchboard.team import actions as team_actions
from switchboard.team.models import User, Workspace
from switchboard.templates.models import Template
from tests import factories

PASSWORD = "correct horse battery"
SignIn = Callable[..., Client]


@dataclass
class Shop:
    """Everything that a page of Olive's shop can show."""

    workspace: Workspace
    account: Account
    numbers: list[Number]
    template: Template
    contacts: list[Any]


@pytest.fixture
def shop(db: None) -> Shop:
    """Olive's shop, ready to send."""
    workspace = factories.make_workspace()
    account = factories.make_account(workspace)
    numbers = [factories.make_number(workspace, account=account, label=f"Shop {place}") for place in (1, 2)]
    template = factories.make_template(workspace, account)
    contacts = [factories.make_contact(workspace, name=name, tags=["VIP"]) for name in ("花子", "小明", "Emma")]
    return Shop(workspace, account, numbers, template, contacts)


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    """Sign a person in to a workspace in a role; `sign_in(shop.workspace, role="agent")`."""

    def sign(workspace: Workspace, role: str = "owner", language: str = "en") -> Client:
        user = make_person(f"{role}-{workspace.pk}@example.com", language=language)
        with workspace_scope(workspace.pk, user.pk):
            team_actions.add_member(workspace_id=workspace.pk, user_id=user.pk, role=role, now=clock.now())
        client.force_login(user)
        return client

    return sign


@pytest.fixture
def olive(shop: Shop, sign_in: SignIn) -> Client:
    """Olive, who owns the shop."""
    return sign_in(shop.workspace)


@pytest.fixture
def all_roles_run(db: None) -> None:
    """Every process has just said that it lives."""
    for place, role in enumerate(("sender", "gateway", "worker")):
        now = clock.now()
        Heartbeat.objects.create(
            process_id=f"00000000-0000-4000-8000-00000000000{place}",
            role=role,
            host="here",
            started_at=now - timedelta(hours=1),
            seen_at=now,
        )


def make_person(email: str, *, language: str = "en") -> User:
    """Somebody who can sign in."""
    return team_actions.ensure_user(email=email, password=PASSWORD, name=email.partition("@")[0], language=language)
