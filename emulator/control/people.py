"""The people: their habits, what they write, their threads."""

from typing import Any, Literal

import msgspec
from aiohttp import web

from emulator.accounts import Number
from emulator.control.answers import ControlError, answer
from emulator.inbox import Choice, button_message, file_message, media_error, text_message, unsupported_message
from emulator.media import LARGEST_DOCUMENT, sniff
from emulator.people import Habits
from emulator.specimens import MAKERS, Specimen
from emulator.world import World


class Tap(msgspec.Struct):
    """A tap on a template's quick reply."""

    text: str = ""
    payload: str | None = None
    message_id: str = ""


class File(msgspec.Struct, forbid_unknown_fields=True):
    """A picture, voice message, document or sticker: the given bytes, or a small real one of the emulator's."""

    kind: Literal["image", "audio", "document", "sticker", "video"] = "image"
    caption: str = ""
    filename: str = ""
    # In base64; its type is told from its first bytes.
    content: bytes = b""
    # The phone could not pass it on: the business gets error 131052 instead.
    broken: bool = False


class Inbound(msgspec.Struct):
    """A person writes: text, a tapped button, or any message piece as it stands in Meta's webhook."""

    sender: str = msgspec.field(name="from", default="")
    phone_number_id: str = ""
    text: str = ""
    button: Tap | None = None
    message: dict[str, Any] | None = None
    media: File | None = None
    # A kind that the Cloud API does not pass on: edit, poll, event, …
    unsupported: str = ""
    # They came through an ad: Meta's referral piece, or only the ad's id.
    referral: dict[str, Any] | str = ""
    opts_out: bool | None = None


async def fix_people(world: World, request: web.BaseRequest) -> web.Response:
    """Take one person's habits or a list of them."""
    habits = msgspec.json.decode(await request.read(), type=Habits | list[Habits])
    chosen = habits if isinstance(habits, list) else [habits]
    for one in chosen:
        if bool(one.phone) == bool(one.suffix):
            raise ControlError("Name either a phone or the suffix that phones end with.")
    for one in chosen:
        world.people.fix_habits(one)
    return answer({"changed": len(chosen)})


async def write_inbound(world: World, request: web.BaseRequest) -> web.Response:
    inbound = msgspec.json.decode(await request.read() or b"{}", type=Inbound)
    number = world.directory.numbers.get(inbound.phone_number_id)
    phone = "".join(filter(str.isdecimal, inbound.sender))
    if number is None or not phone:
        raise ControlError("`from` must be a phone and `phone_number_id` one of the numbers that were set up.")
    message = inbound.message
    if message is None and (tap := inbound.button):
        payload = tap.text if tap.payload is None else tap.payload
        message = button_message(tap.text, payload, replied_wamid=tap.message_id, business=number.digits)
    if message is None and inbound.unsupported:
        message = unsupported_message(inbound.unsupported)
    if message is None and inbound.media:
        message = _file_message(world, number, inbound.media)
    message = text_message(inbound.text) if message is None else message
    if not isinstance(message.get("type"), str):
        raise ControlError("`message` must be an object with a `type`.")
    if inbound.referral:
        message = {**message, "referral": _referral(inbound.referral)}
    index = world.inbox.write(phone, number, message, opts_out=inbound.opts_out)
    return answer({"id": "" if index is None else world.ledger.inbound_wamid(index), "blocked": index is None})


def _referral(given: dict[str, Any] | str) -> dict[str, Any]:
    if isinstance(given, dict):
        return given
    return {
        "source_url": f"https://fb.me/{given}",
        "source_id": given,
        "source_type": "ad",
        "headline": "Our autumn range",
        "body": "Write to us",
        "media_type": "image",
        "image_url": "https://example.com/ad.jpg",
        "ctwa_clid": f"clid-{given}",
    }


class Preference(msgspec.Struct, forbid_unknown_fields=True):
    """A person stops or resumes marketing with WhatsApp's own switch."""

    sender: str = msgspec.field(name="from")
    phone_number_id: str
    value: Choice = "stop"


async def choose_marketing(world: World, request: web.BaseRequest) -> web.Response:
    preference = msgspec.json.decode(await request.read(), type=Preference)
    number = world.directory.numbers.get(preference.phone_number_id)
    phone = "".join(filter(str.isdecimal, preference.sender))
    if number is None or not phone:
        raise ControlError("`from` must be a phone and `phone_number_id` one of the numbers that were set up.")
    world.inbox.choose_marketing(phone, number, preference.value)
    return answer({"value": preference.value})


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """A person gets another phone, another user id, or other keys."""

    phone: str
    new_phone: str = ""
    new_user_id: bool = False
    new_identity: bool = False


async def move_person(world: World, request: web.BaseRequest) -> web.Response:
    move = msgspec.json.decode(await request.read(), type=Move)
    phone = "".join(filter(str.isdecimal, move.phone))
    new = "".join(filter(str.isdecimal, move.new_phone))
    told = 0
    if new:
        told += world.moves.change_phone(phone, new)
    elif move.new_user_id:
        told += world.moves.change_user_id(phone)
    elif move.new_identity:
        told += world.moves.change_identity(phone)
    else:
        raise ControlError("Give `new_phone`, `new_user_id` or `new_identity`.")
    return answer({"numbers_told": told})


def _file_message(world: World, number: Number, file: File) -> dict[str, Any]:
    """Keep a person's file for the number, and return the message that carries it."""
    if file.broken or len(file.content) > LARGEST_DOCUMENT:
        return media_error()
    if file.content:
        types = sniff(file.content)
        specimen = Specimen(file.content, types[0] if types else "application/octet-stream", file.filename)
    elif file.kind in MAKERS:
        specimen = MAKERS[file.kind](len(world.ledger.inbound))
    else:
        raise ControlError(f"There is no sample of kind {file.kind}: give its `content` in base64.")
    media = world.media.put(number, specimen.content, specimen.mime_type, is_inbound=True)
    return file_message(file.kind, world.media.describe(media), file.caption, file.filename or specimen.filename)


async def show_person(world: World, request: web.BaseRequest) -> web.Response:
    return answer(describe_person(world, request.path.rpartition("/")[2]))


def describe_person(world: World, phone: str) -> dict[str, Any]:
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
