"""Who was erased and stays opted out: kept as hashes, asked whenever somebody unknown to the ledger is to agree."""

import base64
import secrets as random_secrets
from collections.abc import Iterable, Sequence

from switchboard.consent.hashing import KEY_BYTES, hash_phones
from switchboard.consent.models import HashKey, Suppression
from switchboard.contacts.models import Contact
from switchboard.core import secrets


def has_suppressed(workspace_id: int) -> bool:
    """Tell whether anybody is on the list at all, which most workspaces can answer with no."""
    return Suppression.objects.filter(workspace_id=workspace_id).exists()


def find_suppressed(workspace_id: int, phones: Iterable[str]) -> dict[str, Suppression]:
    """Return those of these numbers whose owners were erased."""
    key = find_key(workspace_id)
    if key is None:
        return {}
    by_hash = hash_phones(phones, key)
    found = Suppression.objects.filter(workspace_id=workspace_id, hash__in=list(by_hash))
    return {by_hash[bytes(one.hash)]: one for one in found}


def find_suppressed_contacts(workspace_id: int, contact_ids: Sequence[int]) -> dict[int, Suppression]:
    """Return those of these contacts who are somebody that was erased."""
    if not has_suppressed(workspace_id):
        return {}
    rows = Contact.objects.filter(workspace_id=workspace_id, pk__in=contact_ids, phone__isnull=False)
    phones = {phone: contact_id for contact_id, phone in rows.values_list("pk", "phone") if phone}
    return {phones[phone]: one for phone, one in find_suppressed(workspace_id, phones).items()}


def find_key(workspace_id: int) -> bytes | None:
    """Return the workspace's key for hashes, if one was ever needed."""
    stored = HashKey.objects.filter(workspace_id=workspace_id).first()
    return base64.b64decode(secrets.decrypt(stored.key_encrypted)) if stored else None


def make_key() -> bytes:
    """Return a new key, encrypted for keeping."""
    return secrets.encrypt(base64.b64encode(random_secrets.token_bytes(KEY_BYTES)).decode())
