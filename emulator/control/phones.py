"""The page that shows any person's phone, and what it asks for."""

from importlib.resources import files

import msgspec
from aiohttp import web

from emulator.accounts import Number
from emulator.control.answers import ControlError, answer
from emulator.links import is_near
from emulator.screens import describe_number
from emulator.world import World

# Nothing from elsewhere, nothing inline: what people type and send is shown here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
PICTURES = ("image/", "audio/", "video/")


def _page_file(name: str, content_type: str) -> web.Response:
    body = files("emulator.phone_page").joinpath(name).read_bytes()
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=HEADERS)


async def show_page(world: World, request: web.BaseRequest) -> web.Response:
    return _page_file("phones.html", "text/html")


async def show_script(world: World, request: web.BaseRequest) -> web.Response:
    return _page_file("phones.js", "text/javascript")


async def show_words(world: World, request: web.BaseRequest) -> web.Response:
    return _page_file("words.js", "text/javascript")


async def show_style(world: World, request: web.BaseRequest) -> web.Response:
    return _page_file("phones.css", "text/css")


async def list_chats(world: World, request: web.BaseRequest) -> web.Response:
    numbers = [describe_number(number) for number in world.directory.number_list]
    return answer({"chats": world.screens.list_chats(request.query.get("search", "")), "numbers": numbers})


async def show_chat(world: World, request: web.BaseRequest) -> web.Response:
    phone, number = _find(world, request.query.get("phone", ""), request.query.get("phone_number_id", ""))
    return answer(world.screens.show_chat(phone, number))


class Opened(msgspec.Struct, forbid_unknown_fields=True):
    """The person looks at a chat: what has arrived there is read."""

    phone: str
    phone_number_id: str


async def read_chat(world: World, request: web.BaseRequest) -> web.Response:
    opened = msgspec.json.decode(await request.read(), type=Opened)
    phone, number = _find(world, opened.phone, opened.phone_number_id)
    rows = world.screens.unread_rows(phone, number)
    for row in rows:
        world.statuses.read_now(row)
    return answer({"read": len(rows)})


class Adjustment(msgspec.Struct, forbid_unknown_fields=True):
    """Some habits of one person; what is not given stays as it is."""

    phone: str
    reads: bool | None = None
    blocked: bool | None = None
    hidden: bool | None = None


async def adjust_habits(world: World, request: web.BaseRequest) -> web.Response:
    change = msgspec.json.decode(await request.read(), type=Adjustment)
    digits = "".join(filter(str.isdecimal, change.phone))
    if not digits:
        raise ControlError("`phone` must be a phone.")
    world.people.adjust_habits(digits, reads=change.reads, blocked=change.blocked, hidden=change.hidden)
    return answer({"changed": 1})


async def show_file(world: World, request: web.BaseRequest) -> web.StreamResponse:
    """Show a file of a message: by the beginning of its digest, its media id, or its link on this machine."""
    source = request.query.get("source", "")
    if not source:
        raise ControlError("`source` must be the beginning of a digest, a media id, or a link.")
    found = None
    if is_near(source):
        fetched = world.links.find(source)
        found = (fetched.content, fetched.mime_type) if fetched else None
    elif media := world.media.find(source):
        found = (world.media.content(media), media.mime_type)
    elif len(source) >= 16:
        found = world.media.find_content(source)
    if found is None or not found[1]:
        return web.Response(status=404, text="This file is not kept here (any more).", headers=HEADERS)
    content, content_type = found
    kind = content_type.partition(";")[0]
    # Documents are saved, never opened as pages of this address.
    way = {} if kind.startswith(PICTURES) else {"Content-Disposition": "attachment"}
    return web.Response(body=content, content_type=kind, headers=HEADERS | way)


def _find(world: World, phone: str, number_id: str) -> tuple[str, Number]:
    digits = "".join(filter(str.isdecimal, phone))
    number = world.directory.numbers.get(number_id)
    if not 7 <= len(digits) <= 15 or number is None:
        raise ControlError("`phone` must be a phone and `phone_number_id` one of the numbers that were set up.")
    return digits, number
