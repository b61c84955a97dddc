"""The one statement of this room that the ORM has no words for."""

# A workspace's row may be written only by a transaction that is already in it, so its id has to be known before.
SQL_NEXT_WORKSPACE_ID = "SELECT nextval(pg_get_serial_sequence('team_workspace', 'id'))"
