"""/_emulator/…: set the world up, turn its knobs, read what really happened."""

from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import Any, Literal

import msgspec
from aiohttp import web

from emulator.accounts import Account
from emulator.inbox import button_message, text_message
from emulator.knobs import turn
from emulator.people import Habits
from emulator.reviews import Pacing
from emulator.setup import Setup, apply_setup
from emulator.summary import summarise
from emulator.templates import Template
from emulator.world import World

PREFIX = "/_emulator/"
ROWS_PER_WRITE = 1000


class ControlError(Exception):
    """A control call that cannot be done, in one sentence."""


async def handle(world: World, request: web.BaseRequest) -> web.StreamResponse:
    """Answer one control call."""
    name = request.path.removeprefix(PREFIX).strip("/")
    route = ROUTES.get((request.method, name))
    try:
        if name.startswith("people/") and request.method == "GET":
            return _json(show_person(world, name.removeprefix("people/")))
        if route is None:
            raise ControlError(f"There is no {request.method} {request.path}: GET {PREFIX} lists the calls.")
        return await route[0](world, request)
    except (ControlError, ValueError) as error:
        return _json({"error": str(error)}, status=400)


def _json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


async def _read(request: web.BaseRequest) -> dict[str, Any]:
    """Return the JSON object of the body, {} when empty.

    :raises msgspec.DecodeError: it is not an object (a ValueError, so it is answered as one).
    """
    return msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])


async def list_routes(world: World, request: web.BaseRequest) -> web.Response:
    calls = [{"method": method, "path": PREFIX + name, "does": route[1]} for (method, name), route in ROUTES.items()]
    calls.append({"method": "GET", "path": PREFIX + "people/{phone}", "does": "one person: habits and thread"})
    return _json({"emulator": "WhatsApp Cloud API stand-in", "calls": calls, "knobs": world.knobs})


async def set_up(world: World, request: web.BaseRequest) -> web.Response:
    return _json(apply_setup(world.directory, msgspec.json.decode(await request.read(), type=Setup)))


async def fix_people(world: World, request: web.BaseRequest) -> web.Response:
    """Take one person's habits or a list of them."""
    habits = msgspec.json.decode(await request.read(), type=Habits | list[Habits])
    chosen = habits if isinstance(habits, list) else [habits]
    for one in chosen:
        if bool(one.phone) == bool(one.suffix):
            raise ControlError("Name either a phone or the suffix that phones end with.")
    for one in chosen:
        world.people.fix_habits(one)
    return _json({"changed": len(chosen)})


async def get_knobs(world: World, request: web.BaseRequest) -> web.Response:
    return _json(world.knobs)


async def turn_knobs(world: World, request: web.BaseRequest) -> web.Response:
    turn(world.knobs, await _read(request))
    return _json(world.knobs)


async def get_stats(world: World, request: web.BaseRequest) -> web.Response:
    return _json(world.stats())


async def write_inbound(world: World, request: web.BaseRequest) -> web.Response:
    """Let a person write: text, a tapped button, or any message piece as it stands in Meta's webhook."""
    body = await _read(request)
    number = world.directory.numbers.get(str(body.get("phone_number_id", "")))
    phone = "".join(filter(str.isdecimal, str(body.get("from", ""))))
    if number is None or not phone:
        raise ControlError("`from` must be a phone and `phone_number_id` one of the numbers that were set up.")
    message = body.get("message")
    if message is None and isinstance(button := body.get("button"), dict):
        text = str(button.get("text", ""))
        payload = str(button.get("payload", text))
        wamid = str(button.get("message_id", ""))
        message = button_message(text, payload, replied_wamid=wamid, business=number.digits)
    message = message or text_message(str(body.get("text", "")))
    if not isinstance(message, dict) or "type" not in message:
        raise ControlError("`message` must be an object with a `type`.")
    index = world.inbox.write(phone, number, message, opts_out=body.get("opts_out"))
    return _json({"id": world.ledger.inbound_wamid(index)})


