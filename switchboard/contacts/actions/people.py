"""Single people, added by hand."""

from datetime import datetime

from switchboard.contacts.errors import PhoneError
from switchboard.contacts.models import Contact
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
