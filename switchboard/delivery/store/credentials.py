"""The encrypted access token of an account."""

from typing import Any

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

# Index: the primary key.
SQL_CREDENTIALS = (
    "SELECT token_encrypted FROM numbers_account WHERE id = %(account_id)s AND workspace_id = %(workspace_id)s"
)


async def find_token(connection: Connection, workspace_id: int, account_id: int) -> bytes | None:
    """Return an account's token as it is stored."""
    given = {"workspace_id": workspace_id, "account_id": account_id}
    row = await (await connection.execute(SQL_CREDENTIALS, given)).fetchone()
    return bytes(row[0]) if row and row[0] else None
