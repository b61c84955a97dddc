"""Accounts: what they are, whether they may send, and where their webhooks go."""

from collections.abc import Sequence
from typing import Any

import msgspec

from switchboard.cloudapi import limits
from switchboard.cloudapi.client.caller import Caller, Done, parse_answer, parse_done
from switchboard.cloudapi.errors import Failure

LONGEST_OVERRIDE = 200


class AccountInfo(msgspec.Struct, frozen=True):
    """A WhatsApp Business account."""

    id: str
    name: str = ""
    currency: str = ""
    timezone_id: str = ""
    account_review_status: str = ""
    business_verification_status: str = ""
    status: str = ""


ACCOUNT_FIELDS = ",".join(AccountInfo.__struct_fields__)


class HealthError(msgspec.Struct, frozen=True):
    """Why something cannot send, and what Meta advises."""

    error_code: int = 0
    error_description: str = ""
    possible_solution: str = ""


class HealthEntity(msgspec.Struct, frozen=True):
    """One link of the chain: number, template, account, business or app."""

    entity_type: str
    id: str
    can_send_message: str
    additional_info: list[str] = []
    errors: list[HealthError] = []


class Health(msgspec.Struct, frozen=True):
    """AVAILABLE, LIMITED or BLOCKED: the worst of the chain."""

    can_send_message: str
    entities: list[HealthEntity] = []


class _HealthAnswer(msgspec.Struct, frozen=True):
    health_status: Health


class _AppData(msgspec.Struct, frozen=True):
    id: str
    name: str = ""


class _AppRow(msgspec.Struct, frozen=True):
    whatsapp_business_api_data: _AppData
    override_callback_uri: str = ""


class SubscribedApp(msgspec.Struct, frozen=True):
    """An app that gets an account's webhooks, and the address that takes the place of its own."""

    id: str
    name: str
    override_url: str = ""


class WebhookRoute(msgspec.Struct, frozen=True):
    """Where a number's messages go; the first that is set wins."""

    phone_number: str = ""
    whatsapp_business_account: str = ""
    application: str = ""


class _RouteAnswer(msgspec.Struct, frozen=True):
    webhook_configuration: WebhookRoute = WebhookRoute()


def build_override(url: str, verify_token: str) -> dict[str, str]:
    """Return the address that takes the place of the app's own.

    :raises limits.PayloadError: it is no address, too long, or has no token.
    """
    limits.check_address("override_callback_uri", url, LONGEST_OVERRIDE)
    limits.check_text("verify_token", verify_token, 1000)
    return {"override_callback_uri": url, "verify_token": verify_token}


class AccountCalls(Caller):
    """/{account}, its subscribed apps, and the overrides of numbers."""

    async def get_fields(self, node_id: str, *fields: str) -> dict[str, Any] | Failure:
        """Return any fields of an account, number, template or portfolio."""
        return parse_answer(await self._get(node_id, {"fields": ",".join(fields)}), dict[str, Any])

    async def get_account(self, account_id: str) -> AccountInfo | Failure:
        """Return an account."""
        return parse_answer(await self._get(account_id, {"fields": ACCOUNT_FIELDS}), AccountInfo)

    async def get_health(self, node_id: str) -> Health | Failure:
        """Return whether an account, number or template may send, and what stands in the way."""
        answer = parse_answer(await self._get(node_id, {"fields": "health_status"}), _HealthAnswer)
        return answer.health_status if isinstance(answer, _HealthAnswer) else answer

    async def list_subscribed_apps(self, account_id: str) -> list[SubscribedApp] | Failure:
        """Return the apps that get an account's webhooks."""
        rows = await self._list(f"{account_id}/subscribed_apps", "", _AppRow)
        if not isinstance(rows, list):
            return rows
        apps = [(row.whatsapp_business_api_data, row.override_callback_uri) for row in rows]
        return [SubscribedApp(app.id, app.name, override) for app, override in apps]

    async def subscribe_app(self, account_id: str, *, override_url: str = "", verify_token: str = "") -> Done | Failure:
        """Have the token's app get an account's webhooks; without an address an earlier override is removed.

        :raises limits.PayloadError: the address cannot be used.
        """
        body = build_override(override_url, verify_token) if override_url else {}
        return parse_done(await self._post(f"{account_id}/subscribed_apps", body))

    async def unsubscribe_app(self, account_id: str) -> Done | Failure:
        """Stop an account's webhooks to the token's app."""
        return parse_done(await self._delete(f"{account_id}/subscribed_apps"))

    async def set_number_override(self, number_id: str, *, url: str = "", verify_token: str = "") -> Done | Failure:
        """Send a number's messages to an address of their own; without one the override is removed.

        :raises limits.PayloadError: the address cannot be used.
        """
        override = build_override(url, verify_token) if url else {"override_callback_uri": ""}
        return parse_done(await self._post(number_id, {"webhook_configuration": override}))

    async def get_route(self, number_id: str) -> WebhookRoute | Failure:
        """Return where a number's messages go."""
        answer = parse_answer(await self._get(number_id, {"fields": "webhook_configuration"}), _RouteAnswer)
        return answer.webhook_configuration if isinstance(answer, _RouteAnswer) else answer

    async def subscribe_fields(
        self, app_id: str, *, url: str, verify_token: str, fields: Sequence[str]
    ) -> Done | Failure:
        """Save an app's callback and the fields that it gets; the token must be the app's own.

        :raises limits.PayloadError: the address cannot be used.
        """
        override = build_override(url, verify_token)
        query = {
            "object": "whatsapp_business_account",
            "callback_url": override["override_callback_uri"],
            "verify_token": verify_token,
            "fields": ",".join(fields),
        }
        return parse_done(await self._post(f"{app_id}/subscriptions", query))
