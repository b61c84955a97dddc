"""Identical messages of careful numbers take turns; giving up ends the waiting."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from switchboard.broadcasts import actions, store
from switchboard.broadcasts.models import Broadcast
from switchboard.core import statements
from switchboard.delivery.models import Message, Outbox
from tests.broadcasts.conftest import LATER, Shop
from tests.conftest import NOON
from tests.factories import make_contact

SAME = {"body:1": {"source": "fixed", "value": "everybody"}}
APART = timedelta(seconds=15)


def dues(shop: Shop, *broadcasts: Broadcast) -> list[tuple[datetime, int]]:
    rows = [row for broadcast in broadcasts for row in shop.waiting(broadcast)]
    return sorted((row.due_at, row.number_id) for row in rows)


def test_identical_messages_leave_fifteen_seconds_apart_from_numbers_in_turns(shop: Shop) -> None:
    for _ in range(12):
        make_contact(shop.workspace, language="ja")
    waiting = dues(shop, shop.run(variables=SAME, pace="careful"))
    assert all(later - earlier >= APART for (earlier, _), (later, _) in pairwise(waiting))
    assert waiting[-1][0] - waiting[0][0] == 11 * APART
    assert len({number_id for _, number_id in waiting[:2]}) == 2


def test_two_broadcasts_with_one_text_share_its_turns(shop: Shop) -> None:
    for _ in range(4):
        make_contact(shop.workspace, language="ja")
    waiting = dues(shop, shop.run(variables=SAME, pace="careful"), shop.run(variables=SAME, pace="careful"))
    assert len(waiting) == 8
    assert all(later - earlier >= APART for (earlier, _), (later, _) in pairwise(waiting))


def test_personalised_messages_do_not_wait_for_each_other(shop: Shop) -> None:
    for name in ("Ann", "Ben", "Cho"):
        make_contact(shop.workspace, name=name)
    assert {due for due, _ in dues(shop, shop.run(pace="careful"))} == {NOON}


@pytest.mark.parametrize("choice", [{"pace": "standard"}, {"pace": "careful", "is_spaced": False}])
def test_turns_are_for_careful_paces_and_can_be_switched_off(shop: Shop, choice: dict[str, object]) -> None:
    for _ in range(3):
        make_contact(shop.workspace)
    assert {due for due, _ in dues(shop, shop.run(variables=SAME, **choice))} == {NOON}


def test_turns_that_fall_into_the_night_go_on_in_the_morning(shop: Shop) -> None:
    for _ in range(8):
        make_contact(shop.workspace, zones="Asia/Tokyo")
    late = datetime(2026, 3, 3, 12, 59, 0, tzinfo=UTC)  # 21:59 in Tokyo
    broadcast = shop.start(shop.draft(variables=SAME, pace="careful"), late)
    shop.expand(broadcast, now=late)
    waiting = [due for due, _ in dues(shop, broadcast)]
    morning = datetime(2026, 3, 3, 23, 0, 0, tzinfo=UTC)
    assert sum(due < late + timedelta(minutes=1) for due in waiting) == 4
    assert [due - morning for due in waiting[4:]] == [index * APART for index in range(4)]


def test_who_still_waits_at_the_give_up_time_is_skipped(shop: Shop) -> None:
    for _ in range(3):
        make_contact(shop.workspace)
    broadcast = shop.start(shop.draft(give_up_hours=2))
    shop.expand(broadcast, size=1)
    assert actions.clear_ended(workspace_id=shop.id, broadcast_id=broadcast.pk, now=NOON) == 0
    while actions.clear_ended(workspace_id=shop.id, broadcast_id=broadcast.pk, now=LATER):
        pass
    assert shop.progress(broadcast).skipped == {"gave_up": 3}
    assert shop.whole(broadcast)
    assert actions.complete_broadcast(workspace_id=shop.id, broadcast_id=broadcast.pk, now=LATER)


def test_a_pause_does_not_count_towards_giving_up(shop: Shop) -> None:
    make_contact(shop.workspace)
    broadcast = shop.start(shop.draft(give_up_hours=2))
    key = {"workspace_id": shop.id, "broadcast_id": broadcast.pk}
    actions.pause_broadcast(**key, now=NOON + timedelta(hours=1))
    assert actions.clear_ended(**key, now=NOON + timedelta(hours=9)) == 0
    resumed = actions.resume_broadcast(**key, now=NOON + timedelta(hours=9))
    assert resumed.give_up_at == NOON + timedelta(hours=10)


def test_a_turn_is_kept_by_whoever_was_expanded_first(shop: Shop) -> None:
    for _ in range(6):
        make_contact(shop.workspace)
    broadcast = shop.start(shop.draft(variables=SAME, pace="careful"))
    shop.expand(broadcast, size=3)
    shop.expand(broadcast, size=3, now=NOON + timedelta(seconds=5))
    first = Message.objects.filter(origin_id=broadcast.pk).order_by("created_at", "contact_id").values_list("id")[:3]
    late = Outbox.objects.exclude(message_id__in=first).order_by("due_at").values_list("due_at", flat=True)
    assert late[0] == NOON + 3 * APART


def test_a_turn_is_held_and_passed_on_by_key(shop: Shop) -> None:
    key = {"workspace_id": shop.id, "content_hash": "0" * 64}
    assert statements.fetch(store.SQL_HOLD_TURN, {**key, "now": NOON}) == [(NOON,)]
    statements.execute(store.SQL_GIVE_TURN, {**key, "next_at": LATER})
    assert statements.fetch(store.SQL_HOLD_TURN, {**key, "now": NOON}) == [(LATER,)]
    statements.execute("SET LOCAL enable_seqscan = off", {})
    plan = statements.fetch(f"EXPLAIN {store.SQL_GIVE_TURN}", {**key, "next_at": LATER})
    assert "broadcasts_contentturn_once" in str(plan)
