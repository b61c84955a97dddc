"""Webhook bodies: updates laid out as entries, changes and elements, the way Meta batches them."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import groupby, islice
from typing import Any, NamedTuple

from emulator import errors, wire
from emulator.accounts import Number
from emulator.knobs import Knobs
from emulator.ledger import (
    BY_USER_ID,
    CHARGED,
    DELIVERED,
    FAILED,
    FREE_ENTRY,
    HAS_USERNAME,
    PLAYED,
    READ,
    SENT,
    STATES,
    Ledger,
)

# Versions before this one carry a conversation in every priced status.
FIRST_WITHOUT_CONVERSATION = 24
DAY_SECONDS = 86_400.0


class StatusUpdate(NamedTuple):
    """A status of one outgoing message; `detail` is the error code, or 1 on a read that carries the price."""

    row: int
    state: int
    timestamp: int
    detail: int = 0


class InboundUpdate(NamedTuple):
    """A message from a person, by its place in the ledger."""

    row: int


class PreferenceUpdate(NamedTuple):
    """A person stopped or resumed marketing with WhatsApp's own switch."""

    number: int
    person: int
    choice: str
    timestamp: int


class AccountUpdate(NamedTuple):
    """Something that concerns the account itself, ready to send."""

    account_id: str
    field: str
    timestamp: int
    value: dict[str, Any]


class Who(NamedTuple):
    """The person of one update, as far as this business may know them."""

    phone: str
    is_hidden: bool
    user_id: str
    parent_id: str
    username: str
    is_system: bool


MessageUpdate = StatusUpdate | InboundUpdate | PreferenceUpdate
Update = MessageUpdate | AccountUpdate


