"""Lists of contacts, and the wall between workspaces."""

import pytest

from switchboard.contacts import queries
from switchboard.contacts.errors import ContactNotFound, ImportNotFound
from switchboard.contacts.models import Contact
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests.contacts.conftest import RunImport
from tests.factories import make_contact, make_workspace


def test_pages_of_contacts_join_without_gap_or_overlap(workspace: Workspace) -> None:
    made = [make_contact(workspace).pk for _ in range(7)]
    seen: list[int] = []
    before = None
    while True:
        page = queries.list_contacts(workspace.pk, before=before, limit=3)
        seen += [contact.pk for contact in page.contacts]
        before = page.next_before
        if before is None:
            break
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize("search", ["田中", "090-1234-5678", "+81 90 1234 5678", "1234567", "TANAKA@"])
def test_it_finds_a_person_by_name_number_or_address(workspace: Workspace, search: str) -> None:
    make_contact(workspace, name="佐藤")
    tanaka = make_contact(workspace, name="田中", phone="+819012345678", email="tanaka@example.com")
    assert [contact.pk for contact in queries.list_contacts(workspace.pk, search=search).contacts] == [tanaka.pk]


def test_it_finds_people_by_tag_and_counts_them(workspace: Workspace) -> None:
    make_contact(workspace, tags=["VIP", "new"])
    both = make_contact(workspace, tags=["VIP"])
    tags = {tag.name: (tag.pk, count) for tag, count in queries.list_tags_with_counts(workspace.pk)}
    assert {name: count for name, (_, count) in tags.items()} == {"VIP": 2, "new": 1}
    page = queries.list_contacts(workspace.pk, tag_ids=[tags["VIP"][0]])
    assert page.contacts[0].pk == both.pk
    assert len(page.contacts) == 2


def test_it_lists_the_people_of_an_import_new_or_known(workspace: Workspace, run_import: RunImport) -> None:
    known = make_contact(workspace, phone="+819012345678")
    make_contact(workspace)
    result = run_import("phone\n09012345678\n08012345678\n")
    found = queries.list_contacts(workspace.pk, import_id=result.import_id).contacts
    assert len(found) == 2
    assert known.pk in {contact.pk for contact in found}


def test_one_workspace_cannot_see_another_ones_people(workspace: Workspace, run_import: RunImport) -> None:
    mine = make_contact(workspace)
    result = run_import("phone\n09012345678\n")
    stranger = make_workspace("Sam's Shop")
    with workspace_scope(stranger.pk):
        assert not Contact.objects.exists()
        with pytest.raises(ContactNotFound):
            queries.get_contact(workspace.pk, mine.pk)
        with pytest.raises(ImportNotFound):
            queries.get_import(workspace.pk, result.import_id)


def test_two_workspaces_may_know_the_same_person(workspace: Workspace) -> None:
    make_contact(workspace, phone="+819012345678")
    make_contact(make_workspace("Sam's Shop"), phone="+819012345678")
