"""Rows for tests, made by plain functions through the product's own verbs where there are any.

Each opens its workspace's scope itself, so that they work inside and outside of a test's transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from switchboard.broadcasts import actions as broadcasts_actions
from switchboard.broadcasts.models import Broadcast
from switchboard.consent import actions as consent_actions
from switchboard.contacts import actions as contacts_actions
from switchboard.contacts.models import Contact
from switchboard.core import phone as phones
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import actions as numbers_actions
from switchboard.numbers.models import Account, Number, NumberState
from switchboard.team import actions as team_actions
from switchboard.team.actions import MadeKey
from switchboard.team.keys import SCOPES
from switchboard.team.models import Workspace
from switchboard.templates.models import Template, TemplateState
from tests.conftest import NOON

_numbers = count(1)


def make_workspace(name: str = "Olive's Market", *, country: str = "JP", time_zone: str = "Asia/Tokyo") -> Workspace:
    """A shop of Olive's."""
    return team_actions.create_workspace(name=name, time_zone=time_zone, country=country, now=NOON)


def make_key(workspace: Workspace, **values: Any) -> MadeKey:
    """A key of the shop's web shop, which may do everything."""
    with workspace_scope(workspace.pk):
        return team_actions.create_key(
            **{"workspace_id": workspace.pk, "name": "Web shop", "scopes": SCOPES, "by": None, "now": NOON, **values}
        )


def make_contact(
    workspace: Workspace,
    *,
    phone: str = "",
    agreed: str = "marketing",
    is_opted_out: bool = False,
    tags: Iterable[str] = (),
    **values: Any,
) -> Contact:
    """A person with a Japanese mobile number who agreed to marketing; `agreed=""` for somebody who agreed to nothing."""
    number = phone or f"+8190{10_000_000 + next(_numbers)}"
    with workspace_scope(workspace.pk):
        tag_ids = contacts_actions.ensure_tags(workspace_id=workspace.pk, names=tags) if tags else {}
        contact = Contact.objects.create(
            **{
                "workspace_id": workspace.pk,
                "name": "Amir",
                "phone": number,
                "zones": ",".join(phones.zones_of(number)),
                "tags": sorted(tag_ids.values()),
                "created_at": NOON,
                "updated_at": NOON,
                **values,
            }
        )
        if agreed:
            consent_actions.grant_consent(
                workspace_id=workspace.pk,
                contact_id=contact.pk,
                category=agreed,
                basis="opt_in",
                source="sign-up form",
                actor="user:1",
                at=NOON,
            )
        if is_opted_out:
            consent_actions.withdraw_consent(
                workspace_id=workspace.pk, contact_id=contact.pk, source="told us", actor="contact", at=NOON
            )
    return contact


def make_account(workspace: Workspace, *, token: str = "EAAG-a-token", **values: Any) -> Account:
    """A WhatsApp Business account in a portfolio of its own."""
    number = next(_numbers)
    with workspace_scope(workspace.pk):
        app = numbers_actions.connect_app(
            workspace_id=workspace.pk, meta_id=f"app-{number}", name="App", secret="secret", verify_token="verify"
        )
        portfolio = numbers_actions.connect_portfolio(
            workspace_id=workspace.pk, meta_id=f"portfolio-{number}", name="Portfolio"
        )
        return numbers_actions.connect_account(
            **{
                "workspace_id": workspace.pk,
                "app_id": app.pk,
                "portfolio_id": portfolio.pk,
                "meta_id": f"waba-{number}",
                "name": f"Account {number}",
                "token": token,
                **values,
            }
        )


def make_number(workspace: Workspace, *, account: Account | None = None, **values: Any) -> Number:
    """A connected number at the standard pace."""
    account = account or make_account(workspace)
    number = next(_numbers)
    with workspace_scope(workspace.pk):
        return Number.objects.create(
            **{
                "workspace_id": workspace.pk,
                "account": account,
                "meta_id": f"number-{number}",
                "phone": f"+81 50-3100-{number:04d}",
                "state": NumberState.CONNECTED,
                "pace": "standard",
                "in_use_since": NOON.date(),
                **values,
            }
        )


def make_template(
    workspace: Workspace,
    account: Account,
    *,
    name: str = "autumn_offer",
    language: str = "ja",
    body: str = "{{1}}様、秋祭りです。",
    header: str = "",
    **values: Any,
) -> Template:
    """An approved marketing template with one variable; `header="IMAGE"` gives it a picture."""
    components: list[dict[str, Any]] = [{"type": "BODY", "text": body}]
    if header:
        components.insert(0, {"type": "HEADER", "format": header})
    with workspace_scope(workspace.pk):
        return Template.objects.create(
            **{
                "workspace_id": workspace.pk,
                "account_id": account.pk,
                "meta_id": f"template-{next(_numbers)}",
                "name": name,
                "language": language,
                "category": "marketing",
                "state": TemplateState.APPROVED,
                "components": components,
                "synced_at": NOON,
                **values,
            }
        )


def make_broadcast(
    workspace: Workspace, numbers: Sequence[Number], *, now: datetime = NOON, **values: Any
) -> Broadcast:
    """A draft to everybody through these numbers, with the name in the template's variable."""
    with workspace_scope(workspace.pk):
        return broadcasts_actions.save_draft(
            **{
                "workspace_id": workspace.pk,
                "now": now,
                "name": "Autumn",
                "template_name": "autumn_offer",
                "template_language": "ja",
                "variables": {"body:1": {"source": "name", "fallback": "お客様"}},
                "number_ids": [number.pk for number in numbers],
                "pace": "standard",
                **values,
            }
        )
