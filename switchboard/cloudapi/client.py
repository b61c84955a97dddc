"""The calls to the Cloud API that Switchboard makes: typed results, refusals as values."""

from typing import Any, TypeVar

import aiohttp
import msgspec

from switchboard.cloudapi.errors import CloudError, Failure
from switchboard.cloudapi.transport import Answer, Result, Transport, Unknown

_OK = 200
_MULTIPLE_CHOICES = 300
_PAGE_LIMIT = "100"
_MOST_PAGES = 100


class Sent(msgspec.Struct, frozen=True):
    """Meta accepted a message; that it arrives is another matter."""

    wamid: str
    # For templates: accepted, held_for_quality_assessment or paused.
    message_status: str = ""
    wa_id: str = ""


class TemplateInfo(msgspec.Struct, frozen=True):
    """A template in one language as Meta lists it; the enumerations in Meta's upper case."""

    id: str
    name: str
    language: str
    status: str
    category: str
    components: list[dict[str, Any]] = []
    parameter_format: str = "POSITIONAL"
    quality_score: Any = None
    rejected_reason: str | None = None

    @property
    def quality(self) -> str:
        """The template's quality rating, or an empty text."""
        score = self.quality_score
        return str(score.get("score", "")) if isinstance(score, dict) else ""


class Throughput(msgspec.Struct, frozen=True):
    """How fast Meta lets a number send."""

    level: str = "STANDARD"


class NumberInfo(msgspec.Struct, frozen=True):
    """A phone number as Meta lists it."""

    id: str
    display_phone_number: str
    verified_name: str = ""
    status: str = ""
    quality_rating: str = "UNKNOWN"
    name_status: str = ""
    platform_type: str = ""
    code_verification_status: str = ""
    account_mode: str = ""
    is_on_biz_app: bool = False
    throughput: Throughput = Throughput()
    whatsapp_business_manager_messaging_limit: str | None = None


NUMBER_FIELDS = ",".join(msgspec.structs.asdict(NumberInfo("", "")))
TEMPLATE_FIELDS = "id,name,language,status,category,components,parameter_format,quality_score,rejected_reason"


class _SentMessage(msgspec.Struct, frozen=True):
    id: str
    message_status: str = ""


class _SentContact(msgspec.Struct, frozen=True):
    wa_id: str = ""
    user_id: str = ""


class _SendAnswer(msgspec.Struct, frozen=True):
    messages: list[_SentMessage]
    contacts: list[_SentContact] = []


class _Uploaded(msgspec.Struct, frozen=True):
    id: str


class _Cursors(msgspec.Struct, frozen=True):
    after: str = ""


class _Paging(msgspec.Struct, frozen=True):
    cursors: _Cursors = _Cursors()
    next: str = ""


class _Page(msgspec.Struct, frozen=True):
    data: list[msgspec.Raw]
    paging: _Paging = _Paging()


class _ErrorBody(msgspec.Struct, frozen=True):
    code: int = 0
    message: str = ""
    error_subcode: int = 0
    # Sometimes a plain text.
    error_data: Any = None
    error_user_msg: str | None = None


class _ErrorAnswer(msgspec.Struct, frozen=True):
    error: _ErrorBody


Shape = TypeVar("Shape")
_decode_sent = msgspec.json.Decoder(_SendAnswer).decode
_decode_error = msgspec.json.Decoder(_ErrorAnswer).decode


def parse_error(status: int, body: bytes) -> CloudError | Unknown:
    """Return Meta's refusal; an answer that is not Meta's is a refusal only when the request was at fault."""
    try:
        error = _decode_error(body).error
    except msgspec.DecodeError:
        if status >= 500:
            return Unknown(f"HTTP {status} without an error of Meta's")
        text = body[:200].decode("utf-8", "replace")
        return CloudError(-1, 0, f"HTTP {status}", text, status)
    data = error.error_data
    details = data.get("details", "") if isinstance(data, dict) else data
    return CloudError(
        error.code, error.error_subcode, error.message, str(details or error.error_user_msg or ""), status
    )


def parse_sent(result: Result) -> Sent | Failure:
    """Return what became of POST /{number}/messages."""
    if not isinstance(result, Answer):
        return result
    if not _OK <= result.status < _MULTIPLE_CHOICES:
        return parse_error(result.status, result.body)
    try:
        answer = _decode_sent(result.body)
        message = answer.messages[0]
    except (msgspec.DecodeError, IndexError):
        return Unknown(f"HTTP {result.status} without a message id")
    return Sent(message.id, message.message_status, answer.contacts[0].wa_id if answer.contacts else "")


class CloudClient:
    """Calls with one access token."""

    def __init__(self, transport: Transport, token: str) -> None:
        self._transport = transport
        self._token = token

    async def send_message(self, number_id: str, payload: bytes) -> Sent | Failure:
        """Send one message (payloads.build_envelope) through a number."""
        return parse_sent(await self._transport.post(f"{number_id}/messages", token=self._token, body=payload))

    async def upload_media(self, number_id: str, *, content: bytes, mime: str, file_name: str) -> str | Failure:
        """Upload a file for one number and return its media id, good for 30 days."""
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime)
        form.add_field("file", content, filename=file_name, content_type=mime)
        result = await self._transport.post_form(f"{number_id}/media", token=self._token, form=form)
        uploaded = _parse(result, _Uploaded)
        return uploaded.id if isinstance(uploaded, _Uploaded) else uploaded

    async def list_templates(self, account_id: str) -> list[TemplateInfo] | Failure:
        """Return every template of an account in every language."""
        return await self._list(f"{account_id}/message_templates", TEMPLATE_FIELDS, TemplateInfo)

    async def list_numbers(self, account_id: str) -> list[NumberInfo] | Failure:
        """Return every phone number of an account."""
        return await self._list(f"{account_id}/phone_numbers", NUMBER_FIELDS, NumberInfo)

    async def get_number(self, number_id: str) -> NumberInfo | Failure:
        """Return one phone number."""
        result = await self._transport.get(number_id, token=self._token, query={"fields": NUMBER_FIELDS})
        return _parse(result, NumberInfo)

    async def _list(self, path: str, fields: str, shape: type[Shape]) -> list[Shape] | Failure:
        rows: list[Shape] = []
        query = {"fields": fields, "limit": _PAGE_LIMIT}
        for _ in range(_MOST_PAGES):
            page = _parse(await self._transport.get(path, token=self._token, query=query), _Page)
            if not isinstance(page, _Page):
                return page
            try:
                rows.extend(msgspec.json.decode(row, type=shape) for row in page.data)
            except msgspec.DecodeError as error:
                return Unknown(f"a row of {path} cannot be read: {error}")
            if not page.paging.next or not page.paging.cursors.after:
                break
            query["after"] = page.paging.cursors.after
        return rows


def _parse(result: Result, shape: type[Shape]) -> Shape | Failure:
    if not isinstance(result, Answer):
        return result
    if not _OK <= result.status < _MULTIPLE_CHOICES:
        return parse_error(result.status, result.body)
    try:
        return msgspec.json.decode(result.body, type=shape)
    except msgspec.DecodeError as error:
        return Unknown(f"an answer that cannot be read: {error}")
