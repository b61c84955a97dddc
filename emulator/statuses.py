"""What becomes of an accepted message: sent, delivered, read, answered, or failed."""

import random
from typing import Any, Literal, NamedTuple

from emulator import phrases
from emulator.agenda import Agenda
from emulator.clock import Clock
from emulator.inbox import Inbox, button_message, text_message
from emulator.knobs import Knobs
from emulator.ledger import CHARGED, DELIVERED, FAILED, FREE_ENTRY, PLAYED, READ, SENT, Ledger
from emulator.payloads import StatusUpdate
from emulator.people import Person
from emulator.webhooks import Webhooks

# A kind of event is the state it leads to; a reply comes after all of them.
REPLY = 9
DELIVERS, READS, SKIPS_DELIVERED = 1, 2, 4
# What Meta cannot deliver in this time it drops without a word.
LONGEST_TRY_SECONDS = 30 * 86_400.0


class Reply(NamedTuple):
    message: dict[str, Any]
    opts_out: bool
    after_seconds: float | None


class Statuses:
    """Plans each message once, then takes it from event to event; only the next event is ever on the agenda."""

    def __init__(
        self,
        *,
        clock: Clock,
        knobs: Knobs,
        agenda: Agenda,
        ledger: Ledger,
        inbox: Inbox,
        webhooks: Webhooks,
        dice: random.Random,
    ) -> None:
        self._clock = clock
        self._knobs = knobs
        self._agenda = agenda
        self._ledger = ledger
        self._inbox = inbox
        self._webhooks = webhooks
        self._dice = dice
        self._plans: dict[int, int] = {}
        self._replies: dict[int, Reply] = {}
        self._offline: dict[int, float] = {}
        agenda.on_event = self.step

    def fail(self, index: int, code: int, *, at_once: bool = False) -> None:
        """Let an accepted message end as failed."""
        self._ledger.failures[index] = code
        self._begin(index, FAILED, at_once=at_once)

    def begin(
        self,
        index: int,
        person: Person,
        *,
        quick_replies: tuple[tuple[str, str], ...] = (),
        is_template: bool,
        ttl_seconds: float = LONGEST_TRY_SECONDS,
        at_once: bool = False,
    ) -> None:
        """Plan what the person will do with a message that can reach them."""
        comes_too_late = (person.delivered_after or 0) > ttl_seconds
        plan = 0 if person.is_blocking or comes_too_late else DELIVERS
        if plan and person.delivered_after is not None:
            self._offline[index] = person.delivered_after
        if plan and person.reads:
            plan |= READS | (SKIPS_DELIVERED if person.skips_delivered else 0)
        self._plans[index] = plan
        # People answer templates; an answer to an answer would go on for ever.
        if plan and person.reply and is_template:
            self._replies[index] = self._plan_reply(index, person, quick_replies)
        self._begin(index, SENT, at_once=at_once)

    def step(self, kind: int, index: int) -> None:
        """Let the event happen and put the next one on the agenda."""
        if kind == REPLY:
            self._reply(index)
        elif kind == SENT:
            self._enter(index, SENT)
            self._after_sent(index)
        elif kind == DELIVERED:
            self._after_delivered(index)
        elif kind != READ or self._ledger.states[index] not in {READ, PLAYED}:
            self._enter(index, kind, self._ledger.failures.get(index, 0))
            if kind == READ and self._ledger.kind(index) == "audio":
                self._agenda.add(self._delay("read"), PLAYED, index)

    def read_now(self, index: int) -> None:
        """Let a person read a message that has arrived, whatever was planned for it."""
        if self._ledger.states[index] == DELIVERED:
            self._enter(index, READ)

    def _begin(self, index: int, kind: int, *, at_once: bool) -> None:
        if at_once:
            self.step(kind, index)
            self._webhooks.flush(self._ledger.number_list[self._ledger.numbers[index]])
        else:
            self._agenda.add(self._delay("sent"), kind, index)

    def _after_sent(self, index: int) -> None:
        plan = self._plans[index]
        if plan & DELIVERS and self._ledger.kind(index) != "reaction":
            after = self._offline.pop(index, None)
            self._agenda.add(self._delay("delivered") if after is None else after, DELIVERED, index)
        else:
            del self._plans[index]

    def _after_delivered(self, index: int) -> None:
        plan = self._plans.pop(index)
        number = self._ledger.number_list[self._ledger.numbers[index]]
        if self._ledger.category(index) == "service" and not self._ledger.flags[index] & FREE_ENTRY:
            delivered = number.count_service(self._clock.now())
            if delivered > self._knobs.free_service_messages:
                self._ledger.flags[index] |= CHARGED
        if not plan & SKIPS_DELIVERED:
            self._enter(index, DELIVERED)
        read_after = self._delay("read")
        if plan & SKIPS_DELIVERED:
            self._agenda.call(read_after, lambda: self._enter(index, READ, 1))
        elif plan & READS:
            self._agenda.add(read_after, READ, index)
        if reply := self._replies.get(index):
            after = reply.after_seconds
            self._agenda.add(max(read_after, self._delay("reply")) if after is None else after, REPLY, index)

    def _enter(self, index: int, state: int, detail: int = 0) -> None:
        self._ledger.states[index] = state
        number = self._ledger.number_list[self._ledger.numbers[index]]
        self._webhooks.emit(number, StatusUpdate(index, state, int(self._clock.now()), detail))

    def _plan_reply(self, index: int, person: Person, quick_replies: tuple[tuple[str, str], ...]) -> Reply:
        """Choose between a quick reply that means the same and words of their own."""
        fitting = [button for button in quick_replies if phrases.is_opt_out(button[0]) == person.opts_out]
        if fitting and person.taps:
            text, payload = fitting[0]
            number = self._ledger.number_list[self._ledger.numbers[index]]
            message = button_message(text, payload, replied_wamid=self._ledger.wamid(index), business=number.digits)
        else:
            message = text_message(person.reply)
        return Reply(message, person.opts_out, person.reply_after)

    def _reply(self, index: int) -> None:
        reply = self._replies.pop(index)
        number = self._ledger.number_list[self._ledger.numbers[index]]
        self._inbox.write(self._ledger.phone(index), number, reply.message, opts_out=reply.opts_out)

    def _delay(self, step: Literal["sent", "delivered", "read", "reply"]) -> float:
        least, most = self._knobs.delay_range(step)
        # Squared, because most phones answer soon and a few very late.
        return least + (most - least) * self._dice.random() ** 2