class PacingChange(msgspec.Struct, forbid_unknown_fields=True):
    after: int = 0
    hold_seconds: float = 3600.0
    verdict: Literal["good", "bad"] = "good"


class TemplateChange(msgspec.Struct, forbid_unknown_fields=True):
    """What Meta decides about a template; the template is named by id, or by account, name and language."""

    id: str = ""
    account: str = ""
    name: str = ""
    language: str = ""
    event: Literal[
        "", "approve", "reject", "pause", "unpause", "disable", "FLAGGED", "REINSTATED", "LOCKED", "IN_APPEAL"
    ] = ""
    reason: str = "TAG_CONTENT_MISMATCH"
    quality: Literal["", "GREEN", "YELLOW", "RED", "UNKNOWN"] = ""
    category: Literal["", "MARKETING", "UTILITY", "AUTHENTICATION"] = ""
    notice: bool = False
    pacing: PacingChange | None = None


async def change_template(world: World, request: web.BaseRequest) -> web.Response:
    """Let Meta decide something about a template."""
    change = msgspec.json.decode(await request.read(), type=TemplateChange)
    account, template = _find_template(world, change)
    _apply_event(world, account, template, change)
    if change.quality:
        world.reviews.set_quality(account, template, change.quality)
    if change.category:
        world.reviews.change_category(account, template, change.category, with_notice=change.notice)
    if change.pacing:
        pacing = Pacing(change.pacing.after, change.pacing.hold_seconds, change.pacing.verdict)
        world.reviews.pace(template, pacing)
    return _json(template.node())


def _find_template(world: World, change: TemplateChange) -> tuple[Account, Template]:
    if found := world.directory.find_template(change.id):
        return found
    account = world.directory.accounts.get(change.account)
    if account and (template := account.templates.by_key.get((change.name, change.language))):
        return account, template
    raise ControlError("Name a template by `id`, or by `account`, `name` and `language`.")


def _apply_event(world: World, account: Account, template: Template, change: TemplateChange) -> None:
    reviews = world.reviews
    if change.event == "approve":
        reviews.approve(account, template)
    elif change.event == "reject":
        reviews.reject(account, template, change.reason)
    elif change.event == "pause":
        reviews.pause(account, template)
    elif change.event == "unpause":
        if template.status != "PAUSED":
            raise ControlError(f"The template has status {template.status}, only PAUSED ones can be unpaused.")
        reviews.unpause(account, template)
    elif change.event == "disable":
        reviews.disable(account, template)
    elif change.event:
        reviews.announce(account, template, change.event)


async def reset(world: World, request: web.BaseRequest) -> web.Response:
    """Prepare a fresh world, with the old one's accounts or without; the application puts it in place."""
    keeps_setup = bool((await _read(request)).get("keep_setup"))
    if keeps_setup:
        world.directory.forget_people()
    world.successor = World(world.config, world.directory if keeps_setup else None)
    return _json({"success": True})


async def set_clock(world: World, request: web.BaseRequest) -> web.Response:
    """Shift timestamps to `shift` seconds from real time, or let `skip` seconds pass at once for all timers."""
    body = msgspec.convert(await _read(request), dict[str, float])
    if not body or not body.keys() <= {"shift", "skip"}:
        raise ControlError("Give `shift` (seconds from real time) or `skip` (seconds to let pass).")
    if "shift" in body:
        world.clock.shift_seconds = body["shift"]
    world.clock.skip(body.get("skip", 0.0))
    # What came due has happened when the call returns.
    world.calendar.run_due()
    world.agenda.run_due()
    return _json({"now": world.clock.now(), "shift": world.clock.shift_seconds})


def _selection(world: World, request: web.BaseRequest) -> dict[str, Any]:
    """Read which messages a ledger call is about: numbers and accounts may be comma lists."""
    query = request.query
    directory = world.directory
    chosen: set[int] | None = None
    if ids := query.get("phone_number_id"):
        chosen = {number.index for number in directory.number_list if number.number_id in ids.split(",")}
    if ids := query.get("account"):
        of_accounts = {n.index for n in directory.number_list if n.account.account_id in ids.split(",")}
        chosen = of_accounts if chosen is None else chosen & of_accounts
    return {
        "since": float(query.get("since_accepted", 0)),
        "numbers": None if chosen is None else frozenset(chosen),
        "template": query.get("template", ""),
    }


