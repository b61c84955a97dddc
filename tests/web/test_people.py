"""What is done to people on pages: notes, merging, changes of many, exports, erasing, leaving by a link."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from switchboard.consent import actions as consent_actions
from switchboard.consent import links
from switchboard.consent import queries as consent_queries
from switchboard.contacts.actions import edits, exports, long_edits
from switchboard.contacts.actions import segments as segment_actions
from switchboard.contacts.choosing import Chosen
from switchboard.contacts.models import Activity, Contact, Edit, Export, Field, Note, Tag
from switchboard.conversions.models import Deeds
from switchboard.core import clock
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests import factories
from tests.web.conftest import Shop, SignIn


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


PAGES = ["/contacts/", "/contacts/{hana}/", "/search/?q=8190", "/contacts/{hana}/merge/?with={emma}"]


@pytest.mark.parametrize("page", PAGES[:3])
def test_an_agent_sees_no_whole_number_anywhere(shop: Shop, sign_in: SignIn, page: str) -> None:
    hana = shop.contacts[0]
    Contact.objects.filter(pk=hana.pk).update(name="")
    text = text_of(sign_in(shop.workspace, "agent"), page.format(hana=hana.pk))
    digits = (hana.phone or "")[4:]
    assert digits not in text.replace("-", "").replace(" ", "")


def test_an_agent_finds_somebody_by_the_whole_number_only(shop: Shop, sign_in: SignIn) -> None:
    phone = shop.contacts[0].phone or ""
    client = sign_in(shop.workspace, "agent")
    assert "花子" in text_of(client, f"/contacts/?q={phone.replace('+', '%2B')}")
    assert "花子" not in text_of(client, f"/contacts/?q={phone[5:]}")


def test_a_marketer_sees_the_number(shop: Shop, sign_in: SignIn) -> None:
    text = text_of(sign_in(shop.workspace, "marketer"), f"/contacts/{shop.contacts[0].pk}/")
    assert (shop.contacts[0].phone or "")[3:] in text.replace("-", "").replace(" ", "")


def test_a_note_stands_in_the_timeline_and_can_be_deleted(shop: Shop, olive: Client) -> None:
    page = f"/contacts/{shop.contacts[0].pk}/"
    olive.post(f"{page}notes/", {"text": "likes tea"})
    assert "likes tea" in text_of(olive, page)
    olive.post(f"{page}notes/{Note.objects.get().pk}/delete/")
    assert not Note.objects.exists()


def test_two_people_are_compared_and_made_one_and_two_again(shop: Shop, olive: Client) -> None:
    hana, _, emma = shop.contacts
    assert "Becomes" in text_of(olive, f"/contacts/{hana.pk}/merge/?with={emma.pk}")
    olive.post(f"/contacts/{hana.pk}/merge/now/", {"lose": emma.pk})
    assert olive.get(f"/contacts/{emma.pk}/")["Location"] == f"/contacts/{hana.pk}/"
    text = text_of(olive, f"/contacts/{hana.pk}/")
    [path] = {part.split('"')[0] for part in text.split('action="') if part.startswith("/contacts/merges/")}
    olive.post(path)
    assert Contact.objects.filter(pk=emma.pk, name="Emma").exists()


def test_many_are_changed_after_a_count_and_changed_back(shop: Shop, olive: Client) -> None:
    chosen = [contact.pk for contact in shop.contacts[:2]]
    form = {"scope": "ticked", "contact": chosen, "act": "add_tags", "tags": "spring"}
    assert "This is about 2 people." in olive.post("/contacts/edit/", form).content.decode()
    olive.post("/contacts/edit/", {**form, "sure": "1"})
    edit = Edit.objects.get()
    assert (edit.people_count, len(Contact.objects.get(pk=chosen[0]).tags)) == (2, 2)
    olive.post(f"/contacts/edits/{edit.pk}/undo/", {"kind": edit.kind})
    assert len(Contact.objects.get(pk=chosen[0]).tags) == 1


def test_many_are_opted_out_by_mistake_and_back(shop: Shop, olive: Client) -> None:
    olive.post("/contacts/edit/", {"scope": "all", "act": "opt_out", "sure": "1"})
    people = [contact.pk for contact in shop.contacts]
    assert not any(consent_queries.may_write(shop.workspace.pk, one, "marketing").may for one in people)
    olive.post(f"/contacts/edits/{Edit.objects.get().pk}/undo/", {"kind": "opt_out"})
    assert all(consent_queries.may_write(shop.workspace.pk, one, "marketing").may for one in people)
    now = clock.now() + timedelta(seconds=5)
    assert all(consent_queries.may_write(shop.workspace.pk, one, "marketing", now).may for one in people)


def carry_on(edit: Edit) -> None:
    """Do what the worker does with a change of very many."""
    given: dict[str, Any] = {"workspace_id": edit.workspace_id, "edit_id": edit.pk}
    long_edits.run_edit(withdraw=consent_actions.withdraw_step, **given)
    long_edits.run_undo(take_back=consent_actions.take_back_step, **given)


@pytest.mark.parametrize("act", ["opt_out", "add_tags"])
def test_very_many_are_changed_in_the_background_and_back(
    shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    monkeypatch.setattr(edits, "MOST_AT_ONCE", 2)
    form = {"scope": "all", "act": act, "tags": "spring"}
    sure = olive.post("/contacts/edit/", form).content.decode()
    assert "This is about 3 people." in sure
    assert "It is done in the background" in sure
    page = olive.post("/contacts/edit/", {**form, "sure": "1"}, follow=True).content.decode()
    assert "A change of 3 people" in page
    edit = Edit.objects.get()
    Edit.objects.update(state="running", done_count=2, people_count=1)
    part = olive.get("/contacts/edits/", headers={"HX-Request": "true"}).content.decode()
    assert "2 of 3 people looked at, 1 changed" in part
    assert "<html" not in part
    Edit.objects.update(state="waiting", done_count=0, people_count=0)
    carry_on(edit)
    assert "3 people were changed" in text_of(olive, "/contacts/")
    page = olive.post(f"/contacts/edits/{edit.pk}/undo/", {"kind": act}, follow=True).content.decode()
    assert "0 of 3 people are as before" in page
    carry_on(edit)
    edit.refresh_from_db()
    assert (edit.restored_count, edit.undone_at is None) == (3, False)
    people = [contact.pk for contact in shop.contacts]
    assert all(consent_queries.may_write(shop.workspace.pk, one, "marketing").may for one in people)


def test_a_change_that_is_under_way_is_stopped(shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "MOST_AT_ONCE", 2)
    olive.post("/contacts/edit/", {"scope": "all", "act": "add_tags", "tags": "spring", "sure": "1"})
    page = olive.post(f"/contacts/edits/{Edit.objects.get().pk}/stop/", follow=True).content.decode()
    assert "Whoever was changed stays so" in page
    assert "0 of 3 people looked at" in page
    carry_on(Edit.objects.get())
    assert not Tag.objects.filter(name="spring", pk__in=Contact.objects.get(pk=shop.contacts[0].pk).tags).exists()


def test_everybody_whom_the_filter_finds_is_nobody_else(shop: Shop, olive: Client) -> None:
    Contact.objects.filter(pk=shop.contacts[2].pk).update(language="fr")
    definition = {"all": [{"field": "language", "test": "in", "values": ["fr"]}]}
    with workspace_scope(shop.workspace.pk):
        segment = segment_actions.save_segment(
            workspace_id=shop.workspace.pk, name="French", definition=definition, by=1, now=clock.now()
        )
    page = text_of(olive, f"/contacts/?segment={segment.pk}")
    assert f'<input type="hidden" name="segment" value="{segment.pk}">' in page
    asked = {"scope": "all", "segment": segment.pk, "act": "opt_out"}
    assert "This is about 1 person." in olive.post("/contacts/edit/", asked).content.decode()
    ticked = {"scope": "ticked", "segment": segment.pk, "contact": [shop.contacts[0].pk, shop.contacts[1].pk]}
    assert "This is about 2 people." in olive.post("/contacts/edit/", {**ticked, "act": "opt_out"}).content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_runs_no_formula_and_is_downloaded(shop: Shop, olive: Client, kind: str) -> None:
    Contact.objects.filter(pk=shop.contacts[0].pk).update(name='=HYPERLINK("http://evil")')
    olive.post("/contacts/exports/new/", {"scope": "all", "format": kind})
    export = Export.objects.get()
    done = exports.run_export(workspace_id=shop.workspace.pk, export_id=export.pk)
    assert (done.state, done.row_count) == ("done", 3)
    assert "Download" in text_of(olive, "/contacts/exports/")
    body = b"".join(olive.get(f"/contacts/exports/{export.pk}/").streaming_content)  # type: ignore[attr-defined]  # a file
    if kind == "csv":
        assert "'=HYPERLINK" in body.decode("utf-8-sig")
    else:
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "HYPERLINK" in sheet


def test_an_export_of_somebody_without_the_right_is_masked(shop: Shop, home: Path) -> None:
    with workspace_scope(shop.workspace.pk):
        export = exports.create_export(
            workspace_id=shop.workspace.pk, kind="csv", chosen=Chosen(), shows_phones=False, by=1, now=clock.now()
        )  # fmt: skip
    done = exports.run_export(workspace_id=shop.workspace.pk, export_id=export.pk)
    text = (home / done.file_path).read_text(encoding="utf-8-sig")
    assert (shop.contacts[0].phone or "") not in text
    assert "+81••••" in text


def test_fields_are_made_changed_and_given_up(shop: Shop, olive: Client) -> None:
    olive.post("/contacts/fields/", {"key": "plan", "kind": "choice", "choices": "Gold\nFree"})
    field = Field.objects.get(key="plan")
    assert "Gold · Free" in text_of(olive, "/contacts/fields/")
    assert olive.post("/contacts/fields/", {"key": "plan", "kind": "text"}).status_code == 422
    olive.post(f"/contacts/fields/{field.pk}/", {"kind": "text"})
    assert Field.objects.get(key="plan").kind == "text"
    olive.post(f"/contacts/fields/{field.pk}/delete/")
    assert not Field.objects.filter(key="plan").exists()


def test_a_file_of_orders_is_taken_and_started(shop: Shop, olive: Client) -> None:
    file = io.BytesIO(b"phone,order id,total,date\n090,1,5,2026-01-01\n")
    file.name = "orders.csv"
    page = olive.post("/contacts/orders/", {"kind": "orders", "file": file})["Location"]
    assert "What was bought" in text_of(olive, page)
    mapped = {"column-0": "person", "column-1": "external_id", "column-2": "total"}
    assert olive.post(page, mapped).status_code == 422
    assert olive.post(page, {**mapped, "column-3": "at"}).status_code == 302
    assert Deeds.objects.get().state == "running"
    assert olive.get(f"{page}refused.csv").status_code == 200


def test_an_owner_hands_out_everything_and_erases(shop: Shop, olive: Client) -> None:
    hana = shop.contacts[0]
    answer = olive.get(f"/contacts/{hana.pk}/archive.zip")
    assert "person.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    olive.post(f"/contacts/{hana.pk}/erase/", {"word": "somebody"})
    assert Contact.objects.filter(pk=hana.pk).exists()
    olive.post(f"/contacts/{hana.pk}/erase/", {"word": "花子"})
    assert not Contact.objects.filter(pk=hana.pk).exists()


def test_consent_is_recorded_by_hand(shop: Shop, olive: Client) -> None:
    person = factories.make_contact(shop.workspace, agreed="")
    olive.post(f"/contacts/{person.pk}/consent/", {"consent": "marketing:opt_in", "source": "till"})
    assert consent_queries.may_write(shop.workspace.pk, person.pk, "marketing").may


def test_a_person_leaves_and_comes_back_by_their_own_link(shop: Shop, client: Client) -> None:
    hana = shop.contacts[0]
    path = f"/leave/{links.make_token(shop.workspace.pk, hana.pk)}/"
    assert "Stop all messages" in text_of(client, path)
    assert consent_queries.may_write(shop.workspace.pk, hana.pk, "marketing").may
    client.post(path, {"stop": "1"})
    assert consent_queries.may_write(shop.workspace.pk, hana.pk, "marketing").reason == "opted_out"
    client.post(path, {"back": "1"})
    assert consent_queries.may_write(shop.workspace.pk, hana.pk, "marketing").may


def test_a_link_that_is_not_ours_opens_nothing(client: Client, db: None) -> None:
    answer = client.get("/leave/made-up/")
    assert (answer.status_code, "This link is not known" in answer.content.decode()) == (404, True)


KINDS = [
    ("number", "visits", "many", "is no number", "7", 7, "7"),
    ("date", "birthday", "31/31/1990", "Write it as 2026-03-31", "1990-05-04", "1990-05-04", "May 4, 1990"),
    ("choice", "plan", "Platinum", "Choose one of: Gold, Free", "gold", "Gold", "Gold"),
    ("yes_no", "newsletter", "perhaps", "Write yes or no", "yes", True, "Yes"),
    ("money", "limit", "$5", "is no amount of JPY", "120,000", 120000, "120,000 JPY"),
    ("text", "colour", "x" * 5000, "is too long", " 藍 ", "藍", "藍"),
]


@pytest.mark.parametrize(("kind", "key", "bad", "sentence", "good", "kept", "shown"), KINDS)
def test_a_field_of_each_kind_takes_what_fits_and_says_what_would(
    shop: Shop, olive: Client, kind: str, key: str, bad: str, sentence: str, good: str, kept: object, shown: str
) -> None:
    olive.post("/contacts/fields/", {"key": key, "kind": kind, "choices": "Gold\nFree", "currency": "JPY"})
    hana = shop.contacts[0]
    form = {"contact": hana.pk, "person": hana.pk, "act": "set_field", "field": key}
    refused = olive.post("/contacts/edit/", {**form, "value": bad, "sure": "1"})
    assert (refused.status_code, sentence in refused.content.decode()) == (422, True)
    before_asking = olive.post("/contacts/edit/", {**form, "value": bad})
    assert before_asking.status_code == 422
    assert olive.post("/contacts/edit/", {**form, "value": good, "sure": "1"})["Location"] == f"/contacts/{hana.pk}/"
    assert Contact.objects.get(pk=hana.pk).fields == {key: kept}
    assert f">{shown}<" in text_of(olive, f"/contacts/{hana.pk}/")
    olive.post("/contacts/edit/", {**form, "value": "", "sure": "1"})
    assert Contact.objects.get(pk=hana.pk).fields == {}


def test_a_bulk_change_reads_a_day_as_the_country_writes_it(shop: Shop, olive: Client) -> None:
    Workspace.objects.filter(pk=shop.workspace.pk).update(country="US")
    olive.post("/contacts/fields/", {"key": "birthday", "kind": "date"})
    form = {"scope": "all", "act": "set_field", "field": "birthday", "value": "03/04/1990", "sure": "1"}
    olive.post("/contacts/edit/", form)
    assert Contact.objects.get(pk=shop.contacts[0].pk).fields == {"birthday": "1990-03-04"}


def test_the_page_says_whether_we_may_write_and_why_not(shop: Shop, olive: Client) -> None:
    agreed = text_of(olive, f"/contacts/{shop.contacts[0].pk}/")
    assert (agreed.count("May be sent now"), agreed.count("May not be sent")) == (2, 0)
    stranger = factories.make_contact(shop.workspace, agreed="")
    assert text_of(olive, f"/contacts/{stranger.pk}/").count("No consent for this category") == 2
    olive.post(f"/contacts/{shop.contacts[0].pk}/opt-out/")
    assert text_of(olive, f"/contacts/{shop.contacts[0].pk}/").count("May not be sent") == 2


def test_the_same_name_and_address_in_other_letters_are_hinted_at(shop: Shop, olive: Client) -> None:
    Contact.objects.filter(pk=shop.contacts[0].pk).update(name="Emma Stone", email="emma@example.com")
    Contact.objects.filter(pk=shop.contacts[2].pk).update(name="EMMA STONE", email="Emma@Example.com")
    assert "The same name and e-mail address:" in text_of(olive, f"/contacts/{shop.contacts[0].pk}/")


def test_erasing_says_how_long_files_stay(shop: Shop, olive: Client) -> None:
    text = text_of(olive, f"/contacts/{shop.contacts[0].pk}/")
    assert "30 days after its import" in text
    assert "an export for 7 days" in text


def correct(client: Client, contact: Contact, typed: dict[str, str], **seen: str) -> HttpResponse:
    """Save the form of a person's name, address and language as somebody who saw what stands there, or something else."""
    there = {"name": contact.name, "email": contact.email, "language": contact.language}
    form = {**there, **typed, **{f"seen-{key}": value for key, value in {**there, **seen}.items()}}
    return client.post(f"/contacts/{contact.pk}/details/", form)  # type: ignore[return-value]  # a response of Django's


