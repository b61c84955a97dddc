"""What Meta's webhooks say, as structs. Tolerant: content never raises, only a body that is no JSON does.

Every key may be missing, of another type or unknown; what is not understood is kept raw and passed on.
"""

import json
import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from switchboard.cloudapi import contents, notices, texts
from switchboard.cloudapi.values import Json as Json
from switchboard.cloudapi.values import as_code as as_code
from switchboard.cloudapi.values import as_flag
from switchboard.cloudapi.values import as_list as as_list
from switchboard.cloudapi.values import as_moment as as_moment
from switchboard.cloudapi.values import as_object as as_object
from switchboard.cloudapi.values import as_text as as_text

_ITEMS = {"messages", "statuses"}
_PHONE = re.compile(r"\+?[0-9]{5,15}")


class MalformedError(Exception):
    """The body is not a JSON object."""


class Change(msgspec.Struct, frozen=True):
    """Where an item stood: enough to build a body of it alone."""

    entry_id: str
    entry_time: Any
    field: str
    value: Json

    @property
    def phone_number_id(self) -> str:
        """Return the number that the change is about, or an empty text."""
        return as_text(as_object(self.value.get("metadata")).get("phone_number_id"))


class Sender(msgspec.Struct, frozen=True):
    """Who wrote: digits of the phone where Meta shows it, and the business-scoped user id."""

    wa_id: str = ""
    user_id: str = ""
    name: str = ""


class Incoming(msgspec.Struct, frozen=True):
    """A message that a person sent to one of our numbers."""

    change: Change
    wamid: str
    kind: str
    sender: Sender
    sent_at: datetime | None
    text: str
    payload: str
    context_id: str
    raw: Json

    @property
    def content(self) -> contents.Content:
        """Return what it holds, typed; read only where somebody asks."""
        return contents.parse_content(as_text(self.raw.get("type")), self.raw)

    @property
    def context(self) -> contents.Context:
        """Return what it quotes, and whether it was passed on."""
        return contents.parse_context(self.raw)

    @property
    def referral(self) -> contents.Referral | None:
        """Return the advertisement that it came through."""
        return contents.parse_referral(self.raw)

    @property
    def problems(self) -> tuple[contents.Problem, ...]:
        """Return Meta's errors beside it."""
        return contents.parse_problems(self.raw.get("errors"))

    @property
    def group_id(self) -> str:
        """Return the group that it was written in, or an empty text."""
        return as_text(self.raw.get("group_id"))


class Pricing(msgspec.Struct, frozen=True):
    """Whether and as what Meta charges a message; the amount comes from the rate card."""

    is_billable: bool
    model: str
    type: str
    category: str
    subtype: str = ""


class Status(msgspec.Struct, frozen=True):
    """How far one of our messages came: sent, delivered, read, played, failed, or a word we do not know."""

    change: Change
    wamid: str
    status: str
    at: datetime | None
    callback_data: str
    error_code: int | None
    error_detail: str
    raw: Json = {}

    @property
    def wa_id(self) -> str:
        """Return the digits of the person's phone, or an empty text where it is hidden."""
        shown = as_text(self.raw.get("recipient_id"))
        return shown.lstrip("+") if _PHONE.fullmatch(shown) else ""

    @property
    def user_id(self) -> str:
        """Return the person's business-scoped user id, or an empty text."""
        return as_text(self.raw.get("recipient_user_id"))[:150]

    @property
    def pricing(self) -> Pricing | None:
        """Return what is charged; it stands on sent and on one of delivered and read."""
        pricing = as_object(self.raw.get("pricing"))
        if not pricing:
            return None
        model, form, category = (as_text(pricing.get(key)) for key in ("pricing_model", "type", "category"))
        return Pricing(as_flag(pricing.get("billable")), model, form, category, as_text(pricing.get("subtype")))

    @property
    def window_ends_at(self) -> datetime | None:
        """Return the end of the conversation that Meta opened; since v24 only those after an advertisement have one."""
        return as_moment(as_object(self.raw.get("conversation")).get("expiration_timestamp"))

    @property
    def problems(self) -> tuple[contents.Problem, ...]:
        """Return all of Meta's errors."""
        return contents.parse_problems(self.raw.get("errors"))


class Preference(msgspec.Struct, frozen=True):
    """What a person chose in WhatsApp itself about a business: stop or resume marketing."""

    change: Change
    sender: Sender
    category: str
    value: str
    at: datetime | None


class AccountEvent(msgspec.Struct, frozen=True):
    """Everything about templates, accounts and numbers, and fields that we do not know."""

    change: Change

    @property
    def notice(self) -> notices.Notice:
        """Return what it says, typed; a field that we do not know stays raw."""
        return notices.parse_notice(self.change.field, self.change.value)


class Unreadable(msgspec.Struct, frozen=True):
    """An element that is not even an object, or a message without an id."""

    change: Change
    reason: str


Event = Incoming | Status | Preference | AccountEvent | Unreadable


def parse_events(body: bytes) -> Iterator[Event]:
    """Give every message, status and other change in a body, in the order they stand there.

    :raises MalformedError: the body is not a JSON object.
    """
    for change in _parse_changes(decode(body)):
        if change.field == "messages":
            yield from _parse_messages(change)
        elif change.field == "user_preferences":
            yield from _parse_preferences(change)
        else:
            yield AccountEvent(change)


