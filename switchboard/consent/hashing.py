"""Hashes of phone numbers: enough to know a number again, useless to find it out."""

import hashlib
import hmac
from collections.abc import Iterable

KEY_BYTES = 32


def hash_phone(phone: str, key: bytes) -> bytes:
    """Return the hash of a number in E.164 form."""
    return hmac.new(key, phone.encode(), hashlib.sha256).digest()


def hash_phones(phones: Iterable[str], key: bytes) -> dict[bytes, str]:
    """Return the numbers by their hashes."""
    return {hash_phone(phone, key): phone for phone in phones if phone}
