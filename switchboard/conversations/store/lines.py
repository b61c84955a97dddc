"""SQL of the lines between messages."""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from switchboard.conversations.types import NewLine

Connection = AsyncConnection[Any]

SQL_INSERT_LINES = """
INSERT INTO conversations_line (workspace_id, conversation_id, kind, at, detail, message_id)
SELECT * FROM unnest(%(workspace_ids)s::bigint[], %(conversation_ids)s::bigint[], %(kinds)s::text[],
    %(at)s::timestamptz[], %(details)s::jsonb[], %(message_ids)s::uuid[])
"""


async def insert_lines(connection: Connection, lines: Sequence[NewLine]) -> None:
    """Write down what happened."""
    if not lines:
        return
    given = {
        "workspace_ids": [line.workspace_id for line in lines],
        "conversation_ids": [line.conversation_id for line in lines],
        "kinds": [line.kind.value for line in lines],
        "at": [line.at for line in lines],
        "details": [Jsonb(line.detail) for line in lines],
        "message_ids": [line.message_id for line in lines],
    }
    await connection.execute(SQL_INSERT_LINES, given)
