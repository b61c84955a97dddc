"""The border between workspaces: what a transaction of the `app` role may see."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

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


# For questions over a whole workspace: two processes read, sums and joins stay in memory, nothing is compiled first. No
# nested loops: what is asked of JSON has no statistics, and a wrong guess there cost seconds at a million people.
SQL_FOR_SCANS = """
SELECT set_config('max_parallel_workers_per_gather', '2', true), set_config('parallel_setup_cost', '200', true),
    set_config('parallel_tuple_cost', '0.02', true), set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
    set_config('enable_nestloop', 'off', true)
"""
# The former role first, then the same as above.
SQL_SEE_ALL = """
SELECT current_setting('role'), set_config('role', 'switchboard_stream', true),
    set_config('max_parallel_workers_per_gather', '2', true), set_config('parallel_setup_cost', '200', true),
    set_config('parallel_tuple_cost', '0.02', true), set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
    set_config('enable_nestloop', 'off', true)
"""
SQL_SEE_ONE = "SELECT set_config('role', %(role)s, true), set_config('enable_nestloop', 'on', true)"


@contextmanager
def seeing_all() -> Iterator[None]:
    """Let the statements inside run in the `stream` role, for a policy would keep them from indexes and cost each row.

    Every one of them names its workspace. Needs an open transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(SQL_SEE_ALL)
        [(role, *_)] = cursor.fetchall()
    try:
        yield
    except DatabaseError:
        # The transaction is lost, and the role goes with it.
        raise
    except BaseException:
        _see_one(role)
        raise
    _see_one(role)


def _see_one(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL_SEE_ONE, {"role": role})