class Payloads:
    def __init__(self, ledger: Ledger, knobs: Knobs) -> None:
        self._ledger = ledger
        self._knobs = knobs

    def build_body(self, updates: Iterable[Update], version: int) -> bytes:
        """Return the raw body: an entry per account, changes of a few elements each, order kept inside a number.

        Its shape is that of the version which the app subscribed with.
        """
        entries: list[dict[str, Any]] = []
        of_messages: list[MessageUpdate] = []
        for update in updates:
            if isinstance(update, AccountUpdate):
                change = {"field": update.field, "value": update.value}
                entries.append({"id": update.account_id, "time": update.timestamp, "changes": [change]})
            else:
                of_messages.append(update)
        # Sorting is stable, so the order of arrival stays as it was inside each account and each change.
        for account_id, group in groupby(sorted(of_messages, key=self._account_of), key=self._account_of):
            entries.append({"id": account_id, "changes": list(self._changes(group, version))})
        encode = wire.encode if self._knobs.escape_webhooks else wire.encode_plain
        # A lone surrogate, which only a test types, has no bytes of its own.
        return encode({"object": "whatsapp_business_account", "entry": entries}).encode(errors="replace")

    def acknowledge(self, inbound_indexes: Iterable[int], moment: float) -> None:
        """Note that the product confirmed having these messages; the first time counts."""
        for index in inbound_indexes:
            inbound = self._ledger.inbound[index]
            if inbound.acknowledged_at is None:
                inbound.acknowledged_at = moment

    def _number_of(self, update: MessageUpdate) -> Number:
        if isinstance(update, StatusUpdate):
            return self._ledger.number_list[self._ledger.numbers[update.row]]
        if isinstance(update, PreferenceUpdate):
            return self._ledger.number_list[update.number]
        return self._ledger.number_list[self._ledger.inbound[update.row].number]

    def _account_of(self, update: MessageUpdate) -> str:
        return self._number_of(update).account.account_id

    def _shape(self, update: MessageUpdate) -> tuple[int, str]:
        """Say which updates may stand in one change: same number, and failed statuses apart (no contacts there)."""
        if isinstance(update, InboundUpdate):
            return (self._number_of(update).index, "messages")
        if isinstance(update, PreferenceUpdate):
            return (update.number, "user_preferences")
        return (self._number_of(update).index, "failed" if update.state == FAILED else "statuses")

    def _changes(self, updates: Iterable[MessageUpdate], version: int) -> Iterator[dict[str, Any]]:
        for (number_index, shape), group in groupby(sorted(updates, key=self._shape), key=self._shape):
            number = self._ledger.number_list[number_index]
            while chunk := list(islice(group, max(1, self._knobs.updates_per_change))):
                field = shape if shape == "user_preferences" else "messages"
                yield {"field": field, "value": self._value(number, shape, chunk, version)}

    def _value(self, number: Number, shape: str, updates: list[MessageUpdate], version: int) -> dict[str, Any]:
        value: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": number.digits, "phone_number_id": number.number_id},
        }
        contacts: dict[str, dict[str, Any]] = {}
        elements = []
        for update in updates:
            person = self._who(update, number)
            # System messages and failures come without the block.
            if shape != "failed" and not person.is_system and person.user_id not in contacts:
                contacts[person.user_id] = self._contact(person, number)
            if isinstance(update, StatusUpdate):
                elements.append(self._status(update, person, number, version))
            elif isinstance(update, PreferenceUpdate):
                elements.append(_preference(update, person))
            else:
                elements.append(self._message(update.row, person))
        if contacts:
            value["contacts"] = list(contacts.values())
        value["statuses" if shape == "failed" else shape] = elements
        return value

    def _who(self, update: MessageUpdate, number: Number) -> Who:
        """Say who an update is about, and what of them the business may see."""
        ledger, people, portfolio = self._ledger, self._ledger.people, number.account.portfolio
        is_system = False
        if isinstance(update, StatusUpdate):
            phone, flags = ledger.phone(update.row), ledger.flags[update.row]
            is_hidden = bool(flags & BY_USER_ID)
            shows_username = flags & HAS_USERNAME and update.state in {DELIVERED, READ, PLAYED}
        elif isinstance(update, PreferenceUpdate):
            phone = people.phones[update.person]
            shows_username = is_hidden = people.person(phone, self._knobs).is_hidden
        else:
            inbound = ledger.inbound[update.row]
            phone, is_hidden = people.phones[inbound.person], inbound.is_hidden
            shows_username = is_hidden or (inbound.has_username)
            is_system = inbound.message["type"] == "system"
        return Who(
            phone=phone,
            is_hidden=is_hidden,
            user_id=people.user_id(phone, portfolio.portfolio_id),
            parent_id=people.user_id(phone, f"parent:{portfolio.parent_id}") if portfolio.parent_id else "",
            username=people.username(phone) if shows_username else "",
            is_system=is_system,
        )

    def _contact(self, who: Who, number: Number) -> dict[str, Any]:
        contact: dict[str, Any] = {"profile": {"name": self._ledger.people.name(who.phone)}}
        if who.username:
            contact["profile"]["username"] = who.username
        contact |= self._phone_field("wa_id", who)
        contact["user_id"] = who.user_id
        if who.parent_id:
            contact["parent_user_id"] = who.parent_id
        if number.checks_identity:
            contact["identity_key_hash"] = self._ledger.people.identity(who.phone)
        return contact

    def _phone_field(self, name: str, who: Who) -> dict[str, str]:
        """Return a field for the phone; the knob says what a hidden one looks like."""
        if not who.is_hidden:
            return {name: who.phone}
        shown = {"absent": None, "empty": "", "user_id": who.user_id}[self._knobs.hidden_phone_as]
        return {} if shown is None else {name: shown}

    def _message(self, index: int, who: Who) -> dict[str, Any]:
        inbound = self._ledger.inbound[index]
        head = self._phone_field("from", who)
        head["from_user_id"] = who.user_id
        if who.parent_id:
            head["from_parent_user_id"] = who.parent_id
        head |= {"id": self._ledger.inbound_wamid(index), "timestamp": str(int(inbound.sent_at))}
        return head | inbound.message

    def _status(self, update: StatusUpdate, who: Who, number: Number, version: int) -> dict[str, Any]:
        index, state, timestamp, detail = update
        element: dict[str, Any] = {
            "id": self._ledger.wamid(index),
            "status": STATES[state],
            "timestamp": str(timestamp),
        }
        element |= self._phone_field("recipient_id", who)
        # A failure gives back only the identifier that was used.
        if state != FAILED or who.is_hidden:
            element["recipient_user_id"] = who.user_id
            if who.parent_id:
                element["recipient_parent_user_id"] = who.parent_id
        if callback := self._ledger.callbacks[index]:
            element["biz_opaque_callback_data"] = callback.decode()
        if state == FAILED:
            element["errors"] = [errors.status_error(detail)]
        elif (category := self._ledger.category(index)) != "none" and (state in {SENT, DELIVERED} or detail):
            if version < FIRST_WITHOUT_CONVERSATION or self._ledger.flags[index] & FREE_ENTRY:
                element["conversation"] = self._conversation(update, who, category)
            element["pricing"] = self._pricing(update, category, number, version)
        return element

    def _conversation(self, update: StatusUpdate, who: Who, category: str) -> dict[str, Any]:
        """Return the conversation of old versions: one a day per person and category."""
        is_free_entry = bool(self._ledger.flags[update.row] & FREE_ENTRY)
        origin = "referral_conversion" if is_free_entry else category
        day = int(self._ledger.accepted[update.row] // DAY_SECONDS)
        words = f"{self._ledger.numbers[update.row]}:{who.user_id}:{origin}:{day}"
        conversation: dict[str, Any] = {"id": blake2b(words.encode(), digest_size=16).hexdigest()}
        if update.state == SENT:
            length = self._knobs.free_entry_seconds if is_free_entry else DAY_SECONDS
            conversation["expiration_timestamp"] = str(int(self._ledger.accepted[update.row] + length))
        return {**conversation, "origin": {"type": origin}}

    def _pricing(self, update: StatusUpdate, category: str, number: Number, version: int) -> dict[str, Any]:
        flags = self._ledger.flags[update.row]
        kind = "regular"
        if flags & FREE_ENTRY:
            kind, category = "free_entry_point", "referral_conversion"
        elif category == "service" and not flags & CHARGED:
            so_far = number.service_so_far(update.timestamp)
            # What was only sent is not counted yet, what was delivered is.
            is_free = update.state != SENT or so_far < self._knobs.free_service_messages
            kind = "free_customer_service" if is_free else "regular"
        return {"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category}


def _preference(update: PreferenceUpdate, who: Who) -> dict[str, Any]:
    verb = "stop" if update.choice == "stop" else "resume"
    return {
        **({} if who.is_hidden else {"wa_id": who.phone}),
        "user_id": who.user_id,
        **({"parent_user_id": who.parent_id} if who.parent_id else {}),
        "detail": f"User requested to {verb} marketing messages",
        "category": "marketing_messages",
        "value": update.choice,
        "timestamp": update.timestamp,
    }
