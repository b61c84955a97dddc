"""A person's phone as data: the chats on it, the bubbles in a chat, what a tap would do."""

from array import array
from typing import Any

from emulator.accounts import Number
from emulator.clock import Clock
from emulator.inbox import WINDOW_SECONDS, Inbox
from emulator.knobs import Knobs
from emulator.ledger import DELIVERED, PLAYED, READ, SENT, STATES, Inbound, Ledger
from emulator.views import MEDIA_KINDS, UNSPOKEN, Part

BUBBLES_MOST = 200
CHATS_MOST = 40
# How far back the list of chats looks; further ones are found by their phone.
ROWS_LOOKED_AT = 5_000
NAMES_LOOKED_AT = 20_000
NOBODY = -1
NAMES_OF_FILES = {
    "image": "Picture",
    "video": "Video",
    "gif": "Video",
    "audio": "Voice message",
    "document": "Document",
    "sticker": "Sticker",
}
SHOWN = {DELIVERED, READ, PLAYED}


class Screens:
    def __init__(self, *, clock: Clock, knobs: Knobs, ledger: Ledger, inbox: Inbox) -> None:
        self._clock = clock
        self._knobs = knobs
        self._ledger = ledger
        self._inbox = inbox
        # Person -> (rows looked at so far, those of them that are theirs).
        self._rows: dict[int, tuple[int, list[int]]] = {}

    def list_chats(self, search: str) -> list[dict[str, Any]]:
        """Return the newest chats, or those of the people that a search finds."""
        pairs = self._found_pairs(search) if search.strip() else self._recent_pairs()
        chats = [self._chat(person, number) for person, number in list(pairs)[:CHATS_MOST]]
        return sorted(chats, key=lambda chat: float(chat["at"]), reverse=True)

    def show_chat(self, phone: str, number: Number) -> dict[str, Any]:
        """Return one chat with its bubbles, oldest first."""
        people = self._ledger.people
        # Looking at a phone makes nobody known who was not.
        known = people.find_index(phone)
        person = NOBODY if known is None else known
        habits = people.person(phone, self._knobs)
        bubbles = [self._received(row) for row in self._rows_of(person, number)]
        bubbles += [self._written(inbound) for inbound in self._inbox.thread(number, person)]
        bubbles.sort(key=lambda bubble: float(bubble["at"]))
        opened_at = number.windows.get(person)
        left = 0.0 if opened_at is None else max(0.0, opened_at + WINDOW_SECONDS - self._clock.elapsed())
        return {
            "person": {"phone": phone, "name": habits.name, "language": habits.language},
            "habits": {"reads": habits.reads, "blocked": habits.is_blocking, "hidden": habits.is_hidden},
            "number": describe_number(number),
            "stopped": (number.index, person) in people.stopped,
            "is_blocked_by_business": person in number.blocked,
            "window_seconds": int(left),
            "unread": sum(1 for bubble in bubbles if bubble["state"] == "delivered"),
            "now": self._clock.now(),
            "bubbles": bubbles[-BUBBLES_MOST:],
        }

    def unread_rows(self, phone: str, number: Number) -> list[int]:
        """Return the messages that have arrived and not been read."""
        person = self._ledger.people.find_index(phone)
        if person is None:
            return []
        return [row for row in self._rows_of(person, number) if self._ledger.states[row] == DELIVERED]

    # ── chats ──

    def _recent_pairs(self) -> dict[tuple[int, int], None]:
        ledger = self._ledger
        pairs: dict[tuple[int, int], None] = {}
        written = [(inbound.person, inbound.number) for inbound in ledger.inbound[-CHATS_MOST:]]
        for pair in reversed(written):
            pairs[pair] = None
        for row in range(len(ledger) - 1, max(-1, len(ledger) - ROWS_LOOKED_AT), -1):
            if ledger.states[row] in SHOWN:
                pairs[ledger.persons[row], ledger.numbers[row]] = None
            if len(pairs) >= 2 * CHATS_MOST:
                break
        return pairs

    def _found_pairs(self, search: str) -> dict[tuple[int, int], None]:
        ledger, words = self._ledger, search.strip().casefold()
        digits = "".join(filter(str.isdecimal, words))
        phones = ledger.people.phones
        found = [index for index, phone in enumerate(phones) if digits and digits in phone][:CHATS_MOST]
        if not digits:
            known = range(min(len(phones), NAMES_LOOKED_AT))
            found = [index for index in known if words in ledger.people.name(phones[index]).casefold()][:CHATS_MOST]
        pairs: dict[tuple[int, int], None] = {}
        for person in found:
            for row in self._all_rows(person):
                pairs[person, ledger.numbers[row]] = None
            for number in ledger.number_list:
                if self._inbox.thread(number, person):
                    pairs[person, number.index] = None
        return pairs

    def _chat(self, person: int, number_index: int) -> dict[str, Any]:
        ledger = self._ledger
        number = ledger.number_list[number_index]
        rows = self._rows_of(person, number)
        written = self._inbox.thread(number, person)
        text, moment = "", 0.0
        if rows:
            text, moment = _one_line(ledger.parts(rows[-1])), ledger.accepted[rows[-1]]
        if written and written[-1].sent_at >= moment:
            text, moment = _one_line(show_written(written[-1].message)), written[-1].sent_at
        phone = ledger.people.phones[person]
        return {
            "phone": phone,
            "name": ledger.people.name(phone),
            "number": describe_number(number),
            "text": text[:120],
            "at": moment,
            "unread": sum(1 for row in rows if ledger.states[row] == DELIVERED),
        }

    def _rows_of(self, person: int, number: Number) -> list[int]:
        ledger = self._ledger
        return [
            row
            for row in self._all_rows(person)
            if ledger.numbers[row] == number.index
            and (ledger.states[row] in SHOWN or (ledger.states[row] == SENT and ledger.kind(row) == "reaction"))
        ]

    def _all_rows(self, person: int) -> list[int]:
        """Return all rows of a person; only what is new since the last look is looked at."""
        if person == NOBODY:
            return []
        persons = self._ledger.persons
        start, rows = self._rows.get(person, (0, []))
        # Searching the bytes takes 2 ms for a million rows; a loop over them would hold everything else up.
        needle, hay = array("I", [person]).tobytes(), persons[start:].tobytes()
        place = hay.find(needle)
        while place >= 0:
            if place % persons.itemsize == 0:
                rows.append(start + place // persons.itemsize)
            place = hay.find(needle, place + 1)
        self._rows[person] = (len(persons), rows)
        return rows

    # ── bubbles ──

    def _received(self, row: int) -> dict[str, Any]:
        ledger = self._ledger
        return {
            "id": ledger.wamid(row),
            "at": ledger.accepted[row],
            "mine": False,
            "state": STATES[ledger.states[row]],
            "kind": ledger.kind(row),
            "parts": [part._asdict() for part in ledger.parts(row)],
        }

    def _written(self, inbound: Inbound) -> dict[str, Any]:
        return {
            "id": self._ledger.inbound_wamid(inbound.place),
            "at": inbound.sent_at,
            "mine": True,
            "state": "read" if inbound.is_marked_read else "delivered" if inbound.acknowledged_at else "sent",
            "kind": inbound.message["type"],
            "parts": [part._asdict() for part in show_written(inbound.message)],
        }


def describe_number(number: Number) -> dict[str, str]:
    return {"id": number.number_id, "name": number.verified_name, "phone": number.display_phone_number}


def _one_line(parts: list[Part]) -> str:
    """Return a message as the list of chats shows it."""
    lines = [NAMES_OF_FILES.get(part.kind, "") or part.text for part in parts if part.kind not in UNSPOKEN]
    if parts and parts[0].kind == "reaction":
        return f"Reacted {parts[0].text}"
    return " · ".join(line for line in lines[:2] if line)


def show_written(message: dict[str, Any]) -> list[Part]:
    """Return what a person wrote as the parts of a bubble."""
    kind = message["type"]
    piece = message.get(kind)
    if kind in MEDIA_KINDS and isinstance(piece, dict):
        parts = [Part(kind, str(piece.get("id", "")), str(piece.get("filename", "")))]
        return [*parts, Part("caption", str(piece["caption"]))] if piece.get("caption") else parts
    if kind == "reaction" and isinstance(piece, dict):
        return [Part("reaction", str(piece.get("emoji") or "-"), str(piece.get("message_id", "")))]
    if kind == "location" and isinstance(piece, dict):
        return [Part("location", f"{piece.get('latitude')},{piece.get('longitude')}", str(piece.get("name", "")))]
    return [Part("system" if kind in {"system", "unsupported"} else "body", _words(kind, piece))]


def _words(kind: str, piece: object) -> str:
    if kind == "unsupported":
        what = piece.get("type") if isinstance(piece, dict) else "file"
        return f"Sent something the business does not get: {what}"
    if not isinstance(piece, dict):
        return f"[{kind}]"
    if kind == "interactive":
        inner = piece.get(str(piece.get("type")))
        title = inner.get("title") or inner.get("name") or inner.get("response") if isinstance(inner, dict) else ""
        return str(title or "[interactive]")
    return str(piece.get("body") or piece.get("text") or f"[{kind}]")
