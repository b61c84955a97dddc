"""The person that an address names."""

from switchboard.api.auth import Caller
from switchboard.contacts import people_queries
from switchboard.contacts.errors import ContactNotFound


def access_person(caller: Caller, name: str) -> int:
    """Return the id of the contact whom an id, a number or an address of the caller's workspace stands for.

    :raises ContactNotFound: nobody in this workspace.
    """
    contact_id = people_queries.find_person(caller.workspace_id, name)
    if contact_id is None:
        raise ContactNotFound
    return contact_id
