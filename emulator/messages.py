"""POST /{PNID}/messages: what Meta checks before it says accepted, and what is written down then."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from emulator.accounts import Number
from emulator.clock import Clock
from emulator.content import render_content
from emulator.errors import GraphError
from emulator.inbox import Inbox
from emulator.knobs import Knobs
from emulator.ledger import Entry, Ledger
from emulator.limits import PairLimit
from emulator.media import MediaShelf
from emulator.people import People
from emulator.rendering import Rendered, find_sendable, render_template
from emulator.statuses import Statuses

CALLBACK_LONGEST = 512
PHONE = re.compile(r"[1-9]\d{6,14}")
PHONE_PADDING = str.maketrans("", "", " +-()")


class Draft(NamedTuple):
    """A message that passed every check of its form."""

    input: str
    phone: str
    kind: str
    template: str
    category: str
    callback_data: str
    rendered: Rendered


class Accepted(NamedTuple):
    row: int
    draft: Draft


class Messages:
    def __init__(
        self,
        *,
        clock: Clock,
        knobs: Knobs,
        people: People,
        ledger: Ledger,
        inbox: Inbox,
        media: MediaShelf,
        statuses: Statuses,
    ) -> None:
        self._clock = clock
        self._knobs = knobs
        self._people = people
        self._ledger = ledger
        self._inbox = inbox
        self._media = media
        self._statuses = statuses
        self._pairs = PairLimit()

    def accept(self, number: Number, payload: dict[str, Any], *, started_at: float, at_once: bool = False) -> Accepted:
        """Check one send, write it down and plan what becomes of it; `at_once` lets its first status overtake.

        :raises GraphError: Meta would refuse it now.
        """
        draft = self._check(number, payload)
        person_index = self._people.index_of(draft.phone)
        self._take_limits(number, person_index)
        fail_code = self._failure(number, draft, person_index)
        entry = Entry(
            request_started_at=started_at,
            accepted_at=self._clock.now(),
            number=number,
            person=person_index,
            kind=draft.kind,
            template=draft.template,
            category=draft.category,
            callback_data=draft.callback_data,
            text=draft.rendered.text,
        )
        index = self._ledger.add(entry)
        self._plan(index, draft, fail_code, at_once=at_once)
        return Accepted(index, draft)

    def answer(self, accepted: Accepted) -> dict[str, Any]:
        """Return the body of the 200."""
        draft = accepted.draft
        message = {"id": self._ledger.wamid(accepted.row)}
        if draft.template:
            message["message_status"] = "accepted"
        contact = {"input": draft.input, "wa_id": draft.phone}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}

    def mark_read(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Mark an inbound message as read, with or without the typing indicator.

        :raises GraphError: no such inbound message.
        """
        index = self._ledger.ids.find_incoming(str(payload.get("message_id", "")))
        if index is None or index >= len(self._ledger.inbound):
            raise GraphError(131009, "message_id is not a message that this number received")
        self._ledger.inbound[index].is_marked_read = True
        return {"success": True}

    def _plan(self, index: int, draft: Draft, fail_code: int, *, at_once: bool) -> None:
        person = self._people.person(draft.phone, self._knobs)
        fail_code = fail_code or person.fail_code
        if not fail_code and person.misses_marketing and draft.category == "marketing":
            fail_code = 131049
        if fail_code:
            self._statuses.fail(index, fail_code, at_once=at_once)
        else:
            self._statuses.begin(
                index,
                person,
                quick_replies=draft.rendered.quick_replies,
                is_template=bool(draft.template),
                at_once=at_once,
            )

    def _check(self, number: Number, payload: dict[str, Any]) -> Draft:
        if number.status != "CONNECTED":
            raise GraphError(133010, f"Phone number {number.number_id} has status {number.status}")
        raw, phone, callback_data = check_envelope(payload)
        if phone == number.digits:
            raise GraphError(131021, "The recipient is the sender")
        kind = payload.get("type", "text")
        piece = payload.get(kind) if isinstance(kind, str) else None

        def media_source(media: dict[str, Any]) -> str:
            return self._media_source(number, media)

        if kind == "template":
            return self._check_template(number, raw, phone, callback_data, piece, media_source)
        text = render_content(str(kind), piece, media_source)
        category = "none" if kind == "reaction" else "service"
        return Draft(raw, phone, str(kind), "", category, callback_data, Rendered(text))

    def _check_template(
        self,
        number: Number,
        raw: str,
        phone: str,
        callback_data: str,
        piece: object,
        media_source: Callable[[dict[str, Any]], str],
    ) -> Draft:
        if not isinstance(piece, dict):
            raise GraphError(131008, "The parameter template is required")
        template = find_sendable(number.account.templates, piece)
        rendered = render_template(template, piece, media_source)
        return Draft(raw, phone, "template", template.name, template.category.lower(), callback_data, rendered)

    def _failure(self, number: Number, draft: Draft, person_index: int) -> int:
        """Return the code a message is accepted with only to fail later, 0 for none.

        :raises GraphError: the knobs say that Meta answers these at once.
        """
        if self._inbox.is_window_open(number, person_index):
            return 0
        if not draft.template:
            if self._knobs.window_error == "sync":
                raise GraphError(131047)
            return 131047
        if self._knobs.portfolio_limit and not number.account.portfolio.reach.take(person_index, self._clock.elapsed()):
            if self._knobs.portfolio_error == "sync":
                raise GraphError(131048, "The portfolio's messaging limit is reached")
            return 131048
        return 0

    def _take_limits(self, number: Number, person_index: int) -> None:
        moment = self._clock.elapsed()
        if self._knobs.throughput_limit and not number.throughput.has_room(moment):
            raise GraphError(130429, "Cloud API message throughput has been reached.")
        if self._knobs.pair_limit and not self._pairs.take(number.index, person_index, moment):
            raise GraphError(131056, "Too many messages sent from this phone number to the same phone number")
        number.throughput.spend(moment)

    def _media_source(self, number: Number, media: dict[str, Any]) -> str:
        """Return what stands for a picture in the ledger: its content's hash, else its link."""
        if (media_id := media.get("id")) is not None:
            found = self._media.find(str(media_id))
            if found is None or found.number is not number:
                sentence = f"(#100) {media_id} is not a valid whatsapp business account media attachment ID"
                raise GraphError(100, message=sentence)
            return found.sha256[:16]
        link = media.get("link")
        if not isinstance(link, str) or not link.startswith(("https://", "http://")):
            raise GraphError(131008, "Media needs an id or an http(s) link")
        return link


def check_envelope(payload: dict[str, Any]) -> tuple[str, str, str]:
    """Return the recipient as given, its digits, and the callback data.

    :raises GraphError: a field every message needs is missing or wrong.
    """
    if payload.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if payload.get("recipient_type", "individual") != "individual":
        raise GraphError(131009, "recipient_type must be individual")
    raw = payload.get("to")
    if not isinstance(raw, str) or not raw:
        raise GraphError(100, message="(#100) The parameter to is required.")
    # Digits without a plus are taken as they are: what every library sends, whatever the page says.
    phone = raw.translate(PHONE_PADDING)
    if not PHONE.fullmatch(phone):
        raise GraphError(131009, f"to: {raw!r} is not a phone number")
    callback_data = payload.get("biz_opaque_callback_data", "")
    if not isinstance(callback_data, str) or len(callback_data) > CALLBACK_LONGEST:
        raise GraphError(131009, f"biz_opaque_callback_data must be text of at most {CALLBACK_LONGEST} characters")
    return raw, phone, callback_data
