"""Webhook delivery: batches per destination, signed, several at once, retried until they are answered 200."""

import asyncio
import hmac
import logging
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import aiohttp

from emulator.accounts import Account, Directory, Number
from emulator.agenda import Agenda
from emulator.clock import Clock
from emulator.errors import GraphError
from emulator.knobs import Knobs
from emulator.payloads import (
    AccountUpdate,
    InboundUpdate,
    MessageUpdate,
    Payloads,
    PreferenceUpdate,
    StatusUpdate,
    Update,
)

logger = logging.getLogger(__name__)
UPDATES_MOST = 1000
BODY_LARGEST = 3_000_000
# Callback address, app secret, version.
Address = tuple[str, str, int]


@dataclass(slots=True)
class Batch:
    body: bytes
    update_count: int
    inbound: list[int]
    attempts: int = 0
    # Sent though it was answered; copies are not copied again.
    is_copy: bool = False
    first_tried_at: float = 0.0


@dataclass(slots=True)
class Destination:
    """One callback address with the secret its app signs with, and the version it reads."""

    url: str
    secret: bytes
    version: int
    queue: deque[Update] = field(default_factory=deque)
    retries: deque[Batch] = field(default_factory=deque)
    active_count: int = 0
    waiting_count: int = 0
    linger: asyncio.TimerHandle | None = None
    is_overdue: bool = False


def sign(secret: bytes, body: bytes) -> str:
    return "sha256=" + hmac.digest(secret, body, sha256).hex()


