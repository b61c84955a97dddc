"""One emulated world, put together; a reset makes another."""

import asyncio
import random
from bisect import bisect
from collections import Counter
from dataclasses import dataclass
from typing import Any

import aiohttp

from emulator.accounts import Directory
from emulator.agenda import CALENDAR_TICK_SECONDS, Agenda
from emulator.clock import Clock
from emulator.ids import MessageIds
from emulator.inbox import Inbox
from emulator.knobs import Knobs
from emulator.ledger import Ledger
from emulator.links import Links
from emulator.media import MediaShelf
from emulator.messages import Messages
from emulator.moves import Moves
from emulator.payloads import Payloads
from emulator.people import People
from emulator.recipients import PhoneBook
from emulator.references import References
from emulator.registration import Registration
from emulator.reviews import Reviews
from emulator.screens import Screens
from emulator.standing import Standing
from emulator.statuses import Statuses
from emulator.uploads import Uploads
from emulator.usage import Usage
from emulator.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Config:
    seed: int = 7
    clock_shift_seconds: float = 0.0
    delays: str = "real"


class World:
    def __init__(self, config: Config, directory: Directory | None = None) -> None:
        self.config = config
        self.clock = Clock(config.clock_shift_seconds)
        self.knobs = Knobs(delays="fast" if config.delays == "fast" else "real")
        self.dice = random.Random(config.seed)  # noqa: S311 - repeatable on purpose
        self.directory = directory or Directory()
        self.people = People(config.seed)
        self.ids = MessageIds()
        self.ledger = Ledger(self.people, self.ids, self.directory.number_list)
        self.media = MediaShelf(self.clock)
        self.links = Links(self.clock)
        self.agenda = Agenda(self.clock)
        self.calendar = Agenda(self.clock, tick_seconds=CALENDAR_TICK_SECONDS)
        self.webhooks = Webhooks(
            clock=self.clock,
            knobs=self.knobs,
            agenda=self.agenda,
            directory=self.directory,
            payloads=Payloads(self.ledger, self.knobs),
            dice=self.dice,
        )
        self.phone_book = PhoneBook(self.clock)
        self.inbox = Inbox(
            clock=self.clock,
            knobs=self.knobs,
            ledger=self.ledger,
            webhooks=self.webhooks,
            phone_book=self.phone_book,
        )
        self.moves = Moves(knobs=self.knobs, ledger=self.ledger, inbox=self.inbox)
        self.statuses = Statuses(
            clock=self.clock,
            knobs=self.knobs,
            agenda=self.agenda,
            ledger=self.ledger,
            inbox=self.inbox,
            webhooks=self.webhooks,
            dice=self.dice,
        )
        self.reviews = Reviews(clock=self.clock, knobs=self.knobs, calendar=self.calendar, webhooks=self.webhooks)
        self.standing = Standing(
            clock=self.clock,
            knobs=self.knobs,
            calendar=self.calendar,
            webhooks=self.webhooks,
            directory=self.directory,
        )
        self.references = References(clock=self.clock, ledger=self.ledger, inbox=self.inbox)
        self.messages = Messages(
            clock=self.clock,
            knobs=self.knobs,
            people=self.people,
            ledger=self.ledger,
            inbox=self.inbox,
            media=self.media,
            links=self.links,
            statuses=self.statuses,
            phone_book=self.phone_book,
            reviews=self.reviews,
            standing=self.standing,
            references=self.references,
        )
        self.registration = Registration(clock=self.clock, directory=self.directory, standing=self.standing)
        self.screens = Screens(clock=self.clock, knobs=self.knobs, ledger=self.ledger, inbox=self.inbox)
        self.usage = Usage(self.clock, self.knobs)
        self.uploads = Uploads()
        self.rejected: Counter[int] = Counter()
        self.faults: Counter[str] = Counter()
        self.successor: World | None = None

    def open(self, session: aiohttp.ClientSession, group: asyncio.TaskGroup, base_url: str) -> None:
        self.media.base_url = base_url
        self.webhooks.open(session, group)
        self.links.open(session, group)

    def close(self) -> None:
        self.agenda.close()
        self.calendar.close()
        self.webhooks.close()
        self.links.close()

    def stats(self) -> dict[str, Any]:
        """Return counts that tell whether everything has happened that will happen by itself."""
        # Acceptance moments only grow, so the last minute is one slice.
        last_minute = Counter(self.ledger.numbers[bisect(self.ledger.accepted, self.clock.now() - 60) :])
        return {
            "accepted": len(self.ledger),
            "rejected": {str(code): count for code, count in sorted(self.rejected.items())},
            "faults": dict(self.faults),
            "pending_status_events": len(self.agenda) + self.links.pending_count,
            "pending_timers": len(self.calendar),
            **self.webhooks.counts(),
            "inbound_sent": len(self.ledger.inbound),
            "opt_outs": len(self.ledger.opt_outs()),
            "people": len(self.people.phones),
            "messages_last_minute": last_minute.total(),
            "messages_per_number_last_minute_max": max(last_minute.values(), default=0),
            "now": self.clock.now(),
        }
