"""What really happened, kept in columns so that 100,000 messages stay far below 100 MB."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from emulator import views
from emulator.accounts import Number
from emulator.ids import MessageIds
from emulator.people import People
from emulator.views import Part

ACCEPTED, SENT, DELIVERED, READ, FAILED, PLAYED = range(6)
STATES = ("accepted", "sent", "delivered", "read", "failed", "played")
CATEGORIES = ("service", "marketing", "utility", "authentication", "none")
SHA_LENGTH = 32
# Bits of a row: addressed by user id, a person with a username, free through an entry point, beyond the free tier.
BY_USER_ID, HAS_USERNAME, FREE_ENTRY, CHARGED = 1, 2, 4, 8


class Entry(NamedTuple):
    """One accepted message, as it enters the ledger."""

    request_started_at: float
    accepted_at: float
    number: Number
    person: int
    kind: str
    template: str
    category: str
    callback_data: str
    parts: list[Part]
    flags: int = 0


@dataclass(slots=True)
class Inbound:
    """One message a person wrote, and when the product confirmed having it."""

    person: int
    number: int
    message: dict[str, Any]
    text: str
    sent_at: float
    opts_out: bool = False
    acknowledged_at: float | None = None
    ended_at: float | None = None
    is_marked_read: bool = False
    # The phone is not shown to the business.
    is_hidden: bool = False
    has_username: bool = False
    # Its own place in the list.
    place: int = -1


class Ledger:
    def __init__(self, people: People, ids: MessageIds, numbers: list[Number]) -> None:
        self.people = people
        self.ids = ids
        self.number_list = numbers
        self.started, self.accepted = array("d"), array("d")
        self.numbers, self.persons, self.templates = array("I"), array("I"), array("I")
        self.kinds, self.categories, self.states = array("B"), array("B"), array("B")
        self.shas = bytearray()
        self.flags = array("B")
        self.callbacks: list[bytes] = []
        self.views: list[bytes] = []
        self.kind_names: list[str] = []
        self.template_names: list[str] = [""]
        self.inbound: list[Inbound] = []
        self.failures: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.started)

    def add(self, entry: Entry) -> int:
        """Write one accepted message down and return its index."""
        self.started.append(entry.request_started_at)
        self.accepted.append(entry.accepted_at)
        self.numbers.append(entry.number.index)
        self.persons.append(entry.person)
        self.templates.append(_place(self.template_names, entry.template))
        self.kinds.append(_place(self.kind_names, entry.kind))
        self.categories.append(CATEGORIES.index(entry.category))
        self.states.append(ACCEPTED)
        self.shas += sha256(views.plain(entry.parts).encode()).digest()
        self.flags.append(entry.flags)
        self.callbacks.append(entry.callback_data.encode())
        self.views.append(views.encode(entry.parts).encode())
        return len(self.started) - 1

    def phone(self, index: int) -> str:
        return self.people.phones[self.persons[index]]

    def wamid(self, index: int) -> str:
        phone = self.phone(index)
        return self.ids.outgoing(self.people.opaque(phone) if self.flags[index] & BY_USER_ID else phone, index)

    def inbound_wamid(self, index: int) -> str:
        inbound = self.inbound[index]
        phone = self.people.phones[inbound.person]
        return self.ids.incoming(self.people.opaque(phone) if inbound.is_hidden else phone, index)

    def parts(self, index: int) -> list[Part]:
        """Return what the person sees of a message."""
        return views.decode(self.views[index].decode())

    def text(self, index: int) -> str:
        return views.plain(self.parts(index))

    def kind(self, index: int) -> str:
        return self.kind_names[self.kinds[index]]

    def template(self, index: int) -> str:
        return self.template_names[self.templates[index]]

    def category(self, index: int) -> str:
        return CATEGORIES[self.categories[index]]

    def content_key(self, index: int) -> bytes:
        return bytes(self.shas[index * SHA_LENGTH : (index + 1) * SHA_LENGTH])

    def row(self, index: int) -> dict[str, Any]:
        return {
            "wamid": self.wamid(index),
            "phone_number_id": self.number_list[self.numbers[index]].number_id,
            "to": "+" + self.phone(index),
            "type": self.kind(index),
            "template": self.template(index),
            "category": self.category(index),
            "by_user_id": bool(self.flags[index] & BY_USER_ID),
            "content_sha256": self.content_key(index).hex(),
            "biz_opaque_callback_data": self.callbacks[index].decode(),
            "request_started_at": self.started[index],
            "accepted_at": self.accepted[index],
            "state": STATES[self.states[index]],
            "error_code": self.failures.get(index),
        }

    def select(self, *, since: float = 0.0, numbers: frozenset[int] | None = None, template: str = "") -> Iterator[int]:
        """Yield the indexes of messages accepted since a moment, of some numbers, of one template."""
        for index in range(len(self)):
            if self.accepted[index] < since or (numbers is not None and self.numbers[index] not in numbers):
                continue
            if template and self.template(index) != template:
                continue
            yield index

    def opt_outs(self) -> list[Inbound]:
        return [inbound for inbound in self.inbound if inbound.opts_out]

    def opt_out_row(self, inbound: Inbound) -> dict[str, Any]:
        return {
            "phone": "+" + self.people.phones[inbound.person],
            "phone_number_id": self.number_list[inbound.number].number_id,
            "text": inbound.text,
            "sent_at": inbound.sent_at,
            "acknowledged_at": inbound.acknowledged_at,
            "ended_at": inbound.ended_at,
        }


def _place(names: list[str], name: str) -> int:
    """Return the place of a name in a short list, adding it when new."""
    try:
        return names.index(name)
    except ValueError:
        names.append(name)
        return len(names) - 1
