"""The link by which a person leaves, and comes back, without signing in: an address that nobody can make up."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing

_SALT = "switchboard.consent.links"
_FIELDS = 2


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose link it is."""

    workspace_id: int
    contact_id: int


def make_token(workspace_id: int, contact_id: int) -> str:
    """Return what stands at the end of a person's own link."""
    return signing.dumps([workspace_id, contact_id], salt=_SALT)


def read_token(token: str) -> Holder | None:
    """Return whose link it is; nothing for a link that is not ours. Links do not run out."""
    try:
        parts = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    if not isinstance(parts, list) or len(parts) != _FIELDS or not all(isinstance(part, int) for part in parts):
        return None
    return Holder(*parts)


def build_link(workspace_id: int, contact_id: int) -> str:
    """Return a person's own link, as a message carries it."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/leave/{make_token(workspace_id, contact_id)}/"
