"""POST /{PNID}/messages: what Meta checks before it says accepted, and what is written down then."""

from typing import Any, NamedTuple

from emulator.accounts import Number
from emulator.clock import Clock
from emulator.content import Context, MediaSource, render_content
from emulator.errors import GraphError
from emulator.inbox import Inbox
from emulator.knobs import Knobs
from emulator.ledger import BY_USER_ID, FREE_ENTRY, HAS_USERNAME, Entry, Ledger
from emulator.limits import PairLimit
from emulator.links import Links, is_near
from emulator.media import MediaShelf, suits
from emulator.people import People, Person
from emulator.recipients import Address, PhoneBook, find_recipient
from emulator.references import References
from emulator.regions import is_united_states
from emulator.rendering import Rendered, find_sendable, render_template
from emulator.reviews import Reviews
from emulator.standing import Standing
from emulator.statuses import LONGEST_TRY_SECONDS, Statuses
from emulator.templates import Template
from emulator.views import MEDIA_KINDS

CALLBACK_LONGEST = 512
CODE_TTL_SECONDS = 600.0


class Draft(NamedTuple):
    """A message that passed every check of its form."""

    address: Address
    kind: str
    template: Template | None
    category: str
    callback_data: str
    rendered: Rendered
    identity_hash: str = ""