def build_body(change: Change, *, only: tuple[str, Json] | None = None) -> bytes:
    """Return a webhook body that holds one change alone, or one element of it (`("messages", raw)`)."""
    value = change.value
    if only is not None:
        lists = {"messages", "statuses", "user_preferences", "errors"}
        value = {key: part for key, part in value.items() if key not in lists} | {only[0]: [only[1]]}
    entry: Json = {"id": change.entry_id, "changes": [{"field": change.field, "value": value}]}
    if change.entry_time is not None:
        entry["time"] = change.entry_time
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────


def decode(body: bytes) -> Json:
    """Return the body's object, free of what PostgreSQL cannot keep (NUL, lone surrogates, NaN).

    :raises MalformedError: the body is not a JSON object.
    """
    try:
        content = msgspec.json.decode(body)
        if b"\\u0000" in body:
            content = _clean(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        content = _decode_leniently(body)
    if not isinstance(content, dict):
        raise MalformedError("The body is JSON, but not an object.")
    return content


def _decode_leniently(body: bytes) -> Any:
    """Read what the strict decoder refuses: half an emoji, bytes that are no UTF-8, huge numbers."""
    try:
        return _clean(json.loads(body.decode("utf-8", "replace")))
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"The body is not JSON: {error}") from error


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


# ── envelope → items ─────────────────────────────────────────────────────────────────────────────


def _parse_changes(body: Json) -> Iterator[Change]:
    for entry in as_list(body.get("entry")):
        entry = as_object(entry)
        for change in as_list(entry.get("changes")):
            change = as_object(change)
            yield Change(
                entry_id=as_text(entry.get("id")),
                entry_time=entry.get("time"),
                field=as_text(change.get("field")),
                value=as_object(change.get("value")),
            )


def _parse_messages(change: Change) -> Iterator[Event]:
    people = _People(change.value)
    for raw in as_list(change.value.get("messages")):
        yield _parse_incoming(change, raw, people) if isinstance(raw, dict) else _odd(change, "message", raw)
    for raw in as_list(change.value.get("statuses")):
        yield _parse_status(change, raw) if isinstance(raw, dict) else _odd(change, "status", raw)
    # Problems without a message, clicks, and what Meta may add: nothing is passed over in silence.
    if any(change.value.get(key) for key in ("errors", "user_actions")) or not change.value.keys() & _ITEMS:
        yield AccountEvent(change)


def _odd(change: Change, what: str, raw: Any) -> Unreadable:
    return Unreadable(change, f"A {what} is {type(raw).__name__}, not an object.")


class _People:
    """The `contacts` of a value, found by any of their ids; alone, one stands for every message."""

    def __init__(self, value: Json) -> None:
        self.all = [as_object(person) for person in as_list(value.get("contacts"))]

    def find(self, wa_id: str, user_id: str) -> Json:
        """Return the person with either id; the only person of a value, unless an id says otherwise."""
        shown = [(person, as_text(person.get("wa_id")), as_text(person.get("user_id"))) for person in self.all]
        for person, its_wa_id, its_user_id in shown:
            if (wa_id and wa_id == its_wa_id) or (user_id and user_id == its_user_id):
                return person
        if len(shown) == 1:
            person, its_wa_id, its_user_id = shown[0]
            return person if not (wa_id and its_wa_id) and not (user_id and its_user_id) else {}
        return {}


def _parse_incoming(change: Change, raw: Json, people: _People) -> Event:
    wamid = as_text(raw.get("id"))
    if not wamid:
        return Unreadable(change, "A message has no id.")
    kind = as_text(raw.get("type")) or "unknown"
    return Incoming(
        change=change,
        wamid=wamid,
        kind=kind[:24],
        sender=_parse_sender(raw, people),
        sent_at=as_moment(raw.get("timestamp")),
        text=texts.find_text(kind, raw),
        payload=texts.find_payload(kind, raw),
        context_id=as_text(as_object(raw.get("context")).get("id")),
        raw=raw,
    )


def _parse_sender(raw: Json, people: _People) -> Sender:
    shown = as_text(raw.get("from"))
    user_id = as_text(raw.get("from_user_id"))
    person = people.find(shown, user_id)
    wa_id = shown or as_text(person.get("wa_id"))
    # Some bodies repeat the user id where the phone would stand.
    if not _PHONE.fullmatch(wa_id):
        user_id, wa_id = user_id or wa_id, ""
    profile = as_object(person.get("profile"))
    return Sender(
        wa_id=wa_id.lstrip("+"),
        user_id=(user_id or as_text(person.get("user_id")))[:150],
        name=(as_text(profile.get("name")) or as_text(profile.get("username")))[:255],
    )


def _parse_status(change: Change, raw: Json) -> Status:
    error = as_object(next(iter(as_list(raw.get("errors"))), None))
    details = as_text(as_object(error.get("error_data")).get("details"))
    return Status(
        change=change,
        wamid=as_text(raw.get("id"))[:255],
        status=as_text(raw.get("status")),
        at=as_moment(raw.get("timestamp")),
        callback_data=as_text(raw.get("biz_opaque_callback_data")),
        error_code=as_code(error.get("code")),
        error_detail=(details or as_text(error.get("message")) or as_text(error.get("title")))[:1000],
        raw=raw,
    )


def _parse_preferences(change: Change) -> Iterator[Event]:
    people = _People(change.value)
    for raw in as_list(change.value.get("user_preferences")):
        if not isinstance(raw, dict):
            yield _odd(change, "preference", raw)
            continue
        sender = {"from": raw.get("wa_id"), "from_user_id": raw.get("user_id")}
        yield Preference(
            change=change,
            sender=_parse_sender(sender, people),
            category=as_text(raw.get("category")),
            value=as_text(raw.get("value")),
            at=as_moment(raw.get("timestamp")),
        )
