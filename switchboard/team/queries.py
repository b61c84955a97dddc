"""Who is who."""

from collections.abc import Collection

from switchboard.core import statements
from switchboard.core.rows import get_own
from switchboard.team import keys
from switchboard.team import statements as sql
from switchboard.team.errors import KeyMissingError, WorkspaceMissingError
from switchboard.team.models import ApiKey, Member, Workspace


def find_member(*, user_id: int, workspace_id: int | None) -> Member | None:
    """Return the person's place in that workspace, or else in the newest one they belong to."""
    memberships = Member.objects.select_related("workspace").filter(user_id=user_id).order_by("-workspace_id")
    if workspace_id is not None:
        chosen = memberships.filter(workspace_id=workspace_id).first()
        if chosen is not None:
            return chosen
    return memberships.first()


def list_workspaces(*, user_id: int) -> list[Workspace]:
    """Return the workspaces that a person belongs to, the newest first."""
    return list(Workspace.objects.filter(members__user_id=user_id).order_by("-id"))


def get_workspace(workspace_id: int) -> Workspace:
    """Return a workspace.

    :raises WorkspaceMissingError: there is none.
    """
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        raise WorkspaceMissingError
    return workspace


def map_member_names(workspace_id: int) -> dict[int, str]:
    """Return the names of a workspace's members, by member id."""
    members = Member.objects.select_related("user").filter(workspace_id=workspace_id)
    return {member.pk: str(member.user) for member in members}


def map_user_names(workspace_id: int, user_ids: Collection[int | None]) -> dict[int, str]:
    """Return the names of those of these users who are members of a workspace, by user id."""
    members = Member.objects.select_related("user").filter(workspace_id=workspace_id, user_id__in=set(user_ids))
    return {member.user_id: str(member.user) for member in members} if user_ids else {}


def find_workspace(name_or_id: str) -> Workspace | None:
    """Return the workspace with this number or, the newest first, this name."""
    if name_or_id.isdigit():
        return Workspace.objects.filter(pk=int(name_or_id)).first()
    return Workspace.objects.filter(name=name_or_id.strip()).order_by("-id").first()


def find_key(secret: str) -> ApiKey | None:
    """Return the key with this secret, whatever workspace it is of, ended or not; needs an open transaction.

    The transaction sees that one row and nothing else of any workspace; let it see the key's workspace next.
    """
    if not keys.is_secret(secret):
        return None
    digest = keys.hash_secret(secret)
    statements.fetch(sql.SQL_SHOW_KEY, {"hash": digest.hex()})
    found = ApiKey.objects.filter(hash=digest).first()
    statements.fetch(sql.SQL_SHOW_KEY, {"hash": ""})
    return found


def get_key(workspace_id: int, key_id: int, *, lock: bool = False) -> ApiKey:
    """Return a key.

    :raises KeyMissingError: not in this workspace.
    """
    return get_own(ApiKey, workspace_id, key_id, KeyMissingError, lock=lock)


def list_keys(workspace_id: int) -> list[ApiKey]:
    """Return the keys of a workspace, the newest first, those that have ended among them."""
    return list(ApiKey.objects.filter(workspace_id=workspace_id).order_by("-id"))
