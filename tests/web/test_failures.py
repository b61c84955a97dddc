"""When something goes wrong, a person reads what to do; what was written is undone."""

import pytest
from django.db import OperationalError
from django.test import Client

from switchboard.core.errors import Unavailable
from switchboard.delivery import actions as delivery_actions
from switchboard.team.models import User
from switchboard.web import failures
from switchboard.web.overview import views as overview_views
from tests.web.conftest import Shop


def test_an_address_that_leads_nowhere_says_so(olive: Client) -> None:
    answer = olive.get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.content.decode()


def test_a_bug_gets_a_number_that_is_in_the_log(olive: Client, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def fail(*args: object, **given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(overview_views, "list_replies", fail)
    answer = olive.get("/")
    mark = answer.content.decode().partition('<span class="mono">')[2][:8]
    assert answer.status_code == 500
    assert mark in capsys.readouterr().out


def test_a_bug_in_a_part_is_one_sentence_in_its_place(olive: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(overview_views, "list_replies", fail)
    answer = olive.get("/", headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == "#notices"
    assert "<html" not in answer.content.decode()


def test_a_stopped_database_is_said_plainly(olive: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **given: object) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(overview_views, "list_replies", fail)
    answer = olive.get("/")
    assert answer.status_code == 503
    assert "The database does not answer." in answer.content.decode()


def test_what_was_written_before_an_error_is_undone(shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**given: object) -> None:
        User.objects.update(name="Half done")
        raise Unavailable

    monkeypatch.setattr(delivery_actions, "set_stop_switch", fail)
    assert olive.post("/stop/").status_code == 503
    assert not User.objects.filter(name="Half done").exists()


def test_a_form_from_nowhere_is_refused(shop: Shop) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/language/", {"language": "ja"})
    assert answer.status_code == 403
    assert "reload it and send the form again" in answer.content.decode()


def test_the_last_resort_page_reads_no_database(rf) -> None:
    answer = failures.broken(rf.get("/"))
    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content
