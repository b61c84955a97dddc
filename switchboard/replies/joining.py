"""A colleague makes one person of two, sees before what will become of them, and may take it back for a day.

The moving itself is `merging`'s, so that it cannot differ from what happens when WhatsApp shows that two are one.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from switchboard.contacts import identity_store, people_queries
from switchboard.contacts import queries as contacts_queries
from switchboard.contacts.actions import merges
from switchboard.contacts.errors import ContactNotFound, NothingToUndoError, UndoTooLateError
from switchboard.contacts.models import Contact, Merge
from switchboard.conversions import actions as conversions_actions
from switchboard.core import statements
from switchboard.replies import merging

UNDO_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the person will be like after the merge, and how much comes along."""

    kept: Contact
    lost: Contact
    name: str
    phone: str
    email: str
    fields: dict[str, Any]
    tag_ids: tuple[int, ...]
    # Rows that would move, by what they are.
    counts: dict[str, int]
    is_opted_out: bool


# Index: each table's by contact.
SQL_COUNT_BELONGINGS = """
SELECT
    (SELECT count(*) FROM delivery_message WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    (SELECT count(*) FROM replies_inboundmessage WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    (SELECT count(*) FROM conversions_order WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    (SELECT count(*) FROM contacts_event WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    (SELECT count(*) FROM contacts_note WHERE workspace_id = %(workspace_id)s AND contact_id = %(lose)s),
    (SELECT count(*) FROM consent_standing WHERE workspace_id = %(workspace_id)s
        AND contact_id IN (%(keep)s, %(lose)s) AND opted_out_at IS NOT NULL)
"""


def preview_merge(workspace_id: int, *, keep: int, lose: int) -> Preview:
    """Return what would become of two people.

    :raises ContactNotFound: one of them is not there, or they are the same.
    """
    if keep == lose:
        raise ContactNotFound
    kept, lost = (contacts_queries.get_contact(workspace_id, one) for one in (keep, lose))
    given = {"workspace_id": workspace_id, "keep": keep, "lose": lose}
    ((sent, received, orders, events, notes, out),) = statements.fetch(SQL_COUNT_BELONGINGS, given)
    return Preview(
        kept=kept,
        lost=lost,
        name=kept.name or lost.name,
        phone=kept.phone or lost.phone or "",
        email=kept.email or lost.email,
        fields={**lost.fields, **kept.fields},
        tag_ids=tuple(sorted({*kept.tags, *lost.tags})),
        counts={"sent": sent, "received": received, "orders": orders, "events": events, "notes": notes},
        is_opted_out=bool(out),
    )


