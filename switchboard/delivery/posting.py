"""One message through the last checks and to Meta, and what its answer means."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from psycopg import AsyncConnection

from switchboard.cloudapi import callback, errors, payloads
from switchboard.cloudapi.client import CloudClient, Sent
from switchboard.cloudapi.errors import Action, CloudError
from switchboard.cloudapi.results import NotWritten, Unknown
from switchboard.cloudapi.transport import Transport
from switchboard.core import clock
from switchboard.delivery import store
from switchboard.delivery.breaker import Breaker
from switchboard.delivery.credentials import Access, Credentials, NoTokenError
from switchboard.delivery.open_batches import OpenBatches
from switchboard.delivery.opening import Opening
from switchboard.delivery.recorder import Consequence, Note
from switchboard.delivery.schedule import Planned, Schedule
from switchboard.delivery.store import Claimed, Reason, Result
from switchboard.delivery.types import NEVER_LEFT, Gate, State

# What the gates saw is old after this long: the message goes back and is judged again.
OLDEST_GATES_SECONDS = 2.0
# The stop switch is read every quarter of a second; an answer older than this does not count.
OLDEST_SWITCH_SECONDS = 1.0
RETRY = "retry"
_PLAINLY_ACCEPTED = ("accepted", "")
# Meta surely never had it: it is tried again so often, then a person decides.
NOT_WRITTEN_SECONDS = 10.0
NOT_WRITTEN_TRIES = 3
# After a stop the number's other claimed messages go back at once; the next claim reads the stop itself.
_BLOCKED_SECONDS = 3.0
_MOST_CLIENTS = 1000


@dataclass(slots=True)
class Switches:
    """The stop switches as they were read last."""

    stopped: frozenset[int] = frozenset()
    read_at: float = float("-inf")

    def forbids(self, workspace_id: int, now: float) -> bool:
        """Tell whether this workspace may not send, or nobody knows."""
        is_old = now - self.read_at > OLDEST_SWITCH_SECONDS
        return is_old or 0 in self.stopped or workspace_id in self.stopped


@dataclass(slots=True)
class Poster:
    """Posts messages one at a time, any number at once."""

    transport: Transport
    credentials: Credentials
    batches: OpenBatches
    opening: Opening
    switches: Switches
    breaker: Breaker
    schedule: Schedule
    now: Callable[[], datetime] = clock.now
    monotonic: Callable[[], float] = clock.monotonic
    _blocked: dict[tuple[str, int], float] = field(default_factory=dict)
    _clients: dict[Access, CloudClient] = field(default_factory=dict)

    async def post(self, planned: Planned) -> Note:
        """Return what became of the message: posted, or released because a last check failed."""
        message = planned.message
        # One look at the clock will do for what follows without waiting.
        now = self.monotonic()
        if self._is_too_late(planned, now):
            return self.release(message)
        access = self.credentials.find_known(message.account_id, now)
        has_waited = access is None
        if access is None:
            try:
                access = await self.credentials.find_access(message.workspace_id, message.account_id)
            except NoTokenError as error:
                return self._stop(message, Action.STOP_ACCOUNT, Reason(190, str(error)), is_try_used=False)
        if not self.opening.is_open(message, now):
            has_waited = True
            if not await self.opening.open(message):
                return self.release(message)
        # Looking the token up may have taken its time, and so may have writing the crash record.
        if has_waited:
            now = self.monotonic()
            if self._is_too_late(planned, now):
                return self.release(message)
        data = callback.build_callback_data(message.workspace_id, message.message_id, message.attempt)
        payload = payloads.build_envelope(recipient=message.recipient, callback_data=data, body=message.body)
        self.schedule.note_left(planned, now)
        answer = await self._client_with(access).send_message(message.number_meta_id, payload)
        return self._weigh(message, answer)

    def _client_with(self, access: Access) -> CloudClient:
        client = self._clients.get(access)
        if client is None:
            if len(self._clients) >= _MOST_CLIENTS:
                self._clients.clear()
            client = CloudClient(self.transport, access.token, app_secret=access.app_secret)
            self._clients[access] = client
        return client

    def _is_too_late(self, planned: Planned, now: float) -> bool:
        message = planned.message
        return (
            now - planned.read_at > OLDEST_GATES_SECONDS
            # A number's windows hold as Meta sees them only if nobody is later than they allow for.
            or now - planned.at > message.lateness
            or not self.batches.is_ours(message.batch_id, now)
            or self.switches.forbids(message.workspace_id, now)
            or self.breaker.is_open_at(now)
            or (bool(self._blocked) and self._is_blocked(message, now))
        )

    def _is_blocked(self, message: Claimed, now: float) -> bool:
        return (
            self._blocked.get(("number", message.number_id), 0.0) > now
            or self._blocked.get(("account", message.account_id), 0.0) > now
        )

    def release(self, message: Claimed) -> Note:
        """Put a message back that was not posted."""
        now = self.now()
        if self.breaker.is_open:
            until = now + timedelta(seconds=self.breaker.seconds_left)
            detail = {"why": "cloud_api_away", "said": self.breaker.last_reason}
            return Note(Result(message, State.WAITING, now, due_at=until, hold=RETRY, detail=detail))
        return Note(Result(message, State.WAITING, now, due_at=now))

    def doubt(self, message: Claimed, why: str) -> Note:
        """Say that nobody knows whether Meta has the message."""
        return Note(Result(message, State.UNKNOWN, self.now(), detail={"why": why}))

    def _weigh(self, message: Claimed, answer: Sent | errors.Failure) -> Note:
        if isinstance(answer, Sent):
            self.breaker.note_success()
            status = answer.message_status
            detail = None if status in _PLAINLY_ACCEPTED else {"message_status": status}
            return Note(Result(message, State.ACCEPTED, self.now(), wamid=answer.wamid, detail=detail))
        if isinstance(answer, NotWritten):
            return self._not_written(message, answer.reason)
        if isinstance(answer, Unknown):
            self.breaker.note_failure(answer.reason)
            return self.doubt(message, answer.reason)
        self.breaker.note_success()
        return self._refused(message, answer)

    def _not_written(self, message: Claimed, said: str) -> Note:
        """Try again what never left; while nothing gets through, that says nothing of this message and is no try."""
        self.breaker.note_failure(said)
        is_try = not self.breaker.is_testing
        if is_try and message.tries >= NOT_WRITTEN_TRIES:
            return Note(Result(message, State.FAILED, self.now(), reason=NEVER_LEFT, detail={"details": said}))
        seconds = max(NOT_WRITTEN_SECONDS, self.breaker.seconds_left)
        return self._retry(message, seconds, {"said": said}, is_try_used=is_try)

    def _refused(self, message: Claimed, error: CloudError) -> Note:
        """Follow the table of errors."""
        outcome = error.outcome
        reason = Reason(error.code, outcome.sentence, error.details or error.message)
        if outcome.action in (Action.STOP_NUMBER, Action.STOP_ACCOUNT):
            return self._stop(message, outcome.action, reason)
        if outcome.action == Action.OPT_OUT:
            return self._opt_out(message, reason)
        if outcome.action == Action.UNREACHABLE:
            return self._note_unreachable(message, reason)
        delay = errors.wait_after(error, message.tries + 1)
        if delay is None:
            return self._fail(message, reason)
        detail = {"code": error.code, "said": reason.details}
        if outcome.action == Action.STOP_TEMPLATE:
            return self._wait_for_template(message, delay, reason)
        delay *= random.uniform(1.0, 1.3)  # noqa: S311  spreads retries, guards nothing
        if outcome.action == Action.SLOW_NUMBER:
            return self._slow(message, delay, detail)
        return self._retry(message, delay, detail)

    def _fail(self, message: Claimed, reason: Reason) -> Note:
        detail = {"details": reason.details}
        return Note(Result(message, State.FAILED, self.now(), reason=str(reason.code), detail=detail))

    def _opt_out(self, message: Claimed, reason: Reason) -> Note:
        """Obey a person who stopped marketing in WhatsApp, and of whom Meta tells here."""
        note = self._fail(message, reason)
        follow = partial(_opt_out, message=message, reason=reason, now=note.result.at)
        return Note(note.result, ("opt_out", message.message_id), follow)

    def _note_unreachable(self, message: Claimed, reason: Reason) -> Note:
        """Remember with the person that they could not be reached; after some times the gate leaves them out."""
        note = self._fail(message, reason)
        follow = partial(_note_unreachable, message=message, now=note.result.at)
        return Note(note.result, ("unreachable", message.message_id), follow)

    def _retry(
        self,
        message: Claimed,
        seconds: float,
        detail: dict[str, Any],
        *,
        is_try_used: bool = True,
        hold: str = RETRY,
    ) -> Note:
        return Note(self._waiting(message, seconds, detail, is_try_used=is_try_used, hold=hold))

    def _waiting(
        self, message: Claimed, seconds: float, detail: dict[str, Any], *, is_try_used: bool, hold: str
    ) -> Result:
        now = self.now()
        return Result(
            message,
            State.WAITING,
            now,
            due_at=now + timedelta(seconds=seconds),
            hold=hold,
            detail=detail,
            is_try_used=is_try_used,
        )

    def _slow(self, message: Claimed, seconds: float, detail: dict[str, Any]) -> Note:
        self._blocked["number", message.number_id] = self.monotonic() + min(seconds, _BLOCKED_SECONDS)
        result = self._waiting(message, seconds, detail, is_try_used=True, hold=RETRY)
        follow = partial(_slow_number, message=message, seconds=seconds, now=result.at)
        return Note(result, ("slow", message.number_id), follow)

    def _stop(self, message: Claimed, action: Action, reason: Reason, *, is_try_used: bool = True) -> Note:
        """Stop the number or its whole account; the message waits with the others until a person mends it."""
        kind, key = ("number", message.number_id) if action == Action.STOP_NUMBER else ("account", message.account_id)
        self._blocked[kind, key] = self.monotonic() + _BLOCKED_SECONDS
        self.credentials.forget(message.account_id)
        detail = {"stopped": str(reason.code)}
        result = self._waiting(message, 0.0, detail, is_try_used=is_try_used, hold=Gate.NUMBER.value)
        follow: Consequence = partial(_stop, kind=kind, message=message, reason=reason, now=result.at)
        return Note(result, ("stop", kind, key), follow, frozenset({f"number:{message.number_id}"}))

    def _wait_for_template(self, message: Claimed, seconds: float, reason: Reason) -> Note:
        """Let a message wait for its template; one that Meta paused comes back only when a person sees to it."""
        detail = {"code": reason.code, "said": reason.details}
        result = self._waiting(message, seconds, detail, is_try_used=True, hold=Gate.TEMPLATE.value)
        if message.template_id is None:
            return Note(result)
        follow = partial(_stop_template, message=message, template_id=message.template_id, reason=reason, now=result.at)
        return Note(result, ("template", message.template_id), follow)


async def _slow_number(connection: AsyncConnection[Any], *, message: Claimed, seconds: float, now: datetime) -> None:
    await store.slow_number(connection, message.workspace_id, message.number_id, seconds, now)


async def _stop(
    connection: AsyncConnection[Any], *, kind: str, message: Claimed, reason: Reason, now: datetime
) -> None:
    stop = store.stop_number if kind == "number" else store.stop_account_of
    await stop(connection, message.workspace_id, message.number_id, reason, now)


async def _note_unreachable(connection: AsyncConnection[Any], *, message: Claimed, now: datetime) -> None:
    await store.note_unreachable(connection, message.workspace_id, message.message_id, now)


async def _opt_out(connection: AsyncConnection[Any], *, message: Claimed, reason: Reason, now: datetime) -> None:
    await store.opt_out(connection, message.workspace_id, message.message_id, reason, now)


async def _stop_template(
    connection: AsyncConnection[Any], *, message: Claimed, template_id: int, reason: Reason, now: datetime
) -> None:
    await store.stop_template(connection, message.workspace_id, template_id, reason, now)
