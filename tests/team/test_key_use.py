"""A key's use is noted beside other requests of the same program."""

import psycopg

from switchboard.core.tenancy import workspace_scope
from switchboard.team import actions
from tests.conftest import NOON, OwnDatabase
from tests.factories import make_key, make_workspace


def test_a_use_that_another_request_notes_is_not_waited_for(database: OwnDatabase) -> None:
    workspace = make_workspace()
    key = make_key(workspace).key
    with psycopg.connect(database.conninfo("owner")) as other:
        other.execute("SELECT FROM team_apikey FOR UPDATE")
        with workspace_scope(workspace.pk):
            actions.note_use(key, NOON)
    with workspace_scope(workspace.pk):
        key.refresh_from_db()
    assert key.last_used_at is None
