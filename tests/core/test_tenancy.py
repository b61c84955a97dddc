"""No workspace sees another's rows, however a query is written."""

import psycopg
import pytest
from django.db import connection

from switchboard.core import clock
from switchboard.core.tenancy import set_scope, workspace_scope

pytestmark = pytest.mark.django_db

TENANT_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname = 'workspace_id' AND NOT a.attisdropped
"""


def fetch(sql, **parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def make_tag(workspace_id, name):
    sql = "INSERT INTO team_workspace (id, name, time_zone, language, country, quiet_from, quiet_until, is_sample, created_at)"
    values = " VALUES (%s, 'w', 'UTC', 'en', 'JP', '22:00', '08:00', false, %s)"
    with workspace_scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(sql + values, [workspace_id, clock.now()])
        cursor.execute(
            "INSERT INTO numbers_portfolio (workspace_id, meta_id, name) VALUES (%s, '1', %s)", [workspace_id, name]
        )


def test_a_workspace_sees_its_own_rows_only():
    """The scope is set by SQL_SET_SCOPE, at the start of each transaction."""
    make_tag(9001, "ours")
    make_tag(9002, "theirs")
    with workspace_scope(9001):
        assert fetch("SELECT name FROM numbers_portfolio") == [("ours",)]


def test_without_a_workspace_nothing_is_seen():
    make_tag(9001, "ours")
    set_scope(workspace_id=None)
    assert fetch("SELECT name FROM numbers_portfolio") == []


def test_a_row_cannot_be_written_into_another_workspace():
    make_tag(9001, "ours")
    with pytest.raises(Exception, match="row-level security"), workspace_scope(9002):
        fetch("INSERT INTO numbers_portfolio (workspace_id, meta_id, name) VALUES (9001, '1', 'smuggled') RETURNING id")


def test_every_tenant_table_is_protected():
    unprotected = fetch(f"{TENANT_TABLES} AND NOT c.relrowsecurity")
    assert unprotected == [], "Call switchboard_protect() in the migration that makes the table."


def test_a_partition_cannot_be_read_around_its_parent(database):
    with psycopg.connect(database.conninfo("app")) as other:
        partitions = other.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'").fetchall()
        assert partitions
        for (name,) in partitions:
            readable = other.execute("SELECT has_table_privilege('switchboard_app', %s, 'SELECT')", [name]).fetchone()
            assert readable == (False,), name
