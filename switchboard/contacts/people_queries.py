"""What pages and rooms ask about one person: who it is, notes, events, purchases, changes; and who may be the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Upper

from switchboard.contacts import identity
from switchboard.contacts.details import DETAILS
from switchboard.contacts.models import (
    UNFINISHED_EDITS,
    Alias,
    Change,
    Contact,
    Edit,
    EditedRow,
    Event,
    Merge,
    Note,
    Purchases,
    Tag,
)
from switchboard.core import phone
from switchboard.team.models import Workspace


def find_person(workspace_id: int, text: str) -> int | None:
    """Return the contact that somebody's number, address or contact id stands for; former ids still lead there."""
    text = text.strip()
    people = Contact.objects.filter(workspace_id=workspace_id)
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 9:
        return _follow(workspace_id, int(text))
    if "@" in text:
        found = list(people.filter(email__iexact=text).values_list("pk", flat=True)[:2])
        return found[0] if len(found) == 1 else None
    return find_by_phone(workspace_id, text)


def find_by_phone(workspace_id: int, text: str) -> int | None:
    """Return whose number that is, in whichever of its spellings it is kept."""
    country = Workspace.objects.values_list("country", flat=True).get(pk=workspace_id)
    reading = phone.parse_phone(text, country)
    if not reading.phone:
        return None
    spellings = [reading.phone, *(f"+{one}" for one in identity.variants(reading.phone[1:]))]
    people = Contact.objects.filter(workspace_id=workspace_id, phone__in=spellings)
    return people.order_by("pk").values_list("pk", flat=True).first()


def find_people(workspace_id: int, texts: Iterable[str]) -> dict[str, int]:
    """Return the contacts that these numbers, addresses and ids stand for: `find_person` for many at once."""
    country = Workspace.objects.values_list("country", flat=True).get(pk=workspace_id)
    numbers: dict[str, list[str]] = {}
    addresses: dict[str, str] = {}
    ids: dict[str, int] = {}
    for text in texts:
        plain = text.strip()
        if plain.isascii() and plain.isdigit() and len(plain) < 9:
            ids[text] = int(plain)
        elif "@" in plain:
            addresses[text] = plain.upper()
        elif plain and (reading := phone.parse_phone(plain, country)).phone:
            numbers[text] = [reading.phone, *(f"+{one}" for one in identity.variants(reading.phone[1:]))]
    found = _find_by_number(workspace_id, numbers) | _find_by_address(workspace_id, addresses)
    here = set(Contact.objects.filter(workspace_id=workspace_id, pk__in=ids.values()).values_list("pk", flat=True))
    gone = Alias.objects.filter(workspace_id=workspace_id, pk__in=set(ids.values()) - here)
    now_of = {one: one for one in here} | dict(gone.values_list("former_id", "contact_id"))
    return found | {text: now_of[one] for text, one in ids.items() if one in now_of}


def _find_by_number(workspace_id: int, numbers: Mapping[str, Sequence[str]]) -> dict[str, int]:
    wanted = {spelling for spellings in numbers.values() for spelling in spellings}
    rows = Contact.objects.filter(workspace_id=workspace_id, phone__in=wanted).values_list("phone", "pk")
    # The oldest of those who have one of the spellings, as for one person.
    known = {phone: pk for phone, pk in rows if phone}
    found = {text: [known[one] for one in spellings if one in known] for text, spellings in numbers.items()}
    return {text: min(people) for text, people in found.items() if people}


def _find_by_address(workspace_id: int, addresses: Mapping[str, str]) -> dict[str, int]:
    if not addresses:
        return {}
    people = Contact.objects.filter(workspace_id=workspace_id).exclude(email="")
    rows = people.annotate(address=Upper("email")).filter(address__in=set(addresses.values()))
    known: dict[str, list[int]] = {}
    for address, pk in rows.values_list("address", "pk"):
        known.setdefault(address, []).append(pk)
    # Two people with one address: nobody can tell whose it is.
    return {text: known[one][0] for text, one in addresses.items() if len(known.get(one, ())) == 1}


def _follow(workspace_id: int, contact_id: int) -> int | None:
    if Contact.objects.filter(workspace_id=workspace_id, pk=contact_id).exists():
        return contact_id
    return find_alias(workspace_id, contact_id)


def find_alias(workspace_id: int, former_id: int) -> int | None:
    """Return who a former contact is now."""
    found = Alias.objects.filter(workspace_id=workspace_id, pk=former_id)
    return found.values_list("contact_id", flat=True).first()


def list_notes(workspace_id: int, contact_id: int, *, limit: int = 100) -> list[Note]:
    """Return what colleagues wrote down about a person, newest first."""
    return list(Note.objects.filter(workspace_id=workspace_id, contact_id=contact_id).order_by("-at", "-id")[:limit])


