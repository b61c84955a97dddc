"""People: one page of them, and one of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router
from pydantic import JsonValue

from switchboard.api.auth import ApiRequest, needs
from switchboard.api.people import access_person
from switchboard.api.shapes import MOST_ON_A_PAGE, Id, PersonName, Shown, answers
from switchboard.consent import queries as consent_queries
from switchboard.contacts import people_queries, queries, tag_queries

router = Router(tags=["contacts"])


class Agreed(Shown):
    """What a person agreed to: the basis for each category, none without one; and when they opted out."""

    marketing: str | None
    utility: str | None
    opted_out_at: datetime | None


class Contact(Shown):
    """A person. The number is whole: keys are made by those who may see it."""

    id: int
    phone: str | None
    name: str
    email: str
    language: str
    country: str
    fields: dict[str, JsonValue]
    # Those that somebody gave and those that a rule gives.
    tags: list[str]
    consent: Agreed
    created_at: datetime
    updated_at: datetime


class ContactPage(Shown):
    """People, the newest first."""

    items: list[Contact]
    # Ask with `before` set to this for the next page; null at the end.
    next_before: int | None


def show_agreed(standing: Any) -> Agreed:
    """Return a standing, or that of somebody whom the ledger does not know."""
    return Agreed(
        marketing=(standing and standing.marketing_basis) or None,
        utility=(standing and standing.utility_basis) or None,
        opted_out_at=standing.opted_out_at if standing else None,
    )


@router.get(
    "/contacts",
    **needs("contacts:read"),
    response=answers(ContactPage),
    summary="List contacts, or find one by number or id",
)
def list_contacts(
    request: ApiRequest,
    phone: Annotated[str | None, Query(max_length=40, description="In any spelling.")] = None,
    id: Annotated[Id | None, Query()] = None,
    before: Annotated[Id | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE)] = 50,
) -> ContactPage:
    """Return the newest contacts, or the one with this number or id; nobody has both of two people."""
    workspace_id = request.auth.workspace_id
    if phone is None and id is None:
        page = queries.list_contacts(workspace_id, before=before, limit=limit)
        return ContactPage(items=_show(workspace_id, page.contacts), next_before=page.next_before)
    wanted = {people_queries.find_by_phone(workspace_id, phone)} if phone is not None else {id}
    if id is not None:
        wanted &= {id}
    found = queries.map_contacts(workspace_id, [one for one in wanted if one is not None])
    return ContactPage(items=_show(workspace_id, list(found.values())), next_before=None)


@router.get("/contacts/{person}", **needs("contacts:read"), response=answers(Contact, 404), summary="Read a contact")
def get_contact(request: ApiRequest, person: PersonName) -> Contact:
    """Return one contact; who was merged into somebody else leads to them."""
    workspace_id = request.auth.workspace_id
    contact = queries.get_contact(workspace_id, access_person(request.auth, person))
    return _show(workspace_id, [contact])[0]


def _show(workspace_id: int, contacts: Sequence[Any]) -> list[Contact]:
    ids = [contact.pk for contact in contacts]
    names = {tag.pk: tag.name for tag in queries.list_tags(workspace_id)} if ids else {}
    classes = tag_queries.map_classes(workspace_id, ids)
    standings = consent_queries.map_standings(workspace_id, ids)
    return [
        Contact(
            id=contact.pk,
            phone=contact.phone,
            name=contact.name,
            email=contact.email,
            language=contact.language,
            country=contact.country,
            fields=contact.fields,
            tags=[names[key] for key in (*contact.tags, *classes.get(contact.pk, ())) if key in names],
            consent=show_agreed(standings.get(contact.pk)),
            created_at=contact.created_at,
            updated_at=contact.updated_at,
        )
        for contact in contacts
    ]
