"""What surrounds every page: the stop switch, the bands, languages, the command bar."""

from datetime import timedelta

import pytest
from django.test import Client

from switchboard.core import clock
from switchboard.core.models import Heartbeat
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery.models import InboundWatermark, StopSwitch
from switchboard.numbers.models import Number
from tests.web.conftest import Shop, SignIn


def test_the_red_button_asks_first(olive: Client) -> None:
    page = olive.get("/stop/").content.decode()
    assert "Stop all sending of this workspace?" in page
    assert not StopSwitch.objects.exists()


def test_the_red_button_stops_and_every_page_says_so(shop: Shop, olive: Client) -> None:
    olive.post("/stop/")
    assert StopSwitch.objects.get().is_on
    for page in ("/", "/broadcasts/", "/contacts/", "/numbers/", "/templates/"):
        assert "All sending is stopped since" in olive.get(page).content.decode()


def test_resuming_takes_the_band_away(shop: Shop, olive: Client) -> None:
    olive.post("/stop/")
    page = olive.post("/resume/", follow=True).content.decode()
    assert "All sending is stopped" not in page
    assert "Sending goes on." in page


def test_a_marketer_may_stop_and_not_resume(shop: Shop, sign_in: SignIn) -> None:
    marketer = sign_in(shop.workspace, "marketer")
    marketer.post("/stop/")
    assert StopSwitch.objects.get().is_on
    assert marketer.post("/resume/").status_code == 403
    assert "Resume sending" not in marketer.get("/").content.decode()


@pytest.mark.usefixtures("all_roles_run")
def test_a_role_that_is_silent_for_half_a_minute_is_named(olive: Client) -> None:
    assert "switchboard sender" not in olive.get("/bands/").content.decode()
    Heartbeat.objects.filter(role="sender").update(seen_at=clock.now() - timedelta(seconds=31))
    assert "No sender is running" in olive.get("/bands/").content.decode()


@pytest.mark.usefixtures("all_roles_run")
def test_a_number_stopped_by_an_error_is_named_with_what_to_do(shop: Shop, olive: Client) -> None:
    sentence = (
        "Meta no longer accepts the access token. Create a new one in Meta Business Suite and enter it for the account."
    )
    with workspace_scope(shop.workspace.pk):
        Number.objects.filter(pk=shop.numbers[0].pk).update(
            stopped_at=clock.now(), stopped_code="190", stopped_detail=sentence
        )
    page = olive.get("/bands/").content.decode()
    assert "Shop 1 has stopped" in page
    assert "Create a new one in Meta Business Suite" in page


@pytest.mark.usefixtures("all_roles_run")
def test_a_number_stopped_by_a_person_is_no_problem(shop: Shop, olive: Client) -> None:
    olive.post(f"/numbers/{shop.numbers[0].pk}/stop/")
    assert "has stopped" not in olive.get("/bands/").content.decode()


@pytest.mark.usefixtures("all_roles_run")
def test_events_that_wait_too_long_are_named(olive: Client) -> None:
    InboundWatermark.objects.update_or_create(id=1, defaults={"applied_through": clock.now() - timedelta(seconds=90)})
    assert "Incoming events are" in olive.get("/bands/").content.decode()


@pytest.mark.usefixtures("all_roles_run")
def test_nothing_is_said_when_all_is_well(olive: Client) -> None:
    InboundWatermark.objects.update_or_create(id=1, defaults={"applied_through": clock.now()})
    assert olive.get("/bands/").content.decode().strip() == ""


def test_the_zone_of_the_times_is_stated(olive: Client) -> None:
    assert "Times are in Asia/Tokyo (UTC+09:00)." in olive.get("/").content.decode()


def test_pages_run_no_script_of_their_own(olive: Client) -> None:
    answer = olive.get("/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "<script>" not in answer.content.decode()


def test_a_folded_rail_stays_folded(olive: Client) -> None:
    olive.cookies["rail"] = "narrow"
    assert 'data-rail="narrow"' in olive.get("/").content.decode()


def test_the_shortcut_sheet_names_what_exists(olive: Client) -> None:
    page = olive.get("/").content.decode()
    assert all(f'data-keys="g {key}"' in page for key in "obcut")


def test_the_command_bar_finds_pages_broadcasts_and_contacts(shop: Shop, olive: Client) -> None:
    part = olive.get("/search/?q=花", headers={"HX-Request": "true"}).content.decode()
    assert f"/contacts/{shop.contacts[0].pk}/" in part
    assert "<html" not in part
    assert "/templates/" in olive.get("/search/?q=templ", headers={"HX-Request": "true"}).content.decode()


def test_the_search_says_when_nothing_is_found(olive: Client) -> None:
    assert "Nothing found for" in olive.get("/search/?q=zzzz").content.decode()
