"""The Graph edges besides sending: numbers, media, templates, accounts, subscriptions."""

import base64
import binascii
from typing import Any, NamedTuple

from aiohttp import BodyPartReader, web

from emulator import wire
from emulator.accounts import Account, Grant, Number, Override
from emulator.errors import GraphError
from emulator.media import LARGEST_DOCUMENT, Media, check_file
from emulator.templates import DEFAULT_FIELDS, Template
from emulator.world import World

NUMBER_FIELDS = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
)
PAGE_LIMIT, PAGE_LARGEST = 25, 1000
SUCCESS = {"success": True}


class Call(NamedTuple):
    """One request after its doors: who asks, and what with."""

    world: World
    request: web.BaseRequest
    grant: Grant
    parameters: dict[str, Any]

    def text(self, name: str) -> str:
        value = self.parameters.get(name, "")
        return value if isinstance(value, str) else str(value)

    @property
    def base_url(self) -> str:
        return f"{self.request.scheme}://{self.request.host}"


# ── numbers ──


async def get_number(call: Call, number: Number) -> web.Response:
    return wire.answer(wire.pick_fields(number.node(), call.text("fields"), NUMBER_FIELDS))


async def set_number(call: Call, number: Number) -> web.Response:
    """Set the webhook override or the two-step PIN of a number."""
    configuration = call.parameters.get("webhook_configuration")
    if isinstance(configuration, dict):
        url = str(configuration.get("override_callback_uri", ""))
        number.override = await _verified_override(call, url, str(configuration.get("verify_token", "")))
    if pin := call.text("pin"):
        number.pin = _checked_pin(pin)
    return wire.answer(SUCCESS)


async def register_number(call: Call, number: Number) -> web.Response:
    pin = _checked_pin(call.text("pin"))
    if number.pin and pin != number.pin:
        raise GraphError(133005)
    number.pin, number.status = pin, "CONNECTED"
    return wire.answer(SUCCESS)


async def deregister_number(call: Call, number: Number) -> web.Response:
    number.status = "DISCONNECTED"
    return wire.answer(SUCCESS)


def _checked_pin(pin: str) -> str:
    if len(pin) != 6 or not pin.isdecimal():
        raise GraphError(100, message="(#100) Param pin must be 6 digits.")
    return pin


# ── media ──


async def upload_media(call: Call, number: Number) -> web.Response:
    """Take a multipart upload and keep it for this number."""
    if not call.request.content_type.startswith("multipart/"):
        raise GraphError(100, "media upload must be multipart/form-data")
    fields: dict[str, str] = {}
    content: bytes | None = None
    async for part in await call.request.multipart():
        if not isinstance(part, BodyPartReader):
            raise GraphError(100, "nested multipart is not allowed")
        if part.name == "file":
            content = await _read_file(part)
            fields.setdefault("type", part.headers.get("Content-Type", ""))
        else:
            fields[part.name or ""] = await part.text()
    if fields.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if content is None:
        raise GraphError(100, message="(#100) The parameter file is required.")
    media = call.world.media.put(number, content, check_file(content, fields.get("type", "")))
    return wire.answer({"id": media.media_id})


async def _read_file(part: BodyPartReader) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        content += chunk
        if len(content) > LARGEST_DOCUMENT:
            raise GraphError(131053, f"The file is larger than {LARGEST_DOCUMENT} bytes")
    return bytes(content)


async def get_media(call: Call, media: Media) -> web.Response:
    _check_owner(call, media)
    return wire.answer(call.world.media.node(media, call.base_url))


async def delete_media(call: Call, media: Media) -> web.Response:
    _check_owner(call, media)
    call.world.media.remove(media)
    return wire.answer(SUCCESS)


def _check_owner(call: Call, media: Media) -> None:
    wanted = call.text("phone_number_id")
    if wanted and wanted != media.number.number_id:
        raise GraphError(100, f"Media {media.media_id} does not belong to phone number {wanted}")


# ── accounts ──


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
    return _page(call, [number.node() for number in account.numbers], NUMBER_FIELDS)


def _page(call: Call, rows: list[dict[str, Any]], default: tuple[str, ...]) -> web.Response:
    """Answer one page of a list with Graph's cursors."""
    limit = min(int(call.text("limit")), PAGE_LARGEST) if call.text("limit").isdecimal() else PAGE_LIMIT
    first = _cursor_place(call.text("after")) + 1 if call.text("after") else 0
    if before := call.text("before"):
        first = max(0, _cursor_place(before) - limit)
    chosen = rows[first : first + max(1, limit)]
    answer: dict[str, Any] = {"data": [wire.pick_fields(row, call.text("fields"), default) for row in chosen]}
    if chosen:
        last = first + len(chosen) - 1
        answer["paging"] = {"cursors": {"before": _cursor(first), "after": _cursor(last)}}
        if last + 1 < len(rows):
            query = call.request.rel_url.update_query({"after": _cursor(last)})
            answer["paging"]["next"] = call.base_url + str(query)
    return wire.answer(answer)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"row{place}".encode()).decode()


def _cursor_place(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor).removeprefix(b"row"))
    except (binascii.Error, ValueError) as error:
        raise GraphError(100, "The paging cursor is not valid") from error


# ── templates ──


async def list_templates(call: Call, account: Account) -> web.Response:
    rows = [template.node() for template in account.templates.list_matching(dict(call.request.query))]
    return _page(call, rows, DEFAULT_FIELDS)


async def get_template(call: Call, template: Template) -> web.Response:
    return wire.answer(wire.pick_fields(template.node(), call.text("fields"), DEFAULT_FIELDS))


async def create_template(call: Call, account: Account) -> web.Response:
    """Take a template in; the review ends by itself after the knob's seconds."""
    template = account.templates.create(call.parameters)
    call.world.agenda.call(call.world.knobs.template_review_seconds, lambda: _end_review(call.world, account, template))
    return wire.answer({"id": template.template_id, "status": template.status, "category": template.category})


def _end_review(world: World, account: Account, template: Template) -> None:
    if account.templates.by_id.get(template.template_id) is not template:
        return
    template.status = "APPROVED"
    value = {
        "event": "APPROVED",
        "message_template_id": int(template.template_id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_category": template.category,
        "reason": "NONE",
    }
    world.webhooks.emit_account(account, "message_template_status_update", value)


async def delete_templates(call: Call, account: Account) -> web.Response:
    """Delete a name in all languages, or the one that hsm_id names."""
    name, template_id = call.text("name"), call.text("hsm_id")
    if not name and not template_id:
        raise GraphError(100, message="(#100) The parameter name is required.")
    doomed = [
        template
        for template in account.templates.by_key.values()
        if (not name or template.name == name) and (not template_id or template.template_id == template_id)
    ]
    if not doomed:
        raise GraphError(100, "Message template not found", subcode=2593002)
    for template in doomed:
        account.templates.remove(template)
    return wire.answer(SUCCESS)


# ── subscriptions ──


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
    override = await _verified_override(call, call.text("override_callback_uri"), call.text("verify_token"))
    account.subscriptions[call.grant.app_id] = override
    return wire.answer(SUCCESS)


async def unsubscribe_app(call: Call, account: Account) -> web.Response:
    account.subscriptions.pop(call.grant.app_id, None)
    return wire.answer(SUCCESS)


async def _verified_override(call: Call, url: str, verify_token: str) -> Override | None:
    if not url:
        return None
    if not verify_token or len(url) > 200:
        raise GraphError(100, "override_callback_uri (at most 200 characters) needs a verify_token")
    await call.world.webhooks.verify_callback(url, verify_token)
    return Override(url, verify_token)
