"""Workspaces, people and roles."""

import pytest

from switchboard.core.tenancy import set_scope, workspace_scope
from switchboard.team import actions, queries
from switchboard.team import statements as sql
from switchboard.team.errors import EmailError, LastOwnerError, MemberMissingError, RoleError, TimeZoneError
from switchboard.team.models import Member, User, Workspace
from tests.conftest import NOON
from tests.factories import make_workspace

pytestmark = pytest.mark.django_db


def make_user(name: str) -> User:
    return actions.ensure_user(email=f"{name}@example.com", password="long enough to sign in", name=name)


def test_a_workspace_is_made_with_its_owner() -> None:
    olive = make_user("olive")
    made = actions.create_workspace(name="Olive's", time_zone="Asia/Tokyo", country="jp", owner_id=olive.pk, now=NOON)
    member = queries.find_member(user_id=olive.pk, workspace_id=made.pk)
    assert member is not None
    assert (member.role, member.workspace.country) == ("owner", "JP")


def test_the_statement_for_the_next_id_gives_another_each_time() -> None:
    assert "team_workspace" in sql.SQL_NEXT_WORKSPACE_ID
    assert make_workspace().pk != make_workspace().pk


def test_it_refuses_a_time_zone_that_does_not_exist() -> None:
    with pytest.raises(TimeZoneError, match="Asia/Tokyo"):
        actions.create_workspace(name="x", time_zone="Mars/Olympus", now=NOON)


def test_a_person_is_one_whatever_the_case_of_the_address() -> None:
    first = make_user("olive")
    again = actions.ensure_user(email="Olive@Example.com", password="another long password")
    assert again.pk == first.pk
    assert again.check_password("another long password")


def test_a_person_chooses_their_own_language() -> None:
    olive = make_user("olive")
    actions.set_language(user_id=olive.pk, language="ja")
    assert User.objects.get(pk=olive.pk).language == "ja"


def test_it_refuses_an_address_that_is_none() -> None:
    with pytest.raises(EmailError):
        actions.ensure_user(email="olive", password="x")


def test_a_member_gets_another_role_and_no_second_place() -> None:
    workspace, amir = make_workspace(), make_user("amir")
    for role in ("agent", "supervisor"):
        actions.add_member(workspace_id=workspace.pk, user_id=amir.pk, role=role, now=NOON)
    assert [member.role for member in Member.objects.all()] == ["supervisor"]


def test_it_refuses_a_role_that_does_not_exist() -> None:
    workspace, amir = make_workspace(), make_user("amir")
    with pytest.raises(RoleError):
        actions.add_member(workspace_id=workspace.pk, user_id=amir.pk, role="king", now=NOON)


def owned() -> tuple[Workspace, User]:
    olive = make_user("olive")
    return actions.create_workspace(name="x", time_zone="UTC", owner_id=olive.pk, now=NOON), olive


def test_the_last_owner_stays() -> None:
    workspace, olive = owned()
    with pytest.raises(LastOwnerError):
        actions.add_member(workspace_id=workspace.pk, user_id=olive.pk, role="agent", now=NOON)
    with pytest.raises(LastOwnerError):
        actions.remove_member(workspace_id=workspace.pk, user_id=olive.pk)


def test_an_owner_may_go_when_there_is_another() -> None:
    workspace, olive = owned()
    actions.add_member(workspace_id=workspace.pk, user_id=make_user("amir").pk, role="owner", now=NOON)
    actions.remove_member(workspace_id=workspace.pk, user_id=olive.pk)
    assert [member.user.name for member in Member.objects.select_related("user")] == ["amir"]


def test_a_stranger_cannot_be_removed() -> None:
    with pytest.raises(MemberMissingError):
        actions.remove_member(workspace_id=make_workspace().pk, user_id=make_user("sam").pk)


def test_a_person_sees_their_own_workspaces_and_no_others() -> None:
    mine, olive = owned()
    other = make_workspace("Sam's Shop")
    with workspace_scope(mine.pk, olive.pk):
        assert [workspace.pk for workspace in Workspace.objects.all()] == [mine.pk]
    set_scope(workspace_id=None, user_id=olive.pk)
    assert [workspace.pk for workspace in queries.list_workspaces(user_id=olive.pk)] == [mine.pk]
    assert other.pk != mine.pk
