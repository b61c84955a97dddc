"""Encryption of tokens and secrets with keys that live outside the database."""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from switchboard.core import env
from switchboard.core.errors import Unavailable


class KeyMissingError(Unavailable):
    """A stored secret cannot be read with the keys in SWITCHBOARD_ENCRYPTION_KEYS. Put the key it was written with back into that list."""


@lru_cache(maxsize=4)
def _ring(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
    except ValueError as error:
        message = "SWITCHBOARD_ENCRYPTION_KEYS must be one or more Fernet keys, separated by commas. Make one with `switchboard key`."
        raise env.SettingError(message) from error


def _current_ring() -> MultiFernet:
    keys = env.read_text("SWITCHBOARD_ENCRYPTION_KEYS")
    if not keys:
        raise env.SettingError(
            "SWITCHBOARD_ENCRYPTION_KEYS is not set. Make a key with `switchboard key` and keep it outside the database."
        )
    return _ring(keys)


def new_key() -> str:
    """Return a fresh key for SWITCHBOARD_ENCRYPTION_KEYS."""
    return Fernet.generate_key().decode()


def encrypt(text: str) -> bytes:
    """Return the text encrypted with the first key.

    :raises SettingError: no usable key is set.
    """
    return _current_ring().encrypt(text.encode())


def decrypt(stored: bytes | memoryview) -> str:
    """Return the text of what `encrypt` made, with whichever key fits.

    :raises KeyMissingError: none of the keys fits.
    """
    try:
        return _current_ring().decrypt(bytes(stored)).decode()
    except InvalidToken as error:
        raise KeyMissingError from error
