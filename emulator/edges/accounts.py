"""A WhatsApp Business account: its fields, its numbers, the apps that listen to it."""

from typing import Any

from aiohttp import web

from emulator import wire
from emulator.accounts import Account
from emulator.edges.call import SUCCESS, Call, answer_page, verify_override
from emulator.edges.numbers import NUMBER_FIELDS


async def get_account(call: Call, account: Account) -> web.Response:
    row = {
        "id": account.account_id,
        "name": account.name,
        "currency": "USD",
        "timezone_id": "1",
        "message_template_namespace": f"ns_{account.account_id}",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "status": "ACTIVE",
        "ownership_type": "SELF",
        "whatsapp_business_manager_messaging_limit": account.portfolio.messaging_limit,
        "owner_business_info": {"id": account.portfolio.portfolio_id, "name": "Sample portfolio"},
    }
    default = ("name", "currency", "timezone_id", "message_template_namespace")
    return wire.answer(wire.pick_fields(row, call.text("fields"), default))


async def list_numbers(call: Call, account: Account) -> web.Response:
    return answer_page(call, [number.node() for number in account.numbers], NUMBER_FIELDS)


async def list_subscribed_apps(call: Call, account: Account) -> web.Response:
    rows = []
    for app_id, override in account.subscriptions.items():
        link = f"https://www.facebook.com/games/?app_id={app_id}"
        row: dict[str, Any] = {"whatsapp_business_api_data": {"id": app_id, "link": link, "name": f"App {app_id}"}}
        if override:
            row["override_callback_uri"] = override.callback_url
        rows.append(row)
    return wire.answer({"data": rows})


async def subscribe_app(call: Call, account: Account) -> web.Response:
    """Subscribe the calling app; with an override address its messages go there."""
    override = await verify_override(call, call.text("override_callback_uri"), call.text("verify_token"))
    account.subscriptions[call.grant.app_id] = override
    return wire.answer(SUCCESS)


async def unsubscribe_app(call: Call, account: Account) -> web.Response:
    account.subscriptions.pop(call.grant.app_id, None)
    return wire.answer(SUCCESS)
