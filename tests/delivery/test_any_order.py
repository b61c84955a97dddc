"""Whatever happens to a broadcast and in which order: planned = waiting + sent + failed + skipped, by rows and by counts."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions, queries, store
from switchboard.delivery.types import LaneState, Measure, Origin, State
from tests.conftest import NOON, OwnDatabase
from tests.delivery.claiming import claim, in_stream, record, tell
from tests.delivery.world import World, enqueue, make_world

PEOPLE = 24
ENDS = st.sampled_from([State.ACCEPTED, State.ACCEPTED, State.FAILED, State.UNKNOWN, State.WAITING])
NEWS = st.sampled_from([State.SENT, State.DELIVERED, State.READ, State.FAILED])
_tags = count(1)


class AnyOrder(RuleBasedStateMachine):
    """One broadcast and everything that may happen to it."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        tag = next(_tags)
        self.world: World = make_world(self.url, NOON, numbers=2, tag=f"any{tag}", first_meta_id=1000 * tag)
        self.own: dict[str, Any] = {
            "workspace_id": self.world.workspace_id,
            "origin": Origin.BROADCAST,
            "origin_id": tag,
        }
        self.now = NOON
        self.messages = enqueue(self.world, PEOPLE, NOON, origin_id=tag)
        self.claims: list[store.Claim] = []
        self.do(
            lambda: actions.tally(
                **self.own, number_id=self.world.number_ids[0], measure=Measure.PLANNED, amount=PEOPLE, now=NOON
            )
        )

    def do(self, work: Callable[[], Any]) -> Any:
        with workspace_scope(self.world.workspace_id):
            return work()

    @rule(seconds=st.sampled_from([0.3, 2.0, 20.0]), most=st.integers(1, 12), at_once=st.sampled_from([None, 0, 2]))
    def some_are_claimed(self, seconds, most, at_once):
        self.now += timedelta(seconds=seconds)
        found = claim(self.world, self.now, most, at_once)
        if found.messages:
            self.claims.append(found)

    @rule(end=ENDS)
    def a_sender_records(self, end):
        if self.claims:
            due_at = self.now + timedelta(seconds=5) if end == State.WAITING else None
            record(self.world, self.claims.pop(0), end, self.now, due_at=due_at, is_try_used=True)

    @rule()
    def a_sender_dies(self):
        self.claims.clear()
        self.now += timedelta(seconds=15)
        in_stream(self.world, lambda connection: store.expire_batches(connection, self.now))

    @rule(place=st.integers(0, PEOPLE - 1), news=NEWS)
    def meta_says_something(self, place, news):
        message_id = self.messages[place]
        known = self.world.run("SELECT attempt, state FROM delivery_delivery WHERE message_id = %s", message_id)
        if known and known[0][1] >= State.IN_FLIGHT:
            code = 131026 if news == State.FAILED else None
            tell(self.world, message_id, news, attempt=known[0][0], code=code, now=self.now)

    @rule()
    def doubts_end(self):
        self.world.run("UPDATE delivery_unknown SET heard_seconds = 10000")
        in_stream(self.world, lambda connection: store.settle_unknown(connection, self.now))

    @rule(state=st.sampled_from([LaneState.PAUSED, LaneState.ACTIVE]))
    def it_is_paused_or_resumed(self, state):
        self.do(lambda: actions.set_lane_state(**self.own, state=state))

    @rule(pace=st.sampled_from(["careful", "standard", "full"]), lane=st.booleans())
    def the_pace_changes(self, pace, lane):
        table = "delivery_lane" if lane else "numbers_number"
        self.world.run(f"UPDATE {table} SET pace = %s WHERE workspace_id = %s", pace, self.world.workspace_id)

    @rule()
    def somebody_opts_out(self):
        self.world.run(
            "UPDATE consent_standing SET opted_out_at = %s WHERE contact_id = (SELECT contact_id FROM consent_standing "
            "WHERE workspace_id = %s AND opted_out_at IS NULL ORDER BY contact_id LIMIT 1)",
            self.now,
            self.world.workspace_id,
        )

    @rule(limit=st.integers(1, PEOPLE))
    def it_is_cancelled_in_part(self, limit):
        self.do(lambda: actions.skip_waiting(**self.own, reason="cancelled", limit=limit, now=self.now))

    @invariant()
    def nobody_is_lost_or_counted_twice(self):
        own = (self.world.workspace_id, Origin.BROADCAST, self.own["origin_id"])
        rows, page = self.do(lambda: (queries.recount(*own), queries.get_progress(*own)))
        assert rows.is_whole
        assert rows.messages == page.planned == PEOPLE
        assert page.waiting == rows.waiting + rows.in_flight + rows.unknown
        assert (page.sent, page.failed, page.skipped) == (rows.sent, rows.failed, rows.skipped)


def check(database: OwnDatabase, examples: int, steps: int) -> None:
    """Try so many stories of so many steps."""
    AnyOrder.url = database.url
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(AnyOrder, settings=chosen)


def test_no_order_of_events_loses_or_doubles_a_message(database):
    check(database, 8, 25)


@pytest.mark.soak
def test_no_order_of_very_many_events_loses_or_doubles_a_message(database):
    check(database, 400, 60)
