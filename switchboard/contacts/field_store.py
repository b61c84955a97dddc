"""SQL over the values of one field, for the rare moments when a field changes. Inside the caller's scope."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from switchboard.core import statements

# A scan of the workspace, on purpose: fields change a few times a year.
SQL_LIST_VALUES = """
SELECT DISTINCT fields -> %(key)s, fields ->> %(key)s FROM contacts_contact
WHERE workspace_id = %(workspace_id)s AND fields ? %(key)s
LIMIT 200001
"""


def list_values(workspace_id: int, key: str) -> list[tuple[Any, str]]:
    """Return the different values that people have in a field, each with its text."""
    found = statements.fetch(SQL_LIST_VALUES, {"workspace_id": workspace_id, "key": key})
    # Django hands JSON over as it is written.
    return [(json.loads(value), str(text)) for value, text in found]


SQL_REPLACE_VALUES = """
UPDATE contacts_contact
SET fields = jsonb_set(fields, ARRAY[%(key)s], %(values)s::jsonb -> (fields ->> %(key)s)), updated_at = %(now)s
WHERE workspace_id = %(workspace_id)s AND %(values)s::jsonb ? (fields ->> %(key)s)
"""


def replace_values(workspace_id: int, key: str, values: Mapping[str, Any], now: datetime) -> int:
    """Write values anew, by the text that they are now."""
    given = {"workspace_id": workspace_id, "key": key, "values": Jsonb(dict(values)), "now": now}
    return statements.execute(SQL_REPLACE_VALUES, given)


SQL_COUNT_VALUES = "SELECT count(*) FROM contacts_contact WHERE workspace_id = %(workspace_id)s AND fields ? %(key)s"


def count_values(workspace_id: int, key: str) -> int:
    """Count the people who have a value in a field."""
    ((count,),) = statements.fetch(SQL_COUNT_VALUES, {"workspace_id": workspace_id, "key": key})
    return int(count)


SQL_DROP_VALUES = """
UPDATE contacts_contact SET fields = fields - %(key)s, updated_at = %(now)s
WHERE workspace_id = %(workspace_id)s AND fields ? %(key)s
"""


def drop_values(workspace_id: int, key: str, now: datetime) -> int:
    """Take the values of a field from everybody."""
    return statements.execute(SQL_DROP_VALUES, {"workspace_id": workspace_id, "key": key, "now": now})
