"""Statements of this room that the ORM has no words for."""

# A workspace's row may be written only by a transaction that is already in it, so its id has to be known before.
SQL_NEXT_WORKSPACE_ID = "SELECT nextval(pg_get_serial_sequence('team_workspace', 'id'))"

# Nobody knows whose key it is before its row is read, so the row shows itself to whoever has the hash, and no other does
# (policy app_key). Index: team_apikey_hash_key.
SQL_SHOW_KEY = "SELECT set_config('app.key', %(hash)s, true)"
