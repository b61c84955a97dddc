"""The Meta apps that may call us, with their secrets, kept in memory and read again now and then."""

import asyncio
from dataclasses import dataclass

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from switchboard.core import clock, env, errors, secrets
from switchboard.core.database import Pool
from switchboard.webhooks import store

log = structlog.get_logger(__name__)

_READ_EVERY_SECONDS = 15.0
# A miss reads at once, but a flood of unknown callers must not become a flood of queries.
_READ_AGAIN_AFTER_SECONDS = 1.0
_CONNECTION_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class KnownApp:
    """A Meta app: whose it is, and what proves a call of its."""

    id: int
    workspace_id: int
    secrets: tuple[bytes, ...]
    verify_token: bytes


class AppDirectory:
    """Finds an app by Meta's id; outlives the database being away."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._apps: dict[str, KnownApp] = {}
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()
        # Before the first reading nobody can be told from a stranger.
        self.is_read = False

    def find(self, meta_id: str) -> KnownApp | None:
        """Return what was last read of the app."""
        return self._apps.get(meta_id)

    async def find_again(self, meta_id: str) -> KnownApp | None:
        """Return the app after looking at the table again: it is new, or its secret has changed."""
        async with self._lock:
            if clock.monotonic() - self._read_at >= _READ_AGAIN_AFTER_SECONDS:
                await self._read()
        return self._apps.get(meta_id)

    async def _read(self) -> None:
        """Read every app; an absent database leaves what is known."""
        self._read_at = clock.monotonic()
        try:
            async with self._pool.connection(timeout=_CONNECTION_SECONDS) as connection:
                rows = await store.list_apps(connection)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("apps_not_read", error=str(error))
            return
        self.is_read = True
        self._apps = {row.meta_id: known for row in rows if (known := _open(row)) is not None}

    async def run(self) -> None:
        """Read every 15 seconds until cancelled."""
        while True:
            async with self._lock:
                await self._read()
            await asyncio.sleep(_READ_EVERY_SECONDS if self.is_read else _READ_AGAIN_AFTER_SECONDS)


def _open(row: store.AppRow) -> KnownApp | None:
    """Decrypt a row; one app whose key is missing must not shut out the others."""
    try:
        return KnownApp(
            id=row.id,
            workspace_id=row.workspace_id,
            secrets=tuple(secrets.decrypt(one).encode() for one in row.secrets if one),
            verify_token=secrets.decrypt(row.verify_token).encode(),
        )
    except (errors.SwitchboardError, env.SettingError) as error:
        log.error("app_secret_unreadable", app=row.meta_id, error=str(error))  # noqa: TRY400  the sentence says it all
        return None