# Everything that `merging.MOVES` moves and that can be given back, as the keys it has.
SQL_REMEMBER = """
SELECT jsonb_build_object(
    'kept', (SELECT to_jsonb(one) FROM contacts_contact AS one WHERE one.id = %(keep)s
        AND one.workspace_id = %(workspace_id)s),
    'lost', (SELECT to_jsonb(one) FROM contacts_contact AS one WHERE one.id = %(lose)s
        AND one.workspace_id = %(workspace_id)s),
    'kept_standing', (SELECT to_jsonb(one) FROM consent_standing AS one WHERE one.contact_id = %(keep)s
        AND one.workspace_id = %(workspace_id)s),
    'lost_standing', (SELECT to_jsonb(one) FROM consent_standing AS one WHERE one.contact_id = %(lose)s
        AND one.workspace_id = %(workspace_id)s),
    'lost_activity', (SELECT to_jsonb(one) FROM contacts_activity AS one WHERE one.contact_id = %(lose)s
        AND one.workspace_id = %(workspace_id)s),
    'last_entry', (SELECT max(id) FROM consent_entry WHERE workspace_id = %(workspace_id)s
        AND contact_id IN (%(keep)s, %(lose)s)),
    'identities', (SELECT jsonb_agg(id) FROM contacts_identity WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s),
    'entries', (SELECT jsonb_agg(id) FROM consent_entry WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s),
    'messages', (SELECT jsonb_agg(id) FROM delivery_message WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s),
    'received', (SELECT jsonb_agg(id) FROM replies_inboundmessage WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s),
    'recipients', (SELECT jsonb_agg(broadcast_id) FROM broadcasts_recipient AS one
        WHERE broadcast_id IN (SELECT id FROM broadcasts_broadcast WHERE workspace_id = %(workspace_id)s)
          AND contact_id = %(lose)s AND NOT EXISTS (SELECT FROM broadcasts_recipient AS other
              WHERE other.broadcast_id = one.broadcast_id AND other.contact_id = %(keep)s)),
    'windows', (SELECT jsonb_agg(to_jsonb(one)) FROM delivery_window AS one WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s),
    'threads', (SELECT jsonb_agg(id) FROM conversations_conversation AS one WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s AND NOT EXISTS (SELECT FROM conversations_conversation AS other
            WHERE other.workspace_id = %(workspace_id)s AND other.contact_id = %(keep)s
              AND other.number_id = one.number_id)),
    'notes', (SELECT jsonb_agg(id) FROM contacts_note WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s),
    'events', (SELECT jsonb_agg(id) FROM contacts_event WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s),
    'orders', (SELECT jsonb_agg(id) FROM conversions_order WHERE workspace_id = %(workspace_id)s
        AND contact_id = %(lose)s),
    'imported', (SELECT jsonb_agg(to_jsonb(one)) FROM contacts_importedrow AS one
        WHERE import_id IN (SELECT id FROM contacts_import WHERE workspace_id = %(workspace_id)s)
          AND contact_id = %(lose)s))
"""


@transaction.atomic
def merge_people(*, workspace_id: int, keep: int, lose: int, by: int | None, now: datetime) -> Merge:
    """Make one person of two everywhere, and remember what is needed to take it back.

    :raises ContactNotFound: one of them is not there, or they are the same.
    """
    given: dict[str, Any] = {"workspace_id": workspace_id, "keep": keep, "lose": lose}
    locked = statements.fetch(identity_store.SQL_LOCK_PAIR, {"workspace_id": workspace_id, "ids": [keep, lose]})
    if len(locked) < 2 or keep == lose:
        raise ContactNotFound
    ((remembered,),) = statements.fetch(SQL_REMEMBER, given)
    statements.execute(identity_store.SQL_MERGE_BELONGINGS, {**given, "now": now})
    ((name, phone, email, language, country, zones, fields, tags, import_id, created_at),) = statements.fetch(
        identity_store.SQL_TAKE_CONTACT, given
    )
    statements.execute(
        identity_store.SQL_FILL_CONTACT,
        {
            **given,
            "name": name,
            "phone": phone,
            "newest_phone": None,
            "email": email,
            "language": language,
            "country": country,
            "zones": zones,
            # Django hands JSON over as it is written.
            "fields": fields,
            "tags": tags,
            "created_by_import": import_id,
            "created_at": created_at,
            "now": now,
        },
    )
    for statement in merging.MOVES:
        statements.execute(statement, {**given, "now": now})
    conversions_actions.update_purchases(workspace_id=workspace_id, contact_ids=[keep])
    return merges.note_merge(
        workspace_id=workspace_id, keep=keep, lose=lose, before=json.loads(remembered), by=by, now=now
    )


