"""People whose phone, user id or keys change, and the system messages that tell of it."""

from typing import Any

from emulator.accounts import Number
from emulator.inbox import Inbox
from emulator.knobs import Knobs
from emulator.ledger import Ledger


class Moves:
    def __init__(self, *, knobs: Knobs, ledger: Ledger, inbox: Inbox) -> None:
        self._knobs = knobs
        self._ledger = ledger
        self._inbox = inbox

    def change_phone(self, old: str, new: str) -> int:
        """Let a person move to another phone, and tell every number they have a thread with; return how many."""
        people = self._ledger.people
        numbers = self._numbers_of(old)
        name, is_hidden = people.name(old), people.person(old, self._knobs).is_hidden
        people.move(old, new, self._knobs)
        for number in numbers:
            if not is_hidden:
                body = f"User {name} changed from {old} to {new}"
                self._tell(old, number, {"body": body, "type": "user_changed_number", "wa_id": new})
            self._tell_user_id(new, number, previous=people.user_id(old, number.account.portfolio.portfolio_id))
        return len(numbers)

    def change_user_id(self, phone: str) -> int:
        """Give a person new user ids, and tell every number they have a thread with; return how many."""
        people = self._ledger.people
        numbers = self._numbers_of(phone)
        previous = {n.index: people.user_id(phone, n.account.portfolio.portfolio_id) for n in numbers}
        people.renew_user_ids(phone)
        for number in numbers:
            self._tell_user_id(phone, number, previous=previous[number.index])
        return len(numbers)

    def change_identity(self, phone: str) -> int:
        """Give a person's phone new keys; only numbers that check identities hear of it."""
        people = self._ledger.people
        people.renew_identity(phone)
        numbers = [n for n in self._numbers_of(phone) if n.checks_identity]
        for number in numbers:
            system = {"body": f"User {people.name(phone)} changed their identity", "type": "user_identity_changed"}
            identity = {"acknowledged": True, "created_timestamp": "0", "hash": people.identity(phone)}
            self._tell(phone, number, {**system, "wa_id": phone}, identity=identity)
        return len(numbers)

    def _tell_user_id(self, phone: str, number: Number, *, previous: str) -> None:
        user_id = self._ledger.people.user_id(phone, number.account.portfolio.portfolio_id)
        system = {"body": "User id changed", "type": "user_changed_user_id", "user_id": user_id}
        self._tell(phone, number, {**system, "previous_user_id": previous})

    def _tell(self, phone: str, number: Number, system: dict[str, Any], **more: Any) -> None:
        self._inbox.write(phone, number, {"type": "system", "system": system, **more}, opts_out=False)

    def _numbers_of(self, phone: str) -> list[Number]:
        """Return the numbers that wrote to this phone or heard from it."""
        ledger = self._ledger
        person = ledger.people.find_index(phone)
        if person is None:
            return []
        places = {ledger.numbers[index] for index in range(len(ledger)) if ledger.persons[index] == person}
        places |= {inbound.number for inbound in ledger.inbound if inbound.person == person}
        return [ledger.number_list[place] for place in sorted(places)]
