"""One call: the token, the limits that Meta's headers name, and what an answer means."""

import asyncio
import hmac
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from switchboard.cloudapi import usage
from switchboard.cloudapi.errors import CloudError, Failure
from switchboard.cloudapi.results import Answer, Held, Result, Unknown
from switchboard.cloudapi.transport import Transport
from switchboard.core import clock

_OK = 200
_MULTIPLE_CHOICES = 300
_PAGE_LIMIT = "100"
_MOST_PAGES = 100
_BROKEN = 500


class Done(msgspec.Struct, frozen=True):
    """Meta did what was asked."""

    success: bool = True


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
_decode_error = msgspec.json.Decoder(_ErrorAnswer).decode


def is_success(answer: Answer) -> bool:
    """Tell whether Meta took the request."""
    return _OK <= answer.status < _MULTIPLE_CHOICES


def parse_error(status: int, body: bytes) -> CloudError | Unknown:
    """Return Meta's refusal; an answer that is not Meta's is a refusal only when the request was at fault."""
    try:
        error = _decode_error(body).error
    except msgspec.DecodeError:
        if status >= _BROKEN:
            return Unknown(f"HTTP {status} without an error of Meta's")
        text = body[:200].decode("utf-8", "replace")
        return CloudError(-1, 0, f"HTTP {status}", text, status)
    data = error.error_data
    details = data.get("details", "") if isinstance(data, dict) else data
    return CloudError(
        error.code, error.error_subcode, error.message, str(details or error.error_user_msg or ""), status
    )


def parse_refusal(answer: Answer) -> CloudError | Unknown:
    """Return Meta's refusal with the wait that its headers ask for."""
    error = parse_error(answer.status, answer.body)
    seconds = usage.longest_wait(answer.usages)
    return replace(error, retry_after_seconds=seconds) if seconds and isinstance(error, CloudError) else error


def parse_answer(result: Result, shape: type[Shape]) -> Shape | Failure:
    """Return an answer in its shape, or why there is none."""
    if not isinstance(result, Answer):
        return result
    if not is_success(result):
        return parse_refusal(result)
    try:
        return msgspec.json.decode(result.body, type=shape)
    except msgspec.DecodeError as error:
        return Unknown(f"an answer that cannot be read: {error}")


class Caller:
    """Calls with one access token; with the app's secret each call proves that the token was not stolen.

    Sending has limits of its own. All other calls wait for the account's usage: up to `patience_seconds` here,
    and a longer wait comes back as `Held`.
    """

    def __init__(
        self, transport: Transport, token: str, *, app_secret: str = "", patience_seconds: float = 2.0
    ) -> None:
        self._transport = transport
        self._token = token
        self._patience_seconds = patience_seconds
        self._proof = hmac.digest(app_secret.encode(), token.encode(), sha256).hex() if app_secret else ""

    def _prove(self, query: dict[str, str] | None = None) -> dict[str, str]:
        return {**(query or {}), **({"appsecret_proof": self._proof} if self._proof else {})}

    def _path(self, path: str, query: dict[str, str] | None = None) -> str:
        if not self._proof and not query:
            return path
        proven = self._prove(query)
        return f"{path}?{urlencode(proven)}" if proven else path

    @property
    def _key(self) -> str:
        # A token belongs to one app; its text itself is not kept anywhere.
        return f"{self._transport.base_url}#{hash(self._token)}"

    async def _hold(self, path: str) -> Held | None:
        """Wait for the account's usage, or say that the wait would be too long."""
        node_id = path.partition("/")[0]
        seconds = self._transport.book.wait_for(self._key, node_id, clock.monotonic())
        if seconds > self._patience_seconds:
            return Held("the account's calls are nearly used up", seconds)
        if seconds > 0:
            await asyncio.sleep(seconds)
        return None

    def _note(self, path: str, result: Result) -> Result:
        if isinstance(result, Answer) and result.usages:
            node_id = path.partition("/")[0]
            self._transport.book.note(self._key, node_id, result.usages, clock.monotonic())
        return result

    async def _get(self, path: str, query: dict[str, str] | None = None) -> Result:
        if held := await self._hold(path):
            return held
        return self._note(path, await self._transport.get(path, token=self._token, query=self._prove(query)))

    async def _post(self, path: str, body: Any = None, *, query: dict[str, str] | None = None) -> Result:
        if held := await self._hold(path):
            return held
        content = msgspec.json.encode(body) if body is not None else b"{}"
        result = await self._transport.post(self._path(path, query), token=self._token, body=content)
        return self._note(path, result)

    async def _delete(self, path: str, query: dict[str, str] | None = None, *, body: Any = None) -> Result:
        if held := await self._hold(path):
            return held
        content = None if body is None else msgspec.json.encode(body)
        result = await self._transport.delete(path, token=self._token, query=self._prove(query), body=content)
        return self._note(path, result)

    async def _list(self, path: str, fields: str, shape: type[Shape], **more: str) -> list[Shape] | Failure:
        rows: list[Shape] = []
        query = {"limit": _PAGE_LIMIT, **more, **({"fields": fields} if fields else {})}
        for _ in range(_MOST_PAGES):
            page = parse_answer(await self._get(path, query), _Page)
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


def parse_done(result: Result) -> Done | Failure:
    """Return that it was done; an answer of no success is nobody's."""
    done = parse_answer(result, Done)
    return Unknown("an answer without success") if isinstance(done, Done) and not done.success else done
