"""What colleagues write down about a person."""

from datetime import datetime

from switchboard.contacts import queries
from switchboard.contacts.errors import NoteError
from switchboard.contacts.models import Note

_LONGEST = 5000


def add_note(
    *, workspace_id: int, contact_id: int, text: str, author: int | None, now: datetime, author_name: str = ""
) -> Note:
    """Write something down about a person.

    :raises NoteError: nothing is written, or too much.
    :raises ContactNotFound: nobody is there.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise NoteError(field="text")
    queries.get_contact(workspace_id, contact_id)
    return Note.objects.create(
        workspace_id=workspace_id,
        contact_id=contact_id,
        text=text,
        author_id=author,
        author_name=author_name[:150],
        at=now,
    )


def delete_note(*, workspace_id: int, contact_id: int, note_id: int) -> None:
    """Take a note away."""
    Note.objects.filter(workspace_id=workspace_id, contact_id=contact_id, pk=note_id).delete()
