"""Segments in the console: built in sentences, counted as one types, saved, used."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from switchboard.contacts.actions import exports
from switchboard.contacts.actions import segments as segment_actions
from switchboard.contacts.models import Contact, Export
from switchboard.contacts.segments import tree
from switchboard.core.tenancy import workspace_scope
from switchboard.web import formats
from switchboard.web.segments import wording
from tests import factories
from tests.conftest import NOON
from tests.web.conftest import Shop, SignIn

JAPANESE = {"all": [{"field": "country", "test": "in", "values": ["JP"]}]}
FORM = {"n|join": "all", "n.0|field": "country", "n.0|test": "in", "n.0|values": ["JP"]}


@pytest.fixture
def segment_id(shop: Shop) -> int:
    factories.make_contact(shop.workspace, name="Hana", country="JP", phone="+819011112222")
    with workspace_scope(shop.workspace.pk):
        saved = segment_actions.save_segment(
            workspace_id=shop.workspace.pk, name="In Japan", definition=JAPANESE, now=NOON, by=None
        )
    return saved.pk


def test_the_list_says_who_is_in_a_segment(olive: Client, segment_id: int) -> None:
    page = olive.get("/contacts/segments/").content.decode()
    assert "In Japan" in page
    assert "Country is Japan" in page


def test_a_question_is_counted_while_it_is_written(olive: Client, segment_id: int) -> None:
    page = olive.post("/contacts/segments/count/", FORM).content.decode()
    assert "Hana" in page
    assert "Country is Japan" in page


def test_languages_are_called_by_their_names(olive: Client, shop: Shop) -> None:
    asked = {"n|join": "all", "n.0|field": "language", "n.0|test": "in", "n.0|values": ["zh_CN"]}
    page = olive.post("/contacts/segments/count/", asked).content.decode()
    assert "Language is Chinese (Simplified, China)" in page
    # Nobody here speaks it; the question keeps it all the same.
    unheard = asked | {"n.0|values": ["fr"]}
    assert "Language is French" in olive.post("/contacts/segments/count/", unheard).content.decode()
    assert 'value="fr" checked' in olive.post("/contacts/segments/editor/", unheard).content.decode()


def test_a_field_that_was_deleted_is_named_where_it_was(olive: Client, shop: Shop) -> None:
    asked = {"n|join": "all", "n.0|field": "field:plan", "n.0|test": "is", "n.0|values": ["gold"]}
    assert "plan (deleted)" in olive.post("/contacts/segments/editor/", asked).content.decode()
    counted = olive.post("/contacts/segments/count/", asked).content.decode()
    assert "The field “plan” has been deleted. Remove the condition, or bring the field back." in counted


SENTENCES = [
    ("en", "Country is Japan and tag is any of … and (wrote last in the last 30 days or Beer is Tea or Sake)"),
    ("ja", "国が日本、かつタグが…のいずれか、かつ(最後の連絡が直近 30 日以内またはBeerがTeaまたはSake)"),
    ("zh-hans", "国家/地区为日本，并且标签为…中任一，并且(最近来信在最近 30 天内或Beer为Tea或Sake)"),
]


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_a_question_reads_as_a_sentence(language: str, sentence: str) -> None:
    parts = [
        {"field": "country", "test": "in", "values": ["JP"]},
        {"field": "tag", "test": "has"},
        {"any": [
            {"field": "last_seen", "test": "within", "days": 30},
            {"field": "field:Beer", "test": "is", "values": ["Tea", "Sake"]},
        ]},
    ]  # fmt: skip
    with translation.override(language):
        names = {"country": {"JP": formats.render_country("JP")}}
        assert wording.say_group(tree.parse_tree({"all": parts}), {"Beer": "text"}, names) == sentence


def test_a_question_is_saved_with_its_name(olive: Client, shop: Shop) -> None:
    answer = olive.post("/contacts/segments/new/", {**FORM, "name": "Neighbours", "do": "save"})
    assert answer.status_code == 302
    assert "Neighbours" in olive.get(answer["Location"]).content.decode()


def test_a_name_that_is_taken_is_refused_in_a_sentence(olive: Client, segment_id: int) -> None:
    answer = olive.post("/contacts/segments/new/", {**FORM, "name": "In Japan", "do": "save"})
    assert answer.status_code == 422
    assert "There is a segment “In Japan” already." in answer.content.decode()


@pytest.mark.parametrize(
    ("button", "fields"), [("add:n", 2), ("group:n", 2), ("drop:n.0", 0), ("drop:n.9", 1), ("add:n.7.x", 1)]
)
def test_buttons_add_and_remove_conditions(olive: Client, shop: Shop, button: str, fields: int) -> None:
    page = olive.post("/contacts/segments/editor/", {**FORM, "do": button}).content.decode()
    assert page.count("|field") == fields


def test_an_empty_group_is_refused_and_not_counted(olive: Client, shop: Shop) -> None:
    page = olive.post("/contacts/segments/count/", {"n|join": "all"}).content.decode()
    assert "A group has no conditions." in page


def test_a_segment_that_a_rule_asks_for_stays(olive: Client, shop: Shop, segment_id: int) -> None:
    rule = {"n|join": "all", "n.0|field": "segment", "n.0|test": "in", "n.0|values": [str(segment_id)]}
    olive.post("/contacts/tags/new/", {**rule, "name": "Near", "is_ruled": "1", "do": "save"})
    page = olive.post(f"/contacts/segments/{segment_id}/delete/", follow=True).content.decode()
    assert "is asked for by Near" in page


def test_a_segment_is_deleted(olive: Client, segment_id: int) -> None:
    page = olive.post(f"/contacts/segments/{segment_id}/delete/", follow=True).content.decode()
    assert "“In Japan” is deleted." in page


def test_contacts_are_shown_by_segment(olive: Client, segment_id: int) -> None:
    page = olive.get(f"/contacts/?segment={segment_id}").content.decode()
    assert "Hana" in page
    assert "Emma" not in page


def test_agents_read_segments_and_change_none(shop: Shop, sign_in: SignIn, segment_id: int) -> None:
    amir = sign_in(shop.workspace, role="agent")
    assert amir.get("/contacts/segments/").status_code == 200
    assert amir.get(f"/contacts/segments/{segment_id}/").status_code == 403
    assert amir.post("/contacts/segments/count/", FORM).status_code == 403


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_people_of_a_segment_are_downloaded(
    olive: Client, shop: Shop, segment_id: int, settings: Settings, tmp_path: Path, kind: str, start: bytes
) -> None:
    settings.HOME = tmp_path
    factories.make_contact(shop.workspace, name="Wei", country="CN", phone="+8613812345678")
    assert 'action="/contacts/exports/new/"' in olive.get(f"/contacts/segments/{segment_id}/").content.decode()
    olive.post("/contacts/exports/new/", {"segment": str(segment_id), "format": kind})
    export = Export.objects.get()
    done = exports.run_export(workspace_id=shop.workspace.pk, export_id=export.pk)
    with workspace_scope(shop.workspace.pk):
        wanted = Contact.objects.filter(workspace_id=shop.workspace.pk, country="JP").count()
    assert (done.state, done.row_count) == ("done", wanted)
    body = b"".join(olive.get(f"/contacts/exports/{export.pk}/").streaming_content)  # type: ignore[attr-defined]  # a file
    assert body.startswith(start)
    assert kind == "xlsx" or ("Hana" in body.decode() and "Wei" not in body.decode())
