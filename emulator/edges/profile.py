"""What belongs to a number besides sending: profile, settings, block list, contact book."""

from typing import Any

from aiohttp import web

from emulator import wire
from emulator.accounts import Number
from emulator.checks import list_objects, take_text
from emulator.edges.call import SUCCESS, Call, answer_page
from emulator.errors import GraphError

LONGEST = {"about": 139, "address": 256, "description": 512, "email": 128}
PROFILE_FIELDS = ("about", "address", "description", "email", "profile_picture_url", "websites", "vertical")
VERTICALS = frozenset(
    "ALCOHOL APPAREL AUTO BEAUTY EDU ENTERTAIN EVENT_PLAN FINANCE GOVT GROCERY HEALTH HOTEL NONPROFIT ONLINE_GAMBLING"  # noqa: SIM905 - Meta's own list, kept readable
    " OTC_DRUGS OTHER PHYSICAL_GAMBLING PROF_SERVICES RESTAURANT RETAIL TRAVEL UNDEFINED NOT_A_BIZ".split()
)
SETTINGS = {"calling", "user_identity_change", "payload_encryption", "storage_configuration"}
BLOCKED_MOST = 64_000


async def get_profile(call: Call, number: Number) -> web.Response:
    wanted = [name.strip() for name in call.text("fields").split(",")] if call.text("fields") else list(PROFILE_FIELDS)
    shown = {name: number.profile[name] for name in wanted if name in number.profile}
    return wire.answer({"data": [{**shown, "messaging_product": "whatsapp"}]})


async def set_profile(call: Call, number: Number) -> web.Response:
    changes: dict[str, Any] = {}
    for name, longest in LONGEST.items():
        if name in call.parameters:
            changes[name] = take_text(call.parameters, name, "profile", longest=longest, required=name == "about")
    if "websites" in call.parameters:
        changes["websites"] = _websites(call.parameters["websites"])
    if vertical := call.text("vertical"):
        if vertical not in VERTICALS:
            raise GraphError(100, f"vertical {vertical} is not one of {', '.join(sorted(VERTICALS))}")
        changes["vertical"] = vertical
    if handle := call.text("profile_picture_handle"):
        if not call.world.uploads.is_handle(handle):
            raise GraphError(100, "profile_picture_handle is not the handle of a finished upload")
        changes["profile_picture_url"] = f"{call.base_url}/pictures/{number.number_id}"
    number.profile |= changes
    return wire.answer(SUCCESS)


def _websites(value: object) -> list[str]:
    sites: list[Any] = value if isinstance(value, list) else [value]
    if len(sites) > 2:
        raise GraphError(100, "websites: at most 2")
    for site in sites:
        if not isinstance(site, str) or not site.startswith(("http://", "https://")) or len(site) > 256:
            raise GraphError(100, "websites: each begins with http:// or https:// and has at most 256 characters")
    return sites


async def get_settings(call: Call, number: Number) -> web.Response:
    return wire.answer(number.settings or {"storage_configuration": {"status": "DEFAULT"}})


async def set_settings(call: Call, number: Number) -> web.Response:
    changes = {name: value for name, value in call.parameters.items() if name in SETTINGS}
    if not changes or not all(isinstance(value, dict) for value in changes.values()):
        raise GraphError(100, f"Give at least one of {', '.join(sorted(SETTINGS))} as an object")
    for name, value in changes.items():
        number.settings[name] = {**number.settings.get(name, {}), **value}
    if "calling" in changes:
        told = {"phone_number_id": number.number_id, "calling": number.settings["calling"]}
        moment = int(call.world.clock.now())
        value = {"messaging_product": "whatsapp", "timestamp": moment, "type": "phone_number_settings"}
        call.world.webhooks.emit_account(
            number.account, "account_settings_update", {**value, "phone_number_settings": told}
        )
    return wire.answer(SUCCESS)


# ── block list ──


async def list_blocked(call: Call, number: Number) -> web.Response:
    people = call.world.people
    rows = [{"messaging_product": "whatsapp", "wa_id": people.phones[person]} for person in number.blocked]
    return answer_page(call, [{**row, "id": row["wa_id"]} for row in rows], ("messaging_product", "wa_id"))


async def block_users(call: Call, number: Number) -> web.Response:
    """Block people who wrote in the last 24 hours; the others are named with the reason."""
    added, failed = [], []
    for entry in _entries(call):
        name, person = _find(call, number, entry)
        if person is None or not call.world.inbox.is_window_open(number, person):
            failed.append(_failed(name, 131047, "Only people who wrote in the last 24 hours can be blocked"))
        elif len(number.blocked) >= BLOCKED_MOST:
            failed.append(_failed(name, 139101, f"The block list has at most {BLOCKED_MOST} people"))
        else:
            number.blocked[person] = None
            added.append({"input": name, "wa_id": call.world.people.phones[person]})
    return _answer_block("added_users", added, failed)


async def unblock_users(call: Call, number: Number) -> web.Response:
    removed, failed = [], []
    for entry in _entries(call):
        name, person = _find(call, number, entry)
        if person is None or person not in number.blocked:
            failed.append(_failed(name, 139100, "The user is not on the block list"))
        else:
            del number.blocked[person]
            removed.append({"input": name, "wa_id": call.world.people.phones[person]})
    return _answer_block("removed_users", removed, failed)


def _entries(call: Call) -> list[dict[str, Any]]:
    entries = list_objects(call.parameters, "block_users")
    if call.text("messaging_product") != "whatsapp" or not entries:
        raise GraphError(100, "messaging_product and block_users are required")
    return entries


def _find(call: Call, number: Number, entry: dict[str, Any]) -> tuple[str, int | None]:
    people = call.world.people
    if user_id := str(entry.get("user_id", "")):
        phone = people.find_by_user_id(user_id, number.account.portfolio.portfolio_id)
        return user_id, None if phone is None else people.find_index(phone)
    name = str(entry.get("user", ""))
    return name, people.find_index("".join(filter(str.isdecimal, name)))


def _failed(name: str, code: int, sentence: str) -> dict[str, Any]:
    error = {"message": sentence, "code": code, "error_data": {"details": sentence}}
    return {"input": name, "wa_id": "".join(filter(str.isdecimal, name)), "errors": [error]}


def _answer_block(key: str, done: list[dict[str, str]], failed: list[dict[str, Any]]) -> web.Response:
    lists: dict[str, Any] = {key: done}
    body: dict[str, Any] = {"messaging_product": "whatsapp", "block_users": lists}
    if not failed:
        return wire.answer(body)
    lists["failed_users"] = failed
    error = {"message": "(#139100) Failed to block/unblock some users", "type": "OAuthException", "code": 139100}
    return wire.answer({**body, "error": error}, status=400)


async def forget_contact(call: Call, number: Number) -> web.Response:
    """Drop a person's phone from the contact book; their user id stays."""
    phone = call.world.people.find_by_user_id(call.text("bsuid"), number.account.portfolio.portfolio_id)
    person = None if phone is None else call.world.people.find_index(phone)
    if person is None:
        raise GraphError(100, "bsuid is nobody that this portfolio knows")
    call.world.phone_book.forget(person)
    return wire.answer(SUCCESS)
