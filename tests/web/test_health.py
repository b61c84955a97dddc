"""The Health page says what the doctor says, as far as one workspace may see it."""

from datetime import timedelta

import pytest
from django.test import Client

from switchboard.core import clock
from switchboard.core.models import Heartbeat
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.numbers.models import Account
from switchboard.webhooks.models import DeadLetter
from tests import factories
from tests.web.conftest import Shop, SignIn


def make_letter(workspace_id: int, *, reason: str = "No such number.", body: bytes = b"{}") -> DeadLetter:
    """An event that could not be applied."""
    with workspace_scope(workspace_id):
        return DeadLetter.objects.create(
            workspace_id=workspace_id,
            app_id=1,
            received_at=clock.now(),
            created_at=clock.now(),
            body=body,
            reason=reason,
        )


def test_a_role_that_is_silent_is_red_with_what_to_do(olive: Client) -> None:
    page = olive.get("/health/").content.decode()
    assert "Start it with `switchboard sender` (or all with `switchboard up`)." in page


@pytest.mark.usefixtures("all_roles_run")
def test_roles_that_run_are_good_and_their_processes_listed(olive: Client) -> None:
    page = olive.get("/health/").content.decode()
    assert "switchboard sender" not in page
    assert page.count("Running") == 3


def test_a_process_that_stopped_speaking_is_shown_as_silent(olive: Client) -> None:
    now = clock.now()
    Heartbeat.objects.create(
        process_id="00000000-0000-4000-8000-000000000001",
        role="sender",
        host="far-away",
        started_at=now - timedelta(hours=1),
        seen_at=now - timedelta(minutes=5),
    )
    page = olive.get("/health/").content.decode()
    assert "Silent" in page
    assert "Last seen 5 minutes ago." in page


def test_the_ground_is_good_on_a_fresh_installation(olive: Client) -> None:
    page = olive.get("/health/").content.decode()
    for found in ("All migrations are applied.", "This month and the next are there.", "answers questions."):
        assert found in page


def test_a_refused_account_names_the_reason(shop: Shop, olive: Client) -> None:
    with workspace_scope(shop.workspace.pk):
        Account.objects.filter(pk=shop.account.pk).update(sync_error="Meta refuses the token.")
    assert "Meta refuses the token." in olive.get("/health/").content.decode()


def test_a_stopped_number_is_told_with_who_stopped_it(shop: Shop, olive: Client) -> None:
    olive.post(f"/numbers/{shop.numbers[0].pk}/stop/")
    assert "Shop 1 has stopped: Stopped by owner-" in olive.get("/health/").content.decode()


def test_the_stop_switch_is_told(shop: Shop, olive: Client) -> None:
    with workspace_scope(shop.workspace.pk):
        delivery_actions.set_stop_switch(workspace_id=shop.workspace.pk, is_on=True, by="me", now=clock.now())
    assert "nothing is sent" in olive.get("/health/").content.decode()


def test_dead_letters_are_counted_with_a_way_to_them(shop: Shop, olive: Client) -> None:
    make_letter(shop.workspace.pk)
    page = olive.get("/health/").content.decode()
    assert "Events that could not be applied: 1." in page
    assert "Open Dead letters" in page


def test_another_workspaces_trouble_is_not_shown(shop: Shop, sign_in: SignIn) -> None:
    elsewhere = factories.make_workspace("Sam's Shop")
    make_letter(shop.workspace.pk)
    page = sign_in(elsewhere).get("/health/").content.decode()
    assert "Events that could not be applied" not in page


def test_a_marketer_may_not_look(shop: Shop, sign_in: SignIn) -> None:
    client = sign_in(shop.workspace, "marketer")
    assert client.get("/health/").status_code == 403
    assert "/health/" not in client.get("/").content.decode()


def test_it_speaks_japanese(shop: Shop, sign_in: SignIn) -> None:
    page = sign_in(shop.workspace, language="ja").get("/health/").content.decode()
    assert "Start it with" not in page


def test_an_open_page_fetches_only_its_part(olive: Client) -> None:
    part = olive.get("/health/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Processes" in part


@pytest.mark.usefixtures("all_roles_run")
def test_it_asks_so_often_and_no_more(olive: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(28):
        olive.get("/health/")
