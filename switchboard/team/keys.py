"""What a program's key is: its secret, what it may do, and whether it still does (pure)."""

import hashlib
import hmac
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

PREFIX = "swb_"
# Hexadecimal, so that a double click takes all of it, and scanners for leaked secrets know it by its shape.
_SECRET = re.compile(rf"{PREFIX}[0-9a-f]{{64}}")
_SHOWN = len(PREFIX) + 8

# What a key can be allowed to do: a thing, and what is done with it. Who may write may read.
SCOPES = ("contacts:read", "consent:write", "imports:read", "imports:write", "orders:write", "events:write")

# How long the former key goes on working when it is replaced.
OVERLAP = timedelta(days=1)
LONGEST_LIFE = timedelta(days=3660)
# How exactly `last_used_at` is kept.
USE_NOTED_EVERY = timedelta(minutes=1)


class KeyState(StrEnum):
    """Whether a key opens anything."""

    WORKS = "works"
    EXPIRED = "expired"
    REVOKED = "revoked"


def render_secret(random: bytes) -> str:
    """Return 256 random bits as people copy them."""
    return PREFIX + random.hex()


def is_secret(text: str) -> bool:
    """Tell whether a text has the shape of a secret of ours."""
    return bool(_SECRET.fullmatch(text))


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def is_same_hash(one: bytes | memoryview, other: bytes | memoryview) -> bool:
    """Compare two hashes in a time that tells nothing about them."""
    return hmac.compare_digest(bytes(one), bytes(other))


def shorten_secret(secret: str) -> str:
    """Return the beginning of a secret, by which people tell their keys apart; 224 bits stay unknown."""
    return secret[:_SHOWN]


def state_of(*, expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> KeyState:
    """Return whether a key works, has run out, or was taken back."""
    if revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.EXPIRED if expires_at is not None and expires_at <= now else KeyState.WORKS


def has_scope(scopes: Collection[str], wanted: str) -> bool:
    """Tell whether these scopes allow something."""
    thing, _, verb = wanted.partition(":")
    return wanted in scopes or (verb == "read" and f"{thing}:write" in scopes)
