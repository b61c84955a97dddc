"""What people agree to, and the question “may we write to them?”."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal

from ninja import Body, Query, Router
from pydantic import Field

from switchboard.api.auth import ApiRequest, needs
from switchboard.api.people import access_person
from switchboard.api.shapes import Moment, PersonName, Shown, Told, answers
from switchboard.api.v1.contacts import Agreed, show_agreed
from switchboard.consent import actions, queries
from switchboard.consent.errors import AlreadyWithdrawnError
from switchboard.core import clock

router = Router(tags=["consent"])

_SENTENCES = {
    "": "This person may be written to.",
    "opted_out": "This person has opted out of everything the business starts.",
    "no_basis": "Nobody has recorded that this person agreed to messages of this category.",
}


class OptOut(Told):
    """Where a person said that they want no more messages."""

    source: str = Field(default="API", min_length=1, max_length=255)
    wording: str = Field(default="", max_length=5000)


class OptIn(Told):
    """What a person agreed to, on which basis, where, and in which words."""

    category: Literal["marketing", "utility", "all"]
    basis: Literal["opt_in", "transaction"]
    source: str = Field(min_length=1, max_length=255)
    wording: str = Field(min_length=1, max_length=5000)
    # Somebody who has opted out comes back only by their own new wish.
    is_own_wish: bool = False


class Standing(Shown):
    """Where a person stands now."""

    contact_id: int
    consent: Agreed


class Answer(Shown):
    """Whether a template may be sent; if not, why, and since when."""

    contact_id: int
    category: str
    may: bool
    reason: Literal["opted_out", "no_basis"] | None
    sentence: str
    since: datetime | None


@router.post(
    "/contacts/{person}/opt-out",
    **needs("consent:write"),
    response=answers(Standing, 404, 413),
    summary="Opt a person out of everything the business starts",
)
def opt_out(request: ApiRequest, person: PersonName, told: Annotated[OptOut | None, Body()] = None) -> Standing:
    """End broadcasts and journeys of every category. Somebody who is out stays out: the same again is no error."""
    contact_id, said = access_person(request.auth, person), told or OptOut()
    with suppress(AlreadyWithdrawnError):
        actions.withdraw_consent(
            workspace_id=request.auth.workspace_id,
            contact_id=contact_id,
            source=said.source,
            wording=said.wording,
            actor=request.auth.actor,
            at=clock.now(),
        )
    return _show(request, contact_id)


@router.post(
    "/contacts/{person}/opt-in",
    **needs("consent:write"),
    response=answers(Standing, 404, 409, 413),
    summary="Record that a person agreed",
)
def opt_in(request: ApiRequest, person: PersonName, told: OptIn) -> Standing:
    """Write a line into the ledger. Marketing needs an explicit opt-in, utility a transaction or an opt-in."""
    contact_id = access_person(request.auth, person)
    actions.grant_consent(
        workspace_id=request.auth.workspace_id,
        contact_id=contact_id,
        category=told.category,
        basis=told.basis,
        source=told.source,
        wording=told.wording,
        actor=request.auth.actor,
        at=clock.now(),
        is_own_wish=told.is_own_wish,
    )
    return _show(request, contact_id)


@router.get(
    "/contacts/{person}/may-write",
    **needs("contacts:read"),
    response=answers(Answer, 404),
    summary="Ask whether a template may be sent to a person",
)
def may_write(
    request: ApiRequest,
    person: PersonName,
    category: Annotated[Literal["marketing", "utility"], Query()],
    at: Annotated[Moment | None, Query(description="How it was then; now if left out.")] = None,
) -> Answer:
    """Return what the gate would say that asks before each message, with its reason."""
    contact_id = access_person(request.auth, person)
    answer = queries.may_write(request.auth.workspace_id, contact_id, category, at)
    return Answer(
        contact_id=contact_id,
        category=category,
        may=answer.may,
        reason=answer.reason or None,  # type: ignore[arg-type]  # one of the two that `standing.refuse` returns
        sentence=_SENTENCES[answer.reason],
        since=answer.since,
    )


def _show(request: ApiRequest, contact_id: int) -> Standing:
    found = queries.find_standing(request.auth.workspace_id, contact_id)
    return Standing(contact_id=contact_id, consent=show_agreed(found))
