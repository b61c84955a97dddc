"""Keys of programs are made, replaced and taken back."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.team import keys, queries
from switchboard.team.errors import KeyEndedError, KeyNameError, KeyScopeError, KeyTimeError
from switchboard.team.keys import KeyState
from switchboard.team.models import ApiKey

_LONGEST_NAME = 60
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key, and its secret, which is shown now and never again."""

    key: ApiKey
    secret: str


def create_key(
    *,
    workspace_id: int,
    name: str,
    scopes: Collection[str],
    by: int | None,
    now: datetime,
    expires_at: datetime | None = None,
) -> MadeKey:
    """Make a key that may do these things, for ever or until a moment.

    :raises KeyNameError: no name, or one that is too long.
    :raises KeyScopeError: nothing that it may do, or something that is not in `keys.SCOPES`.
    :raises KeyTimeError: it would have ended already, or end in more than ten years.
    """
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > _LONGEST_NAME or not tidy.isprintable():
        raise KeyNameError(field="name")
    if not scopes or not set(scopes) <= set(keys.SCOPES):
        raise KeyScopeError(field="scopes")
    if expires_at is not None and not now < expires_at <= now + keys.LONGEST_LIFE:
        raise KeyTimeError(field="expires_at")
    secret = keys.render_secret(secrets.token_bytes(_SECRET_BYTES))
    key = ApiKey.objects.create(
        workspace_id=workspace_id,
        name=tidy,
        prefix=keys.shorten_secret(secret),
        hash=keys.hash_secret(secret),
        scopes=[scope for scope in keys.SCOPES if scope in scopes],
        created_by=by,
        created_at=now,
        expires_at=expires_at,
    )
    return MadeKey(key, secret)


def rotate_key(
    *, workspace_id: int, key_id: int, by: int | None, now: datetime, overlap: timedelta = keys.OVERLAP
) -> MadeKey:
    """Make a key that may do the same and lives as long; the former one ends after `overlap`, so that nothing stands still.

    :raises KeyEndedError: it has ended already.
    :raises KeyTimeError: the overlap is negative, or longer than ten years.
    """
    former = _lock_working(workspace_id, key_id, now)
    if not timedelta(0) <= overlap <= keys.LONGEST_LIFE:
        raise KeyTimeError(field="overlap")
    lives_for = former.expires_at - former.created_at if former.expires_at else None
    made = create_key(
        workspace_id=workspace_id,
        name=former.name,
        scopes=former.scopes,
        by=by,
        now=now,
        expires_at=now + lives_for if lives_for else None,
    )
    ends_at = now + overlap
    former.expires_at = min(former.expires_at or ends_at, ends_at)
    former.save(update_fields=["expires_at"])
    return made


def revoke_key(*, workspace_id: int, key_id: int, now: datetime) -> ApiKey:
    """End a key at once; what it has done stays.

    :raises KeyEndedError: it has ended already.
    """
    key = _lock_working(workspace_id, key_id, now)
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    return key


def note_use(key: ApiKey, now: datetime) -> None:
    """Remember that a key was used, at most once a minute; never wait for another request that does the same."""
    if key.last_used_at is not None and now - key.last_used_at < keys.USE_NOTED_EVERY:
        return
    free = ApiKey.objects.select_for_update(no_key=True, skip_locked=True).filter(
        workspace_id=key.workspace_id, pk=key.pk
    )
    held = free.first()
    if held is not None:
        held.last_used_at = now
        held.save(update_fields=["last_used_at"])


def _lock_working(workspace_id: int, key_id: int, now: datetime) -> ApiKey:
    key = queries.get_key(workspace_id, key_id, lock=True)
    if keys.state_of(expires_at=key.expires_at, revoked_at=key.revoked_at, now=now) != KeyState.WORKS:
        raise KeyEndedError
    return key