async def stream_ledger(world: World, request: web.BaseRequest) -> web.StreamResponse:
    selected = world.ledger.select(**_selection(world, request))
    lines = (msgspec.json.encode(world.ledger.row(index)) for index in selected)
    return await _stream(request, lines, "application/x-ndjson")


async def stream_callbacks(world: World, request: web.BaseRequest) -> web.StreamResponse:
    selected = world.ledger.select(**_selection(world, request))
    lines = (data for index in selected if (data := world.ledger.callbacks[index]))
    return await _stream(request, lines, "text/plain")


async def _stream(request: web.BaseRequest, lines: Iterator[bytes], content_type: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": content_type})
    await response.prepare(request)
    while rows := list(islice(lines, ROWS_PER_WRITE)):
        await response.write(b"\n".join(rows) + b"\n")
    await response.write_eof()
    return response


async def get_summary(world: World, request: web.BaseRequest) -> web.Response:
    with_paces = request.query.get("pace_checks", "0") not in {"", "0"}
    return _json(summarise(world.ledger, **_selection(world, request), with_paces=with_paces))


async def list_opt_outs(world: World, request: web.BaseRequest) -> web.Response:
    return _json([world.ledger.opt_out_row(inbound) for inbound in world.ledger.opt_outs()])


def show_person(world: World, phone: str) -> dict[str, Any]:
    """Return how a person behaves, and their thread as they see it, oldest first."""
    digits = "".join(filter(str.isdecimal, phone))
    ledger = world.ledger
    index = world.people.find_index(digits)
    thread = []
    if index is not None:
        received = (i for i in range(len(ledger)) if ledger.persons[i] == index)
        thread = [{"at": ledger.accepted[i], "text": ledger.text(i), **ledger.row(i)} for i in received]
        thread += [
            {"at": inbound.sent_at, "wrote": inbound.text, **ledger.opt_out_row(inbound), "message": inbound.message}
            for inbound in ledger.inbound
            if inbound.person == index
        ]
    thread.sort(key=lambda row: float(row["at"]))
    return {"person": world.people.person(digits, world.knobs)._asdict(), "thread": thread}


Route = tuple[Callable[[World, web.BaseRequest], Awaitable[web.StreamResponse]], str]
ROUTES: dict[tuple[str, str], Route] = {
    ("GET", ""): (list_routes, "this list, and the knobs"),
    ("POST", "setup"): (set_up, "add or refresh apps, tokens, portfolios, accounts with numbers and templates"),
    ("POST", "people"): (fix_people, "fix habits of a phone or of phones by suffix; one object or a list"),
    ("GET", "knobs"): (get_knobs, "all knobs"),
    ("POST", "knobs"): (turn_knobs, "change some knobs"),
    ("GET", "stats"): (get_stats, "counts: accepted, rejected, what is still to happen, speed"),
    ("POST", "inbound"): (write_inbound, "a person writes: from, phone_number_id, text | button | message"),
    ("POST", "templates"): (change_template, "Meta decides: event, quality, category, pacing of one template"),
    ("POST", "reset"): (reset, "forget everything; keep_setup keeps apps, accounts, numbers, templates"),
    ("POST", "clock"): (set_clock, "shift timestamps, or skip seconds for all timers"),
    ("GET", "ledger"): (
        stream_ledger,
        "accepted messages, one JSON line each; since_accepted, phone_number_id, account, template",
    ),
    ("GET", "ledger/summary"): (get_summary, "duplicates, after_opt_out, paces; same filters, pace_checks=1"),
    ("GET", "accepted-callbacks"): (
        stream_callbacks,
        "every accepted biz_opaque_callback_data, one per line; same filters",
    ),
    ("GET", "opt-outs"): (list_opt_outs, "opt-outs with the moment the gateway confirmed them"),
}
