"""SQL that takes an import back, a step of a few thousand people at a time. Inside the caller's scope."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from switchboard.core import statements

Taken = list[tuple[int, bool, dict[str, Any] | None]]

# Index: contacts_importedrow_pkey. What is taken is gone: a step that was killed is done again, one that was not is not.
SQL_TAKE_ROWS = """
WITH next AS (
    SELECT import_id, contact_id FROM contacts_importedrow
    WHERE import_id = %(import_id)s AND workspace_id = %(workspace_id)s ORDER BY contact_id LIMIT %(limit)s
)
DELETE FROM contacts_importedrow AS row USING next
WHERE row.import_id = next.import_id AND row.contact_id = next.contact_id
RETURNING row.contact_id, row.is_new, row.before
"""


def take_rows(*, workspace_id: int, import_id: int, limit: int) -> Taken:
    """Return the next people of an import, and forget that it brought them."""
    given = {"workspace_id": workspace_id, "import_id": import_id, "limit": limit}
    rows = statements.fetch(SQL_TAKE_ROWS, given)
    # Django hands JSON over as it is written.
    return [(int(one), bool(is_new), json.loads(before) if before else None) for one, is_new, before in rows]


# Index: contacts_contact_pkey, contacts_activity_pkey, and by contact for notes and events. Whoever has written or been
# written to, bought, or was in a later import, is not this import's alone any more.
SQL_REMOVE_UNUSED = """
DELETE FROM contacts_contact AS contact USING contacts_activity AS activity
WHERE contact.id = ANY(%(contact_ids)s) AND contact.workspace_id = %(workspace_id)s
  AND contact.created_by_import = %(import_id)s AND activity.contact_id = contact.id
  AND activity.last_sent_at IS NULL AND activity.last_seen_at IS NULL
  AND NOT EXISTS (SELECT FROM contacts_note AS note
                  WHERE note.workspace_id = %(workspace_id)s AND note.contact_id = contact.id)
  AND NOT EXISTS (SELECT FROM contacts_event AS event
                  WHERE event.workspace_id = %(workspace_id)s AND event.contact_id = contact.id)
  AND NOT EXISTS (SELECT FROM contacts_purchases AS bought WHERE bought.contact_id = contact.id)
  AND NOT EXISTS (SELECT FROM contacts_identity AS identity WHERE identity.contact_id = contact.id)
  AND NOT EXISTS (
      SELECT FROM contacts_importedrow AS later
      WHERE later.import_id IN (SELECT id FROM contacts_import WHERE workspace_id = %(workspace_id)s)
        AND later.contact_id = contact.id)
RETURNING contact.id
"""


def remove_unused(*, workspace_id: int, import_id: int, contact_ids: Sequence[int]) -> set[int]:
    """Remove people whom only this import knows; return who went."""
    given = {"workspace_id": workspace_id, "import_id": import_id, "contact_ids": list(contact_ids)}
    return {one for (one,) in statements.fetch(SQL_REMOVE_UNUSED, given)} if contact_ids else set()


# Index: contacts_contact_pkey. Whoever was changed again since stays as they are.
SQL_RESTORE_CONTACTS = """
UPDATE contacts_contact AS contact SET
    name = former.was ->> 'name', email = former.was ->> 'email', language = former.was ->> 'language',
    country = former.was ->> 'country', zones = former.was ->> 'zones', fields = former.was -> 'fields',
    tags = ARRAY(SELECT jsonb_array_elements_text(former.was -> 'tags')::bigint), updated_at = %(now)s
FROM unnest(%(contact_ids)s::bigint[], %(befores)s::jsonb[]) AS former(contact_id, was)
WHERE contact.id = former.contact_id AND contact.workspace_id = %(workspace_id)s
  AND contact.updated_at <= %(not_after)s
RETURNING contact.id
"""


def restore_contacts(
    *, workspace_id: int, befores: Sequence[tuple[int, dict[str, Any]]], not_after: datetime, now: datetime
) -> set[int]:
    """Make people what they were before a change; return those whom nobody has changed since."""
    given = {
        "workspace_id": workspace_id,
        "contact_ids": [contact_id for contact_id, _ in befores],
        "befores": [Jsonb(before) for _, before in befores],
        "not_after": not_after,
        "now": now,
    }
    return {one for (one,) in statements.fetch(SQL_RESTORE_CONTACTS, given)} if befores else set()


SQL_FORGET_BEFORES = """
UPDATE contacts_importedrow SET before = NULL
WHERE import_id = ANY(%(import_ids)s) AND workspace_id = %(workspace_id)s AND before IS NOT NULL
"""


def forget_befores(workspace_id: int, import_ids: Sequence[int]) -> int:
    """Forget what people were like before imports that cannot be undone any more."""
    given = {"workspace_id": workspace_id, "import_ids": list(import_ids)}
    return statements.execute(SQL_FORGET_BEFORES, given) if import_ids else 0
