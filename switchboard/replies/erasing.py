"""A person is erased: nothing that names them is left, the counts stay, and nobody can bring them back by a list."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from switchboard.consent import actions as consent_actions
from switchboard.contacts import queries as contacts_queries
from switchboard.core import statements
from switchboard.replies import storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure has taken away: how many of each."""

    messages: int
    received: int
    files: int


# What may leave no more leaves no more: the row in the outbox stays, and the gate skips it, because nobody is there.
# Index: delivery_message_by_contact.
SQL_EMPTY_SENT = """
UPDATE delivery_message SET recipient = '', zones = '', body = jsonb_build_object('erased', true)
WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
"""
# Index: replies_inbound_by_contact.
SQL_EMPTY_RECEIVED = """
UPDATE replies_inboundmessage SET text = '', body = jsonb_build_object('erased', true)
WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
"""
# Index: replies_inbound_by_contact, replies_media_once.
SQL_TAKE_FILES = """
DELETE FROM replies_media AS media USING replies_inboundmessage AS message
WHERE message.workspace_id = %(workspace_id)s AND message.contact_id = %(contact_id)s
  AND media.workspace_id = %(workspace_id)s AND media.message_id = message.id
RETURNING media.path
"""
# Rows of files that repeat the person, or were refused because of them, are known by the number in their cells. Index:
# contacts_importedrow_pkey and contacts_refusedrow_by_import, by each import of the workspace.
SQL_FORGET_ROWS = """
WITH place AS (
    SELECT id FROM contacts_import WHERE workspace_id = %(workspace_id)s
), brought AS (
    DELETE FROM contacts_importedrow WHERE import_id IN (SELECT id FROM place) AND contact_id = %(contact_id)s
), orders AS (
    DELETE FROM conversions_refuseddeed AS refused
    WHERE refused.workspace_id = %(workspace_id)s
      AND refused.deeds_id IN (SELECT id FROM conversions_deeds WHERE workspace_id = %(workspace_id)s)
      AND EXISTS (SELECT FROM unnest(refused.cells) AS cell
                  WHERE length(%(tail)s) > 6 AND right(regexp_replace(cell, '[^0-9]', '', 'g'), 9) = %(tail)s)
)
DELETE FROM contacts_refusedrow AS refused
WHERE refused.workspace_id = %(workspace_id)s AND refused.import_id IN (SELECT id FROM place)
  AND EXISTS (SELECT FROM unnest(refused.cells) AS cell
              WHERE length(%(tail)s) > 6 AND right(regexp_replace(cell, '[^0-9]', '', 'g'), 9) = %(tail)s)
"""
# Index: each table's by contact.
SQL_FORGET_PERSON = """
WITH sent AS (
    DELETE FROM delivery_person WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
), reach AS (
    DELETE FROM delivery_reach WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
), notes AS (
    DELETE FROM contacts_note WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
), events AS (
    DELETE FROM contacts_event WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
), bought AS (
    DELETE FROM contacts_purchases WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
), orders AS (
    -- What was sold stays in the sums of the shop; whose it was does not.
    UPDATE conversions_order SET contact_id = 0, items = '[]' WHERE workspace_id = %(workspace_id)s
      AND contact_id = %(contact_id)s
), edited AS (
    DELETE FROM contacts_editedrow
    WHERE edit_id IN (SELECT id FROM contacts_edit WHERE workspace_id = %(workspace_id)s)
      AND contact_id = %(contact_id)s
), merges AS (
    DELETE FROM contacts_merge WHERE workspace_id = %(workspace_id)s
      AND (kept_id = %(contact_id)s OR lost_id = %(contact_id)s)
), aliases AS (
    DELETE FROM contacts_alias WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
), windows AS (
    DELETE FROM delivery_window WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
), coupons AS (
    UPDATE replies_coupon SET contact_id = NULL WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
), handed AS (
    UPDATE conversations_conversation SET hand_over = NULL WHERE workspace_id = %(workspace_id)s
      AND contact_id = %(contact_id)s
), timers AS (
    -- What waits holds their words.
    DELETE FROM conversations_timer WHERE conversation_id IN (
        SELECT id FROM conversations_conversation WHERE workspace_id = %(workspace_id)s
          AND contact_id = %(contact_id)s)
), lines AS (
    UPDATE conversations_line SET detail = '{}' WHERE conversation_id IN (
        SELECT id FROM conversations_conversation WHERE workspace_id = %(workspace_id)s
          AND contact_id = %(contact_id)s)
)
DELETE FROM contacts_identity WHERE workspace_id = %(workspace_id)s AND contact_id = %(contact_id)s
"""
SQL_FORGET_CONTACT = "DELETE FROM contacts_contact WHERE workspace_id = %(workspace_id)s AND id = %(contact_id)s"


@transaction.atomic
def erase_person(*, workspace_id: int, contact_id: int, now: datetime) -> Erased:
    """Erase a person everywhere. Raw bodies of webhooks hold their words for up to 30 days more, then go by themselves.

    :raises ContactNotFound: nobody is there.
    """
    contact = contacts_queries.get_contact(workspace_id, contact_id)
    wa_ids = [one.value for one in contacts_queries.list_identities(workspace_id, contact_id) if one.kind == "wa_id"]
    phones = sorted({contact.phone or "", *(f"+{wa_id}" for wa_id in wa_ids)} - {""})
    consent_actions.erase_person(workspace_id=workspace_id, contact_id=contact_id, phones=phones, at=now)
    given = {"workspace_id": workspace_id, "contact_id": contact_id}
    files = [path for (path,) in statements.fetch(SQL_TAKE_FILES, given) if path]
    erased = Erased(
        messages=statements.execute(SQL_EMPTY_SENT, given),
        received=statements.execute(SQL_EMPTY_RECEIVED, given),
        files=len(files),
    )
    for phone in phones or [""]:
        statements.execute(SQL_FORGET_ROWS, {**given, "tail": phone[-9:]})
    statements.execute(SQL_FORGET_PERSON, given)
    statements.execute(SQL_FORGET_CONTACT, given)
    transaction.on_commit(lambda: _drop_files(files))
    return erased


def _drop_files(paths: list[str]) -> None:
    """Remove files; one that cannot be reached now is told in the log, by its path alone."""
    for path in paths:
        try:
            storage.open_storage().delete(path)
        except Exception:
            # Whatever the storage raises, the rest must go all the same.
            log.exception("erased_file_stays", path=path)
