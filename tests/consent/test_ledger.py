"""The ledger of consent: who may be written to, and why not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.consent import actions, many, queries, standing
from switchboard.consent.errors import AlreadyWithdrawnError, BasisError, OptedOutError, SourceMissingError
from switchboard.consent.models import Entry, Standing
from switchboard.contacts.models import Contact
from switchboard.contacts.types import ImportedPeople
from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_contact, make_workspace


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def amir(workspace: Workspace) -> Contact:
    return make_contact(workspace, agreed="")


def grant(amir: Contact, *, category: str = "marketing", basis: str = "opt_in", is_own_wish: bool = False) -> None:
    actions.grant_consent(
        workspace_id=amir.workspace_id,
        contact_id=amir.pk,
        category=category,
        basis=basis,
        source="sign-up form",
        actor="user:1",
        at=NOON,
        is_own_wish=is_own_wish,
    )


def withdraw(amir: Contact) -> None:
    actions.withdraw_consent(
        workspace_id=amir.workspace_id, contact_id=amir.pk, source="told us", actor="contact", at=NOON
    )


@pytest.mark.parametrize(
    ("category", "marketing", "utility", "is_out", "reason"),
    [
        ("marketing", "opt_in", "", False, ""),
        ("marketing", "", "opt_in", False, standing.NO_BASIS),
        ("marketing", "", "transaction", False, standing.NO_BASIS),
        ("utility", "", "transaction", False, ""),
        ("utility", "opt_in", "", False, ""),
        ("utility", "", "", False, standing.NO_BASIS),
        ("authentication", "", "transaction", False, ""),
        ("marketing", "opt_in", "opt_in", True, standing.OPTED_OUT),
        ("utility", "", "transaction", True, standing.OPTED_OUT),
    ],
)
def test_each_category_needs_its_basis(category: str, marketing: str, utility: str, is_out: bool, reason: str) -> None:
    refused = standing.refuse(category, marketing_basis=marketing, utility_basis=utility, is_opted_out=is_out)
    assert refused == reason


def test_nobody_may_be_written_to_before_they_agree(amir: Contact) -> None:
    answer = queries.may_write(amir.workspace_id, amir.pk, "marketing")
    assert (answer.may, answer.reason) == (False, standing.NO_BASIS)


def test_an_opt_in_is_written_down_and_counts(amir: Contact) -> None:
    grant(amir)
    [entry] = queries.list_entries(amir.workspace_id, amir.pk)
    assert (entry.kind, entry.category, entry.basis, entry.source) == ("grant", "marketing", "opt_in", "sign-up form")
    assert queries.may_write(amir.workspace_id, amir.pk, "marketing").may


@pytest.mark.parametrize(("category", "basis"), [("marketing", "transaction"), ("all", "transaction"), ("x", "opt_in")])
def test_it_refuses_a_basis_that_does_not_hold(amir: Contact, category: str, basis: str) -> None:
    with pytest.raises(BasisError):
        grant(amir, category=category, basis=basis)
    assert not Entry.objects.exists()


def test_it_refuses_a_consent_from_nowhere(amir: Contact) -> None:
    with pytest.raises(SourceMissingError):
        actions.grant_consent(
            workspace_id=amir.workspace_id, contact_id=amir.pk, category="marketing", basis="opt_in", source=" ",
            actor="user:1", at=NOON,
        )  # fmt: skip


def test_an_opt_out_ends_every_category(amir: Contact) -> None:
    grant(amir, category="all")
    withdraw(amir)
    answers = [queries.may_write(amir.workspace_id, amir.pk, category) for category in ("marketing", "utility")]
    assert [(answer.may, answer.reason, answer.since) for answer in answers] == [(False, "opted_out", NOON)] * 2


def test_it_refuses_a_second_withdrawal(amir: Contact) -> None:
    withdraw(amir)
    with pytest.raises(AlreadyWithdrawnError):
        withdraw(amir)
    assert Entry.objects.count() == 1


def test_only_their_own_wish_brings_somebody_back(amir: Contact) -> None:
    withdraw(amir)
    with pytest.raises(OptedOutError):
        grant(amir)
    grant(amir, is_own_wish=True)
    assert queries.may_write(amir.workspace_id, amir.pk, "marketing").may


def test_a_transaction_never_weakens_an_opt_in(amir: Contact) -> None:
    grant(amir, category="utility", basis="opt_in")
    grant(amir, category="utility", basis="transaction")
    assert Standing.objects.get(contact_id=amir.pk).utility_basis == "opt_in"


def imported(workspace: Workspace, *, agreed: list[int], opted_out: list[int]) -> ImportedPeople:
    return ImportedPeople(
        workspace_id=workspace.pk,
        import_id=7,
        category="marketing",
        basis="opt_in",
        source="till",
        wording="",
        at=NOON,
        agreed=[(contact_id, 2) for contact_id in agreed],
        opted_out=[(contact_id, 3) for contact_id in opted_out],
    )


def test_an_import_grants_and_withdraws_and_says_who_stayed_out(workspace: Workspace) -> None:
    new, gone, leaving = (make_contact(workspace, agreed="", is_opted_out=out).pk for out in (False, True, False))
    assert actions.record_import(imported(workspace, agreed=[new, gone], opted_out=[leaving])) == 2
    may = [queries.may_write(workspace.pk, contact_id, "marketing").may for contact_id in (new, gone, leaving)]
    assert may == [True, False, False]
    assert queries.count_opted_out(workspace.pk) == 2


def test_an_import_does_not_opt_the_same_person_out_twice(workspace: Workspace) -> None:
    gone = make_contact(workspace, agreed="", is_opted_out=True)
    actions.record_import(imported(workspace, agreed=[], opted_out=[gone.pk]))
    assert Entry.objects.filter(contact_id=gone.pk).count() == 1


@pytest.mark.parametrize("statement", [actions.SQL_GRANT_IMPORTED, actions.SQL_WITHDRAW_IMPORTED])
def test_an_import_finds_standings_by_key(workspace: Workspace, statement: str) -> None:
    values = {
        "workspace_id": workspace.pk, "import_id": 7, "category": "marketing", "basis": "opt_in", "source": "",
        "wording": "", "marketing": "opt_in", "utility": "", "actor": "import:7", "at": NOON,
        "contact_ids": [1], "lines": [2],
    }  # fmt: skip
    plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {statement}", values))
    assert "consent_standing_pkey" in plan


def test_new_people_of_an_import_get_their_line_and_standing_without_a_look(workspace: Workspace) -> None:
    new = make_contact(workspace, agreed="")
    people = replace(imported(workspace, agreed=[], opted_out=[]), joined=[(new.pk, 2)])
    assert actions.record_import(people) == 0
    assert queries.may_write(workspace.pk, new.pk, "marketing").may
    [entry] = Entry.objects.filter(contact_id=new.pk)
    assert (entry.kind, entry.evidence) == ("grant", {"import": 7, "line": 2})
    values = {
        "workspace_id": workspace.pk, "import_id": 7, "category": "marketing", "basis": "opt_in", "source": "",
        "wording": "", "marketing": "opt_in", "utility": "", "actor": "import:7", "at": NOON,
        "contact_ids": [1], "lines": [2],
    }  # fmt: skip
    plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {actions.SQL_GRANT_JOINED}", values))
    assert "Conflict" not in plan


def test_a_grant_that_facts_were_told_of_is_announced_to_the_trigger(workspace: Workspace) -> None:
    assert statements.fetch(actions.SQL_SAY_TOLD, {"told": "1"}) == [("1",)]


def test_one_workspace_cannot_see_another_ones_ledger(amir: Contact) -> None:
    grant(amir)
    with workspace_scope(make_workspace("Sam's Shop").pk):
        assert not Entry.objects.exists()
        assert queries.may_write(amir.workspace_id, amir.pk, "marketing").reason == standing.NO_BASIS


def test_the_ledger_tells_how_it_was_at_a_moment(amir: Contact) -> None:
    grant(amir)
    later = NOON + timedelta(days=1)
    actions.withdraw_consent(
        workspace_id=amir.workspace_id, contact_id=amir.pk, source="told us", actor="contact", at=later
    )
    asked = [NOON - timedelta(seconds=1), NOON, later]
    answers = [queries.may_write(amir.workspace_id, amir.pk, "marketing", at) for at in asked]
    assert [(answer.may, answer.reason) for answer in answers] == [
        (False, standing.NO_BASIS), (True, ""), (False, standing.OPTED_OUT),
    ]  # fmt: skip


def test_the_statements_over_many_find_their_rows_by_key(workspace: Workspace) -> None:
    statements.execute("SET LOCAL enable_seqscan = off", {})
    given = {
        "workspace_id": workspace.pk, "import_id": 1, "edit_id": 1, "contact_ids": [1], "marketing": [""], "utility": [""],
        "source": "x", "actor": "user:1", "at": NOON, "since": NOON,
    }  # fmt: skip
    for statement, index in (
        (actions.SQL_TAKE_BACK, "consent_entry_by_contact"),
        (actions.SQL_RECOUNT_STANDING, "consent_standing_pkey"),
        (many.SQL_WITHDRAW_MANY, "consent_standing_pkey"),
        (many.SQL_TAKE_BACK_MANY, "consent_standing_pkey"),
    ):
        plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {statement}", given))
        assert index in plan


def test_standings_are_recounted_person_by_person(workspace: Workspace) -> None:
    statements.execute("SET LOCAL enable_seqscan = off", {})
    values = {"workspace_id": workspace.pk, "contact_ids": [1, 2]}
    rows = statements.fetch(f"EXPLAIN {actions.SQL_RECOUNT_STANDING}", values)
    plan = "\n".join(str(line) for (line,) in rows)
    assert plan.count("consent_entry_by_contact") == 3
    assert "Subquery Scan" not in plan
