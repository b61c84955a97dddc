"""Orders, what was given back of them, and events: once each, however often they are told."""

import json
from decimal import Decimal
from typing import Annotated, Any

from ninja import Body, Router
from pydantic import AfterValidator, Discriminator, Field, JsonValue, Tag

from switchboard.api.auth import ApiRequest, needs
from switchboard.api.errors import Problem, describe_error
from switchboard.api.shapes import Moment, PersonName, Shown, Told, answers
from switchboard.conversions import actions, rules
from switchboard.core import clock

router = Router()
MOST_EVENTS = 1000
_LARGEST_PROPERTIES = 10_000

PersonOf = Annotated[PersonName, Field(min_length=1)]
ExternalId = Annotated[
    str, Field(min_length=1, max_length=rules.LONGEST_ID, description="The sender's own id: what makes it one.")
]
# Text or number; never rounded.
Money = Annotated[Decimal, Field(decimal_places=2)]


class Item(Told):
    """A line of an order."""

    name: str = Field(min_length=1, max_length=200)
    quantity: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = None
    price: Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)] | None = None


class Order(Told):
    """Something that a person bought."""

    id: ExternalId
    person: PersonOf
    total: Money
    currency: str = Field(description="Three letters: JPY.")
    at: Moment
    number: str = Field(default="", max_length=60, description="What the person knows it by; the id if left out.")
    items: list[Item] = []
    refunded: Money = Decimal(0)


class KeptOrder(Shown):
    """An order as it is in the books; the same however often it is told."""

    id: str
    contact_id: int
    number: str
    total: Decimal
    refunded: Decimal
    currency: str


class Refund(Told):
    """Money given back for an order, in part or in full."""

    id: ExternalId
    order_id: ExternalId
    amount: Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
    at: Moment


class KeptRefund(Shown):
    """A refund as it is in the books."""

    id: str
    order_id: str
    amount: Decimal


def _check_size(properties: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(json.dumps(properties, ensure_ascii=False)) > _LARGEST_PROPERTIES:
        raise ValueError("the properties of an event take at most 10,000 characters")
    return properties


class Event(Told):
    """Something that a person did: visited, asked, registered."""

    id: ExternalId
    person: PersonOf
    name: str = Field(min_length=1, max_length=rules.LONGEST_NAME)
    at: Moment
    properties: Annotated[dict[str, JsonValue], AfterValidator(_check_size)] = {}


class EventResult(Shown):
    """What became of one event."""

    id: str
    recorded: bool
    problem: Problem | None


class EventResults(Shown):
    """What became of the events, in the order in which they came."""

    results: list[EventResult]
    recorded: int
    refused: int


Events = Annotated[
    Annotated[Event, Tag("one")] | Annotated[list[Event], Field(min_length=1, max_length=MOST_EVENTS), Tag("many")],
    Discriminator(lambda told: "many" if isinstance(told, list) else "one"),
]


@router.post(
    "/orders",
    **needs("orders:write"),
    tags=["orders"],
    response=answers(KeptOrder, 404, 409, 413),
    summary="Record an order",
)
def record_order(request: ApiRequest, told: Order) -> KeptOrder:
    """Record what somebody bought. The same again changes nothing; a higher `refunded` is kept; anything else is refused."""
    order, _ = actions.record_order(
        workspace_id=request.auth.workspace_id,
        person=told.person,
        order=rules.NewOrder(
            external_id=told.id,
            total=told.total,
            currency=told.currency,
            at=told.at,
            number=told.number,
            items=tuple(item.model_dump(exclude_none=True) for item in told.items),
            refunded=told.refunded,
        ),
        now=clock.now(),
    )
    return KeptOrder(
        id=order.external_id,
        contact_id=order.contact_id,
        number=order.number,
        total=_as_money(order.total),
        refunded=_as_money(max(order.refunded, told.refunded)),
        currency=order.currency,
    )


@router.post(
    "/refunds",
    **needs("orders:write"),
    tags=["orders"],
    response=answers(KeptRefund, 404, 409, 413),
    summary="Record that money was given back",
)
def record_refund(request: ApiRequest, told: Refund) -> KeptRefund:
    """Record a refund of an order that is known. The same again changes nothing; another amount is refused."""
    actions.record_refund(
        workspace_id=request.auth.workspace_id,
        order_id=told.order_id,
        external_id=told.id,
        amount=told.amount,
        at=told.at,
        now=clock.now(),
    )
    return KeptRefund(id=told.id, order_id=told.order_id, amount=_as_money(told.amount))


@router.post(
    "/events",
    **needs("events:write"),
    tags=["events"],
    response=answers(EventResults, 404, 413),
    summary="Record one event, or up to 1,000",
)
def record_events(request: ApiRequest, told: Annotated[Events, Body()]) -> EventResults:
    """Record what people did. Of a list each is recorded or refused by itself; one alone that is refused is an error."""
    many: list[Event] = told if isinstance(told, list) else [told]
    refusals = actions.record_events(
        workspace_id=request.auth.workspace_id,
        events=[actions.ToldEvent(one.person, one.name, one.id, one.at, one.properties) for one in many],
        now=clock.now(),
    )
    if not isinstance(told, list) and refusals[0] is not None:
        raise refusals[0]
    results = [
        EventResult(id=one.id, recorded=refusal is None, problem=_describe(refusal))
        for one, refusal in zip(many, refusals, strict=True)
    ]
    refused = sum(refusal is not None for refusal in refusals)
    return EventResults(results=results, recorded=len(results) - refused, refused=refused)


def _describe(refusal: Any) -> Problem | None:
    return describe_error(refusal) if refusal is not None else None


def _as_money(amount: Decimal) -> Decimal:
    """Return an amount as the database keeps it, so that the first answer is written like the next."""
    return amount.quantize(Decimal("0.01"))
