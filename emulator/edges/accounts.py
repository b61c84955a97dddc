"""A WhatsApp Business account: its fields, its numbers, the apps that listen to it."""

from typing import Any

from aiohttp import web

from emulator import wire
from emulator.accounts import Account, Portfolio
from emulator.edges.call import SUCCESS, Call, answer_page, verify_override
from emulator.edges.numbers import NUMBER_FIELDS
from emulator.errors import GraphError
from emulator.standing import health_of

ACCOUNT_FIELDS = ("name", "currency", "timezone_id", "message_template_namespace")


def describe_account(account: Account) -> dict[str, Any]:
    return {
        "id": account.account_id,
        "name": account.name,
        "currency": "USD",
        "timezone_id": "1",
        "message_template_namespace": f"ns_{account.account_id}",
        "account_review_status": account.review_status,
        "business_verification_status": "verified" if account.portfolio.is_verified else "not_verified",
        "status": "DISABLED" if account.is_banned else "ACTIVE",
        "ownership_type": "SELF",
        "whatsapp_business_manager_messaging_limit": account.portfolio.messaging_limit,
        "owner_business_info": {"id": account.portfolio.portfolio_id, "name": "Sample portfolio"},
    }


async def get_account(call: Call, account: Account) -> web.Response:
    row = describe_account(account)
    if "health_status" in call.text("fields"):
        row["health_status"] = health_of(account)
    return wire.answer(wire.pick_fields(row, call.text("fields"), ACCOUNT_FIELDS))


async def list_numbers(call: Call, account: Account) -> web.Response:
    return answer_page(call, [number.node() for number in account.numbers], NUMBER_FIELDS)


async def add_number(call: Call, account: Account) -> web.Response:
    digits = "".join(filter(str.isdecimal, call.text("cc") + call.text("phone_number")))
    name = call.text("verified_name")
    if not 7 <= len(digits) <= 15 or not name:
        raise GraphError(100, "cc, phone_number and verified_name are required")
    return wire.answer({"id": call.world.registration.add(account, digits, name).number_id})


async def get_portfolio(call: Call, portfolio: Portfolio) -> web.Response:
    row = {"id": portfolio.portfolio_id, "name": "Sample portfolio"}
    row["whatsapp_business_manager_messaging_limit"] = portfolio.messaging_limit
    return wire.answer(wire.pick_fields(row, call.text("fields"), ("name",)))


async def list_accounts(call: Call, portfolio: Portfolio) -> web.Response:
    """List the accounts of a portfolio that the token may see."""
    owned = [a for a in call.world.directory.accounts.values() if a.portfolio is portfolio and call.grant.covers(a)]
    return answer_page(call, [describe_account(account) for account in owned], ACCOUNT_FIELDS)


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
