"""From recipients to messages: who gets what, through which number, and why not."""

from collections import Counter
from datetime import UTC, datetime, time

import pytest

from switchboard.broadcasts import queries, store
from switchboard.broadcasts.actions import expanding
from switchboard.broadcasts.models import Recipient
from switchboard.contacts.models import Contact
from switchboard.core import statements
from switchboard.team.models import Workspace
from switchboard.templates.models import Template
from tests.broadcasts.conftest import Shop
from tests.conftest import NOON
from tests.factories import make_account, make_contact, make_number, make_template


def test_everybody_gets_one_message_in_their_language(shop: Shop) -> None:
    make_contact(shop.workspace, name="佐藤", language="ja")
    make_contact(shop.workspace, name="Ann", language="en_US")
    make_contact(shop.workspace, name="Zoé", language="fr")
    bodies = [message.body["template"] for message in shop.messages(shop.run())]
    assert [body["language"]["code"] for body in bodies] == ["ja", "en", "ja"]
    assert [body["components"][0]["parameters"][0]["text"] for body in bodies] == ["佐藤", "Ann", "Zoé"]


def test_a_missing_value_falls_back(shop: Shop) -> None:
    make_contact(shop.workspace, name="", language="en")
    filling = {"source": "name", "fallback": "お客様", "fallbacks": {"en": "friend"}}
    [message] = shop.messages(shop.run(variables={"body:1": filling}))
    assert message.body["template"]["components"][0]["parameters"][0]["text"] == "friend"


def test_a_missing_value_without_fallback_is_skipped_by_name(shop: Shop) -> None:
    person = make_contact(shop.workspace, fields={})
    broadcast = shop.run(variables={"body:1": {"source": "field:city"}})
    assert shop.skips(broadcast) == {person.pk: ("template", {"reason": "variable_missing", "variables": ["body:1"]})}
    assert shop.whole(broadcast)


def test_a_text_that_gets_too_long_is_skipped(shop: Shop) -> None:
    person = make_contact(shop.workspace, fields={"story": "x" * 1100})
    broadcast = shop.run(variables={"body:1": {"source": "field:story"}})
    assert shop.skips(broadcast) == {person.pk: ("template", {"reason": "too_long"})}


def test_whoever_did_not_agree_is_skipped_with_the_reason(shop: Shop) -> None:
    silent = make_contact(shop.workspace, agreed="")
    gone = make_contact(shop.workspace, is_opted_out=True)
    fine = make_contact(shop.workspace)
    broadcast = shop.run()
    reasons = {key: detail["reason"] for key, (_, detail) in shop.skips(broadcast).items()}  # type: ignore[index]
    assert reasons == {silent.pk: "no_basis", gone.pk: "opted_out"}
    assert [row.contact_id for row in shop.waiting(broadcast)] == [fine.pk]
    assert shop.progress(broadcast).skipped == {"consent": 2}


def test_somebody_without_a_number_or_gone_since_is_skipped(shop: Shop) -> None:
    unknown = make_contact(shop.workspace)
    deleted = make_contact(shop.workspace)
    Contact.objects.filter(pk=unknown.pk).update(phone=None)
    broadcast = shop.start(shop.draft())
    deleted_id = deleted.pk
    Contact.objects.filter(pk=deleted_id).delete()
    shop.expand(broadcast)
    skips = shop.skips(broadcast)
    assert skips[unknown.pk] == ("reachability", {"reason": "no_phone"})
    assert skips[deleted_id] == ("reachability", {"reason": "contact_gone"})
    assert shop.whole(broadcast)


def test_night_holds_until_morning_where_the_person_is(shop: Shop) -> None:
    make_contact(shop.workspace, phone="+14155552671", zones="America/Los_Angeles")  # 04:00 there
    make_contact(shop.workspace)  # 21:00 in Tokyo
    broadcast = shop.run()
    rows = {row.hold: row.due_at for row in shop.waiting(broadcast)}
    assert rows == {None: NOON, "quiet_hours": datetime(2026, 3, 3, 16, 0, tzinfo=UTC)}
    assert (shop.progress(broadcast).planned, shop.progress(broadcast).waiting) == (2, 2)


