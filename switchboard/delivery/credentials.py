"""Access tokens of accounts, decrypted and kept for half a minute."""

import asyncio
from dataclasses import dataclass

from switchboard.core import clock, secrets
from switchboard.core.database import Pool
from switchboard.delivery.store import credentials as store

_KEPT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Access:
    """What a call is made with; an empty secret proves nothing."""

    token: str
    app_secret: str = ""


class NoTokenError(Exception):
    """There is no usable access token."""


@dataclass(frozen=True, slots=True)
class _Kept:
    access: Access
    until: float


class Credentials:
    """Looks tokens up in the database, each at most twice a minute; with `proves_calls` their app's secret too."""

    def __init__(self, pool: Pool, *, proves_calls: bool = False) -> None:
        self._pool = pool
        self._proves_calls = proves_calls
        self._kept: dict[int, _Kept] = {}
        self._lock = asyncio.Lock()

    async def find_access(self, workspace_id: int, account_id: int) -> Access:
        """Return an account's token.

        :raises NoTokenError: the account has none, or it cannot be decrypted.
        """
        known = self.find_known(account_id, clock.monotonic())
        if known is not None:
            return known
        async with self._lock:
            kept = self._kept.get(account_id)
            if kept is None or clock.monotonic() >= kept.until:
                access = await self._read(workspace_id, account_id)
                self._kept[account_id] = kept = _Kept(access, clock.monotonic() + _KEPT_SECONDS)
        return kept.access

    def find_known(self, account_id: int, now: float) -> Access | None:
        """Return an account's token if it was read a moment ago."""
        kept = self._kept.get(account_id)
        return kept.access if kept is not None and now < kept.until else None

    def forget(self, account_id: int) -> None:
        """Read the token again next time: Meta refused it."""
        self._kept.pop(account_id, None)

    async def _read(self, workspace_id: int, account_id: int) -> Access:
        async with self._pool.connection(timeout=2) as connection:
            stored = await store.find_token(connection, workspace_id, account_id)
        if stored is None:
            raise NoTokenError("The account has no access token. Enter one under Numbers.")
        try:
            token, secret = stored
            return Access(secrets.decrypt(token), secrets.decrypt(secret) if self._proves_calls else "")
        except secrets.KeyMissingError as error:
            raise NoTokenError(error.message) from error
