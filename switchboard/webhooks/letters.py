"""Dead letters for people: what could not be applied, and putting it back into the queue."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.webhooks import store

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Letter:
    """An event, or a part of one, that could not be applied, and why."""

    id: int
    workspace_id: int
    received_at: datetime
    reason: str
    body: bytes
    replayed_at: datetime | None


# Index: webhooks_deadletter_pkey, backwards. Few, or an incident that somebody looks at.
SQL_LIST_LETTERS = """
SELECT id, workspace_id, received_at, reason, body, replayed_at FROM webhooks_deadletter
WHERE workspace_id = coalesce(%(workspace_id)s, workspace_id) ORDER BY id DESC LIMIT %(limit)s
"""


async def list_letters(connection: Connection, workspace_id: int | None, limit: int) -> list[Letter]:
    """Return the newest dead letters, of one workspace or of all."""
    cursor = await connection.execute(SQL_LIST_LETTERS, {"workspace_id": workspace_id, "limit": limit})
    return [Letter(*row) for row in await cursor.fetchall()]


SQL_LIST_UNREPLAYED = """
SELECT workspace_id, id FROM webhooks_deadletter
WHERE replayed_at IS NULL AND id = coalesce(%(letter_id)s, id)
  AND workspace_id = coalesce(%(workspace_id)s, workspace_id)
ORDER BY id
"""


async def replay(connection: Connection, letter_id: int | None, workspace_id: int | None, now: datetime) -> int:
    """Put one letter, or all, back into the queue and return how many; each is tried again once."""
    cursor = await connection.execute(SQL_LIST_UNREPLAYED, {"letter_id": letter_id, "workspace_id": workspace_id})
    by_workspace: defaultdict[int, list[int]] = defaultdict(list)
    for owner, one in await cursor.fetchall():
        by_workspace[owner].append(one)
    return sum(
        [await store.replay_dead_letters(connection, owner, ids, now) for owner, ids in sorted(by_workspace.items())]
    )
