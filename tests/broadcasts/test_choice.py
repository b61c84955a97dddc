"""Which number writes to whom, and why."""

from datetime import timedelta

import pytest

from switchboard.broadcasts.models import Recipient
from switchboard.broadcasts.rules import Choice, Sender, weigh_senders
from switchboard.contacts.models import Contact, Identity
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.models import PaceState, Window
from switchboard.delivery.types import Origin, Priority
from switchboard.numbers.models import Number
from switchboard.templates.models import Template
from switchboard.templates.store import UNTIL_READ
from tests.broadcasts.conftest import Shop
from tests.conftest import NOON
from tests.factories import make_account, make_contact, make_number, make_template

GROWN_UP = NOON.date() - timedelta(days=400)


def talked(shop: Shop, contact: Contact, number: Number, minutes_ago: int) -> None:
    Window.objects.create(
        workspace_id=shop.id,
        contact_id=contact.pk,
        number_id=number.pk,
        opened_at=NOON - timedelta(minutes=minutes_ago),
    )


@pytest.mark.parametrize("index", [0, 1])
def test_a_person_is_written_to_by_the_number_they_last_talked_with(shop: Shop, index: int) -> None:
    person = make_contact(shop.workspace)
    talked(shop, person, shop.numbers[index], minutes_ago=60 * 24 * 40)
    talked(shop, person, shop.numbers[1 - index], minutes_ago=60 * 24 * 50)
    broadcast = shop.run()
    assert [message.number_id for message in shop.messages(broadcast)] == [shop.numbers[index].pk]
    assert Recipient.objects.get(contact_id=person.pk).number_choice == Choice.STICKY


def test_an_author_may_leave_that_out(shop: Shop) -> None:
    people = [make_contact(shop.workspace) for _ in range(20)]
    for person in people:
        talked(shop, person, shop.numbers[0], minutes_ago=5)
    broadcast = shop.run(is_sticky=False)
    assert {message.number_id for message in shop.messages(broadcast)} == {number.pk for number in shop.numbers}


def test_nobody_is_kept_with_a_number_that_was_stopped(shop: Shop) -> None:
    person = make_contact(shop.workspace)
    talked(shop, person, shop.numbers[0], minutes_ago=5)
    Number.objects.filter(pk=shop.numbers[0].pk).update(stopped_at=NOON, stopped_code="131048")
    broadcast = shop.run()
    assert [message.number_id for message in shop.messages(broadcast)] == [shop.numbers[1].pk]


@pytest.mark.parametrize("code", ["ACCOUNT_RESTRICTION", "RESTRICTED_STARTING"])
def test_other_numbers_do_not_step_in_for_a_restricted_one(shop: Shop, code: str) -> None:
    people = [make_contact(shop.workspace) for _ in range(20)]
    talked(shop, people[0], shop.numbers[0], minutes_ago=5)
    Number.objects.filter(pk=shop.numbers[0].pk).update(stopped_at=NOON, stopped_code=code, state="restricted")
    messages = shop.messages(shop.run())
    assert messages[0].number_id == shop.numbers[0].pk
    assert {message.number_id for message in messages} == {number.pk for number in shop.numbers}


def test_another_account_does_not_step_in_while_a_violation_holds_one(shop: Shop) -> None:
    other = make_number(shop.workspace, account=make_account(shop.workspace))
    make_template(shop.workspace, other.account)
    held = Template.objects.filter(account_id=shop.numbers[0].account_id)
    held.update(state="paused", paused_until=UNTIL_READ)
    for _ in range(30):
        make_contact(shop.workspace)
    messages = shop.messages(shop.run(number_ids=[*(number.pk for number in shop.numbers), other.pk]))
    assert {message.number_id for message in messages} == {*(number.pk for number in shop.numbers), other.pk}


def test_when_every_number_is_stopped_its_people_wait_for_it(shop: Shop) -> None:
    people = [make_contact(shop.workspace) for _ in range(10)]
    Number.objects.update(state="disconnected")
    assert len(shop.waiting(shop.run())) == len(people)


def test_somebody_known_by_user_id_is_written_to_from_that_portfolio_only(shop: Shop) -> None:
    other = make_number(shop.workspace, account=make_account(shop.workspace))
    make_template(shop.workspace, other.account)
    hidden = make_contact(shop.workspace)
    Contact.objects.filter(pk=hidden.pk).update(phone=None, zones="Asia/Tokyo")
    portfolio_id = other.account.portfolio_id
    Identity.objects.create(
        workspace=shop.workspace, contact=hidden, kind="user_id", portfolio_id=portfolio_id, value="JP.abc"
    )
    broadcast = shop.run(number_ids=[*(number.pk for number in shop.numbers), other.pk])
    [message] = shop.messages(broadcast)
    assert (message.number_id, message.recipient) == (other.pk, "JP.abc")


def test_a_user_id_of_another_portfolio_is_skipped_with_that_reason(shop: Shop) -> None:
    hidden = make_contact(shop.workspace)
    Contact.objects.filter(pk=hidden.pk).update(phone=None)
    Identity.objects.create(
        workspace=shop.workspace, contact=hidden, kind="user_id", portfolio_id=987_654, value="JP.abc"
    )
    broadcast = shop.run()
    assert shop.skips(broadcast) == {hidden.pk: ("reachability", {"reason": "other_portfolio"})}
    assert shop.whole(broadcast)


def test_a_number_that_has_spent_its_day_gets_fewer(shop: Shop) -> None:
    Number.objects.update(pace_overrides={"per_day": 100}, in_use_since=GROWN_UP)
    quarter = int(NOON.timestamp()) - 3600
    delivery_actions.open_lanes(
        workspace_id=shop.id,
        origin=Origin.JOURNEY,
        origin_id=1,
        priority=Priority.JOURNEY,
        number_ids=[number.pk for number in shop.numbers],
    )
    PaceState.objects.filter(number_id=shop.numbers[0].pk).update(quarters={str(quarter): 90})
    for _ in range(60):
        make_contact(shop.workspace)
    broadcast = shop.run()
    spent = sum(message.number_id == shop.numbers[0].pk for message in shop.messages(broadcast))
    assert 1 <= spent <= 15


def test_poor_quality_youth_and_a_spent_day_each_make_a_number_lighter() -> None:
    usual = Sender(rate=10)
    weights = weigh_senders(
        {
            1: usual,
            2: Sender(rate=10, quality="yellow"),
            3: Sender(rate=10, quality="red"),
            4: Sender(rate=10, days_in_use=3),
            5: Sender(rate=10, left=0.2),
            6: Sender(rate=10, may_send=False),
        }
    )
    assert 6 not in weights
    assert weights[1] == 10
    assert weights[1] > weights[2] > weights[3] > 0
    assert all(0 < weights[key] < weights[1] for key in (2, 3, 4, 5))
