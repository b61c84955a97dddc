"""What becomes of a message after its POST, and that the counts say exactly that."""

from datetime import timedelta
from functools import partial

import pytest

from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import queries, store
from switchboard.delivery.types import Origin, State
from tests.conftest import NOON, OwnDatabase
from tests.delivery.claiming import claim, in_stream, record, tell
from tests.delivery.world import World, enqueue, make_world

LATER = NOON + timedelta(seconds=30)


@pytest.fixture
def world(database: OwnDatabase) -> World:
    return make_world(database.url, NOON)


def assert_counts_fit(world: World) -> None:
    """The tallies say what the rows say."""
    with workspace_scope(world.workspace_id):
        rows = queries.recount(world.workspace_id, Origin.BROADCAST, 1)
        progress = queries.get_progress(world.workspace_id, Origin.BROADCAST, 1)
    assert rows.is_whole
    assert (rows.sent, rows.delivered, rows.read) == (progress.sent, progress.delivered, progress.read)
    assert (rows.failed, rows.skipped, rows.unknown) == (progress.failed, progress.skipped, progress.unknown)


def test_an_accepted_message_is_sent(world):
    enqueue(world, 2, NOON)
    record(world, claim(world), State.ACCEPTED)
    assert world.states() == {State.ACCEPTED: 2}
    assert world.run("SELECT DISTINCT wamid LIKE 'wamid.%%', accepted_at FROM delivery_delivery") == [(True, NOON)]
    assert world.one("SELECT count(*) FROM delivery_sendbatch") == 0
    assert_counts_fit(world)


def test_a_refused_message_has_failed_with_its_code(world):
    enqueue(world, 2, NOON)
    record(world, claim(world), State.FAILED, reason="131009", detail={"details": "bad"})
    assert world.tallied("failed") == {"131009": 2}
    assert world.tallied("sent") == {}
    assert_counts_fit(world)


def test_a_message_to_be_tried_again_waits_with_its_reason(world):
    enqueue(world, 1, NOON)
    record(world, claim(world), State.WAITING, due_at=LATER, hold="retry", is_try_used=True)
    assert world.run("SELECT hold, due_at, attempt FROM delivery_outbox") == [("retry", LATER, 2)]
    assert world.states() == {State.WAITING: 1}
    assert_counts_fit(world)
    again = claim(world, LATER)
    assert [message.attempt for message in again.messages] == [2]


def test_a_released_message_waits_under_a_new_attempt_and_no_try_is_lost(world):
    enqueue(world, 1, NOON)
    record(world, claim(world), State.WAITING, due_at=NOON)
    assert [(message.attempt, message.tries) for message in claim(world, LATER).messages] == [(2, 0)]


def test_a_message_that_was_tried_says_how_often(world):
    enqueue(world, 1, NOON)
    record(world, claim(world), State.WAITING, due_at=NOON, is_try_used=True)
    record(world, claim(world), State.WAITING, due_at=NOON)
    assert [(message.attempt, message.tries) for message in claim(world, LATER).messages] == [(3, 1)]


@pytest.mark.parametrize("end", [None, State.UNKNOWN])
def test_a_result_that_is_written_again_leaves_what_another_sender_took_meanwhile(world, end):
    """The first write had succeeded, but its sender never heard so."""
    enqueue(world, 1, NOON)
    first = claim(world)
    record(world, first, State.WAITING, due_at=NOON)
    second = claim(world)
    if end is not None:
        record(world, second, end)
    before = world.states()
    record(world, first, State.WAITING, due_at=NOON)
    assert len(second.messages) == 1
    assert world.states() == before == {end or State.IN_FLIGHT: 1}
    assert (world.waiting(), claim(world).messages) == (0, [])


def test_nothing_changes_when_the_same_results_are_recorded_twice(world):
    enqueue(world, 3, NOON)
    claimed = claim(world)
    for _ in range(2):
        record(world, claimed, State.ACCEPTED)
    assert world.tallied("sent") == {"": 3}


def test_an_unknown_message_is_counted_and_watched(world):
    enqueue(world, 1, NOON)
    record(world, claim(world), State.UNKNOWN)
    assert world.tallied("unknown") == {"": 1}
    assert world.one("SELECT count(*) FROM delivery_unknown") == 1
    assert world.waiting() == 0
    assert_counts_fit(world)