def test_name_address_and_language_are_corrected_by_hand_and_undone(shop: Shop, olive: Client) -> None:
    hana = shop.contacts[0]
    page = f"/contacts/{hana.pk}/"
    assert 'name="email"' in text_of(olive, f"{page}details/")
    typed = {"name": " Hanako  Abe ", "email": " Hana@example.com", "language": "zh_CN"}
    assert correct(olive, hana, typed)["Location"] == f"{page}#top"
    hana.refresh_from_db()
    assert (hana.name, hana.email, hana.language) == ("Hanako Abe", "Hana@example.com", "zh_CN")
    told = text_of(olive, page)
    assert "Name: 花子 → Hanako Abe" in told
    assert "owner-" in told.split("Name: 花子")[1].split("</li>")[0]
    assert Activity.objects.get(pk=hana.pk).language == "zh_CN"
    olive.post(f"/contacts/edits/{Edit.objects.get().pk}/undo/", {"person": hana.pk})
    assert Contact.objects.get(pk=hana.pk).name == "花子"
    assert "Undone" in text_of(olive, page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "hana＠example.com"}, "“hana＠example.com” is no e-mail address. Write it as name@example.com"),
        ({"language": "qq"}, "“qq” is no language that WhatsApp knows. Choose one from the list."),
        ({"name": "x" * 256}, "The name is too long. At most 255 characters fit."),
    ],
)
def test_a_correction_that_cannot_be_is_refused_beside_its_field(
    shop: Shop, olive: Client, typed: dict[str, str], sentence: str
) -> None:
    refused = correct(olive, shop.contacts[0], typed)
    assert refused.status_code == 422
    [[key, value]] = typed.items()
    text = refused.content.decode()
    assert sentence in text.split(f'id="details-{key}"')[1]
    assert value in text.split(f'id="details-{key}"')[0] + text.split(f'id="details-{key}"')[1]
    assert not Edit.objects.exists()


