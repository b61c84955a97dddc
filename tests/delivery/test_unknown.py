"""What a dead sender had in flight is doubted, never repeated, and settled in the end."""

import uuid
from datetime import datetime, timedelta

import pytest

from switchboard.delivery import store
from switchboard.delivery.types import State
from tests.conftest import NOON, OwnDatabase
from tests.delivery.claiming import claim, in_stream, record, tell
from tests.delivery.world import World, apply_events_through, enqueue, make_world

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(database: OwnDatabase) -> World:
    return make_world(database.url, NOON)


def expire(world: World, now: datetime) -> dict[int, set[str]]:
    return in_stream(world, lambda connection: store.expire_batches(connection, now))


def settle(world: World, now: datetime) -> dict[int, set[str]]:
    return in_stream(world, lambda connection: store.settle_unknown(connection, now))


def lose_one(world: World) -> uuid.UUID:
    """Let a message be in flight when its sender dies, and return it."""
    enqueue(world, 1, NOON)
    (message,) = claim(world).messages
    expire(world, NOON + timedelta(seconds=11))
    return message.message_id


def hear_later_messages(world: World, last: int, first: int = 1) -> None:
    """Let another message leave in each of these minutes, and its status come in."""
    for minute in range(first, last + 1):
        now = NOON + minute * MINUTE
        enqueue(world, 1, now)
        claimed = claim(world, now)
        record(world, claimed, State.ACCEPTED, now)
        tell(world, claimed.messages[0].message_id, State.SENT, now=now + timedelta(seconds=5))


def test_a_batch_is_left_alone_while_its_lease_holds(world):
    enqueue(world, 2, NOON)
    claim(world)
    assert expire(world, NOON + timedelta(seconds=9)) == {}
    assert world.states() == {State.IN_FLIGHT: 2}


def test_a_renewed_lease_holds_longer(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    later = NOON + timedelta(seconds=8)
    kept = in_stream(world, lambda connection: store.renew(connection, [claimed.batch_id], later))
    assert kept == {claimed.batch_id}
    assert expire(world, NOON + timedelta(seconds=15)) == {}


def test_a_lease_that_ran_out_is_not_renewed(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    later = NOON + timedelta(seconds=12)
    assert in_stream(world, lambda connection: store.renew(connection, [claimed.batch_id], later)) == set()


def test_what_was_in_flight_is_in_doubt_and_does_not_wait(world):
    enqueue(world, 3, NOON)
    claim(world)
    topics = expire(world, NOON + timedelta(seconds=11))
    assert topics == {world.workspace_id: {"overview", "broadcast:1"}}
    assert world.states() == {State.UNKNOWN: 3}
    assert world.tallied("unknown") == {"": 3}
    assert world.waiting() == 0
    assert world.one("SELECT count(*) FROM delivery_sendbatch") == 0


def open_further(world: World, claimed: store.Claim, opened_to: int) -> set[uuid.UUID]:
    wanted = {claimed.batch_id: opened_to}
    return in_stream(world, lambda connection: store.open_further(connection, wanted))


def test_what_a_dead_sender_surely_did_not_post_waits_again_under_a_new_attempt(world):
    enqueue(world, 5, NOON)
    claimed = claim(world, at_once=1)
    open_further(world, claimed, 2)
    topics = expire(world, NOON + timedelta(seconds=11))
    assert topics == {world.workspace_id: {"overview", "broadcast:1"}}
    assert world.states() == {State.UNKNOWN: 2, State.WAITING: 3}
    doubted = {row[0] for row in world.run("SELECT message_id FROM delivery_unknown")}
    assert doubted == {message.message_id for message in claimed.messages[:2]}
    again = claim(world, NOON + timedelta(seconds=12))
    assert [message.attempt for message in again.messages] == [2, 2, 2]


def test_what_was_given_up_cannot_be_posted_any_more(world):
    enqueue(world, 2, NOON)
    claimed = claim(world, at_once=1)
    expire(world, NOON + timedelta(seconds=11))
    assert open_further(world, claimed, 2) == set()


def test_a_sender_that_wakes_up_does_not_give_back_what_another_one_posts(world):
    enqueue(world, 1, NOON)
    frozen = claim(world, at_once=0)
    later = NOON + timedelta(seconds=11)
    expire(world, later)
    other = claim(world, later)
    record(world, frozen, State.WAITING, later, due_at=later)
    assert world.states() == {State.IN_FLIGHT: 1}
    record(world, other, State.ACCEPTED, later)
    assert (world.states(), world.waiting()) == ({State.ACCEPTED: 1}, 0)


def test_what_a_sender_gave_back_before_it_died_stays_with_who_took_it(world):
    enqueue(world, 2, NOON)
    first = claim(world, at_once=0)
    given_back = [store.Result(first.messages[0], State.WAITING, NOON, due_at=NOON)]
    in_stream(world, lambda connection: store.record_results(connection, given_back, settled_batches=[], now=NOON))
    second = claim(world, NOON + timedelta(seconds=5))
    assert len(second.messages) == 1
    expire(world, NOON + timedelta(seconds=11))
    assert world.states() == {State.IN_FLIGHT: 1, State.WAITING: 1}
    expire(world, NOON + timedelta(seconds=16))
    assert world.states() == {State.UNKNOWN: 1, State.WAITING: 1}


def test_what_was_recorded_before_is_not_doubted(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    tell(world, claimed.messages[0].message_id, State.SENT)
    expire(world, NOON + timedelta(seconds=11))
    assert world.states() == {State.SENT: 1}


@pytest.mark.parametrize(("status", "sent", "failed"), [(State.DELIVERED, 1, 0), (State.FAILED, 0, 1)])
def test_a_status_ends_the_doubt(world, status, sent, failed):
    message_id = lose_one(world)
    tell(world, message_id, status, code=131026)
    assert world.states() == {status: 1}
    assert world.tallied("unknown") == {}
    assert (sum(world.tallied("sent").values()), sum(world.tallied("failed").values())) == (sent, failed)
    assert world.one("SELECT count(*) FROM delivery_unknown") == 0


def test_silence_alone_proves_nothing(world):
    lose_one(world)
    assert settle(world, NOON + timedelta(hours=5)) == {}
    assert world.states() == {State.UNKNOWN: 1}


def test_it_is_unconfirmed_after_a_quarter_of_an_hour_in_which_later_messages_were_heard_of(world):
    lose_one(world)
    hear_later_messages(world, 14)
    settle(world, NOON + 15 * MINUTE)
    assert world.tallied("unknown") == {"": 1}
    hear_later_messages(world, 16, first=15)
    settle(world, NOON + 17 * MINUTE)
    assert world.tallied("unknown") == {}
    assert world.tallied("failed") == {"unconfirmed": 1}


def test_nothing_is_settled_while_stored_events_wait(world):
    lose_one(world)
    hear_later_messages(world, 16)
    apply_events_through(world, NOON)
    assert settle(world, NOON + 17 * MINUTE) == {}


def test_a_status_corrects_what_was_called_unconfirmed(world):
    message_id = lose_one(world)
    hear_later_messages(world, 16)
    settle(world, NOON + 17 * MINUTE)
    tell(world, message_id, State.SENT, now=NOON + 18 * MINUTE)
    assert world.tallied("failed") == {}
    assert world.tallied("sent") == {"": 17}
