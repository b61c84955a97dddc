"""Who asks: a program with a key of one workspace, and what that key may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja.security.http import HttpAuthBase

from switchboard.api.errors import KeyAbsentError, KeyOverError, KeyUnknownError, ScopeMissingError
from switchboard.core import clock
from switchboard.core.tenancy import set_scope
from switchboard.team import actions, keys, queries
from switchboard.team.keys import KeyState


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that was let in; the open transaction sees its workspace and no other."""

    workspace_id: int
    # As the ledger names who did something.
    actor: str


class ApiRequest(HttpRequest):
    """A request of a program; what ninja has attached."""

    auth: Caller


class Key(HttpAuthBase):
    """Lets a program in whose key has the scope."""

    openapi_scheme = "bearer"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        """Return who asks, and let the transaction see the workspace.

        :raises KeyAbsentError: no key.
        :raises KeyUnknownError: none of ours.
        :raises KeyOverError: it has run out, or was revoked.
        :raises ScopeMissingError: it may do other things.
        """
        secret, now = _read_secret(request), clock.now()
        key = queries.find_key(secret)
        # The row was found by the hash; compared again, so that nothing depends on how a database compares.
        if key is None or not keys.is_same_hash(key.hash, keys.hash_secret(secret)):
            raise KeyUnknownError
        state = keys.state_of(expires_at=key.expires_at, revoked_at=key.revoked_at, now=now)
        if state != KeyState.WORKS:
            ended_at = key.revoked_at or key.expires_at
            raise KeyOverError(f"This API key ({key.prefix}…) ended on {ended_at:%Y-%m-%d at %H:%M} UTC.")
        set_scope(workspace_id=key.workspace_id)
        actions.note_use(key, now)
        if not keys.has_scope(key.scopes, self.scope):
            raise ScopeMissingError(f"This API key ({key.prefix}…) may not do that: it lacks the scope {self.scope}.")
        return Caller(key.workspace_id, f"key:{key.name}")


def needs(scope: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what an endpoint says of who may call it, to ninja and in the document."""
    return {"auth": Key(scope), "openapi_extra": {"x-scope": scope, **(more or {})}}


def _read_secret(request: HttpRequest) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise KeyAbsentError
    return secret.strip()