def test_what_somebody_else_has_written_meanwhile_is_shown_and_not_lost(shop: Shop, olive: Client) -> None:
    hana = shop.contacts[0]
    Contact.objects.filter(pk=hana.pk).update(name="Hana Sato", email="hana@example.com")
    refused = correct(olive, hana, {"name": "Hanako"})
    assert (refused.status_code, Contact.objects.get(pk=hana.pk).name) == (409, "Hana Sato")
    assert "Meanwhile changed to: Hana Sato" in refused.content.decode()
    # Whoever has seen it may write over it; what they did not touch stays as the other left it.
    assert correct(olive, hana, {"name": "Hanako"}, name="Hana Sato").status_code == 302
    assert Contact.objects.get(pk=hana.pk).name == "Hanako"
    assert Contact.objects.get(pk=hana.pk).email == "hana@example.com"


def test_what_was_not_touched_is_not_tidied_either(shop: Shop, olive: Client) -> None:
    hana = shop.contacts[0]
    Contact.objects.filter(pk=hana.pk).update(name=" Hana  Abe", email="hana@localhost", language="xx")
    hana.refresh_from_db()
    assert correct(olive, hana, {"name": "Hana Abe"}).status_code == 302
    assert not Edit.objects.exists()


def test_an_agent_corrects_nobody(shop: Shop, sign_in: SignIn) -> None:
    agent = sign_in(shop.workspace, "agent")
    assert "/details/" not in text_of(agent, f"/contacts/{shop.contacts[0].pk}/")
    assert correct(agent, shop.contacts[0], {"name": "Hanako"}).status_code == 403
