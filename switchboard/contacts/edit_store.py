"""SQL of changes to many people at once, each remembered with what it was before. Inside the caller's scope."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from switchboard.core import statements

# Index: contacts_contact_pkey. The statement sees people as they were before it. Who would not change is not written.
SQL_EDIT_CONTACTS = """
WITH wanted AS (
    SELECT contact.id,
        coalesce(%(details)s::jsonb ->> 'name', contact.name) AS name,
        coalesce(%(details)s::jsonb ->> 'email', contact.email) AS email,
        coalesce(%(details)s::jsonb ->> 'language', contact.language) AS language,
        ARRAY(SELECT DISTINCT tag FROM unnest(contact.tags || %(add)s::bigint[]) AS tag
              WHERE tag <> ALL (%(remove)s::bigint[]) ORDER BY tag) AS tags,
        (contact.fields || %(patch)s::jsonb) - %(drop)s::text[] AS fields
    FROM contacts_contact AS contact
    WHERE contact.workspace_id = %(workspace_id)s AND contact.id = ANY(%(contact_ids)s::bigint[])
    ORDER BY contact.id FOR NO KEY UPDATE
), changed AS (
    UPDATE contacts_contact AS contact SET name = wanted.name, email = wanted.email, language = wanted.language,
        tags = wanted.tags, fields = wanted.fields, updated_at = %(now)s
    FROM wanted
    WHERE contact.id = wanted.id AND (contact.tags <> wanted.tags OR contact.fields <> wanted.fields
        OR (contact.name, contact.email, contact.language) <> (wanted.name, wanted.email, wanted.language))
    RETURNING contact.id
)
INSERT INTO contacts_editedrow (edit_id, contact_id, workspace_id, before)
SELECT %(edit_id)s, changed.id, %(workspace_id)s, (
    SELECT jsonb_build_object('name', former.name, 'email', former.email, 'language', former.language,
        'country', former.country, 'zones', former.zones, 'fields', former.fields, 'tags', to_jsonb(former.tags),
        'became', %(details)s::jsonb || jsonb_build_object('fields', %(patch)s::jsonb))
    FROM contacts_contact AS former WHERE former.id = changed.id AND former.workspace_id = %(workspace_id)s)
FROM changed ORDER BY changed.id
"""


def edit_contacts(
    *,
    workspace_id: int,
    edit_id: int,
    contact_ids: Sequence[int],
    add: Sequence[int],
    remove: Sequence[int],
    patch: Mapping[str, Any],
    drop: Sequence[str],
    now: datetime,
    details: Mapping[str, str] | None = None,
) -> int:
    """Add and remove tags, set and drop fields, write name, address and language; return how many people that changed."""
    given = {
        "workspace_id": workspace_id,
        "edit_id": edit_id,
        "contact_ids": list(contact_ids),
        "add": list(add),
        "remove": list(remove),
        "patch": Jsonb(dict(patch)),
        "drop": list(drop),
        "details": Jsonb(dict(details or {})),
        "now": now,
    }
    return statements.execute(SQL_EDIT_CONTACTS, given)
