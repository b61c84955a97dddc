"""The encrypted access token of an account, and the secret of its app."""

from typing import Any

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

# Index: the primary key.
SQL_CREDENTIALS = """
SELECT account.token_encrypted, app.secret_encrypted
FROM numbers_account account JOIN numbers_app app ON app.id = account.app_id
WHERE account.id = %(account_id)s AND account.workspace_id = %(workspace_id)s
"""


async def find_token(connection: Connection, workspace_id: int, account_id: int) -> tuple[bytes, bytes] | None:
    """Return an account's token and its app's secret as they are stored."""
    given = {"workspace_id": workspace_id, "account_id": account_id}
    row = await (await connection.execute(SQL_CREDENTIALS, given)).fetchone()
    return (bytes(row[0]), bytes(row[1])) if row and row[0] else None
