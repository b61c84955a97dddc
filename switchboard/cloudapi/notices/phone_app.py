"""Numbers that are also on the WhatsApp Business app, several apps on one number, and problems without a message.

Copies of messages are never answered: they would answer themselves.
"""

from datetime import datetime

import msgspec

from switchboard.cloudapi import contents
from switchboard.cloudapi.values import Json, as_code, as_moment, as_object, as_text, list_objects


class Copy(msgspec.Struct, frozen=True):
    """A message that somebody else handled: the phone app, another app, or the time before we came."""

    wamid: str
    sender: str
    recipient: str
    kind: str
    content: contents.Content
    at: datetime | None
    status: str = ""


class Copies(msgspec.Struct, frozen=True):
    """Messages sent from the phone app or by another app, and those that another app answers."""

    messages: tuple[Copy, ...]


class Thread(msgspec.Struct, frozen=True):
    """An old conversation with one person."""

    wa_id: str
    messages: tuple[Copy, ...]


class History(msgspec.Struct, frozen=True):
    """A piece of the history; pieces come out of order. Refused with error 2593109."""

    phase: int | None
    chunk: int | None
    percent: int | None
    threads: tuple[Thread, ...]
    problems: tuple[contents.Problem, ...] = ()


class ContactChange(msgspec.Struct, frozen=True):
    """Somebody was added to or removed from the phone's address book."""

    action: str
    phone: str
    name: str
    at: datetime | None


class ContactSync(msgspec.Struct, frozen=True):
    """Changes of the phone's address book."""

    changes: tuple[ContactChange, ...]


class Problems(msgspec.Struct, frozen=True):
    """Meta's errors without a message, and what people did with marketing links."""

    phone_number_id: str
    problems: tuple[contents.Problem, ...]
    user_actions: tuple[Json, ...] = ()


def _copy(raw: Json) -> Copy:
    kind = as_text(raw.get("type")) or "unknown"
    return Copy(
        wamid=as_text(raw.get("id")),
        sender=as_text(raw.get("from")),
        recipient=as_text(raw.get("to")),
        kind=kind,
        content=contents.parse_content(kind, raw),
        at=as_moment(raw.get("timestamp")),
        status=as_text(as_object(raw.get("history_context")).get("status")).lower(),
    )


def parse_copies(value: Json) -> Copies:
    """Read smb_message_echoes, message_echoes and standby."""
    raw = [*list_objects(value.get("message_echoes")), *list_objects(value.get("messages"))]
    return Copies(tuple(_copy(message) for message in raw))


def parse_history(value: Json) -> History:
    """Read history; the pieces of one webhook are joined."""
    pieces = list(list_objects(value.get("history")))
    about = as_object(pieces[0].get("metadata")) if pieces else {}
    threads = tuple(
        Thread(as_text(thread.get("id")), tuple(_copy(message) for message in list_objects(thread.get("messages"))))
        for piece in pieces
        for thread in list_objects(piece.get("threads"))
    )
    problems = tuple(problem for piece in pieces for problem in contents.parse_problems(piece.get("errors")))
    phase, chunk, percent = (as_code(about.get(key)) for key in ("phase", "chunk_order", "progress"))
    return History(phase, chunk, percent, threads, problems)


def parse_contact_sync(value: Json) -> ContactSync:
    """Read smb_app_state_sync."""
    changes = []
    for raw in list_objects(value.get("state_sync")):
        contact = as_object(raw.get("contact"))
        name = as_text(contact.get("full_name")) or as_text(contact.get("first_name"))
        at = as_moment(as_object(raw.get("metadata")).get("timestamp"))
        changes.append(ContactChange(as_text(raw.get("action")), as_text(contact.get("phone_number")), name, at))
    return ContactSync(tuple(changes))


def parse_problems(value: Json) -> Problems:
    """Read a change of the field messages that holds neither messages nor statuses."""
    number_id = as_text(as_object(value.get("metadata")).get("phone_number_id"))
    actions = tuple(list_objects(value.get("user_actions")))
    return Problems(number_id, contents.parse_problems(value.get("errors")), actions)
