"""The question "who gets it": one definition for the count, the sample and the freeze."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields import BigIntegerField

from switchboard.broadcasts.models import Recipient
from switchboard.contacts import segment_queries
from switchboard.contacts.models import Contact, ImportedRow
from switchboard.core import clock, statements
from switchboard.core.tenancy import seeing_all


def find_people(workspace_id: int, audience: Mapping[str, Any]) -> QuerySet[Contact]:
    """Return the contacts of an audience: any included tag or segment, none that is excluded, of that import.

    Nothing said means all.

    :raises SegmentError: a segment of it cannot be asked any more.
    """
    people = Contact.objects.filter(workspace_id=workspace_id)
    if question := segment_queries.ask_for_audience(workspace_id, audience):
        statement, values = segment_queries.build_ids(workspace_id, question, clock.now())
        people = people.filter(pk__in=RawSQL(statement, values))  # noqa: S611  fixed words and parameters
    if import_id := audience.get("import_id"):
        people = people.filter(pk__in=ImportedRow.objects.filter(import_id=import_id).values("contact_id"))
    return people


def count_people(workspace_id: int, audience: Mapping[str, Any]) -> int:
    """Count the audience as it is now."""
    with seeing_all():
        return find_people(workspace_id, audience).count()


def sample_people(workspace_id: int, audience: Mapping[str, Any], limit: int = 10) -> list[Contact]:
    """Return the newest few of the audience."""
    with seeing_all():
        return list(find_people(workspace_id, audience).order_by("-id")[:limit])


def look_at_people(workspace_id: int, audience: Mapping[str, Any], limit: int = 10) -> tuple[int, list[Contact]]:
    """Return how many the audience has as it is now, and the newest few."""
    with seeing_all():
        people = find_people(workspace_id, audience)
        return people.count(), list(people.order_by("-id")[:limit])


def freeze_audience(workspace_id: int, broadcast_id: int, audience: Mapping[str, Any]) -> int:
    """Write down everybody of the audience as recipients, once each, and return how many they are."""
    people = find_people(workspace_id, audience).values_list(
        Value(broadcast_id, output_field=BigIntegerField()), "id", "workspace_id"
    )
    with seeing_all():
        return statements.insert_from(Recipient._meta.db_table, ("broadcast_id", "contact_id", "workspace_id"), people)
