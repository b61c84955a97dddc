"""Drafts, what keeps a broadcast from starting, the calendar, and the frozen audience."""

from datetime import timedelta

import pytest

from switchboard.broadcasts import actions, audience, queries
from switchboard.broadcasts.errors import BroadcastMissingError, NotEditableError, NotReadyError, WrongStateError
from switchboard.broadcasts.models import Broadcast, Recipient
from switchboard.consent import actions as consent_actions
from switchboard.core.tenancy import workspace_scope
from switchboard.templates.models import Asset, Template, Upload
from tests.broadcasts.conftest import LATER, Shop
from tests.conftest import NOON
from tests.factories import make_account, make_contact, make_number, make_template, make_workspace


def problems(shop: Shop, **values: object) -> dict[str, str]:
    found = queries.list_problems(shop.draft(**values))
    return {problem.step: problem.message for problem in found}


def test_a_complete_draft_has_no_problems(shop: Shop) -> None:
    make_contact(shop.workspace)
    assert problems(shop) == {}


def test_everything_that_is_missing_is_named_at_once(shop: Shop) -> None:
    found = problems(shop, name=" ", template_name="", number_ids=[])
    assert set(found) == {"audience", "message", "numbers"}


@pytest.mark.parametrize(
    ("values", "step", "sentence"),
    [
        ({"audience": {"include_tags": [999]}}, "audience", "Nobody is in this audience"),
        ({"template_name": "unknown"}, "numbers", "“unknown” approved"),
        ({"variables": {}}, "message", "body:1"),
        ({"variables": {"body:1": {"source": "fixed", "value": " "}}}, "message", "body:1"),
    ],
)
def test_each_problem_says_what_to_do_and_at_which_step(
    shop: Shop, values: dict[str, object], step: str, sentence: str
) -> None:
    make_contact(shop.workspace)
    assert sentence in problems(shop, **values)[step]


def test_a_template_with_a_picture_needs_one(shop: Shop) -> None:
    make_contact(shop.workspace)
    account = make_account(shop.workspace)
    make_template(shop.workspace, account, name="poster", header="IMAGE")
    number = make_number(shop.workspace, account=account)
    found = problems(shop, template_name="poster", number_ids=[number.pk])
    assert "Choose one" in found["message"]


def test_a_broadcast_with_problems_does_not_start(shop: Shop) -> None:
    draft = shop.draft(variables={})
    with pytest.raises(NotReadyError, match="body:1"):
        actions.start_broadcast(workspace_id=shop.id, broadcast_id=draft.pk, now=NOON)


def test_it_cannot_be_started_twice(shop: Shop) -> None:
    make_contact(shop.workspace)
    broadcast = shop.start(shop.draft())
    with pytest.raises(WrongStateError):
        actions.start_broadcast(workspace_id=shop.id, broadcast_id=broadcast.pk, now=NOON)
    assert shop.progress(broadcast).planned == 1


def test_a_started_broadcast_cannot_be_changed(shop: Shop) -> None:
    make_contact(shop.workspace)
    broadcast = shop.start(shop.draft())
    with pytest.raises(NotEditableError):
        actions.save_draft(workspace_id=shop.id, broadcast_id=broadcast.pk, name="New", now=NOON)


def test_the_audience_is_frozen_at_the_start(shop: Shop) -> None:
    first = make_contact(shop.workspace)
    broadcast = shop.start(shop.draft())
    make_contact(shop.workspace)
    assert list(Recipient.objects.filter(broadcast_id=broadcast.pk).values_list("contact_id", flat=True)) == [first.pk]
    progress = shop.progress(broadcast)
    assert (progress.planned, progress.waiting) == (1, 1)
    assert shop.whole(broadcast)


def test_tags_include_and_exclude(shop: Shop) -> None:
    vip = make_contact(shop.workspace, tags=["VIP"])
    both = make_contact(shop.workspace, tags=["VIP", "staff"])
    make_contact(shop.workspace)
    included, excluded = vip.tags, [tag for tag in both.tags if tag not in vip.tags]
    question = {"include_tags": included, "exclude_tags": excluded}
    assert audience.count_people(shop.id, question) == 1
    assert [person.pk for person in audience.sample_people(shop.id, question)] == [vip.pk]


