"""People writing to a number: windows open, opt-outs are noted, the webhook goes out."""

from typing import Any, Literal

from emulator import phrases
from emulator.accounts import Number
from emulator.clock import Clock
from emulator.knobs import Knobs
from emulator.ledger import Inbound, Ledger
from emulator.payloads import InboundUpdate, PreferenceUpdate
from emulator.recipients import PhoneBook
from emulator.webhooks import Webhooks

WINDOW_SECONDS = 86_400.0
Choice = Literal["stop", "resume", "signup"]


def text_message(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text}}


def button_message(text: str, payload: str, *, replied_wamid: str, business: str) -> dict[str, Any]:
    """Build the tap on a template's quick reply."""
    context = {"context": {"from": business, "id": replied_wamid}} if replied_wamid else {}
    return {**context, "type": "button", "button": {"payload": payload, "text": text}}


def file_message(kind: str, piece: dict[str, Any], caption: str = "", filename: str = "") -> dict[str, Any]:
    """Build a message that carries a file."""
    if kind == "audio":
        piece = {**piece, "voice": True}
    elif kind == "sticker":
        piece = {**piece, "animated": False}
    elif caption:
        piece = {**piece, "caption": caption}
    if kind == "document" and filename:
        piece = {**piece, "filename": filename}
    return {"type": kind, kind: piece}


def unsupported_message(kind: str) -> dict[str, Any]:
    """Build what arrives for polls, edits and everything else the Cloud API does not pass on."""
    title = "Message type unknown"
    error: dict[str, Any] = {"code": 131051, "title": title, "message": title}
    error["error_data"] = {"details": "Message type is currently not supported."}
    return {"type": "unsupported", "unsupported": {"type": kind}, "errors": [error]}


def media_error() -> dict[str, Any]:
    """Build what arrives instead of a file that the person's phone could not pass on."""
    details = "Failed to download the media from the sender. Ask them to send it again."
    title = "Media download error"
    error = {"code": 131052, "title": title, "message": title, "error_data": {"details": details}}
    return {"type": "unsupported", "errors": [error]}


def visible_text(message: dict[str, Any]) -> str:
    """Return what the person typed or tapped, "" for other kinds."""
    piece = message.get(message["type"], {})
    if not isinstance(piece, dict):
        return ""
    return str(piece.get("body") or piece.get("text") or piece.get("caption") or "")


class Inbox:
    def __init__(
        self, *, clock: Clock, knobs: Knobs, ledger: Ledger, webhooks: Webhooks, phone_book: PhoneBook
    ) -> None:
        self._clock = clock
        self._knobs = knobs
        self._phone_book = phone_book
        # (number index, person) -> places of what they wrote.
        self._threads: dict[tuple[int, int], list[int]] = {}
        self._ledger = ledger
        self._webhooks = webhooks

    def write(self, phone: str, number: Number, message: dict[str, Any], *, opts_out: bool | None = None) -> int | None:
        """Let a person send one message to a number and return its index, None when the number has blocked them.

        Whether it is an opt-out is read from its words unless the caller knows.
        """
        person = self._ledger.people.index_of(phone)
        if person in number.blocked:
            return None
        text = visible_text(message)
        inbound = Inbound(person, number.index, message, text, self._clock.now())
        inbound.has_username = self._ledger.people.person(phone, self._knobs).is_hidden
        inbound.is_hidden = inbound.has_username and not self._phone_book.knows(number, person)
        inbound.opts_out = phrases.is_opt_out(text) if opts_out is None else opts_out
        if phrases.is_opt_in(text):
            self._end_opt_outs(person, inbound.sent_at)
        self._ledger.inbound.append(inbound)
        kind = message["type"]
        if kind != "system" and (kind != "reaction" or self._knobs.reactions_open_window):
            number.windows[person] = self._clock.elapsed()
        if "referral" in message:
            number.free_entries[person] = (self._clock.elapsed(), 0.0)
        # Inbound and outbound share a number's throughput; a person is never refused for it.
        number.throughput.spend(self._clock.elapsed())
        index = inbound.place = len(self._ledger.inbound) - 1
        self._threads.setdefault((number.index, person), []).append(index)
        self._webhooks.emit(number, InboundUpdate(index))
        return index

    def choose_marketing(self, phone: str, number: Number, choice: Choice) -> None:
        """Let a person stop or resume marketing with WhatsApp's own switch."""
        person = self._ledger.people.index_of(phone)
        if choice == "stop":
            self._ledger.people.stopped.add((number.index, person))
        else:
            self._ledger.people.stopped.discard((number.index, person))
        self._webhooks.emit(number, PreferenceUpdate(number.index, person, choice, int(self._clock.now())))

    def is_free_entry(self, number: Number, person: int) -> bool:
        """Say whether an answer to somebody who came through an ad is free; the first one in a day makes it so."""
        came_at, until = number.free_entries[person]
        moment = self._clock.elapsed()
        if not until and moment - came_at < WINDOW_SECONDS:
            until = moment + self._knobs.free_entry_seconds
            number.free_entries[person] = (came_at, until)
        return until > moment

    def thread(self, number: Number, person: int) -> list[Inbound]:
        """Return what one person wrote to one number, oldest first."""
        return [self._ledger.inbound[index] for index in self._threads.get((number.index, person), ())]

    def is_window_open(self, number: Number, person: int) -> bool:
        opened_at = number.windows.get(person)
        return opened_at is not None and self._clock.elapsed() - opened_at < WINDOW_SECONDS

    def _end_opt_outs(self, person: int, moment: float) -> None:
        for inbound in self._ledger.opt_outs():
            if inbound.person == person and inbound.ended_at is None:
                inbound.ended_at = moment