class Webhooks:
    """Sends every update to every subscribed app, for seven days if need be."""

    def __init__(
        self,
        *,
        clock: Clock,
        knobs: Knobs,
        agenda: Agenda,
        directory: Directory,
        payloads: Payloads,
        dice: random.Random,
    ) -> None:
        self._clock = clock
        self._knobs = knobs
        self._agenda = agenda
        self._directory = directory
        self._payloads = payloads
        self._dice = dice
        self._session: aiohttp.ClientSession | None = None
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._destinations: dict[Address, Destination] = {}
        self.posted_count = 0
        self.failed_count = 0
        self.abandoned_count = 0

    def open(self, session: aiohttp.ClientSession, group: asyncio.TaskGroup) -> None:
        self._session, self._group = session, group

    def close(self) -> None:
        self._group = None
        for task in self._tasks:
            task.cancel()
        for destination in self._destinations.values():
            if destination.linger:
                destination.linger.cancel()

    def counts(self) -> dict[str, int]:
        """Return updates waiting for a first try or in flight, and those in failed batches."""
        destinations = self._destinations.values()
        return {
            "pending_webhooks": sum(len(d.queue) for d in destinations) + sum(d.active_count for d in destinations),
            "undelivered_webhooks": sum(d.waiting_count + len(d.retries) for d in destinations),
            "webhook_posts": self.posted_count,
            "webhook_failures": self.failed_count,
            "abandoned_webhooks": self.abandoned_count,
        }

    def emit(self, number: Number, update: MessageUpdate) -> None:
        """Queue an update of a number's messages; faults that concern single updates happen here."""
        if isinstance(update, StatusUpdate) and 0 < self._knobs.lost_statuses > self._dice.random():
            return
        if 0 < self._knobs.reorder > self._dice.random():
            delay = self._dice.random() * self._knobs.reorder_seconds
            self._agenda.call(delay, lambda: self._route(number, update))
            return
        self._route(number, update)

    def emit_account(self, account: Account, field_name: str, value: dict[str, Any]) -> None:
        """Queue an account-level update: overrides do not apply to these, unless a knob reads Meta that way."""
        update = AccountUpdate(account.account_id, field_name, int(self._clock.now()), value)
        for app_id, override in account.subscriptions.items():
            app = self._directory.apps[app_id]
            if app.wants(field_name):
                covers = override is not None and self._knobs.overrides_cover_account_fields
                url = override.callback_url if override and covers else app.callback_url
                self._enqueue((url, app.secret, app.webhook_version), update)

    def flush(self, number: Number) -> None:
        """Send what waits for the destinations of a number now."""
        for address in self._addresses(number, "messages"):
            if destination := self._destinations.get(address):
                self._pump(destination, is_due=True)

    def send_sample(self, app_id: str, body: bytes) -> None:
        """Post a body to an app's callback as it stands, like the test button of the dashboard."""
        app = self._directory.apps[app_id]
        destination = self._destination((app.callback_url, app.secret, app.webhook_version))
        destination.retries.append(Batch(body, 1, []))
        self._pump(destination)

    def _route(self, number: Number, update: MessageUpdate) -> None:
        field_name = "user_preferences" if isinstance(update, PreferenceUpdate) else "messages"
        for address in self._addresses(number, field_name):
            self._enqueue(address, update)

    def _addresses(self, number: Number, field_name: str) -> Iterable[Address]:
        """Yield where a number's updates go: its own override, else the account's, else the app's callback."""
        for app_id, account_override in number.account.subscriptions.items():
            app = self._directory.apps[app_id]
            override = number.override or account_override
            if app.wants(field_name):
                yield (override.callback_url if override else app.callback_url), app.secret, app.webhook_version

    def _destination(self, address: Address) -> Destination:
        destination = self._destinations.get(address)
        if destination is None:
            url, secret, version = address
            destination = self._destinations[address] = Destination(url, secret.encode(), version)
        return destination

    def _enqueue(self, address: Address, update: Update) -> None:
        if not address[0]:
            return
        destination = self._destination(address)
        destination.queue.append(update)
        if destination.linger is None:
            wait = self._knobs.webhook_linger_ms / 1000
            destination.linger = asyncio.get_running_loop().call_later(wait, self._linger_over, destination)
        if len(destination.queue) >= self._knobs.webhook_batch:
            self._pump(destination)

    def _linger_over(self, destination: Destination) -> None:
        destination.linger = None
        self._pump(destination, is_due=True)

    def _pump(self, destination: Destination, *, is_due: bool = False) -> None:
        """Start as many POSTs as may run; what is overdue goes out in smaller batches too."""
        is_due = is_due or destination.is_overdue
        while self._group is not None and destination.active_count < self._knobs.webhook_concurrency:
            if destination.retries:
                batch = destination.retries.popleft()
            elif destination.queue and (is_due or len(destination.queue) >= self._knobs.webhook_batch):
                batch = self._take_batch(destination)
            else:
                break
            destination.active_count += 1
            task = self._group.create_task(self._deliver(destination, batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        destination.is_overdue = is_due and bool(destination.queue)

    def _take_batch(self, destination: Destination) -> Batch:
        count = min(len(destination.queue), max(1, min(self._knobs.webhook_batch, UPDATES_MOST)))
        updates = [destination.queue.popleft() for _ in range(count)]
        body = self._payloads.build_body(updates, destination.version)
        while len(body) > BODY_LARGEST and len(updates) > 1:
            half = len(updates) // 2
            destination.queue.extendleft(reversed(updates[half:]))
            updates = updates[:half]
            body = self._payloads.build_body(updates, destination.version)
        inbound = [update.row for update in updates if isinstance(update, InboundUpdate)]
        return Batch(body, len(updates), inbound, first_tried_at=self._clock.elapsed())

    async def _deliver(self, destination: Destination, batch: Batch) -> None:
        is_answered = await self._post(destination, batch)
        destination.active_count -= 1
        self.posted_count += 1
        if is_answered:
            self._payloads.acknowledge(batch.inbound, self._clock.now())
            if not batch.is_copy and 0 < self._knobs.duplicate_webhooks > self._dice.random():
                self._again(destination, Batch(batch.body, batch.update_count, [], attempts=1, is_copy=True))
        else:
            self.failed_count += 1
            batch.attempts += 1
            if self._clock.elapsed() - batch.first_tried_at < self._knobs.webhook_give_up_seconds:
                self._again(destination, batch)
            else:
                self.abandoned_count += 1
        self._pump(destination)

    async def _post(self, destination: Destination, batch: Batch) -> bool:
        assert self._session is not None  # noqa: S101 - opened before anything is emitted
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(destination.secret, batch.body)}
        timeout = aiohttp.ClientTimeout(total=self._knobs.webhook_timeout_seconds)
        try:
            async with self._session.post(
                destination.url, data=batch.body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                await response.read()
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            logger.debug("webhook to %s failed: %r", destination.url, error)
            return False

    def _again(self, destination: Destination, batch: Batch) -> None:
        """Try a batch again later, each time after a longer wait."""
        wait = self._knobs.webhook_retry_seconds * 2 ** max(0, batch.attempts - 1)
        wait = min(wait, self._knobs.webhook_retry_longest_seconds)
        destination.waiting_count += 1
        self._agenda.call(wait * (0.75 + self._dice.random() / 2), lambda: self._retry(destination, batch))

    def _retry(self, destination: Destination, batch: Batch) -> None:
        destination.waiting_count -= 1
        destination.retries.append(batch)
        self._pump(destination)
        if self._knobs.retries_reach_all_apps and batch.attempts == 1:
            for other in self._destinations.values():
                if other.secret != destination.secret:
                    other.retries.append(Batch(batch.body, batch.update_count, [], first_tried_at=batch.first_tried_at))
                    self._pump(other)

    async def verify_callback(self, url: str, verify_token: str) -> None:
        """Make the verification GET that saving a callback address triggers.

        :raises GraphError: the address does not answer with the challenge.
        """
        assert self._session is not None  # noqa: S101 - opened before anything is served
        challenge = str(self._dice.randrange(10**9, 10**10))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        timeout = aiohttp.ClientTimeout(total=self._knobs.webhook_timeout_seconds)
        try:
            async with self._session.get(url, params=query, timeout=timeout) as response:
                text = (await response.read()).decode(errors="replace")
                problem = (
                    "" if response.status == 200 and text == challenge else f"HTTP Status Code = {response.status}"
                )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            problem = f"{type(error).__name__}"
        if problem:
            sentence = f"(#2200) Callback verification failed with the following errors: {problem}"
            raise GraphError(2200, message=sentence)