# Index: the keys that were remembered. The former person gets the very id they had, so that old links work again.
SQL_BRING_BACK = """
INSERT INTO contacts_contact (id, workspace_id, name, phone, email, language, country, zones, fields, tags,
    created_by_import, created_at, updated_at)
SELECT id, workspace_id, name, phone, email, language, country, zones, fields, tags, created_by_import, created_at,
    %(now)s
FROM jsonb_populate_record(NULL::contacts_contact, %(lost)s::jsonb)
"""
# What was changed since stays; a number and address that came from the former person go back with them.
SQL_RESTORE_KEPT = """
UPDATE contacts_contact AS kept SET
    phone = former.phone,
    name = CASE WHEN kept.updated_at = %(merged_at)s THEN former.name ELSE kept.name END,
    email = CASE WHEN kept.updated_at = %(merged_at)s THEN former.email ELSE kept.email END,
    fields = CASE WHEN kept.updated_at = %(merged_at)s THEN former.fields ELSE kept.fields END,
    tags = CASE WHEN kept.updated_at = %(merged_at)s THEN former.tags ELSE kept.tags END,
    created_at = former.created_at, created_by_import = former.created_by_import, updated_at = %(now)s
FROM jsonb_populate_record(NULL::contacts_contact, %(kept)s::jsonb) AS former
WHERE kept.id = former.id AND kept.workspace_id = %(workspace_id)s
"""
SQL_GIVE_BACK = """
WITH given AS (
    SELECT %(before)s::jsonb AS keys
), alias AS (
    DELETE FROM contacts_alias WHERE former_id = %(lose)s AND workspace_id = %(workspace_id)s
), identities AS (
    UPDATE contacts_identity SET contact_id = %(lose)s FROM given WHERE workspace_id = %(workspace_id)s
      AND id IN (SELECT jsonb_array_elements_text(keys -> 'identities')::bigint FROM given)
), entries AS (
    UPDATE consent_entry SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND id IN (SELECT jsonb_array_elements_text(keys -> 'entries')::bigint FROM given)
), messages AS (
    UPDATE delivery_message SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND contact_id = %(keep)s
      AND id IN (SELECT jsonb_array_elements_text(keys -> 'messages')::uuid FROM given)
    RETURNING id, lane_id
), waiting AS (
    UPDATE delivery_outbox AS waiting SET contact_id = %(lose)s FROM messages
    WHERE waiting.workspace_id = %(workspace_id)s AND waiting.lane_id = messages.lane_id
      AND waiting.message_id = messages.id
), received AS (
    UPDATE replies_inboundmessage SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND contact_id = %(keep)s
      AND id IN (SELECT jsonb_array_elements_text(keys -> 'received')::uuid FROM given)
), recipients AS (
    UPDATE broadcasts_recipient SET contact_id = %(lose)s WHERE contact_id = %(keep)s
      AND broadcast_id IN (SELECT jsonb_array_elements_text(keys -> 'recipients')::bigint FROM given)
), windows AS (
    INSERT INTO delivery_window (workspace_id, contact_id, number_id, opened_at)
    SELECT %(workspace_id)s, %(lose)s, (one ->> 'number_id')::bigint, (one ->> 'opened_at')::timestamptz
    FROM given, jsonb_array_elements(coalesce(nullif(keys -> 'windows', 'null'), '[]')) AS one
    ON CONFLICT DO NOTHING
), threads AS (
    UPDATE conversations_conversation SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND contact_id = %(keep)s AND id IN (SELECT jsonb_array_elements_text(keys -> 'threads')::bigint FROM given)
), notes AS (
    UPDATE contacts_note SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND id IN (SELECT jsonb_array_elements_text(keys -> 'notes')::bigint FROM given)
), events AS (
    UPDATE contacts_event SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND id IN (SELECT jsonb_array_elements_text(keys -> 'events')::bigint FROM given)
), imported AS (
    INSERT INTO contacts_importedrow (import_id, contact_id, workspace_id, line, is_new, before)
    SELECT (one ->> 'import_id')::bigint, %(lose)s, %(workspace_id)s, (one ->> 'line')::int,
        (one ->> 'is_new')::boolean, nullif(one -> 'before', 'null')
    FROM given, jsonb_array_elements(coalesce(nullif(keys -> 'imported', 'null'), '[]')) AS one
    ON CONFLICT DO NOTHING
)
UPDATE conversions_order SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
  AND id IN (SELECT jsonb_array_elements_text(keys -> 'orders')::bigint FROM given)
"""
# Where the person has said something about consent since, it holds for both of them: the safe side.
SQL_RESTORE_STANDINGS = """
INSERT INTO consent_standing AS standing (contact_id, workspace_id, marketing_basis, utility_basis, opted_out_at)
SELECT former.contact_id, former.workspace_id, former.marketing_basis, former.utility_basis, former.opted_out_at
FROM (SELECT * FROM jsonb_populate_record(NULL::consent_standing, %(kept_standing)s::jsonb)
      UNION ALL SELECT * FROM jsonb_populate_record(NULL::consent_standing, %(lost_standing)s::jsonb)) AS former
WHERE former.contact_id IS NOT NULL
ON CONFLICT (contact_id) DO UPDATE SET marketing_basis = excluded.marketing_basis,
    utility_basis = excluded.utility_basis, opted_out_at = excluded.opted_out_at
"""
SQL_COPY_STANDING = """
INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis, opted_out_at)
SELECT %(lose)s, workspace_id, marketing_basis, utility_basis, opted_out_at FROM consent_standing
WHERE contact_id = %(keep)s AND workspace_id = %(workspace_id)s
ON CONFLICT (contact_id) DO UPDATE SET marketing_basis = excluded.marketing_basis,
    utility_basis = excluded.utility_basis, opted_out_at = excluded.opted_out_at
"""
SQL_HAS_NEW_ENTRIES = """
SELECT EXISTS (SELECT FROM consent_entry WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s
               AND id > %(last_entry)s)
"""
SQL_RESTORE_ACTIVITY = """
UPDATE contacts_activity AS activity SET last_sent_at = former.last_sent_at,
    last_delivered_at = former.last_delivered_at, last_read_at = former.last_read_at,
    last_seen_at = former.last_seen_at, last_reply_at = former.last_reply_at, last_click_at = former.last_click_at,
    inbound_count = former.inbound_count, session_count = former.session_count
FROM jsonb_populate_record(NULL::contacts_activity, %(activity)s::jsonb) AS former
WHERE activity.contact_id = former.contact_id AND activity.workspace_id = %(workspace_id)s
"""


