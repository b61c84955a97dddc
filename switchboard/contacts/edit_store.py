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
INSERT INTO contacts_editedrow (edit_id, contact_id, workspace_id, before, at)
SELECT %(edit_id)s, changed.id, %(workspace_id)s, (
    SELECT jsonb_build_object('name', former.name, 'email', former.email, 'language', former.language,
        'fields', former.fields, 'tags', to_jsonb(former.tags),
        'became', %(details)s::jsonb || jsonb_build_object('fields', %(patch)s::jsonb)) - %(untouched)s::text[]
    FROM contacts_contact AS former WHERE former.id = changed.id AND former.workspace_id = %(workspace_id)s), %(now)s
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
        "untouched": _list_untouched(
            has_tags=bool(add or remove), has_fields=bool(patch or drop), details=details or {}
        ),
        "now": now,
    }
    return statements.execute(SQL_EDIT_CONTACTS, given)


def _list_untouched(*, has_tags: bool, has_fields: bool, details: Mapping[str, str]) -> list[str]:
    """Return what need not be remembered: a million people who are given a tag take 0.2 GB, their whole rows three times that."""
    untouched = [key for key in ("name", "email", "language") if key not in details]
    untouched += [] if has_tags else ["tags"]
    untouched += [] if has_fields else ["fields"]
    return untouched if has_fields or details else [*untouched, "became"]


# Index: contacts_editedrow_pkey.
SQL_LIST_EDITED = """
SELECT array_agg(contact_id), array_agg(before::text), array_agg(coalesce(at, %(edited_at)s)) FROM (
    SELECT contact_id, before, at FROM contacts_editedrow
    WHERE edit_id = %(edit_id)s AND workspace_id = %(workspace_id)s AND contact_id > %(after)s
    ORDER BY contact_id LIMIT %(limit)s) AS next
"""

# Index: contacts_contact_pkey. Whoever was changed again since stays as they are. Handed in, not joined to: of rows that
# were written a moment ago the planner knows nothing, and compared 5,000 people with each other one by one (9 s a step).
SQL_RESTORE_EDITED = """
WITH former AS (
    SELECT contact.id, given.was::jsonb AS was, given.at
    FROM unnest(%(contact_ids)s::bigint[], %(befores)s::text[], %(moments)s::timestamptz[]) AS given (id, was, at)
    JOIN contacts_contact AS contact ON contact.id = given.id AND contact.workspace_id = %(workspace_id)s
    ORDER BY contact.id FOR NO KEY UPDATE OF contact
)
UPDATE contacts_contact AS contact SET name = coalesce(former.was ->> 'name', contact.name),
    email = coalesce(former.was ->> 'email', contact.email),
    language = coalesce(former.was ->> 'language', contact.language),
    fields = coalesce(former.was -> 'fields', contact.fields),
    tags = CASE WHEN former.was ? 'tags' THEN ARRAY(SELECT jsonb_array_elements_text(former.was -> 'tags')::bigint)
                ELSE contact.tags END,
    updated_at = %(now)s
FROM former
WHERE contact.id = former.id AND contact.workspace_id = %(workspace_id)s AND contact.updated_at <= former.at
"""


def restore_edited(
    *, workspace_id: int, edit_id: int, edited_at: datetime, after: int, limit: int, now: datetime
) -> tuple[int | None, int]:
    """Make the next people of an edit what they were; return up to whom, None after the last, and how many went back."""
    given = {"workspace_id": workspace_id, "edit_id": edit_id, "edited_at": edited_at, "after": after, "limit": limit}
    [(contact_ids, befores, moments)] = statements.fetch(SQL_LIST_EDITED, given)
    if not contact_ids:
        return None, 0
    former = {"contact_ids": contact_ids, "befores": befores, "moments": moments}
    return max(contact_ids), statements.execute(
        SQL_RESTORE_EDITED, {"workspace_id": workspace_id, "now": now, **former}
    )


# Index: contacts_editstep_next. What is taken is gone: a step that was killed is taken again, one that was not is not.
SQL_TAKE_STEP = """
DELETE FROM contacts_editstep AS step
WHERE step.id = (
    SELECT id FROM contacts_editstep WHERE edit_id = %(edit_id)s AND workspace_id = %(workspace_id)s
    ORDER BY id LIMIT 1)
RETURNING step.contact_ids
"""


def take_step(*, workspace_id: int, edit_id: int) -> list[int] | None:
    """Return the people of an edit's next step, and forget that they wait; None when nobody does."""
    rows = statements.fetch(SQL_TAKE_STEP, {"workspace_id": workspace_id, "edit_id": edit_id})
    return list(rows[0][0]) if rows else None


# Index: contacts_editedrow_pkey.
SQL_FORGET_EDITED = """
DELETE FROM contacts_editedrow AS row USING (
    SELECT edit_id, contact_id FROM contacts_editedrow
    WHERE edit_id = %(edit_id)s AND workspace_id = %(workspace_id)s LIMIT %(limit)s) AS old
WHERE row.edit_id = old.edit_id AND row.contact_id = old.contact_id
"""


def forget_edited(*, workspace_id: int, edit_id: int, limit: int) -> int:
    """Forget what some people of an edit were before; return of how many."""
    return statements.execute(SQL_FORGET_EDITED, {"workspace_id": workspace_id, "edit_id": edit_id, "limit": limit})