def test_a_later_one_waits_on_the_calendar_and_begins_when_due(shop: Shop) -> None:
    make_contact(shop.workspace)
    draft = shop.draft(scheduled_at=LATER)
    actions.start_broadcast(workspace_id=shop.id, broadcast_id=draft.pk, now=NOON)
    assert actions.start_due_broadcasts(workspace_id=shop.id, now=LATER - timedelta(seconds=1)) == 0
    assert Broadcast.objects.get(pk=draft.pk).state == "scheduled"
    assert actions.start_due_broadcasts(workspace_id=shop.id, now=LATER) == 1
    assert actions.start_due_broadcasts(workspace_id=shop.id, now=LATER) == 0
    assert shop.progress(draft).planned == 1


def test_a_scheduled_one_that_cannot_start_any_more_fails_with_its_reason(shop: Shop) -> None:
    make_contact(shop.workspace)
    draft = shop.draft(scheduled_at=LATER)
    actions.start_broadcast(workspace_id=shop.id, broadcast_id=draft.pk, now=NOON)
    Template.objects.update(state="paused")
    actions.start_due_broadcasts(workspace_id=shop.id, now=LATER)
    failed = Broadcast.objects.get(pk=draft.pk)
    assert failed.state == "failed"
    assert "Choose other numbers" in failed.state_reason


def test_it_can_be_taken_off_the_calendar(shop: Shop) -> None:
    make_contact(shop.workspace)
    draft = shop.draft(scheduled_at=LATER)
    actions.start_broadcast(workspace_id=shop.id, broadcast_id=draft.pk, now=NOON)
    assert actions.unschedule_broadcast(workspace_id=shop.id, broadcast_id=draft.pk).state == "draft"


def test_a_picture_already_at_meta_is_used(shop: Shop) -> None:
    account = make_account(shop.workspace)
    number = make_number(shop.workspace, account=account)
    make_template(shop.workspace, account, name="poster", header="IMAGE")
    make_contact(shop.workspace)
    asset_id = 5
    draft = shop.draft(template_name="poster", number_ids=[number.pk], header_asset_id=_make_asset(shop, asset_id))
    Upload.objects.create(
        workspace_id=shop.id,
        asset_id=asset_id,
        number_id=number.pk,
        media_id="m1",
        expires_at=NOON + timedelta(days=20),
    )
    broadcast = shop.start(draft)
    shop.expand(broadcast)
    [message] = shop.messages(broadcast)
    assert message.body["template"]["components"][0]["parameters"][0]["image"] == {"id": "m1"}


def _make_asset(shop: Shop, asset_id: int) -> int:
    Asset.objects.create(
        id=asset_id,
        workspace_id=shop.id,
        file_name="a.jpg",
        mime="image/jpeg",
        sha256="0",
        content=b"x",
        created_at=NOON,
    )
    return asset_id


def test_one_workspace_cannot_see_another_ones_broadcasts(shop: Shop) -> None:
    make_contact(shop.workspace)
    broadcast = shop.start(shop.draft())
    with workspace_scope(make_workspace("Sam's Shop").pk):
        assert not Recipient.objects.exists()
        with pytest.raises(BroadcastMissingError):
            queries.get_broadcast(shop.id, broadcast.pk)


def test_consent_that_ends_before_the_start_does_not_shrink_the_plan(shop: Shop) -> None:
    person = make_contact(shop.workspace)
    draft = shop.draft()
    consent_actions.withdraw_consent(workspace_id=shop.id, contact_id=person.pk, source="x", actor="contact", at=NOON)
    broadcast = shop.start(draft)
    shop.expand(broadcast)
    assert shop.progress(broadcast).skipped == {"consent": 1}
    assert shop.whole(broadcast)
