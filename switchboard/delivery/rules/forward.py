"""How far statuses move a message: forward only, and to the same end whatever order and batches they come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from switchboard.delivery.types import UNCONFIRMED, State, StatusUpdate


class Standing(NamedTuple):
    """How far a message is, as its row says."""

    message_id: UUID
    state: int
    attempt: int
    reason: str | None
    wamid: str | None
    accepted_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None


@dataclass(slots=True)
class News:
    """All that one batch of statuses says of one message."""

    message_id: UUID
    rank: int = 0
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    failed_attempt: int = 0
    error_code: int | None = None
    error_detail: str = ""
    wamid: str = ""
    wamid_attempt: int = 0

    def add(self, update: StatusUpdate) -> None:
        """Take one status in: the earliest moment of each step, the latest attempt's failure and id."""
        if update.wamid and update.attempt >= self.wamid_attempt:
            self.wamid, self.wamid_attempt = update.wamid, update.attempt
        state, at = update.state, update.at
        if state == State.FAILED:
            if self.failed_at is None or (update.attempt, self.failed_at) > (self.failed_attempt, at):
                self.failed_at, self.failed_attempt = at, update.attempt
                self.error_code, self.error_detail = update.error_code, update.error_detail
            return
        self.rank = max(self.rank, state)
        if state >= State.READ:
            self.read_at = _earliest(self.read_at, at)
        elif state == State.DELIVERED:
            self.delivered_at = _earliest(self.delivered_at, at)
        else:
            self.sent_at = _earliest(self.sent_at, at)

    @property
    def reason(self) -> str:
        """Why it failed, as the row keeps it."""
        return "unexplained" if self.error_code is None else str(self.error_code)


def move(old: Standing, news: News) -> tuple[Standing, bool]:
    """Return where the news move a message, and whether their failure is why it stands there.

    Read implies delivered implies sent implies accepted. A failure of an earlier attempt is history. "unconfirmed" is a
    guess of ours that any status corrects. A skipped message was never sent.
    """
    is_failure = news.failed_at is not None and news.failed_attempt == old.attempt
    if old.state == State.SKIPPED or not (news.rank or is_failure):
        return old, False
    is_guess = old.state == State.FAILED and old.reason == UNCONFIRMED
    reached = max(State.UNKNOWN if is_guess else old.state, news.rank)
    read_at = _earliest(old.read_at, news.read_at)
    delivered_at = _earliest(old.delivered_at, _earliest(news.delivered_at, news.read_at))
    sent_at = _earliest(old.sent_at, _earliest(news.sent_at, _earliest(news.delivered_at, news.read_at)))
    failed_at = _earliest(old.failed_at, news.failed_at) if is_failure else old.failed_at
    accepted_at = old.accepted_at
    if accepted_at in (None, old.sent_at, old.failed_at):
        # Nobody but statuses has told so far, and the one that happened first may come last.
        accepted_at = sent_at or failed_at
    is_why = is_failure and reached <= State.FAILED
    new = Standing(
        message_id=old.message_id,
        state=State.FAILED if is_why else int(reached),
        attempt=old.attempt,
        reason=news.reason if is_why else old.reason if reached == State.FAILED else None,
        wamid=news.wamid if news.wamid and (not old.wamid or news.wamid_attempt >= old.attempt) else old.wamid,
        accepted_at=accepted_at,
        sent_at=sent_at,
        delivered_at=delivered_at,
        read_at=read_at,
        failed_at=failed_at,
    )
    return new, is_why


def count(old: Standing, new: Standing) -> Iterator[tuple[str, str, int]]:
    """Give what a move adds to the tallies: measure, reason, amount."""
    sent = _was_sent(new) - _was_sent(old)
    if sent:
        yield "sent", "", sent
    if new.delivered_at is not None and old.delivered_at is None:
        yield "delivered", "", 1
    if new.read_at is not None and old.read_at is None:
        yield "read", "", 1
    if old.state == State.UNKNOWN != new.state:
        yield "unknown", "", -1
    if (old.state, old.reason) != (new.state, new.reason):
        if new.state == State.FAILED:
            yield "failed", new.reason or "", 1
        if old.state == State.FAILED:
            yield "failed", old.reason or "", -1


def _was_sent(standing: Standing) -> bool:
    return standing.accepted_at is not None and standing.state != State.FAILED


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
