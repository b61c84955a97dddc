"""Proof that a request comes from Meta: the signature over the raw body, and the verify token."""

import hashlib
import hmac
from collections.abc import Sequence

_PREFIX = b"sha256="


def sign(secret: bytes, body: bytes) -> bytes:
    """Return the value of `X-Hub-Signature-256` for a raw body."""
    return _PREFIX + hmac.digest(secret, body, hashlib.sha256).hex().encode()


def is_signed(secrets: Sequence[bytes], body: bytes, header: bytes) -> bool:
    """Tell whether the header signs exactly these bytes with one of the secrets, in constant time."""
    given = header.strip()
    is_good = False
    for secret in secrets:
        is_good |= bool(secret) and hmac.compare_digest(sign(secret, body), given)
    return is_good


def is_token(expected: bytes, given: bytes) -> bool:
    """Tell in constant time whether the verify token is the right one; an empty one never is."""
    return bool(expected) and hmac.compare_digest(expected, given)
