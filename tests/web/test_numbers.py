"""The fleet, and what a supervisor may change."""

from django.test import Client

from switchboard.core.tenancy import workspace_scope
from switchboard.numbers.models import Number
from tests import factories
from tests.web.conftest import Shop, SignIn


def test_a_number_is_shown_with_account_state_and_quality(shop: Shop, olive: Client) -> None:
    factories.make_number(shop.workspace, label="Poor", state="restricted", quality="red")
    page = olive.get("/numbers/").content.decode()
    assert all(word in page for word in ("Shop 1", "Portfolio", "Connected", "Restricted", "Low"))


def test_a_careful_number_shows_its_limits(shop: Shop, olive: Client) -> None:
    factories.make_number(shop.workspace, pace="careful")
    page = olive.get("/numbers/").content.decode()
    assert "/ 12</span>" in page
    assert "/ 200</span>" in page


def test_the_pace_is_changed(shop: Shop, olive: Client) -> None:
    page = olive.post(f"/numbers/{shop.numbers[0].pk}/pace/", {"pace": "careful"}, follow=True)
    assert "The new pace holds from now on." in page.content.decode()
    assert Number.objects.get(pk=shop.numbers[0].pk).pace == "careful"


def test_a_pace_that_does_not_exist_is_refused(shop: Shop, olive: Client) -> None:
    answer = olive.post(f"/numbers/{shop.numbers[0].pk}/pace/", {"pace": "reckless"})
    assert answer.status_code == 422
    assert "Choose careful, standard or full." in answer.content.decode()


def test_a_number_stops_and_says_who_stopped_it(shop: Shop, olive: Client) -> None:
    page = olive.post(f"/numbers/{shop.numbers[0].pk}/stop/", follow=True).content.decode()
    assert "Stopped by owner-" in page
    olive.post(f"/numbers/{shop.numbers[0].pk}/resume/")
    assert Number.objects.get(pk=shop.numbers[0].pk).stopped_at is None


def test_a_marketer_sees_paces_and_changes_none(shop: Shop, sign_in: SignIn) -> None:
    page = sign_in(shop.workspace, "marketer").get("/numbers/").content.decode()
    assert "Standard" in page
    assert "/pace/" not in page


def test_shop_two_stands_before_shop_ten(shop: Shop, olive: Client) -> None:
    factories.make_number(shop.workspace, account=shop.account, label="Shop 10")
    page = olive.get("/numbers/").content.decode()
    assert page.index("Shop 2") < page.index("Shop 10")


def test_an_empty_fleet_says_what_comes_first(db: None, sign_in: SignIn) -> None:
    workspace = factories.make_workspace("Empty")
    assert "No numbers yet" in sign_in(workspace).get("/numbers/").content.decode()
    with workspace_scope(workspace.pk):
        assert not Number.objects.exists()
