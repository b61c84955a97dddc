"""The border between workspaces: what a transaction of the `app` role may see."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SQL_SET_SCOPE = "SELECT set_config('app.workspace', %(workspace)s, true), set_config('app.user', %(user)s, true)"


def set_scope(*, workspace_id: int | None, user_id: int | None = None) -> None:
    """Let the open transaction see one workspace's rows, and its user's own memberships."""
    with connection.cursor() as cursor:
        cursor.execute(
            SQL_SET_SCOPE,
            {"workspace": str(workspace_id or ""), "user": str(user_id or "")},
        )


@contextmanager
def workspace_scope(workspace_id: int, user_id: int | None = None) -> Iterator[None]:
    """Run a transaction that sees exactly this workspace."""
    with transaction.atomic():
        set_scope(workspace_id=workspace_id, user_id=user_id)
        yield