def test_a_status_that_comes_before_the_answer_wins(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    tell(world, claimed.messages[0].message_id, State.SENT, State.DELIVERED)
    record(world, claimed, State.ACCEPTED)
    assert world.states() == {State.DELIVERED: 1}
    assert_counts_fit(world)
    assert world.tallied("sent") == {"": 1}


def test_a_failure_that_comes_before_the_answer_stays_a_failure(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    tell(world, claimed.messages[0].message_id, State.FAILED, code=131026)
    record(world, claimed, State.ACCEPTED)
    assert world.states() == {State.FAILED: 1}
    assert world.tallied("sent") == {}
    assert world.tallied("failed") == {"131026": 1}
    assert_counts_fit(world)


def test_a_message_that_was_delivered_is_not_taken_back(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    tell(world, claimed.messages[0].message_id, State.DELIVERED)
    record(world, claimed, State.WAITING, due_at=NOON, hold="retry", is_try_used=True)
    assert world.waiting() == 0
    assert world.states() == {State.DELIVERED: 1}


def test_an_answer_that_comes_after_the_lease_ends_the_doubt(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    in_stream(world, lambda connection: store.expire_batches(connection, NOON + timedelta(seconds=11)))
    assert world.states() == {State.UNKNOWN: 1}
    record(world, claimed, State.ACCEPTED)
    assert world.states() == {State.ACCEPTED: 1}
    assert world.tallied("unknown") == {}
    assert world.one("SELECT count(*) FROM delivery_unknown") == 0
    assert_counts_fit(world)


@pytest.mark.parametrize(
    ("batches", "state", "sent", "delivered", "read", "failed"),
    [
        ([[State.SENT]], State.SENT, 1, 0, 0, {}),
        ([[State.READ]], State.READ, 1, 1, 1, {}),
        ([[State.READ], [State.DELIVERED], [State.SENT]], State.READ, 1, 1, 1, {}),
        ([[State.DELIVERED, State.DELIVERED], [State.DELIVERED]], State.DELIVERED, 1, 1, 0, {}),
        ([[State.SENT], [State.FAILED]], State.FAILED, 0, 0, 0, {"131026": 1}),
        ([[State.FAILED], [State.FAILED]], State.FAILED, 0, 0, 0, {"131026": 1}),
        ([[State.FAILED], [State.SENT]], State.FAILED, 0, 0, 0, {"131026": 1}),
        ([[State.FAILED], [State.DELIVERED]], State.DELIVERED, 1, 1, 0, {}),
        ([[State.DELIVERED], [State.FAILED]], State.DELIVERED, 1, 1, 0, {}),
        ([[State.DELIVERED, State.FAILED]], State.DELIVERED, 1, 1, 0, {}),
        ([[State.PLAYED]], State.PLAYED, 1, 1, 1, {}),
    ],
)
def test_statuses_only_move_forward(world, batches, state, sent, delivered, read, failed):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    record(world, claimed, State.ACCEPTED)
    for batch in batches:
        tell(world, claimed.messages[0].message_id, *batch, code=131026)
    assert world.states() == {state: 1}
    counts = [world.tallied(measure).get("", 0) for measure in ("sent", "delivered", "read")]
    assert counts == [sent, delivered, read]
    assert world.tallied("failed") == failed
    assert_counts_fit(world)


def test_the_failure_of_an_earlier_attempt_is_history(world):
    enqueue(world, 1, NOON)
    first = claim(world)
    record(world, first, State.WAITING, due_at=NOON, hold="retry", is_try_used=True)
    second = claim(world, LATER)
    record(world, second, State.ACCEPTED)
    tell(world, first.messages[0].message_id, State.FAILED, attempt=1, code=131000)
    assert world.states() == {State.ACCEPTED: 1}
    assert world.tallied("failed") == {}


def test_a_late_success_of_an_earlier_attempt_keeps_the_message_from_being_sent_again(world):
    enqueue(world, 1, NOON)
    first = claim(world)
    record(world, first, State.WAITING, due_at=NOON, hold="retry", is_try_used=True)
    tell(world, first.messages[0].message_id, State.DELIVERED, attempt=1)
    assert claim(world, LATER).messages == []
    assert world.states() == {State.DELIVERED: 1}
    assert world.waiting() == 0
    assert_counts_fit(world)


@pytest.mark.parametrize(
    ("code", "statement", "expected"),
    [
        (131048, "SELECT stopped_code FROM numbers_number", [("131048",)]),
        (131042, "SELECT stopped_code FROM numbers_number", [("131042",)]),
        (132015, "SELECT state FROM templates_template", [("paused",)]),
        (132016, "SELECT state FROM templates_template", [("disabled",)]),
        (131050, "SELECT opted_out_at IS NOT NULL FROM consent_standing", [(True,)]),
        (131026, "SELECT stopped_code FROM numbers_number", [("",)]),
    ],
)
def test_a_failure_has_its_consequences(world, code, statement, expected):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    record(world, claimed, State.ACCEPTED)
    tell(world, claimed.messages[0].message_id, State.FAILED, code=code)
    assert world.run(statement) == expected


def test_statuses_of_skipped_or_foreign_messages_change_nothing(world):
    (message_id,) = enqueue(world, 1, NOON, skip="consent")
    tell(world, message_id, State.DELIVERED)
    assert world.states() == {State.SKIPPED: 1}
    assert world.tallied("delivered") == {}


def test_the_first_reply_counts_once(world):
    enqueue(world, 1, NOON)
    claimed = claim(world)
    record(world, claimed, State.ACCEPTED)
    row = (world.workspace_id, claimed.messages[0].message_id, NOON)
    for _ in range(2):
        in_stream(world, lambda connection: store.mark_replied(connection, [row, row], LATER))
    assert world.tallied("replied") == {"": 1}


def test_a_window_stays_at_its_latest_opening(world):
    for moment in (LATER, NOON):
        rows = [(world.workspace_id, 1, world.number_ids[0], moment)]
        in_stream(world, partial(store.open_windows, rows=rows))
    assert world.one("SELECT opened_at FROM delivery_window") == LATER
