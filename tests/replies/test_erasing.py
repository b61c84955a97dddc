"""A person is erased, and before that may have everything that is kept about them."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from switchboard.consent import actions as consent_actions
from switchboard.consent import queries as consent_queries
from switchboard.consent.errors import OptedOutError
from switchboard.consent.models import Entry, Standing, Suppression
from switchboard.contacts.actions import notes
from switchboard.contacts.errors import ContactNotFound
from switchboard.contacts.models import Contact, Note
from switchboard.contacts.types import ImportedPeople
from switchboard.conversions.models import Deeds, RefusedDeed
from switchboard.core import ids, statements
from switchboard.core.tenancy import workspace_scope
from switchboard.replies import belongings, dossier, erasing
from switchboard.replies.models import InboundMessage
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_contact, make_workspace
from tests.replies.test_parting import SQL_TABLES, Place


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def hana(workspace: Workspace) -> Contact:
    """Hana, who wrote once and of whom there is a note."""
    person = make_contact(workspace, name="Hana", phone="+819012345678", agreed="all")
    with workspace_scope(workspace.pk):
        notes.add_note(workspace_id=workspace.pk, contact_id=person.pk, text="likes tea", author=None, now=NOON)
        InboundMessage.objects.create(
            id=ids.inbound_message_id(NOON, "wamid.1"), workspace_id=workspace.pk, number_id=1, contact_id=person.pk,
            wamid="wamid.1", kind="text", text="my address is …", body={"text": "x"}, sent_at=NOON, received_at=NOON,
        )  # fmt: skip
    return person


def erase(person: Contact) -> erasing.Erased:
    return erasing.erase_person(workspace_id=person.workspace_id, contact_id=person.pk, now=NOON)


def test_nothing_that_names_the_person_is_left_and_the_counts_stay(hana: Contact) -> None:
    assert erase(hana).received == 1
    message = InboundMessage.objects.get()
    assert (message.text, message.body) == ("", {"erased": True})
    assert not Contact.objects.filter(pk=hana.pk).exists()
    assert not Note.objects.exists()
    assert not Entry.objects.exists()
    assert b"9012345678" not in bytes(Suppression.objects.get().hash)


def test_a_later_list_does_not_bring_them_back(workspace: Workspace, hana: Contact) -> None:
    erase(hana)
    again = make_contact(workspace, phone="+819012345678", agreed="")
    people = ImportedPeople(workspace.pk, 7, "marketing", "opt_in", "bought list", "", NOON, [(again.pk, 2)], [])
    assert consent_actions.record_import(people) == 1
    answer = consent_queries.may_write(workspace.pk, again.pk, "marketing")
    assert (answer.may, answer.reason) == (False, "opted_out")


def test_a_colleague_cannot_sign_them_up_again_but_they_can(workspace: Workspace, hana: Contact) -> None:
    erase(hana)
    again = make_contact(workspace, phone="+819012345678", agreed="")
    given: dict[str, Any] = {
        "workspace_id": workspace.pk, "contact_id": again.pk, "category": "marketing", "basis": "opt_in",
        "source": "form", "actor": "user:1", "at": NOON,
    }  # fmt: skip
    with pytest.raises(OptedOutError):
        consent_actions.grant_consent(**given)
    consent_actions.grant_consent(**given, is_own_wish=True)
    assert Standing.objects.get(contact_id=again.pk).opted_out_at is None


def test_when_they_opted_out_is_remembered(workspace: Workspace, hana: Contact) -> None:
    earlier = NOON - timedelta(days=9)
    consent_actions.withdraw_consent(
        workspace_id=workspace.pk, contact_id=hana.pk, source="STOP", actor="contact", at=earlier
    )
    erase(hana)
    kept = Suppression.objects.get()
    assert (kept.opted_out_at, kept.source, kept.erased_at) == (earlier, "STOP", NOON)


def test_an_erased_person_cannot_be_erased_again(hana: Contact) -> None:
    erase(hana)
    with pytest.raises(ContactNotFound):
        erase(hana)


def test_the_archive_holds_everything_about_the_person(workspace: Workspace, hana: Contact) -> None:
    with zipfile.ZipFile(io.BytesIO(dossier.build_dossier(workspace.pk, hana.pk))) as archive:
        names = set(archive.namelist())
        person = json.loads(archive.read("person.json"))
        notes_kept = json.loads(archive.read("notes.json"))
    assert {"person.json", "consent.json", "messages_received.json", "orders.json", "events.json"} <= names
    assert (person["name"], person["phone"], notes_kept[0]["text"]) == ("Hana", "+819012345678", "likes tea")


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (erasing.SQL_EMPTY_SENT, "contact"),
        (erasing.SQL_EMPTY_RECEIVED, "contact"),
        (erasing.SQL_TAKE_FILES, "replies_media"),
        (erasing.SQL_FORGET_ROWS, "contacts_refusedrow_by_import"),
        (erasing.SQL_FORGET_PERSON, "contacts_note_by_contact"),
        (erasing.SQL_FORGET_CONTACT, "contacts_contact_"),
    ],
)
def test_each_statement_finds_its_rows_by_key(workspace: Workspace, statement: str, index: str) -> None:
    statements.execute("SET LOCAL enable_seqscan = off", {})
    given = {"workspace_id": workspace.pk, "contact_id": 1, "tail": "012345678"}
    plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {statement}", given))
    assert index in plan


# What stays in these is empty of words and names: counts of the shop, whose they were leads to nobody.
LEFT = {
    "broadcasts_recipient",
    "conversations_conversation",
    "delivery_message",
    "delivery_outbox",
    "replies_inboundmessage",
}


def test_no_table_keeps_a_row_of_them_that_says_anything(db: None) -> None:
    place = Place(3)
    person = place.make_person("+819012345678")
    erase(person)
    for (table,) in statements.fetch(SQL_TABLES + "AND column_name = 'contact_id'", {}):
        count = f"SELECT count(*) FROM {table} WHERE contact_id = %(contact_id)s"
        ((left,),) = statements.fetch(count, {"contact_id": person.pk})
        assert table in LEFT or left == 0, table


def test_refused_rows_of_orders_forget_their_number(workspace: Workspace, hana: Contact) -> None:
    deeds = Deeds.objects.create(
        workspace=workspace, kind="orders", file_name="a.csv", file_path="a", encoding="utf-8", created_at=NOON
    )
    for line, phone in enumerate(("090-1234-5678", "090-1111-2222")):
        RefusedDeed.objects.create(workspace=workspace, deeds=deeds, line=line, reason="x", cells=[phone, "5"])
    erase(hana)
    assert [row.line for row in RefusedDeed.objects.all()] == [1]


# Where each table that knows people is in the archive; empty: queues that hold nothing of their own.
ARCHIVED = {
    "broadcasts_recipient": "broadcasts", "consent_entry": "consent", "consent_standing": "consent_standing",
    "contacts_activity": "activity", "contacts_alias": "former_ids", "contacts_change": "tag_changes",
    "contacts_changed": "", "contacts_check": "", "contacts_correction": "tag_corrections", "contacts_day": "days",
    "contacts_editedrow": "changes_of_many", "contacts_event": "events", "contacts_identity": "identities",
    "contacts_importedrow": "imports", "contacts_note": "notes", "contacts_outcome": "broadcast_outcomes",
    "contacts_purchases": "purchases", "conversations_conversation": "conversations",
    "conversations_line": "conversation_lines", "conversations_session": "sessions", "conversations_timer": "",
    "conversions_order": "orders", "delivery_message": "messages_sent", "delivery_outbox": "", "delivery_person": "",
    "delivery_reach": "undeliverable", "delivery_window": "service_windows", "replies_answer": "",
    "replies_coupon": "coupons", "replies_decision": "", "replies_inboundmessage": "messages_received",
}  # fmt: skip


def test_the_archive_has_something_of_every_table_that_knows_people(db: None) -> None:
    assert {table for (table,) in statements.fetch(SQL_TABLES, {})} == set(ARCHIVED)
    place = Place(3)
    person = place.make_person("+819012345678")
    with zipfile.ZipFile(io.BytesIO(dossier.build_dossier(place.workspace.pk, person.pk))) as archive:
        assert {f"{part}.json" for part in ARCHIVED.values() if part} <= set(archive.namelist())
        assert json.loads(archive.read("conversation_lines.json"))
        assert json.loads(archive.read("days.json"))


def test_what_the_archive_asks_is_found_by_contact(workspace: Workspace) -> None:
    statements.execute("SET LOCAL enable_seqscan = off", {})
    given = {"workspace_id": workspace.pk, "contact_id": 1}
    rows = statements.fetch(f"EXPLAIN {belongings.SQL_DESCRIBE_BELONGINGS}", given)
    assert "delivery_window_pkey" in "\n".join(str(line) for (line,) in rows)
