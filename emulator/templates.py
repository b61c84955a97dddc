"""Message templates as an account owns them: their parts, their states, creating and listing."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emulator.errors import GraphError
from emulator.forms import VARIABLE, Form, check_form

FIRST_TEMPLATE_ID = 900_000_000_000_000
CREATED_PER_HOUR, HOUR_SECONDS = 100, 3600.0
LOCKED_SECONDS = 30 * 86_400.0


class Text(NamedTuple):
    """A text with places to fill: its literal pieces, and the variables between them."""

    pieces: tuple[str, ...]
    variables: tuple[str, ...]

    def fill(self, values: dict[str, str]) -> str:
        filled = [self.pieces[0]]
        for variable, piece in zip(self.variables, self.pieces[1:], strict=True):
            filled += (values[variable], piece)
        return "".join(filled)


def parse_text(text: str) -> Text:
    parts = VARIABLE.split(text)
    return Text(tuple(parts[::2]), tuple(parts[1::2]))


NO_TEXT = Text(("",), ())
NEEDS_VALUE = frozenset({"COPY_CODE", "OTP", "MPM"})
# Buttons whose words Meta fixes.
FIXED_WORDS = {
    "COPY_CODE": "Copy offer code",
    "OTP": "Copy code",
    "CATALOG": "View catalog",
    "MPM": "View items",
    "SPM": "View",
    "REQUEST_CONTACT_INFO": "Share contact info",
    "CALL_PERMISSION_REQUEST": "Allow calls",
}
CODE_SENTENCE = "*{{1}}* is your verification code."
SECURITY_SENTENCE = " For your security, do not share this code."


class Button(NamedTuple):
    """A template's button; `target` is the address, number or code behind it, with its place to fill."""

    kind: str
    text: str
    target: Text = NO_TEXT

    @property
    def has_variable(self) -> bool:
        return self.kind in NEEDS_VALUE or bool(self.target.variables)


@dataclass(slots=True)
class Parts:
    """A template's components, compiled once so that a send only fills them."""

    header_format: str = ""
    header: Text = NO_TEXT
    body: Text = NO_TEXT
    footer: str = ""
    buttons: tuple[Button, ...] = ()
    # A limited-time offer's words; its end comes with each send when the template says that it has one.
    offer: str = ""
    has_expiration: bool = False
    cards: tuple["Parts", ...] = ()


def parse_parts(components: list[dict[str, Any]], category: str = "") -> Parts:
    parts = Parts()
    for component in components:
        kind = str(component.get("type", "")).upper()
        if kind == "HEADER":
            parts.header_format = str(component.get("format", "TEXT")).upper()
            parts.header = parse_text(str(component.get("text", "")))
        elif kind == "BODY":
            parts.body = parse_text(_body_text(component, category))
        elif kind == "FOOTER":
            minutes = component.get("code_expiration_minutes")
            parts.footer = f"This code expires in {minutes} minutes." if minutes else str(component.get("text", ""))
        elif kind == "BUTTONS":
            parts.buttons = tuple(_parse_button(button) for button in component.get("buttons", []))
        elif kind == "CAROUSEL":
            parts.cards = tuple(parse_parts(card.get("components", [])) for card in component.get("cards", []))
        elif kind == "LIMITED_TIME_OFFER":
            offer = component.get("limited_time_offer", {})
            parts.offer, parts.has_expiration = str(offer.get("text", "")), bool(offer.get("has_expiration"))
    return parts


def _body_text(component: dict[str, Any], category: str) -> str:
    """Return a body's text; that of authentication templates is Meta's own."""
    if category == "AUTHENTICATION" and not component.get("text"):
        return CODE_SENTENCE + (SECURITY_SENTENCE if component.get("add_security_recommendation") else "")
    return str(component.get("text", ""))


def _parse_button(button: dict[str, Any]) -> Button:
    kind = str(button.get("type", "")).upper()
    # An authentication template read back shows its button as an address of Meta's own.
    if kind == "URL" and "otp_type=" in str(button.get("url", "")):
        kind = "OTP"
    target = parse_text("" if kind == "OTP" else str(button.get("url") or button.get("phone_number") or ""))
    return Button(kind, str(button.get("text") or FIXED_WORDS.get(kind, kind.title())), target)


@dataclass(slots=True)
class Template:
    template_id: str
    name: str
    language: str
    category: str
    status: str
    components: list[dict[str, Any]]
    parameter_format: str
    quality: str
    parts: Parts
    rejected_reason: str = "NONE"
    ttl_seconds: int = 0
    # An approved template that was edited goes on in its old form until the review has ended.
    stays_usable: bool = False
    previous_category: str = ""
    correct_category: str = ""
    quality_at: int = 0
    pause_count: int = 0
    # A pause that pacing made does not end by itself.
    needs_unpause: bool = False
    edited_at: list[float] = field(default_factory=list)

    @property
    def is_named(self) -> bool:
        return self.parameter_format == "NAMED"

    def recategorise(self, category: str) -> None:
        if category != self.category:
            self.previous_category, self.category, self.correct_category = self.category, category, ""

    def form(self) -> Form:
        """Return the template as it would be sent in."""
        return {
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "parameter_format": self.parameter_format,
            "components": self.components,
        }

    def node(self) -> dict[str, Any]:
        return {
            "id": self.template_id,
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "status": self.status,
            "components": [_read_back(component) for component in self.components],
            "parameter_format": self.parameter_format,
            "quality_score": {"score": self.quality, "date": self.quality_at},
            "rejected_reason": self.rejected_reason,
            "previous_category": self.previous_category or None,
            "correct_category": self.correct_category or None,
            "message_send_ttl_seconds": self.ttl_seconds or None,
        }