@transaction.atomic
def undo_merge(*, workspace_id: int, merge_id: int, now: datetime) -> Merge:
    """Make two people of one again. Where both had a conversation with the same number, it stays with the one kept.

    :raises NothingToUndoError: it was undone before, or one of the two is gone.
    :raises UndoTooLateError: it is more than 24 hours ago.
    """
    merge = merges.lock_merge(workspace_id, merge_id)
    if merge is None or merge.undone_at is not None:
        raise NothingToUndoError
    if now - merge.at > UNDO_FOR:
        raise UndoTooLateError
    if people_queries.count_chosen(workspace_id, [merge.kept_id]) != 1:
        raise NothingToUndoError
    before = merge.before
    given = {"workspace_id": workspace_id, "keep": merge.kept_id, "lose": merge.lost_id, "now": now}
    statements.execute(SQL_RESTORE_KEPT, {**given, "kept": Jsonb(before["kept"]), "merged_at": merge.at})
    statements.execute(SQL_BRING_BACK, {**given, "lost": Jsonb(before["lost"])})
    # A key that is null is none: the arrays below want lists.
    keys = {key: value if value is not None else [] for key, value in before.items()}
    statements.execute(SQL_GIVE_BACK, {**given, "before": Jsonb(keys)})
    _restore_standings(given, before)
    if before["lost_activity"]:
        statements.execute(SQL_RESTORE_ACTIVITY, {**given, "activity": Jsonb(before["lost_activity"])})
    conversions_actions.update_purchases(workspace_id=workspace_id, contact_ids=[merge.kept_id, merge.lost_id])
    return merges.note_undone(merge, now)


def _restore_standings(given: dict[str, Any], before: dict[str, Any]) -> None:
    last = before["last_entry"] or 0
    ((has_new,),) = statements.fetch(SQL_HAS_NEW_ENTRIES, {**given, "last_entry": last})
    if has_new:
        statements.execute(SQL_COPY_STANDING, given)
        return
    standings = {name: Jsonb(before[name] or {}) for name in ("kept_standing", "lost_standing")}
    statements.execute(SQL_RESTORE_STANDINGS, {**given, **standings})
