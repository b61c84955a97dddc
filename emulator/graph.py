"""The Graph API's doors: version, token, node and edge; each edge is one function."""

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import msgspec
from aiohttp import web

from emulator import faults, wire
from emulator.accounts import Account, App, Grant, Number, Portfolio
from emulator.edges import accounts, apps, media, numbers, profile, templates
from emulator.edges.call import UNREADABLE, Call
from emulator.errors import GraphError, bad_token, no_access, no_permission, unknown_object
from emulator.media import Media
from emulator.templates import Template
from emulator.uploads import Upload
from emulator.world import World

VERSION = re.compile(r"v(\d{1,3})\.0")
OLDEST_VERSION = 21
STATUS_HEAD_START_SECONDS = 0.3
MESSAGING, MANAGEMENT = "whatsapp_business_messaging", "whatsapp_business_management"
ATTACHMENTS = "/whatsapp_business/attachments/"
_decode = msgspec.json.Decoder().decode


def authorise(world: World, request: web.BaseRequest) -> Grant:
    """Return what the caller's token may do.

    :raises GraphError: there is no token, or it is not known.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in {"bearer", "oauth"} or not token:
        token = request.query.get("access_token", "")
    if not token:
        raise GraphError(104, message="An access token is required to request this resource.")
    grant = world.directory.grants.get(token.strip()) or world.directory.find_app_grant(token.strip())
    if grant is None:
        raise bad_token()
    if (app := world.directory.apps.get(grant.app_id)) and (app.requires_proof or "appsecret_proof" in request.query):
        _check_proof(app, token.strip(), request.query.get("appsecret_proof", ""))
    return grant


def _check_proof(app: App, token: str, proof: str) -> None:
    if not proof:
        raise GraphError(100, message="API calls from the server require an appsecret_proof argument")
    if not hmac.compare_digest(proof, hmac.digest(app.secret.encode(), token.encode(), sha256).hex()):
        raise GraphError(100, message="Invalid appsecret_proof provided in the API argument")


def _check_permission(grant: Grant, permission: str) -> None:
    if not grant.allows(permission):
        raise no_permission(permission)


def find_number(world: World, grant: Grant, number_id: str) -> Number:
    """Return a number that the token may use.

    :raises GraphError: it does not exist, or belongs to somebody else.
    """
    number = world.directory.numbers.get(number_id)
    if number is None:
        raise unknown_object("post", number_id)
    if not grant.covers(number.account):
        raise no_access()
    return number


async def handle(world: World, request: web.BaseRequest) -> web.StreamResponse:
    """Answer one Graph call; every refusal has Meta's shape."""
    try:
        return await _handle(world, request)
    except GraphError as error:
        world.rejected[error.code] += 1
        return error.answer()


async def _handle(world: World, request: web.BaseRequest) -> web.StreamResponse:
    if request.path == ATTACHMENTS:
        return _attachment(world, request)
    version, _, rest = request.path.lstrip("/").partition("/")
    found = VERSION.fullmatch(version)
    if not found or not rest:
        raise GraphError(2500, message=f"Unknown path components: {request.path}", status=404)
    if int(found[1]) < OLDEST_VERSION:
        raise GraphError(2635, message=f"(#2635) You are calling a deprecated version of the API: {version}")
    node_id, _, edge = rest.rstrip("/").partition("/")
    if edge == "messages" and request.method == "POST":
        return await _messages(world, request, node_id)
    grant = authorise(world, request)
    node, owner = _find_node(world, grant, request.method, node_id)
    edge_function = EDGES.get((request.method, type(node), edge))
    if edge_function is None:
        raise unknown_object(request.method, node_id)
    if owner is not None:
        _check_permission(grant, MESSAGING if edge == "media" or isinstance(node, Media) else MANAGEMENT)
    call = Call(world, request, grant, await _parameters(request, edge, is_raw=isinstance(node, Upload)))
    # Files are not management, and do not use up its calls.
    is_counted = owner is not None and edge != "media" and not isinstance(node, Media)
    header = world.usage.spend(grant.app_id, owner) if owner is not None and is_counted else {}
    response = await edge_function(call, node)
    response.headers.update(header)
    return response


async def _messages(world: World, request: web.BaseRequest, node_id: str) -> web.StreamResponse:
    started_at = world.clock.now()
    fault = faults.choose(world.knobs, world.dice)
    body = await request.read()
    if fault and fault not in faults.AFTER_ACCEPT:
        return faults.respond(fault, request, world.faults)
    grant = authorise(world, request)
    number = find_number(world, grant, node_id)
    _check_permission(grant, MESSAGING)
    payload = _parse(body)
    if payload.get("status") == "read":
        return wire.answer(world.references.mark_read(number, payload))
    at_once = 0 < world.knobs.status_before_response > world.dice.random()
    accepted = world.messages.accept(number, payload, started_at=started_at, at_once=at_once)
    if at_once:
        await asyncio.sleep(STATUS_HEAD_START_SECONDS)
    if world.knobs.answer_delay_seconds:
        await asyncio.sleep(world.knobs.answer_delay_seconds)
    if fault == "slow":
        world.faults[fault] += 1
        await asyncio.sleep(world.knobs.slow_seconds)
    elif fault:
        return faults.respond(fault, request, world.faults)
    return wire.answer(world.messages.answer(accepted))