def test_the_night_is_the_one_the_workspace_has_set(shop: Shop) -> None:
    make_contact(shop.workspace)
    Workspace.objects.filter(pk=shop.id).update(quiet_from=time(20, 0), quiet_until=time(9, 0))
    [row] = shop.waiting(shop.run())
    assert (row.hold, row.due_at) == ("quiet_hours", datetime(2026, 3, 4, 0, 0, tzinfo=UTC))


def test_somebody_whose_zone_nobody_knows_has_the_workspaces_night(shop: Shop) -> None:
    make_contact(shop.workspace, phone="+88212345678", zones="")
    Workspace.objects.filter(pk=shop.id).update(time_zone="America/Los_Angeles")
    [row] = shop.waiting(shop.run())
    assert row.hold == "quiet_hours"


def test_people_are_spread_evenly_over_equal_numbers(shop: Shop) -> None:
    for _ in range(40):
        make_contact(shop.workspace)
    counts = Counter(message.number_id for message in shop.messages(shop.run()))
    assert sum(counts.values()) == 40
    assert min(counts.values()) >= 18


def test_a_faster_number_gets_more_people(shop: Shop) -> None:
    fast, slow = shop.numbers
    for number, pace in ((fast, "standard"), (slow, "careful")):
        type(number).objects.filter(pk=number.pk).update(pace=pace)
    for _ in range(42):
        make_contact(shop.workspace)
    counts = Counter(message.number_id for message in shop.messages(shop.run(pace="full")))
    assert counts[fast.pk] > 10 * counts[slow.pk] > 0


def test_a_number_whose_account_lacks_the_template_is_left_out(shop: Shop) -> None:
    lacking = make_number(shop.workspace)
    for _ in range(4):
        make_contact(shop.workspace)
    broadcast = shop.run(number_ids=[*(number.pk for number in shop.numbers), lacking.pk])
    assert lacking.pk not in {message.number_id for message in shop.messages(broadcast)}


def test_a_language_goes_only_through_accounts_that_have_it(shop: Shop) -> None:
    account = make_account(shop.workspace)
    chinese = make_number(shop.workspace, account=account)
    make_template(shop.workspace, account, language="zh_CN")
    for _ in range(6):
        make_contact(shop.workspace, language="zh_CN")
    messages = shop.messages(shop.run(number_ids=[*(number.pk for number in shop.numbers), chinese.pk]))
    assert {message.number_id for message in messages} == {chinese.pk}


def test_batches_take_everybody_once(shop: Shop) -> None:
    people = [make_contact(shop.workspace).pk for _ in range(5)]
    broadcast = shop.start(shop.draft())
    assert [shop.expand(broadcast, size=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [message.contact_id for message in shop.messages(broadcast)] == people
    assert not Recipient.objects.filter(broadcast_id=broadcast.pk, message_id__isnull=True).exists()


def test_it_does_not_run_ahead_of_need(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "_MOST_WAITING", 2)
    for _ in range(5):
        make_contact(shop.workspace)
    broadcast = shop.start(shop.draft())
    assert [shop.expand(broadcast, size=2) for _ in range(2)] == [2, 0]
    assert queries.count_unexpanded(shop.id, broadcast.pk) == 3
    assert shop.progress(broadcast).waiting == 5


def test_a_template_lost_on_the_way_pauses_and_loses_nobody(shop: Shop) -> None:
    make_contact(shop.workspace)
    broadcast = shop.start(shop.draft())
    Template.objects.update(state="disabled")
    assert shop.expand(broadcast) == 0
    found = queries.get_broadcast(shop.id, broadcast.pk)
    assert found.state == "paused"
    assert "press Resume" in found.state_reason
    assert shop.progress(broadcast).waiting == 1


def test_expanded_people_are_noted_by_key(shop: Shop) -> None:
    broadcast = shop.draft()
    values = {
        "workspace_id": shop.id,
        "broadcast_id": broadcast.pk,
        "contact_ids": [1],
        "message_ids": [],
        "number_choices": [],
    }
    statements.execute("SET LOCAL enable_seqscan = off", {})
    plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {store.SQL_EXPANDED}", values))
    assert "broadcasts_recipient_" in plan
