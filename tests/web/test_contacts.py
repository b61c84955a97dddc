"""The list of contacts, and one person."""

import pytest
from django.test import Client

from switchboard.contacts.models import Tag
from switchboard.core import clock, ids
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.types import NewMessage, Origin, Priority
from tests import factories
from tests.web.conftest import Shop


@pytest.mark.parametrize("search", ["花", "花子"])
def test_the_list_finds_by_name(shop: Shop, olive: Client, search: str) -> None:
    page = olive.get("/contacts/", {"q": search}).content.decode()
    assert ("花子" in page, "Emma" in page) == (True, False)


def test_the_list_finds_by_number_in_any_form(shop: Shop, olive: Client) -> None:
    factories.make_contact(shop.workspace, name="Called", phone="+819044445555")
    assert "Called" in olive.get("/contacts/", {"q": "090-4444-5555"}).content.decode()


def test_the_list_filters_by_tag(shop: Shop, olive: Client) -> None:
    factories.make_contact(shop.workspace, name="Regular", tags=["regular"])
    page = olive.get("/contacts/", {"tag": Tag.objects.get(name="regular").pk}).content.decode()
    assert ("Regular" in page, "花子" in page) == (True, False)


def test_the_list_shows_where_everybody_stands(shop: Shop, olive: Client) -> None:
    factories.make_contact(shop.workspace, name="Out", is_opted_out=True)
    factories.make_contact(shop.workspace, name="Never asked", agreed="")
    page = olive.get("/contacts/").content.decode()
    assert "Opted out" in page
    assert "No consent" in page


def test_language_and_country_are_called_by_their_names(shop: Shop, olive: Client) -> None:
    person = factories.make_contact(shop.workspace, name="Li", language="zh_TW", country="TW")
    odd = factories.make_contact(shop.workspace, name="Odd", language="xx", country="ZZ")
    olive.post("/language/", {"language": "ja"})
    assert "中国語 (繁体字, 台湾)" in olive.get("/contacts/").content.decode()
    page = olive.get(f"/contacts/{person.pk}/").content.decode()
    assert ("中国語 (繁体字, 台湾)</dd>" in page, "<dd>台湾</dd>" in page) == (True, True)
    # What nobody has a name for stands as it is, also among the choices.
    assert "<dd>xx</dd>" in olive.get(f"/contacts/{odd.pk}/").content.decode()
    assert '<option value="xx" selected>xx</option>' in olive.get(f"/contacts/{odd.pk}/details/").content.decode()


def test_the_list_goes_on_page_by_page(shop: Shop, olive: Client) -> None:
    for place in range(50):
        factories.make_contact(shop.workspace, name=f"Person {place:02}")
    first = olive.get("/contacts/").content.decode()
    before = first.partition("?before=")[2].partition('"')[0]
    assert "花子" not in first
    assert "花子" in olive.get(f"/contacts/?before={before}").content.decode()


def test_nobody_found_offers_to_clear_the_filter(olive: Client) -> None:
    assert "Clear the filter" in olive.get("/contacts/?q=zzzz").content.decode()


def test_a_person_shows_consent_with_its_source(shop: Shop, olive: Client) -> None:
    page = olive.get(f"/contacts/{shop.contacts[0].pk}/").content.decode()
    assert "Agreed" in page
    assert "sign-up form" in page


def test_opting_out_is_written_down(shop: Shop, olive: Client) -> None:
    page = olive.post(f"/contacts/{shop.contacts[0].pk}/opt-out/", follow=True).content.decode()
    assert "is opted out of everything" in page
    assert "Noted in the console" in page


def test_opting_out_twice_says_so(shop: Shop, olive: Client) -> None:
    address = f"/contacts/{shop.contacts[0].pk}/"
    olive.post(f"{address}opt-out/")
    page = olive.post(f"{address}opt-out/", headers={"Referer": f"http://testserver{address}"}, follow=True)
    assert "This person has already opted out." in page.content.decode()


def test_names_are_never_run_as_html(shop: Shop, olive: Client) -> None:
    factories.make_contact(shop.workspace, name="<script>alert(1)</script>")
    assert "<script>alert" not in olive.get("/contacts/").content.decode()


def test_a_person_shows_what_they_were_sent_as_they_read_it(shop: Shop, olive: Client) -> None:
    contact, now = shop.contacts[0], clock.now()
    with workspace_scope(shop.workspace.pk):
        lanes = delivery_actions.open_lanes(
            workspace_id=shop.workspace.pk,
            origin=Origin.BROADCAST,
            origin_id=1,
            priority=Priority.BROADCAST,
            number_ids=[shop.numbers[0].pk],
        )
        value = {"type": "text", "text": "花子"}
        message = NewMessage(
            id=ids.new_message_id(now),
            lane_id=lanes[shop.numbers[0].pk],
            number_id=shop.numbers[0].pk,
            contact_id=contact.pk,
            category="marketing",
            recipient=contact.phone,
            zones="Asia/Tokyo",
            body={"type": "template", "template": {"components": [{"type": "body", "parameters": [value]}]}},
            due_at=now,
            template_id=shop.template.pk,
        )
        delivery_actions.enqueue_messages(
            workspace_id=shop.workspace.pk, origin=Origin.BROADCAST, origin_id=1, messages=[message], now=now
        )
    page = olive.get(f"/contacts/{contact.pk}/").content.decode()
    assert "花子様、秋祭りです。" in page
    assert "Waiting" in page
