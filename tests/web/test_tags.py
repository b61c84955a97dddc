"""Tags in the console: by hand and by rule, classification by one click, the report."""

import pytest
from django.test import Client

from switchboard.contacts.models import Contact, Tag
from switchboard.core import clock
from switchboard.core.tenancy import workspace_scope
from tests import factories
from tests.web.conftest import Shop


def tag_of(shop: Shop, name: str) -> Tag:
    with workspace_scope(shop.workspace.pk):
        return Tag.objects.get(workspace_id=shop.workspace.pk, name=name)


def tags_of(shop: Shop, contact: Contact) -> list[int]:
    with workspace_scope(shop.workspace.pk):
        return Contact.objects.get(pk=contact.pk).tags


def test_the_list_counts_who_carries_a_tag(olive: Client, shop: Shop) -> None:
    page = olive.get("/contacts/tags/").content.decode()
    assert "VIP" in page
    assert f'?tag={tag_of(shop, "VIP").pk}">3</a>' in page


def test_a_tag_gets_colour_group_and_owner(olive: Client, shop: Shop) -> None:
    wish = {"name": "Gold", "colour": "yellow", "group": "Plan", "is_exclusive": "on", "do": "save"}
    assert olive.post("/contacts/tags/new/", wish).status_code == 302
    page = olive.get("/contacts/tags/").content.decode()
    assert "Gold" in page
    assert "one of them at most" in page


def test_a_tag_without_a_name_is_refused_in_a_sentence(olive: Client, shop: Shop) -> None:
    answer = olive.post("/contacts/tags/new/", {"name": " ", "do": "save"})
    assert answer.status_code == 422
    assert "A tag needs a name" in answer.content.decode()


def test_a_deleted_tag_comes_back_to_everybody(olive: Client, shop: Shop) -> None:
    vip = tag_of(shop, "VIP")
    page = olive.post(f"/contacts/tags/{vip.pk}/delete/", follow=True).content.decode()
    assert "The tag “VIP” was deleted; 3 people carried it." in page
    assert tags_of(shop, shop.contacts[0]) == []
    undo = page.split('action="/contacts/tags/undo/')[1].split("/")[0]
    olive.post(f"/contacts/tags/undo/{undo}/")
    assert tags_of(shop, shop.contacts[0]) == [vip.pk]
    again = olive.post(f"/contacts/tags/undo/{undo}/", follow=True).content.decode()
    assert "This was undone already" in again


def test_two_tags_are_merged(olive: Client, shop: Shop) -> None:
    other = factories.make_contact(shop.workspace, tags=["Important"])
    vip, important = tag_of(shop, "VIP"), tag_of(shop, "Important")
    olive.post(f"/contacts/tags/{important.pk}/merge/", {"into": vip.pk})
    assert tags_of(shop, other) == [vip.pk]


def test_one_person_gets_and_loses_a_tag(olive: Client, shop: Shop) -> None:
    vip, contact = tag_of(shop, "VIP"), shop.contacts[0]
    olive.post(f"/contacts/tags/of/{contact.pk}/", {"take": vip.pk})
    assert tags_of(shop, contact) == []
    olive.post(f"/contacts/tags/of/{contact.pk}/", {"give": vip.pk})
    assert tags_of(shop, contact) == [vip.pk]


def test_a_classification_is_on_and_off_by_one_click(olive: Client, shop: Shop) -> None:
    page = olive.post("/contacts/tags/classification/activity/on/", follow=True).content.decode()
    assert "Activity: high" in page
    assert "everybody is being looked at" in page
    page = olive.post("/contacts/tags/classification/activity/off/", follow=True).content.decode()
    assert "“Activity” is off." in page


def test_age_asks_for_the_field_with_the_birthday(olive: Client, shop: Shop) -> None:
    page = olive.post("/contacts/tags/classification/age/on/", follow=True).content.decode()
    assert "Choose the field that holds the date." in page


def test_the_report_says_what_it_found(olive: Client, shop: Shop) -> None:
    assert "No report yet" in olive.get("/contacts/tags/hygiene/").content.decode()
    page = olive.post("/contacts/tags/hygiene/report/", follow=True).content.decode()
    assert "Rules that people corrected" in page


def test_inactive_people_are_marked_only_as_shown(olive: Client, shop: Shop) -> None:
    with workspace_scope(shop.workspace.pk):
        Contact.objects.exclude(pk=shop.contacts[0].pk).update(created_at=clock.now())
    page = olive.get("/contacts/tags/hygiene/inactive/?price=5").content.decode()
    assert 'name="people" value="1"' in page
    wrong = olive.post("/contacts/tags/hygiene/inactive/apply/", {"people": 2}, follow=True)
    assert "Look at the list again." in wrong.content.decode()
    olive.post("/contacts/tags/hygiene/inactive/apply/", {"people": 1})
    assert tag_of(shop, "Inactive for 6 months").pk in tags_of(shop, shop.contacts[0])


@pytest.mark.parametrize("address", ["/contacts/tags/hygiene/nothing/", "/contacts/tags/999999/"])
def test_what_is_not_there_is_not_found(olive: Client, shop: Shop, address: str) -> None:
    assert olive.get(address).status_code == 404
