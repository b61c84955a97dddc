"""Webhook bodies: updates laid out as entries, changes and elements, the way Meta batches them."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any, NamedTuple

from emulator import errors, wire
from emulator.accounts import Number
from emulator.knobs import Knobs
from emulator.ledger import BY_USER_ID, DELIVERED, FAILED, HAS_USERNAME, PLAYED, READ, SENT, STATES, Ledger


class StatusUpdate(NamedTuple):
    """A status of one outgoing message; `detail` is the error code, or 1 on a read that carries the price."""

    row: int
    state: int
    timestamp: int
    detail: int = 0


class InboundUpdate(NamedTuple):
    """A message from a person, by its place in the ledger."""

    row: int


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


MessageUpdate = StatusUpdate | InboundUpdate
Update = MessageUpdate | AccountUpdate


class Payloads:
    def __init__(self, ledger: Ledger, knobs: Knobs) -> None:
        self._ledger = ledger
        self._knobs = knobs

    def build_body(self, updates: Iterable[Update]) -> bytes:
        """Return the raw body: an entry per account, changes of a few elements each, order kept inside a number."""
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
            entries.append({"id": account_id, "changes": list(self._changes(group))})
        return wire.encode({"object": "whatsapp_business_account", "entry": entries}).encode()

    def acknowledge(self, inbound_indexes: Iterable[int], moment: float) -> None:
        """Note that the product confirmed having these messages; the first time counts."""
        for index in inbound_indexes:
            inbound = self._ledger.inbound[index]
            if inbound.acknowledged_at is None:
                inbound.acknowledged_at = moment

    def _number_of(self, update: MessageUpdate) -> Number:
        if isinstance(update, StatusUpdate):
            return self._ledger.number_list[self._ledger.numbers[update.row]]
        return self._ledger.number_list[self._ledger.inbound[update.row].number]

    def _account_of(self, update: MessageUpdate) -> str:
        return self._number_of(update).account.account_id

    def _shape(self, update: MessageUpdate) -> tuple[int, str]:
        """Say which updates may stand in one change: same number, and failed statuses apart (no contacts there)."""
        if isinstance(update, InboundUpdate):
            return (self._number_of(update).index, "messages")
        return (self._number_of(update).index, "failed" if update.state == FAILED else "statuses")

    def _changes(self, updates: Iterable[MessageUpdate]) -> Iterator[dict[str, Any]]:
        for (number_index, shape), group in groupby(sorted(updates, key=self._shape), key=self._shape):
            number = self._ledger.number_list[number_index]
            while chunk := list(islice(group, max(1, self._knobs.updates_per_change))):
                yield {"field": "messages", "value": self._value(number, shape, chunk)}

    def _value(self, number: Number, shape: str, updates: list[MessageUpdate]) -> dict[str, Any]:
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
                contacts[person.user_id] = self._contact(person)
            if isinstance(update, StatusUpdate):
                elements.append(self._status(update, person, number))
            else:
                elements.append(self._message(update.row, person))
        if contacts:
            value["contacts"] = list(contacts.values())
        value["messages" if shape == "messages" else "statuses"] = elements
        return value

    def _who(self, update: MessageUpdate, number: Number) -> Who:
        """Say who an update is about, and what of them the business may see."""
        ledger, people, portfolio = self._ledger, self._ledger.people, number.account.portfolio
        is_system = False
        if isinstance(update, StatusUpdate):
            phone, flags = ledger.phone(update.row), ledger.flags[update.row]
            is_hidden = bool(flags & BY_USER_ID)
            shows_username = flags & HAS_USERNAME and update.state in {DELIVERED, READ, PLAYED}
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

    def _contact(self, who: Who) -> dict[str, Any]:
        contact: dict[str, Any] = {"profile": {"name": self._ledger.people.name(who.phone)}}
        if who.username:
            contact["profile"]["username"] = who.username
        if not who.is_hidden:
            contact["wa_id"] = who.phone
        contact["user_id"] = who.user_id
        if who.parent_id:
            contact["parent_user_id"] = who.parent_id
        return contact

    def _message(self, index: int, who: Who) -> dict[str, Any]:
        inbound = self._ledger.inbound[index]
        head = {} if who.is_hidden else {"from": who.phone}
        head["from_user_id"] = who.user_id
        if who.parent_id:
            head["from_parent_user_id"] = who.parent_id
        head |= {"id": self._ledger.inbound_wamid(index), "timestamp": str(int(inbound.sent_at))}
        return head | inbound.message

    def _status(self, update: StatusUpdate, who: Who, number: Number) -> dict[str, Any]:
        index, state, timestamp, detail = update
        element: dict[str, Any] = {
            "id": self._ledger.wamid(index),
            "status": STATES[state],
            "timestamp": str(timestamp),
        }
        if not who.is_hidden:
            element["recipient_id"] = who.phone
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
            element["pricing"] = self._pricing(category, number)
        return element

    def _pricing(self, category: str, number: Number) -> dict[str, Any]:
        is_free = category == "service" and number.service_delivered <= self._knobs.free_service_messages
        return {
            "billable": not is_free,
            "pricing_model": "PMP",
            "type": "free_customer_service" if is_free else "regular",
            "category": category,
        }
