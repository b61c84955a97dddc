"""Workspaces are made, people get their sign-in and their role."""

from datetime import datetime, time
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope
from switchboard.team import statements as sql
from switchboard.team.errors import EmailError, LastOwnerError, MemberMissingError, RoleError, TimeZoneError
from switchboard.team.models import Member, Role, User, Workspace


def create_workspace(
    *,
    name: str,
    time_zone: str,
    now: datetime,
    language: str = "en",
    country: str = "JP",
    owner_id: int | None = None,
    is_sample: bool = False,
) -> Workspace:
    """Make a workspace, with its first owner where one is given.

    :raises TimeZoneError: there is no such zone.
    """
    if time_zone not in available_timezones():
        raise TimeZoneError(field="time_zone")
    with transaction.atomic():
        [(workspace_id,)] = statements.fetch(sql.SQL_NEXT_WORKSPACE_ID, {})
        with workspace_scope(workspace_id, owner_id):
            workspace = Workspace.objects.create(
                id=workspace_id,
                name=name.strip()[:150],
                time_zone=time_zone,
                language=language,
                country=country.upper(),
                is_sample=is_sample,
                created_at=now,
            )
            if owner_id is not None:
                add_member(workspace_id=workspace_id, user_id=owner_id, role=Role.OWNER, now=now)
    return workspace


def set_quiet_hours(*, workspace_id: int, quiet_from: time, quiet_until: time) -> None:
    """Set the hours, in each person's own time, in which nobody is written to; the same twice: none."""
    Workspace.objects.filter(pk=workspace_id).update(quiet_from=quiet_from, quiet_until=quiet_until)


def ensure_user(*, email: str, password: str, name: str = "", language: str = "") -> User:
    """Return the person with this address, made where there was none; the password becomes the given one.

    :raises EmailError: not an address.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise EmailError(field="email") from error
    user = User.objects.filter(email__iexact=address).first() or User(email=address, name=name, language=language)
    user.set_password(password)
    user.save()
    return user


def set_language(*, user_id: int, language: str) -> None:
    """Keep the language in which the console speaks to a person."""
    User.objects.filter(pk=user_id).update(language=language)


def add_member(*, workspace_id: int, user_id: int, role: str, now: datetime) -> Member:
    """Give a person a place in the workspace, or another role in it.

    :raises RoleError: there is no such role.
    :raises LastOwnerError: the only owner would become something less.
    """
    if role not in Role.values:
        raise RoleError(field="role")
    member = Member.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, user_id=user_id).first()
    if member is None:
        return Member.objects.create(workspace_id=workspace_id, user_id=user_id, role=role, created_at=now)
    if member.role == Role.OWNER and role != Role.OWNER:
        _refuse_last_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    return member


def remove_member(*, workspace_id: int, user_id: int) -> None:
    """Take a person out of the workspace; what they did stays.

    :raises MemberMissingError: not a member.
    :raises LastOwnerError: the only owner.
    """
    member = Member.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, user_id=user_id).first()
    if member is None:
        raise MemberMissingError
    if member.role == Role.OWNER:
        _refuse_last_owner(member)
    member.delete()


def _refuse_last_owner(member: Member) -> None:
    owners = Member.objects.filter(workspace_id=member.workspace_id, role=Role.OWNER)
    # All owners are locked: two who step down at the same moment must not both find the other.
    if len(list(owners.select_for_update(no_key=True).order_by("id"))) <= 1:
        raise LastOwnerError