class Accepted(NamedTuple):
    row: int
    draft: Draft
    message_status: str = "accepted"


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
        links: Links,
        statuses: Statuses,
        phone_book: PhoneBook,
        reviews: Reviews,
        standing: Standing,
        references: References,
    ) -> None:
        self._clock = clock
        self._knobs = knobs
        self._people = people
        self._ledger = ledger
        self._inbox = inbox
        self._media = media
        self._links = links
        self._statuses = statuses
        self._phone_book = phone_book
        self._reviews = reviews
        self._standing = standing
        self._references = references
        # Codes that a file of the send being checked will fail with later.
        self._media_trouble: list[int] = []
        self._pairs = PairLimit()

    def accept(self, number: Number, payload: dict[str, Any], *, started_at: float, at_once: bool = False) -> Accepted:
        """Check one send, write it down and plan what becomes of it; `at_once` lets its first status overtake.

        :raises GraphError: Meta would refuse it now.
        """
        draft = self._check(number, payload)
        if isinstance(identity_hash := payload.get("recipient_identity_key_hash"), str):
            draft = draft._replace(identity_hash=identity_hash)
        person_index = self._people.index_of(draft.address.phone)
        if person_index in number.blocked:
            raise GraphError(130403)
        in_window = self._inbox.is_window_open(number, person_index)
        self._standing.check_send(number, draft.category, in_window=in_window)
        self._take_limits(number, person_index)
        person = self._people.person(draft.address.phone, self._knobs)
        fail_code = self._failure(number, draft, person_index) or self._late_failure(
            number, draft, person_index, person
        )
        if fail_code in self._knobs.codes_at_once:
            raise GraphError(fail_code)
        flags = (BY_USER_ID if draft.address.by_user_id else 0) | (HAS_USERNAME if person.is_hidden else 0)
        if person_index in number.free_entries and self._inbox.is_free_entry(number, person_index):
            flags |= FREE_ENTRY
        entry = Entry(
            request_started_at=started_at,
            accepted_at=self._clock.now(),
            number=number,
            person=person_index,
            kind=draft.kind,
            template=draft.template.name if draft.template else "",
            category=draft.category,
            callback_data=draft.callback_data,
            parts=draft.rendered.parts,
            flags=flags,
        )
        index = self._ledger.add(entry)
        if person.is_hidden and not draft.address.by_user_id:
            self._phone_book.note(number, person_index)
        if draft.template and self._hold(number, index, draft, person):
            return Accepted(index, draft, "held_for_quality_assessment")
        self._plan(index, draft, person, fail_code, at_once=at_once)
        return Accepted(index, draft)

    def _hold(self, number: Number, index: int, draft: Draft, person: Person) -> bool:
        def release(code: int) -> None:
            self._plan(index, draft, person, code, at_once=False)

        return draft.template is not None and self._reviews.hold(number.account, draft.template, release)

    def answer(self, accepted: Accepted) -> dict[str, Any]:
        """Return the body of the 200."""
        draft = accepted.draft
        message = {"id": self._ledger.wamid(accepted.row)}
        if draft.template:
            message["message_status"] = accepted.message_status
        contact = {"input": draft.address.input}
        # Never both: what comes back is the kind of name that was used.
        contact["user_id" if draft.address.by_user_id else "wa_id"] = (
            draft.address.input if draft.address.by_user_id else draft.address.phone
        )
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}

    def _plan(self, index: int, draft: Draft, person: Person, fail_code: int, *, at_once: bool) -> None:
        if fail_code:
            self._statuses.fail(index, fail_code, at_once=at_once)
            return
        if near := next(
            (part for part in draft.rendered.parts if part.kind in MEDIA_KINDS and is_near(part.text)), None
        ):
            self._links.check(
                near.text, near.kind, lambda code: self._begin(index, draft, person, code, at_once=at_once)
            )
        else:
            self._begin(index, draft, person, 0, at_once=at_once)

    def _begin(self, index: int, draft: Draft, person: Person, fail_code: int, *, at_once: bool) -> None:
        if fail_code:
            self._statuses.fail(index, fail_code, at_once=at_once)
            return
        self._statuses.begin(
            index,
            person,
            quick_replies=draft.rendered.quick_replies,
            is_template=draft.template is not None,
            ttl_seconds=_ttl(draft.template),
            at_once=at_once,
        )

    def _late_failure(self, number: Number, draft: Draft, person_index: int, person: Person) -> int:
        """Return the code a message meets on its way to the person, 0 for none."""
        if self._media_trouble:
            return self._media_trouble.pop()
        if code := self._standing.late_code(number, draft.category):
            return code
        if (
            draft.identity_hash
            and number.checks_identity
            and draft.identity_hash != self._people.identity(person.phone)
        ):
            return 137000
        if draft.category == "marketing":
            if (number.index, person_index) in self._people.stopped:
                return 131050
            if self._knobs.us_marketing_block and is_united_states(person.phone):
                return 131049
        return person.fail_code or (131049 if person.misses_marketing and draft.category == "marketing" else 0)

    def _check(self, number: Number, payload: dict[str, Any]) -> Draft:
        if number.status != "CONNECTED":
            raise GraphError(133010, f"Phone number {number.number_id} has status {number.status}")
        self._media_trouble.clear()
        callback_data = check_envelope(payload)
        address = find_recipient(payload, number, self._people, self._knobs)
        if address.phone == number.digits:
            raise GraphError(131021, "The recipient is the sender")
        if number.allowed_recipients is not None and address.phone not in number.allowed_recipients:
            raise GraphError(131030, "A test number writes only to the recipients on its list")
        kind = payload.get("type", "text")
        piece = payload.get(kind) if isinstance(kind, str) else None

        def media_source(form: str, media: dict[str, Any]) -> str:
            return self._media_source(number, form, media)

        if kind == "template":
            return self._check_template(number, address, callback_data, piece, media_source)
        parts = render_content(str(kind), piece, Context(media_source, address.phone))
        if kind == "reaction":
            self._references.check_reaction_target(number, parts[0].data)
        elif (context := payload.get("context")) is not None:
            parts = [self._references.quote(number, context), *parts]
        return Draft(
            address, str(kind), None, "none" if kind == "reaction" else "service", callback_data, Rendered(parts)
        )

    def _check_template(
        self, number: Number, address: Address, callback_data: str, piece: object, media_source: MediaSource
    ) -> Draft:
        if not isinstance(piece, dict):
            raise GraphError(131008, "The parameter template is required")
        template = find_sendable(number.account.templates, piece)
        if address.by_user_id and any(button.kind == "OTP" for button in template.parts.buttons):
            raise GraphError(131062, "Codes are sent to phone numbers, never to user ids")
        rendered = render_template(template, piece, media_source)
        return Draft(address, "template", template, template.category.lower(), callback_data, rendered)

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
                raise GraphError(self._knobs.portfolio_error_code, "The portfolio's messaging limit is reached")
            return self._knobs.portfolio_error_code
        self._standing.note_reach(number)
        return 0

    def _take_limits(self, number: Number, person_index: int) -> None:
        moment = self._clock.elapsed()
        if self._knobs.throughput_limit and not number.throughput.has_room(moment):
            raise GraphError(130429, "Cloud API message throughput has been reached.")
        if self._knobs.pair_limit and not self._pairs.take(number.index, person_index, moment):
            raise GraphError(131056, "Too many messages sent from this phone number to the same phone number")
        number.throughput.spend(moment)

    def _media_source(self, number: Number, form: str, media: dict[str, Any]) -> str:
        """Return what stands for a file in the ledger: its content's hash, else its link."""
        if (media_id := media.get("id")) is not None:
            found = self._media.find(str(media_id))
            if found is None or found.number is not number:
                sentence = f"(#100) {media_id} is not a valid whatsapp business account media attachment ID"
                raise GraphError(100, message=sentence)
            # A file of the wrong kind is noticed only when it is made ready for the phone.
            if not suits(found.mime_type, form, is_voice=bool(media.get("voice"))):
                self._media_trouble.append(131053)
            return found.sha256[:16]
        link = media.get("link")
        if not isinstance(link, str) or not link.startswith(("https://", "http://")):
            raise GraphError(131008, "Media needs an id or an http(s) link")
        return link


def _ttl(template: Template | None) -> float:
    if template is None:
        return LONGEST_TRY_SECONDS
    if template.ttl_seconds > 0:
        return template.ttl_seconds
    is_code = template.category == "AUTHENTICATION" and template.ttl_seconds != -1
    return CODE_TTL_SECONDS if is_code else LONGEST_TRY_SECONDS


def check_envelope(payload: dict[str, Any]) -> str:
    """Return the callback data.

    :raises GraphError: a field every message needs is missing or wrong.
    """
    if payload.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if payload.get("recipient_type", "individual") != "individual":
        raise GraphError(131009, "recipient_type must be individual")
    callback_data = payload.get("biz_opaque_callback_data", "")
    if not isinstance(callback_data, str) or len(callback_data) > CALLBACK_LONGEST:
        raise GraphError(131009, f"biz_opaque_callback_data must be text of at most {CALLBACK_LONGEST} characters")
    return callback_data
