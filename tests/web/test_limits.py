"""Limits of the workspace, a number's own pace, and why one message was not sent."""

import uuid
from typing import Any

from django.test import Client

from switchboard.core import ids
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery import figures
from switchboard.delivery.types import NewMessage, Origin, Priority
from switchboard.numbers.models import Number
from tests import factories
from tests.conftest import NOON
from tests.web.conftest import Shop, SignIn

LIMITS = {
    "quiet_from": "21:00",
    "quiet_until": "09:00",
    "marketing_per_day": "2",
    "marketing_per_week": "4",
    "unreachable_after": "3",
    "reserve_percent": "20",
    "resends_utility": "on",
    "no_us": "on",
    "us_from": "2025-04-01",
    "us_until": "2027-01-01",
}


def test_the_usual_limits_are_shown(olive: Client) -> None:
    page = olive.get("/limits/").content.decode()
    assert 'value="22:00"' in page
    assert "No marketing to the United States" in page
    assert "Meta sets no limit" in page


def test_limits_are_changed(shop: Shop, olive: Client) -> None:
    page = olive.post("/limits/save/", LIMITS, follow=True).content.decode()
    assert "These limits hold from now on" in page
    with workspace_scope(shop.workspace.pk):
        found = figures.get_limits(shop.workspace.pk)
    assert (found.marketing_per_day, found.marketing_per_week, found.reserve_percent) == (2, 4, 20)
    assert found.regions[0].until_on is not None
    assert found.resends_utility
    shop.workspace.refresh_from_db()
    assert str(shop.workspace.quiet_from) == "21:00:00"


def test_a_week_with_less_than_a_day_is_refused(olive: Client) -> None:
    answer = olive.post("/limits/save/", LIMITS | {"marketing_per_week": "1"})
    assert answer.status_code == 422
    assert "is at least a day" in answer.content.decode()


def test_a_number_gets_figures_of_its_own(shop: Shop, olive: Client) -> None:
    number_id = shop.numbers[0].pk
    given = {"pace": "careful", "per_hour": "90", "gap_min_seconds": "4", "rest_after": "20", "warm_up": "3: 40, 9: 80"}
    page = olive.post(f"/limits/numbers/{number_id}/save/", given, follow=True).content.decode()
    assert "The new pace holds from now on." in page
    assert 'value="3: 40, 9: 80"' in page
    overrides = Number.objects.get(pk=number_id).pace_overrides
    assert overrides == {"per_hour": 90, "gap_min_seconds": 4.0, "rest_after": 20, "warm_up": [[3, 40], [9, 80]]}


def test_figures_that_cannot_be_are_refused(shop: Shop, olive: Client) -> None:
    address = f"/limits/numbers/{shop.numbers[0].pk}/save/"
    for given in ({"gap_min_seconds": "9", "gap_max_seconds": "3"}, {"warm_up": "soon"}, {"warm_up": "9: 5, 3: 5"}):
        assert olive.post(address, {"pace": "careful", **given}).status_code == 422


def test_a_marketer_changes_no_limits(shop: Shop, sign_in: SignIn) -> None:
    client = sign_in(shop.workspace, "marketer")
    for address in ("/limits/", f"/limits/numbers/{shop.numbers[0].pk}/"):
        assert client.get(address).status_code == 403
    assert client.post("/limits/save/", LIMITS).status_code == 403


def put_message(shop: Shop, phone: str = "") -> uuid.UUID:
    contact = factories.make_contact(shop.workspace, phone=phone)
    number, template = shop.numbers[0], factories.make_template(shop.workspace, shop.account, name="why")
    own: dict[str, Any] = {"workspace_id": shop.workspace.pk, "origin": Origin.BROADCAST, "origin_id": 99}
    with workspace_scope(shop.workspace.pk):
        lanes = delivery_actions.open_lanes(**own, priority=Priority.BROADCAST, number_ids=[number.pk])
        message = NewMessage(
            id=ids.new_message_id(NOON),
            lane_id=lanes[number.pk],
            number_id=number.pk,
            contact_id=contact.pk,
            category="marketing",
            recipient=str(contact.phone),
            zones="Asia/Tokyo",
            body={},
            due_at=NOON,
            template_id=template.pk,
        )
        delivery_actions.enqueue_messages(**own, messages=[message], now=NOON)
    return message.id


def test_a_message_tells_what_every_rule_says(shop: Shop, olive: Client) -> None:
    page = olive.get(f"/messages/{put_message(shop, '+12125550123')}/").content.decode()
    assert "WhatsApp delivers no marketing to this country" in page
    assert "How often a person gets marketing" in page
    assert page.count("Passes") >= 8


def test_a_strangers_message_is_not_found(shop: Shop, sign_in: SignIn) -> None:
    message_id = put_message(shop)
    other = factories.make_workspace("Sam's Shop")
    assert sign_in(other).get(f"/messages/{message_id}/").status_code == 404
