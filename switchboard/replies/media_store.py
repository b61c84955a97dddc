"""SQL of the files that people sent. Every function takes a connection."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class NewMedia:
    """A file to fetch."""

    workspace_id: int
    message_id: UUID
    number_id: int
    media_id: str
    kind: str
    mime: str
    sha256: str
    file_name: str
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file whose turn it is, and how it is asked for."""

    id: int
    workspace_id: int
    message_id: UUID
    number_meta_id: str
    account_id: int
    token_encrypted: bytes
    secret_encrypted: bytes
    media_id: str
    mime: str
    sha256: str
    tries: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt to fetch a file."""

    id: int
    state: str
    path: str
    size: int | None
    sha256: str
    mime: str
    due_at: datetime
    error: str


SQL_INSERT_MEDIA = """
INSERT INTO replies_media (workspace_id, message_id, number_id, media_id, kind, mime, sha256, file_name, state, path,
    tries, due_at, expires_at, error)
SELECT workspace_id, message_id, number_id, media_id, kind, mime, sha256, file_name, 'waiting', '', 0, due_at,
    expires_at, ''
FROM unnest(%(workspace_ids)s::bigint[], %(message_ids)s::uuid[], %(number_ids)s::bigint[], %(media_ids)s::text[],
    %(kinds)s::text[], %(mimes)s::text[], %(digests)s::text[], %(file_names)s::text[], %(due_at)s::timestamptz[],
    %(expires_at)s::timestamptz[])
    AS file (workspace_id, message_id, number_id, media_id, kind, mime, sha256, file_name, due_at, expires_at)
ON CONFLICT (message_id, media_id) DO NOTHING
"""


async def insert_media(connection: Connection, files: Sequence[NewMedia]) -> None:
    """Note files to fetch, in the transaction that keeps their messages."""
    if not files:
        return
    await connection.execute(
        SQL_INSERT_MEDIA,
        {
            "workspace_ids": [file.workspace_id for file in files],
            "message_ids": [file.message_id for file in files],
            "number_ids": [file.number_id for file in files],
            "media_ids": [file.media_id for file in files],
            "kinds": [file.kind for file in files],
            "mimes": [file.mime for file in files],
            "digests": [file.sha256 for file in files],
            "file_names": [file.file_name for file in files],
            "due_at": [file.due_at for file in files],
            "expires_at": [file.expires_at for file in files],
        },
    )


# Index: replies_media_waiting, then primary keys.
SQL_LIST_DUE = """
SELECT media.id, media.workspace_id, media.message_id, number.meta_id AS number_meta_id, account.id AS account_id,
    account.token_encrypted, app.secret_encrypted, media.media_id, media.mime, media.sha256, media.tries, media.expires_at
FROM replies_media AS media
JOIN numbers_number AS number ON number.id = media.number_id
JOIN numbers_account AS account ON account.id = number.account_id
JOIN numbers_app AS app ON app.id = account.app_id
WHERE media.state = 'waiting' AND media.due_at <= %(now)s
ORDER BY media.due_at LIMIT %(limit)s
"""


async def list_due(connection: Connection, now: datetime, limit: int) -> list[Waiting]:
    """Return the files whose turn it is, the longest waiting first."""
    cursor = await connection.execute(SQL_LIST_DUE, {"now": now, "limit": limit})
    return [Waiting(*row) for row in await cursor.fetchall()]


# Index: replies_media_pkey.
SQL_RECORD_MEDIA = """
UPDATE replies_media SET state = %(state)s, path = %(path)s, size = %(size)s, sha256 = %(sha256)s, mime = %(mime)s,
    tries = tries + 1, due_at = %(due_at)s, error = %(error)s
WHERE id = %(id)s AND state = 'waiting'
"""


async def record(connection: Connection, outcome: Outcome) -> None:
    """Note what became of an attempt."""
    await connection.execute(SQL_RECORD_MEDIA, asdict(outcome))