def _parse(body: bytes) -> dict[str, Any]:
    try:
        payload = _decode(body)
    except msgspec.DecodeError as error:
        raise GraphError(100, f"The body is not JSON: {error}") from error
    if not isinstance(payload, dict):
        raise GraphError(100, "The body must be a JSON object")
    return payload


async def _parameters(request: web.BaseRequest, edge: str, *, is_raw: bool) -> dict[str, Any]:
    """Return query and body together, as Graph does; a file is read by its own edge."""
    parameters: dict[str, Any] = dict(request.query)
    if request.method == "GET" or edge == "media" or is_raw or not request.can_read_body:
        return parameters
    if request.content_type.startswith(("application/x-www-form-urlencoded", "multipart/")):
        try:
            form = await request.post()
        except UNREADABLE as error:
            raise GraphError(100, f"The form cannot be read: {error}") from error
        return parameters | {key: value for key, value in form.items() if isinstance(value, str)}
    return parameters | _parse(await request.read() or b"{}")


Node = Number | Account | Media | Template | Portfolio | App | Upload


def _find_node(world: World, grant: Grant, method: str, node_id: str) -> tuple[Node, Account | None]:
    """Return a node with the account it belongs to; a portfolio belongs to none.

    :raises GraphError: it does not exist, or the token may not use it.
    """
    directory = world.directory
    # What belongs to an app is invisible to every other app.
    own = directory.apps.get(node_id) or world.uploads.find(node_id)
    if own is not None and own.app_id == grant.app_id:
        return own, None
    node: Node | None = directory.numbers.get(node_id) or directory.accounts.get(node_id) or world.media.find(node_id)
    owner: Account | None = None
    if isinstance(node, Account):
        owner = node
    elif isinstance(node, Number):
        owner = node.account
    elif isinstance(node, Media):
        owner = node.number.account
    elif found := directory.find_template(node_id):
        owner, node = found
    elif (portfolio := directory.portfolios.get(node_id)) and _owns_something(world, grant, portfolio):
        return portfolio, None
    if node is None or owner is None:
        raise unknown_object(method, node_id)
    if not grant.covers(owner):
        raise no_access()
    return node, owner


def _owns_something(world: World, grant: Grant, portfolio: Portfolio) -> bool:
    return any(a.portfolio is portfolio and grant.covers(a) for a in world.directory.accounts.values())


def _attachment(world: World, request: web.BaseRequest) -> web.Response:
    """Serve a media address: it needs the token too, and is gone after five minutes."""
    grant = authorise(world, request)
    if world.knobs.media_needs_user_agent and not request.headers.get("User-Agent"):
        return web.Response(status=404, text="<html><body>Not Found</body></html>", content_type="text/html")
    found = world.media.open_url(dict(request.query))
    if found is None:
        return web.Response(status=404, text="URL signature expired or unknown")
    if not grant.covers(found.number.account):
        raise no_access()
    return web.Response(body=world.media.content(found), content_type=found.mime_type)


EDGES: dict[tuple[str, type[Node], str], Callable[[Call, Any], Awaitable[web.StreamResponse]]] = {
    ("GET", Number, ""): numbers.get_number,
    ("POST", Number, ""): numbers.set_number,
    ("POST", Number, "media"): media.upload_media,
    ("POST", Number, "register"): numbers.register_number,
    ("POST", Number, "deregister"): numbers.deregister_number,
    ("POST", Number, "request_code"): numbers.request_code,
    ("POST", Number, "verify_code"): numbers.verify_code,
    ("GET", Number, "settings"): profile.get_settings,
    ("POST", Number, "settings"): profile.set_settings,
    ("GET", Number, "whatsapp_business_profile"): profile.get_profile,
    ("POST", Number, "whatsapp_business_profile"): profile.set_profile,
    ("GET", Number, "block_users"): profile.list_blocked,
    ("POST", Number, "block_users"): profile.block_users,
    ("DELETE", Number, "block_users"): profile.unblock_users,
    ("DELETE", Number, "contact_book"): profile.forget_contact,
    ("GET", App, ""): apps.get_app,
    ("GET", App, "subscriptions"): apps.list_subscriptions,
    ("POST", App, "subscriptions"): apps.subscribe,
    ("DELETE", App, "subscriptions"): apps.unsubscribe,
    ("POST", App, "uploads"): apps.begin_upload,
    ("GET", Upload, ""): apps.show_upload,
    ("POST", Upload, ""): apps.continue_upload,
    ("GET", Portfolio, ""): accounts.get_portfolio,
    ("GET", Portfolio, "owned_whatsapp_business_accounts"): accounts.list_accounts,
    ("GET", Media, ""): media.get_media,
    ("DELETE", Media, ""): media.delete_media,
    ("GET", Account, ""): accounts.get_account,
    ("GET", Account, "phone_numbers"): accounts.list_numbers,
    ("POST", Account, "phone_numbers"): accounts.add_number,
    ("GET", Account, "subscribed_apps"): accounts.list_subscribed_apps,
    ("POST", Account, "subscribed_apps"): accounts.subscribe_app,
    ("DELETE", Account, "subscribed_apps"): accounts.unsubscribe_app,
    ("GET", Account, "message_templates"): templates.list_templates,
    ("POST", Account, "message_templates"): templates.create_template,
    ("DELETE", Account, "message_templates"): templates.delete_templates,
    ("GET", Template, ""): templates.get_template,
    ("POST", Template, ""): templates.edit_template,
    ("POST", Template, "unpause"): templates.unpause_template,
}
