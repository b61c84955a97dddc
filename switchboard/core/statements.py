"""Statements over sets from synchronous actions, on Django's connection and in its transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from psycopg import sql

from switchboard.core import live


def execute(statement: str, parameters: Mapping[str, Any]) -> int:
    """Run a statement of a room's store and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(parameters))
        return int(cursor.rowcount)


def fetch(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement of a room's store and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(parameters))
        return list(cursor.fetchall())


def copy_in(statement: str, lines: str) -> None:
    """Run a COPY … FROM STDIN of a room's store with lines in COPY's text format.

    COPY does not work where row-level security stands: copy into a temporary table and insert from there.
    """
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(lines)


def insert_from(table: str, columns: Sequence[str], rows: QuerySet[Any, Any]) -> int:
    """Insert what a query yields, without bringing it here; return how many rows that were.

    A row that is there already, by the table's key, is left as it is.
    """
    query, parameters = rows.query.sql_with_params()
    head = sql.SQL("INSERT INTO {table} ({columns}) ").format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{head.as_string(None)} {query} ON CONFLICT DO NOTHING", parameters)
        return int(cursor.rowcount)


def notify_live(workspace_id: int, topics: Iterable[str]) -> None:
    """Tell open pages, when the transaction commits, that these topics changed."""
    execute(live.SQL_NOTIFY, {"payload": live.render_payload(workspace_id, topics)})


@contextmanager
def snapshot() -> Iterator[None]:
    """Run a transaction whose reads all see the same moment."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