def _read_back(component: dict[str, Any]) -> dict[str, Any]:
    """Return a component as Meta shows it afterwards: a code button has become an address."""
    if str(component.get("type", "")).upper() != "BUTTONS":
        return component
    return {**component, "buttons": [_read_back_button(button) for button in component.get("buttons", [])]}


def _read_back_button(button: dict[str, Any]) -> dict[str, Any]:
    if str(button.get("type", "")).upper() != "OTP":
        return button
    way = str(button.get("otp_type", "COPY_CODE")).upper()
    url = f"https://www.whatsapp.com/otp/code/?otp_type={way}&code=otp{{{{1}}}}"
    return {"type": "URL", "text": button.get("text", FIXED_WORDS["OTP"]), "url": url}


DEFAULT_FIELDS = ("name", "parameter_format", "components", "language", "status", "category")


@dataclass(slots=True)
class TemplateShelf:
    """One account's templates, unique by name and language."""

    by_key: dict[tuple[str, str], Template] = field(default_factory=dict)
    by_id: dict[str, Template] = field(default_factory=dict)
    _created_at: list[float] = field(default_factory=list)
    _locked_until: dict[str, float] = field(default_factory=dict)

    def put(self, form: dict[str, Any]) -> Template:
        """Add or replace a template given in Meta's form."""
        name, language = str(form["name"]), str(form["language"])
        known = self.by_key.get((name, language))
        components = list(form.get("components", []))
        category = str(form.get("category", "MARKETING")).upper()
        template = Template(
            template_id=str(form.get("id") or (known.template_id if known else _next_template_id())),
            name=name,
            language=language,
            category=category,
            status=str(form.get("status", "APPROVED")).upper(),
            components=components,
            parameter_format=str(form.get("parameter_format", "POSITIONAL")).upper(),
            quality=str(form.get("quality", "GREEN")),
            parts=parse_parts(components, category),
            ttl_seconds=int(form.get("message_send_ttl_seconds") or 0),
        )
        if known:
            del self.by_id[known.template_id]
        self.by_key[name, language] = self.by_id[template.template_id] = template
        return template

    def create(self, form: Form, moment: float, *, limit: int) -> Template:
        """Take a template in for review.

        :raises GraphError: it breaks a rule, the name and language are taken or locked, or there are too many.
        """
        self._created_at = [created for created in self._created_at if moment - created < HOUR_SECONDS]
        if len(self._created_at) >= CREATED_PER_HOUR:
            raise GraphError(80007, f"{CREATED_PER_HOUR} templates were created in the last hour")
        check_form(form)
        name, language = str(form["name"]), str(form["language"])
        if (name, language) in self.by_key:
            raise GraphError(100, "There is already content in this language for this template", subcode=2388024)
        if self._locked_until.get(name, moment) > moment:
            raise GraphError(100, "The name of a deleted template cannot be used for 30 days", subcode=2388023)
        if len(self.by_key) >= limit:
            raise GraphError(100, f"The account has {limit} templates, all it may have", subcode=2388019)
        self._created_at.append(moment)
        return self.put({**form, "status": "PENDING", "quality": "UNKNOWN"})

    def delete(self, template: Template, moment: float) -> None:
        """Delete a template; the name of an approved one stays locked for 30 days.

        :raises GraphError: it is disabled.
        """
        if template.status == "DISABLED":
            raise GraphError(100, "A disabled template cannot be deleted")
        if template.status == "APPROVED":
            self._locked_until[template.name] = moment + LOCKED_SECONDS
        self.remove(template)

    def has_twin(self, template: Template) -> bool:
        """Say whether another template has the very same words."""
        if template.category == "AUTHENTICATION":
            return False
        mine = (template.parts.body, template.parts.footer)
        return any(
            (other.parts.body, other.parts.footer) == mine
            for other in self.by_key.values()
            if other.name != template.name and other.language == template.language and other.status == "APPROVED"
        )

    def remove(self, template: Template) -> None:
        del self.by_key[template.name, template.language]
        del self.by_id[template.template_id]

    def list_matching(self, query: dict[str, str]) -> list[Template]:
        """Return the templates that the name, status, category and language of a query leave."""
        return [
            template
            for template in self.by_key.values()
            if query.get("name", "") in template.name
            and query.get("status", template.status).upper() == template.status
            and query.get("category", template.category).upper() == template.category
            and query.get("language", template.language) == template.language
            and query.get("quality_score", template.quality).upper() == template.quality
        ]


_issued = [FIRST_TEMPLATE_ID]


def _next_template_id() -> str:
    _issued[0] += 1
    return str(_issued[0])
