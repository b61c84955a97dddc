"""A colleague makes one person of two, and sees before what will become of them; `parting` takes it back.

The moving itself is `merging`'s, so that it cannot differ from what happens when WhatsApp shows that two are one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from switchboard.contacts import identity_store
from switchboard.contacts import queries as contacts_queries
from switchboard.contacts.actions import merges
from switchboard.contacts.errors import ContactNotFound
from switchboard.contacts.models import Contact, Merge
from switchboard.conversions import actions as conversions_actions
from switchboard.core import statements
from switchboard.replies import merging, remembering


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


@transaction.atomic
def merge_people(*, workspace_id: int, keep: int, lose: int, by: int | None, now: datetime) -> Merge:
    """Make one person of two everywhere, and remember what is needed to take it back.

    :raises ContactNotFound: one of them is not there, or they are the same.
    """
    given: dict[str, Any] = {"workspace_id": workspace_id, "keep": keep, "lose": lose}
    locked = statements.fetch(identity_store.SQL_LOCK_PAIR, {"workspace_id": workspace_id, "ids": [keep, lose]})
    if len(locked) < 2 or keep == lose:
        raise ContactNotFound
    before = remembering.describe_pair(given)
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
    before["after"] = remembering.describe_kept(given)
    return merges.note_merge(workspace_id=workspace_id, keep=keep, lose=lose, before=before, by=by, now=now)
