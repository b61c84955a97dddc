"""A colleague makes one person of two, and takes it back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from switchboard.consent import actions as consent_actions
from switchboard.consent import queries as consent_queries
from switchboard.contacts import people_queries
from switchboard.contacts.actions import notes
from switchboard.contacts.errors import ContactNotFound, NothingToUndoError, UndoTooLateError
from switchboard.contacts.models import Activity, Alias, Contact
from switchboard.conversions import actions as conversions_actions
from switchboard.conversions.models import Order
from switchboard.conversions.rules import NewOrder
from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope
from switchboard.replies import joining, merging, parting, parting_statements, remembering
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_contact, make_workspace


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def pair(workspace: Workspace) -> tuple[Contact, Contact]:
    """Hana with a number, and Hana with an address, an order and a note."""
    kept = make_contact(workspace, name="Hana", phone="+819012345678", fields={"plan": "Gold"}, tags=["VIP"])
    lost = make_contact(
        workspace, name="花子", phone="+818012345678", email="hana@example.com", fields={"plan": "Free", "city": "Kobe"}
    )
    with workspace_scope(workspace.pk):
        order = NewOrder("A-1", Decimal(500), "JPY", NOON - timedelta(days=2))
        conversions_actions.record_order(workspace_id=workspace.pk, person=str(lost.pk), order=order, now=NOON)
        notes.add_note(workspace_id=workspace.pk, contact_id=lost.pk, text="likes tea", author=None, now=NOON)
    return kept, lost


def merge(workspace: Workspace, pair: tuple[Contact, Contact]) -> int:
    kept, lost = pair
    return joining.merge_people(workspace_id=workspace.pk, keep=kept.pk, lose=lost.pk, by=1, now=NOON).pk


def test_the_preview_says_what_the_person_will_be(workspace: Workspace, pair: tuple[Contact, Contact]) -> None:
    kept, lost = pair
    preview = joining.preview_merge(workspace.pk, keep=kept.pk, lose=lost.pk)
    assert (preview.name, preview.email, preview.fields) == (
        "Hana", "hana@example.com", {"plan": "Gold", "city": "Kobe"},
    )  # fmt: skip
    assert (preview.counts["orders"], preview.counts["notes"], preview.is_opted_out) == (1, 1, False)


def test_one_person_is_left_with_everything_of_both(workspace: Workspace, pair: tuple[Contact, Contact]) -> None:
    kept, lost = pair
    merge(workspace, pair)
    found = Contact.objects.get()
    assert (found.pk, found.phone, found.email) == (kept.pk, "+819012345678", "hana@example.com")
    assert [note.text for note in people_queries.list_notes(workspace.pk, kept.pk)] == ["likes tea"]
    assert Activity.objects.get(contact_id=kept.pk).order_count == 1
    assert people_queries.find_alias(workspace.pk, lost.pk) == kept.pk


def test_undoing_makes_two_of_them_again(workspace: Workspace, pair: tuple[Contact, Contact]) -> None:
    _, lost = pair
    before = {one.pk: (one.name, one.phone, one.email, one.fields, one.tags) for one in Contact.objects.all()}
    merge_id = merge(workspace, pair)
    parting.undo_merge(workspace_id=workspace.pk, merge_id=merge_id, now=NOON + timedelta(hours=1))
    after = {one.pk: (one.name, one.phone, one.email, one.fields, one.tags) for one in Contact.objects.all()}
    assert after == before
    assert Order.objects.get().contact_id == lost.pk
    assert [Activity.objects.get(contact_id=one.pk).order_count for one in pair] == [0, 1]
    assert consent_queries.may_write(workspace.pk, lost.pk, "marketing").may
    assert not Alias.objects.exists()
    with pytest.raises(NothingToUndoError):
        parting.undo_merge(workspace_id=workspace.pk, merge_id=merge_id, now=NOON)


def test_an_opt_out_since_the_merge_holds_for_both(workspace: Workspace, pair: tuple[Contact, Contact]) -> None:
    kept, lost = pair
    merge_id = merge(workspace, pair)
    consent_actions.withdraw_consent(
        workspace_id=workspace.pk, contact_id=kept.pk, source="STOP", actor="contact", at=NOON
    )
    parting.undo_merge(workspace_id=workspace.pk, merge_id=merge_id, now=NOON)
    assert not any(consent_queries.may_write(workspace.pk, one.pk, "utility").may for one in (kept, lost))


def test_it_cannot_be_undone_after_a_day(workspace: Workspace, pair: tuple[Contact, Contact]) -> None:
    merge_id = merge(workspace, pair)
    with pytest.raises(UndoTooLateError):
        parting.undo_merge(workspace_id=workspace.pk, merge_id=merge_id, now=NOON + timedelta(hours=25))


def test_nobody_is_merged_with_themselves(workspace: Workspace, pair: tuple[Contact, Contact]) -> None:
    with pytest.raises(ContactNotFound):
        joining.merge_people(workspace_id=workspace.pk, keep=pair[0].pk, lose=pair[0].pk, by=1, now=NOON)


def test_the_statements_find_their_rows_by_key(workspace: Workspace) -> None:
    statements.execute("SET LOCAL enable_seqscan = off", {})
    given = {"workspace_id": workspace.pk, "keep": 1, "lose": 2, "merge_id": 1, "now": NOON, "message_ids": []}
    for statement, index in (
        (joining.SQL_COUNT_BELONGINGS, "delivery_message"),
        (parting_statements.SQL_HAS_NEW_ENTRIES, "consent_entry_by_contact"),
        (parting_statements.SQL_COPY_STANDING, "consent_standing_pkey"),
        (parting_statements.SQL_IS_PHONE_TAKEN, "contacts_contact_phone_once"),
        (parting_statements.SQL_GIVE_BACK, "contacts_alias_pkey"),
        (parting_statements.SQL_GIVE_BACK_MESSAGES, "delivery_message"),
        (parting_statements.SQL_RESTORE_KEPT, "contacts_contact_"),
        (parting_statements.SQL_RESTORE_KEPT_ACTIVITY, "contacts_activity_pkey"),
        (parting_statements.SQL_RESTORE_LOST_ACTIVITY, "contacts_activity_pkey"),
        (parting_statements.SQL_RESTORE_DAYS, "contacts_day"),
        (parting_statements.SQL_RESTORE_FACTS, "contacts_outcome_pkey"),
        (parting_statements.SQL_RESTORE_ROWS, "contacts_importedrow_pkey"),
        (parting_statements.SQL_RESTORE_REACH, "delivery_window"),
        (parting_statements.SQL_RESTORE_THREADS, "conversations_"),
        (parting_statements.SQL_LOCK_SKIPPED, "delivery_delivery"),
        (parting_statements.SQL_UNSKIP, "delivery_delivery"),
        (merging.SQL_MOVE_DEEDS, "contacts_purchases_pkey"),
        (remembering.SQL_REMEMBER, "contacts_note_by_contact"),
        (remembering.SQL_REMEMBER_KEPT, "delivery_person_pkey"),
    ):
        plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {statement}", given))
        assert index in plan, index


def test_every_statement_of_an_undo_has_run() -> None:
    """They run in test_parting; named here for whoever looks for them."""
    assert parting_statements.SQL_BRING_BACK
    assert parting_statements.SQL_RESTORE_STANDINGS
