"""Pause, resume, cancel, complete: the sum stays whole at every moment."""

import pytest

from switchboard.broadcasts import actions, queries
from switchboard.broadcasts.errors import WrongStateError
from switchboard.broadcasts.models import Broadcast
from switchboard.delivery.models import Lane
from switchboard.templates.models import Template
from tests.broadcasts.conftest import LATER, Shop
from tests.conftest import NOON
from tests.factories import make_contact


def lanes(broadcast: Broadcast) -> set[str]:
    return set(Lane.objects.filter(origin_id=broadcast.pk).values_list("state", flat=True))


def clear(shop: Shop, broadcast: Broadcast) -> None:
    while actions.clear_ended(workspace_id=shop.id, broadcast_id=broadcast.pk, now=LATER):
        pass


@pytest.fixture
def running(shop: Shop) -> Broadcast:
    """Three of five people expanded."""
    for _ in range(5):
        make_contact(shop.workspace)
    broadcast = shop.start(shop.draft())
    shop.expand(broadcast, size=3)
    return broadcast


def test_a_pause_holds_the_lanes_and_the_expansion(shop: Shop, running: Broadcast) -> None:
    actions.pause_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=NOON)
    assert lanes(running) == {"paused"}
    assert shop.expand(running) == 0
    assert shop.progress(running).waiting == 5


def test_it_goes_on_after_a_pause(shop: Shop, running: Broadcast) -> None:
    actions.pause_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=NOON)
    actions.resume_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=LATER)
    assert lanes(running) == {"active"}
    assert shop.expand(running) == 2


def test_it_refuses_a_second_pause(shop: Shop, running: Broadcast) -> None:
    actions.pause_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=NOON)
    with pytest.raises(WrongStateError):
        actions.pause_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=NOON)


def test_a_cancel_skips_whoever_waits_expanded_or_not(shop: Shop, running: Broadcast) -> None:
    actions.cancel_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=LATER)
    assert shop.whole(running)
    clear(shop, running)
    progress = shop.progress(running)
    assert (progress.planned, progress.waiting, progress.skipped) == (5, 0, {"cancelled": 5})
    assert shop.waiting(running) == []
    assert shop.whole(running)


def test_a_paused_one_can_be_cancelled(shop: Shop, running: Broadcast) -> None:
    actions.pause_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=NOON)
    actions.cancel_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=LATER)
    clear(shop, running)
    assert shop.progress(running).skipped == {"cancelled": 5}


def test_a_cancelled_one_stays_cancelled_when_its_template_is_gone(shop: Shop, running: Broadcast) -> None:
    Template.objects.update(state="disabled")
    actions.cancel_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=LATER)
    clear(shop, running)
    assert queries.get_broadcast(shop.id, running.pk).state == "cancelled"
    assert shop.progress(running).waiting == 0
    assert shop.whole(running)


def test_a_cancelled_one_cannot_be_resumed(shop: Shop, running: Broadcast) -> None:
    actions.cancel_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=LATER)
    with pytest.raises(WrongStateError):
        actions.resume_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=LATER)


def test_a_scheduled_one_is_cancelled_without_having_planned_anybody(shop: Shop) -> None:
    make_contact(shop.workspace)
    draft = shop.draft(scheduled_at=LATER)
    actions.start_broadcast(workspace_id=shop.id, broadcast_id=draft.pk, now=NOON)
    actions.cancel_broadcast(workspace_id=shop.id, broadcast_id=draft.pk, now=NOON)
    clear(shop, draft)
    assert shop.progress(draft).planned == 0


def test_it_is_not_complete_while_somebody_waits(shop: Shop, running: Broadcast) -> None:
    assert not actions.complete_broadcast(workspace_id=shop.id, broadcast_id=running.pk, now=LATER)


def test_it_is_complete_when_everybody_is_decided(shop: Shop) -> None:
    make_contact(shop.workspace, agreed="")
    broadcast = shop.run()
    assert actions.complete_broadcast(workspace_id=shop.id, broadcast_id=broadcast.pk, now=LATER)
    found = queries.get_broadcast(shop.id, broadcast.pk)
    assert (found.state, found.finished_at) == ("completed", LATER)


def test_it_is_settled_when_only_the_night_holds_people(shop: Shop) -> None:
    make_contact(shop.workspace, phone="+14155552671", zones="America/Los_Angeles")
    broadcast = shop.run()
    assert queries.is_settled(shop.id, broadcast.pk, NOON)
    make_contact(shop.workspace)
    assert not queries.is_settled(shop.id, shop.run().pk, NOON)


@pytest.mark.parametrize(("state", "count"), [("", 3), ("skipped", 1), ("waiting", 2), ("sent", 0)])
def test_recipients_are_listed_by_what_became_of_them(shop: Shop, state: str, count: int) -> None:
    silent = make_contact(shop.workspace, agreed="")
    for _ in range(2):
        make_contact(shop.workspace)
    broadcast = shop.run()
    page = queries.list_recipients(shop.id, broadcast.pk, state=state, limit=10)
    assert len(page.lines) == count
    if state == "skipped":
        assert [(line.contact_id, line.reason) for line in page.lines] == [(silent.pk, "consent")]


def test_pages_of_recipients_join_without_gap(shop: Shop) -> None:
    people = [make_contact(shop.workspace).pk for _ in range(5)]
    broadcast = shop.run()
    seen, after = [], 0
    while True:
        page = queries.list_recipients(shop.id, broadcast.pk, after=after, limit=2)
        seen += [line.contact_id for line in page.lines]
        if page.next_after is None:
            break
        after = page.next_after
    assert seen == people
