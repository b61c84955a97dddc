"""What is wrong stands above every page and on the incidents page, with cause and cure, and goes away by itself."""

import pytest
from django.test import Client
from django.utils import translation

from switchboard.core import actions, clock
from switchboard.core.incidents import Incident
from switchboard.core.tenancy import workspace_scope
from switchboard.web.incidents.wording import CAUSES, KINDS, word
from tests import factories
from tests.web.conftest import Shop


def raise_one(shop: Shop, kind: str = "number_stopped", code: str = "131045") -> Incident:
    """One of the shop's numbers has stopped."""
    incident = Incident(shop.workspace.pk, kind, "number", str(shop.numbers[0].pk), {"code": code})
    with workspace_scope(shop.workspace.pk):
        actions.raise_incident(incident, clock.now())
    return incident


def test_an_open_incident_stands_above_every_page_with_its_cure(shop: Shop, olive: Client) -> None:
    raise_one(shop)
    page = olive.get("/contacts/").content.decode()
    assert "Shop 1 has stopped: The number&#x27;s registration at Meta is broken." in page
    assert "press Resume beside the number" in page


def test_the_band_goes_away_when_it_is_over(shop: Shop, olive: Client) -> None:
    incident = raise_one(shop)
    with workspace_scope(shop.workspace.pk):
        actions.end_incident(incident, clock.now())
    assert "has stopped" not in olive.get("/bands/").content.decode()
    assert "What was wrong" in olive.get("/incidents/").content.decode()


@pytest.mark.parametrize(("code", "way"), [("368", "ask for a review"), ("131048", "Review who gets what")])
def test_a_restriction_names_the_way_to_appeal_and_no_other_number(
    shop: Shop, olive: Client, code: str, way: str
) -> None:
    raise_one(shop, code=code)
    page = olive.get("/incidents/").content.decode()
    assert way in page
    assert "press Resume beside the number" not in page


def test_nobody_sees_another_shop_s_incidents(shop: Shop, olive: Client) -> None:
    other = factories.make_workspace("Sam's")
    with workspace_scope(other.pk):
        actions.raise_incident(Incident(other.pk, "number_stopped", "number", "1", {"code": "190"}), clock.now())
    assert "Nothing is wrong" in olive.get("/incidents/").content.decode()


def test_many_incidents_are_counted_not_listed_above_the_page(shop: Shop, olive: Client) -> None:
    with workspace_scope(shop.workspace.pk):
        for place in range(6):
            actions.raise_incident(Incident(shop.workspace.pk, "broadcast_stuck", "broadcast", str(place)), clock.now())
    assert "3 more incidents." in olive.get("/bands/").content.decode()


@pytest.mark.parametrize("language", ["en", "ja", "zh-hans"])
def test_every_kind_and_cause_has_its_sentences_whatever_figures_it_brings(language: str) -> None:
    with translation.override(language):
        for kind in [*KINDS, "something_new"]:
            for cause in CAUSES:
                assert "%(" not in str(word(kind, "", "", "Shop", {"cause": cause}))
