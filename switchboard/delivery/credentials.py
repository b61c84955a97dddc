"""Access tokens of accounts, decrypted and kept for half a minute."""

import asyncio
from dataclasses import dataclass

from switchboard.core import clock, secrets
from switchboard.core.database import Pool
from switchboard.delivery.store import credentials as store

_KEPT_SECONDS = 30.0


class NoTokenError(Exception):
    """There is no usable access token."""


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    until: float


class Credentials:
    """Looks tokens up in the database, each at most twice a minute."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: dict[int, _Kept] = {}
        self._lock = asyncio.Lock()

    async def find_token(self, workspace_id: int, account_id: int) -> str:
        """Return an account's token.

        :raises NoTokenError: the account has none, or it cannot be decrypted.
        """
        kept = self._kept.get(account_id)
        if kept is not None and clock.monotonic() < kept.until:
            return kept.token
        async with self._lock:
            kept = self._kept.get(account_id)
            if kept is None or clock.monotonic() >= kept.until:
                token = await self._read(workspace_id, account_id)
                self._kept[account_id] = kept = _Kept(token, clock.monotonic() + _KEPT_SECONDS)
        return kept.token

    def forget(self, account_id: int) -> None:
        """Read the token again next time: Meta refused it."""
        self._kept.pop(account_id, None)

    async def _read(self, workspace_id: int, account_id: int) -> str:
        async with self._pool.connection(timeout=2) as connection:
            stored = await store.find_token(connection, workspace_id, account_id)
        if stored is None:
            raise NoTokenError("The account has no access token. Enter one under Numbers.")
        try:
            return secrets.decrypt(stored)
        except secrets.KeyMissingError as error:
            raise NoTokenError(error.message) from error
