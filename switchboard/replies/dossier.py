"""Everything about one person as one archive: JSON that anybody can read, and the files that were sent."""

import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.forms.models import model_to_dict

from switchboard.consent import queries as consent_queries
from switchboard.contacts import people_queries
from switchboard.contacts import queries as contacts_queries
from switchboard.conversions import queries as conversions_queries
from switchboard.core import statements
from switchboard.delivery import boards
from switchboard.replies import belongings, latest, storage
from switchboard.replies.models import Media

_MOST = 100_000
_LARGEST_FILE = 100 * 1024 * 1024


def build_dossier(workspace_id: int, contact_id: int) -> bytes:
    """Return the archive of a person, for whoever asks what is kept about them.

    :raises ContactNotFound: nobody is there.
    """
    contact = contacts_queries.get_contact(workspace_id, contact_id)
    tags = {tag.pk: tag.name for tag in contacts_queries.list_tags(workspace_id)}
    received = latest.list_of_contact(workspace_id, contact_id, _MOST)
    purchases = people_queries.find_purchases(workspace_id, contact_id)
    parts: dict[str, Any] = {
        "person": {**_describe(contact), "tags": [tags[tag] for tag in contact.tags if tag in tags]},
        "identities": list(map(_describe, contacts_queries.list_identities(workspace_id, contact_id))),
        "consent": list(map(_describe, consent_queries.list_entries(workspace_id, contact_id, limit=_MOST))),
        "messages_received": [_describe(one) for one in received],
        "messages_sent": [_as_dict(one) for one in boards.list_of_contact(workspace_id, contact_id, _MOST)],
        "orders": list(map(_describe, conversions_queries.list_orders(workspace_id, contact_id, limit=_MOST))),
        "purchases": _describe(purchases) if purchases else None,
        "events": list(map(_describe, people_queries.list_events(workspace_id, contact_id, limit=_MOST))),
        "notes": list(map(_describe, people_queries.list_notes(workspace_id, contact_id, limit=_MOST))),
        "tag_changes": [
            {"at": change.at, "tag": name, "was_given": change.is_member}
            for change, name in people_queries.list_tag_changes(workspace_id, contact_id, limit=_MOST)
        ],
    }
    ((rest,),) = statements.fetch(
        belongings.SQL_DESCRIBE_BELONGINGS, {"workspace_id": workspace_id, "contact_id": contact_id}
    )
    # Django hands JSON over as it is written.
    parts |= json.loads(rest)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(f"{name}.json", json.dumps(part, ensure_ascii=False, indent=2, default=_encode))
        _add_files(target, workspace_id, [one.id for one in received])
    return archive.getvalue()


def _add_files(target: zipfile.ZipFile, workspace_id: int, message_ids: list[Any]) -> None:
    """Put the files into the archive; one that the storage does not give is named with the reason."""
    found = Media.objects.filter(workspace_id=workspace_id, message_id__in=message_ids, state="stored")
    for media in found.exclude(path="").order_by("pk"):
        name = f"files/{media.pk}-{media.file_name or media.kind}".replace("..", "")
        try:
            with storage.open_storage().open(media.path) as file:
                target.writestr(name, file.read(_LARGEST_FILE))
        except Exception as error:  # noqa: BLE001  whatever a storage raises: the rest of the archive is worth having
            target.writestr(f"{name}.missing.txt", f"{type(error).__name__}: {error}")


def _describe(row: models.Model) -> dict[str, Any]:
    kept = model_to_dict(row)
    # What only the database needs says nothing about the person.
    kept |= {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.editable}
    kept.pop("workspace", None)
    return kept


def _as_dict(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _encode(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)
