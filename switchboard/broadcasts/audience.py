"""The question "who gets it": one definition for the count, the sample and the freeze."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.fields import BigIntegerField

from switchboard.broadcasts.models import Recipient
from switchboard.contacts.models import Contact, ImportedRow
from switchboard.core import statements


def find_people(workspace_id: int, audience: Mapping[str, Any]) -> QuerySet[Contact]:
    """Return the contacts of an audience: any included tag, no excluded tag, of that import; nothing said means all."""
    people = Contact.objects.filter(workspace_id=workspace_id)
    if include := audience.get("include_tags"):
        people = people.filter(tags__overlap=include)
    if exclude := audience.get("exclude_tags"):
        people = people.exclude(tags__overlap=exclude)
    if import_id := audience.get("import_id"):
        people = people.filter(pk__in=ImportedRow.objects.filter(import_id=import_id).values("contact_id"))
    return people


def count_people(workspace_id: int, audience: Mapping[str, Any]) -> int:
    """Count the audience as it is now."""
    return find_people(workspace_id, audience).count()


def sample_people(workspace_id: int, audience: Mapping[str, Any], limit: int = 10) -> list[Contact]:
    """Return the newest few of the audience."""
    return list(find_people(workspace_id, audience).order_by("-id")[:limit])


def freeze_audience(workspace_id: int, broadcast_id: int, audience: Mapping[str, Any]) -> int:
    """Write down everybody of the audience as recipients, once each, and return how many they are."""
    people = find_people(workspace_id, audience).values_list(
        Value(broadcast_id, output_field=BigIntegerField()), "id", "workspace_id"
    )
    return statements.insert_from(Recipient._meta.db_table, ("broadcast_id", "contact_id", "workspace_id"), people)
