"""The claim: what may leave now, taken out of the outbox under a crash record, in one short transaction."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.core import ids
from switchboard.delivery import rules
from switchboard.delivery.rules.pace import LATENESS_SECONDS, Draw
from switchboard.delivery.store import budgets, take
from switchboard.delivery.store.session import Item, Session
from switchboard.delivery.store.tallies import topics

Connection = AsyncConnection[Any]

# What leaves within this time may be posted without asking again (batches.open_further).
_SOON_SECONDS = 0.05


class Claimed(NamedTuple):
    """A message that this sender must now post, once, not before `leave_at`."""

    batch_id: UUID
    message_id: UUID
    workspace_id: int
    lane_id: int
    attempt: int
    tries: int
    number_id: int
    number_meta_id: str
    account_id: int
    origin_kind: str
    origin_id: int
    template_id: int | None
    is_answer: bool
    recipient: str
    body: bytes
    # Seconds since 1970 on the product's clock.
    leave_at: float
    # How long after that it may still leave; later it goes back and gets another moment.
    lateness: float = LATENESS_SECONDS
    # The least distance to the number's last message, and to the lane's, where one is kept on purpose.
    gap: float = 0.0
    lane_gap: float = 0.0
    # The distance that the rate of its number and its lane demands; late messages may close up to nearly that.
    spacing: float = 1.0
    # Its place in the crash record: posted only when the record says that it may have been.
    position: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One batch, in the order in which its messages leave, and how many rows the gates turned away."""

    batch_id: UUID
    workspace_id: int
    messages: list[Claimed]
    held: int = 0
    skipped: int = 0
    # Live topics whose counts the gates changed.
    topics: frozenset[str] = frozenset()
    opened_to: int = 0


async def claim(
    connection: Connection,
    *,
    workspace_id: int,
    sender_id: UUID,
    now: datetime,
    most: int,
    draw: Draw,
    at_once: int | None = None,
) -> Claim:
    """Take about `most` messages of a workspace that pass every gate, and record that they are in flight.

    The connection is in autocommit mode; the claim is one transaction of its own. Of its messages the first `at_once`
    may be posted if they leave now, all where it is not given; the others after `open_further`.
    """
    batch_id = ids.new_message_id(now)
    # Nothing is waited for but what is read: under load each answer takes some milliseconds to be noticed.
    async with connection.pipeline(), connection.transaction():
        session = Session(connection, workspace_id, now, draw)
        await session.read(most)
        if not session.lanes:
            return Claim(batch_id, workspace_id, [])
        passing = sorted((item for item in session.items if item.leave_at), key=attrgetter("leave_at"))
        opened_to = len(passing) if at_once is None else _count_soon(passing[:at_once], now)
        started = await _write(connection, workspace_id, session, now, passing, (batch_id, sender_id, opened_to))
    lateness = {lane_id: lane.lateness for lane_id, lane in session.lanes.items()}
    messages = [
        _claimed(item, position, batch_id, workspace_id, lateness[item.key.lane.id])
        for position, item in enumerate(passing)
        if len(started) == len(passing) or item.key.message_id in started
    ]
    held = sum(isinstance(item.verdict, rules.Hold) for item in session.items)
    skipped = sum(isinstance(item.verdict, rules.Skip) for item in session.items)
    stopped = [item.key.lane for item in session.items if item.verdict is not None]
    changed = topics((lane.origin_kind, lane.origin_id) for lane in stopped) if stopped else ()
    return Claim(batch_id, workspace_id, messages, held, skipped, frozenset(changed), opened_to)


def _count_soon(passing: list[Item], now: datetime) -> int:
    return sum(item.leave_at <= now.timestamp() + _SOON_SECONDS for item in passing)


async def _write(
    connection: Connection,
    workspace_id: int,
    session: Session,
    now: datetime,
    leaving: list[Item],
    batch: tuple[UUID, UUID, int],
) -> set[UUID]:
    """Write down the outcome and return the messages that are now in flight."""
    held = [(item.key, item.verdict) for item in session.items if isinstance(item.verdict, rules.Hold)]
    skipped = [(item.key, item.verdict) for item in session.items if isinstance(item.verdict, rules.Skip)]
    passing = [item.key for item in leaving]
    batch_id, sender_id, opened_to = batch
    moment = now.timestamp()
    own_paces = [lane.spent() for lane in session.lanes.values() if lane.own is not None and lane.is_changed]
    counts = [
        (portfolio_id, budget.limit, budget.stored(), budget.has_held)
        for portfolio_id, budget in session.budgets.items()
        if budget.is_changed
    ]
    if passing or skipped:
        await take.take(connection, [*passing, *(key for key, _ in skipped)])
    if held:
        await take.hold(connection, held)
    if skipped:
        await take.skip(connection, workspace_id, now, skipped)
    await take.spend(connection, workspace_id, [number.spent(moment) for number in session.numbers.values()])
    if own_paces:
        await take.spend_lanes(connection, workspace_id, own_paces)
    if counts:
        await budgets.spend(connection, workspace_id, counts)
    await take.raise_marks(connection, workspace_id, [lane.row for lane in session.lanes.values()])
    if not passing:
        return set()
    return await take.start(
        connection, workspace_id, now, passing, batch_id=batch_id, sender_id=sender_id, opened_to=opened_to
    )


def _claimed(item: Item, position: int, batch_id: UUID, workspace_id: int, lateness: float) -> Claimed:
    key, number = item.key, item.lane.number.row
    lane, facts = item.lane, item.facts
    # In the order of the fields: by their names it takes three times as long, for every message.
    return Claimed(
        batch_id,
        key.message_id,
        workspace_id,
        key.lane.id,
        key.attempt,
        key.tries,
        number.id,
        number.meta_id,
        number.account_id,
        key.lane.origin_kind,
        key.lane.origin_id,
        facts.template_id,
        lane.is_answer,
        facts.recipient,
        facts.body.encode(),
        item.leave_at,
        lateness,
        lane.gap,
        lane.own.pace.gap_min_seconds if lane.own else 0.0,
        lane.spacing,
        position,
    )
