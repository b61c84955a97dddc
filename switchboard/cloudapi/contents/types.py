"""What an incoming message can hold, one struct per kind."""

from datetime import datetime
from typing import Any

import msgspec

from switchboard.cloudapi.contents.context import Problem


class Words(msgspec.Struct, frozen=True):
    """A text."""

    body: str


class File(msgspec.Struct, frozen=True):
    """A picture, film, sound, document or sticker: fetch it by its id within seven days."""

    id: str
    mime: str
    sha256: str
    url: str = ""
    caption: str = ""
    filename: str = ""
    is_voice: bool = False
    is_animated: bool = False


class Place(msgspec.Struct, frozen=True):
    """A place on the map; without coordinates when they cannot be read."""

    latitude: float | None
    longitude: float | None
    name: str = ""
    address: str = ""
    url: str = ""


class CardPhone(msgspec.Struct, frozen=True):
    """A phone on a card; `wa_id` when it is on WhatsApp."""

    phone: str
    wa_id: str = ""
    type: str = ""


class Card(msgspec.Struct, frozen=True):
    """One contact card; what else it says is in the raw message."""

    name: str
    phones: tuple[CardPhone, ...]
    emails: tuple[str, ...]
    organisation: str = ""
    birthday: str = ""
    vcard: str = ""


class Cards(msgspec.Struct, frozen=True):
    """Contact cards; the origin contact_request answers our request for a phone."""

    cards: tuple[Card, ...]
    origin: str = ""

    @property
    def is_answer(self) -> bool:
        """Tell whether the person shows their own phone because we asked."""
        return self.origin == "contact_request"


class Pressed(msgspec.Struct, frozen=True):
    """A template's quick reply."""

    text: str
    payload: str


class ButtonReply(msgspec.Struct, frozen=True):
    """A button of an interactive message."""

    id: str
    title: str


class ListReply(msgspec.Struct, frozen=True):
    """A line of a list."""

    id: str
    title: str
    description: str = ""


class FormReply(msgspec.Struct, frozen=True):
    """A filled-in form (flow or address); `answers` is the JSON inside its text, whatever that holds."""

    name: str
    body: str
    answers: Any
    flow_token: str = ""


class CallPermission(msgspec.Struct, frozen=True):
    """Whether we may call."""

    is_accepted: bool
    is_permanent: bool
    expires_at: datetime | None
    source: str = ""


class Reaction(msgspec.Struct, frozen=True):
    """An emoji under a message; no emoji takes it away."""

    message_id: str
    emoji: str

    @property
    def is_removal(self) -> bool:
        """Tell whether an earlier reaction is taken away."""
        return not self.emoji


class OrderItem(msgspec.Struct, frozen=True):
    """A product that somebody wants."""

    product_retailer_id: str
    quantity: float | None
    item_price: float | None
    currency: str = ""


class Order(msgspec.Struct, frozen=True):
    """What somebody put in the cart."""

    catalog_id: str
    text: str
    items: tuple[OrderItem, ...]


class System(msgspec.Struct, frozen=True):
    """The person's number, user id or identity changed; `what` in Meta's words of today."""

    what: str
    body: str
    new_wa_id: str = ""
    user_id: str = ""
    previous_user_id: str = ""
    parent_user_id: str = ""
    previous_parent_user_id: str = ""
    identity_hash: str = ""


class Unsupported(msgspec.Struct, frozen=True):
    """Something that the Cloud API does not show: a poll, a view-once picture, an edit and so on."""

    what: str
    problems: tuple[Problem, ...]


class Edited(msgspec.Struct, frozen=True):
    """A message in its new form, from a number that is also on the WhatsApp Business app."""

    original_id: str
    kind: str
    content: "Content"


class Revoked(msgspec.Struct, frozen=True):
    """A message was taken back, on a number that is also on the WhatsApp Business app."""

    original_id: str


class Other(msgspec.Struct, frozen=True):
    """A kind that we do not know: kept and shown, never dropped."""

    kind: str
    raw: Any


Content = (
    Words
    | File
    | Place
    | Cards
    | Pressed
    | ButtonReply
    | ListReply
    | FormReply
    | CallPermission
    | Reaction
    | Order
    | System
    | Unsupported
    | Edited
    | Revoked
    | Other
)