def list_events(workspace_id: int, contact_id: int, *, limit: int = 100) -> list[Event]:
    """Return what a person did, newest first."""
    return list(Event.objects.filter(workspace_id=workspace_id, contact_id=contact_id).order_by("-at", "-id")[:limit])


def find_purchases(workspace_id: int, contact_id: int) -> Purchases | None:
    """Return what a person has bought; none for somebody who has not."""
    return Purchases.objects.filter(workspace_id=workspace_id, contact_id=contact_id).first()


def map_last_orders(workspace_id: int, contact_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return the last order of these people, by contact: number, total, currency, items, at."""
    found = Purchases.objects.filter(workspace_id=workspace_id, contact_id__in=list(contact_ids))
    return dict(found.values_list("contact_id", "last_order"))


def list_tag_changes(workspace_id: int, contact_id: int, *, limit: int = 50) -> list[tuple[Change, str]]:
    """Return when a person got and lost tags, each with its name, newest first."""
    changes = list(Change.objects.filter(workspace_id=workspace_id, contact_id=contact_id).order_by("-id")[:limit])
    tags = Tag.objects.filter(workspace_id=workspace_id, pk__in={change.tag_id for change in changes})
    names = dict(tags.values_list("pk", "name"))
    return [(change, names[change.tag_id]) for change in changes if change.tag_id in names]


@dataclass(frozen=True, slots=True)
class Twin:
    """Somebody who may be the same person, and why: the number in its other spelling, or name and address."""

    contact: Contact
    reason: str


def list_twins(workspace_id: int, contact: Contact) -> list[Twin]:
    """Return who may be the same person as this one."""
    others = Contact.objects.filter(workspace_id=workspace_id).exclude(pk=contact.pk)
    spellings = [f"+{one}" for one in identity.variants((contact.phone or "").lstrip("+"))]
    twins = [Twin(other, "number") for other in others.filter(phone__in=spellings)[:5]] if spellings else []
    if contact.name and contact.email:
        same = others.filter(Q(email__iexact=contact.email) & Q(name__iexact=contact.name))
        seen = {twin.contact.pk for twin in twins}
        twins += [Twin(other, "name_and_email") for other in same[:5] if other.pk not in seen]
    return twins


def list_edits(workspace_id: int, *, since: datetime, limit: int = 20) -> list[Edit]:
    """Return the changes to many people that are under way or can still be undone, newest first."""
    fresh = Q(at__gte=since) | Q(finished_at__gte=since) | Q(state__in=UNFINISHED_EDITS)
    return list(Edit.objects.filter(fresh, workspace_id=workspace_id).order_by("-id")[:limit])


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What somebody wrote about a person by hand: each value before and after, of ours and of the workspace's fields."""

    edit: Edit
    details: Sequence[tuple[str, str, str]]
    fields_before: Mapping[str, Any]
    fields_after: Mapping[str, Any]


def list_rewritings(workspace_id: int, contact_id: int, *, limit: int = 50) -> list[Rewriting]:
    """Return what was written about a person by hand, newest first."""
    edits = Edit.objects.filter(workspace_id=workspace_id, kind__in=("set_details", "set_field"))
    rows = EditedRow.objects.filter(workspace_id=workspace_id, contact_id=contact_id, edit_id__in=edits.values("pk"))
    # Of older changes only what was before is known.
    rows = rows.filter(before__has_key="became")
    befores = dict(rows.order_by("-edit_id").values_list("edit_id", "before")[:limit])
    return (
        [_compare(edit, befores[edit.pk]) for edit in edits.filter(pk__in=befores).order_by("-pk")] if befores else []
    )


def _compare(edit: Edit, before: Mapping[str, Any]) -> Rewriting:
    became, was = before.get("became", {}), before.get("fields", {})
    return Rewriting(
        edit,
        [(key, before.get(key, ""), became[key]) for key in DETAILS if key in became],
        {key: was[key] for key in edit.detail.get("fields", ()) if key in was},
        became.get("fields", {}),
    )


def list_merges(workspace_id: int, contact_id: int, *, since: datetime) -> list[Merge]:
    """Return the merges into a person that can still be undone, newest first."""
    merges = Merge.objects.filter(workspace_id=workspace_id, kept_id=contact_id, undone_at__isnull=True, at__gte=since)
    return list(merges.order_by("-id"))


def count_chosen(workspace_id: int, contact_ids: Sequence[int]) -> int:
    """Count those of these contacts that are there."""
    return Contact.objects.filter(workspace_id=workspace_id, pk__in=contact_ids).count()
