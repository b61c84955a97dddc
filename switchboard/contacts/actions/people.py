"""Single people, added and corrected by hand."""

from datetime import datetime

from django.db import transaction

from switchboard.contacts import details, edit_store
from switchboard.contacts.details import Details
from switchboard.contacts.errors import ContactNotFound, DetailsChangedError, PhoneError
from switchboard.contacts.models import Contact, Edit
from switchboard.core import phone as phones


def ensure_contact(*, workspace_id: int, phone: str, country: str, now: datetime) -> Contact:
    """Return the person with a phone number, made when there was none.

    :raises PhoneError: it is no phone number.
    """
    reading = phones.parse_phone(phone, country)
    if not reading.phone:
        raise PhoneError(field="phone")
    contact, _ = Contact.objects.get_or_create(
        workspace_id=workspace_id,
        phone=reading.phone,
        defaults={
            "country": reading.country,
            "zones": ",".join(phones.zones_of(reading.phone)),
            "created_at": now,
            "updated_at": now,
        },
    )
    return contact


@transaction.atomic
def change_details(
    *, workspace_id: int, contact_id: int, typed: Details, seen: Details, by: int | None, now: datetime
) -> Edit | None:
    """Write a person's name, address and language; `seen` is what stood there when somebody began to type.

    What somebody else has written meanwhile stays, unless it is what this one did not touch. None when nothing changes.

    :raises ContactNotFound: they are gone, or somebody else now.
    :raises DetailsChangedError: somebody else has changed what is to be changed.
    :raises DetailsError: it cannot be like that.
    """
    people = Contact.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id)
    contact = people.filter(pk=contact_id).first()
    if contact is None:
        raise ContactNotFound
    there = Details(contact.name, contact.email, contact.language)
    new = details.read_details(typed, former=seen).differing(seen)
    if any(getattr(there, key) not in {getattr(seen, key), value} for key, value in new.items()):
        raise DetailsChangedError
    new = {key: value for key, value in new.items() if value != getattr(there, key)}
    if not new:
        return None
    edit = Edit.objects.create(
        workspace_id=workspace_id, kind="set_details", detail={"details": sorted(new)}, people_count=1, by=by, at=now
    )
    edit_store.edit_contacts(
        workspace_id=workspace_id,
        edit_id=edit.pk,
        contact_ids=[contact.pk],
        add=[],
        remove=[],
        patch={},
        drop=[],
        details=new,
        now=now,
    )
    return edit
