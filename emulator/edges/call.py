"""One Graph call: who asks and with what, and the page of a list that answers it."""

import base64
import binascii
from typing import Any, NamedTuple

from aiohttp import web
from aiohttp.http import HttpProcessingError

from emulator import wire
from emulator.accounts import Grant, Override
from emulator.errors import GraphError
from emulator.world import World

PAGE_LIMIT, PAGE_LARGEST = 25, 1000
OVERRIDE_LONGEST = 200
SUCCESS = {"success": True}
# What a form that is none fails with.
UNREADABLE = (ValueError, LookupError, HttpProcessingError)


class Call(NamedTuple):
    """One request after its doors: who asks, and what with."""

    world: World
    request: web.BaseRequest
    grant: Grant
    parameters: dict[str, Any]

    def text(self, name: str) -> str:
        value = self.parameters.get(name, "")
        return value if isinstance(value, str) else str(value)

    @property
    def version(self) -> int:
        """Return the number of the API version in the address."""
        return int(self.request.path.lstrip("/").partition(".")[0].lstrip("v"))

    @property
    def base_url(self) -> str:
        return f"{self.request.scheme}://{self.request.host}"


def answer_page(
    call: Call, rows: list[dict[str, Any]], default: tuple[str, ...], summary: dict[str, Any] | None = None
) -> web.Response:
    """Answer one page of a list with Graph's cursors, and with what `summary` asks for of the whole of it."""
    limit = min(int(call.text("limit")), PAGE_LARGEST) if call.text("limit").isdecimal() else PAGE_LIMIT
    first = _cursor_place(call.text("after")) + 1 if call.text("after") else 0
    if before := call.text("before"):
        first = max(0, _cursor_place(before) - limit)
    chosen = rows[first : first + max(1, limit)]
    answer: dict[str, Any] = {"data": [wire.pick_fields(row, call.text("fields"), default) for row in chosen]}
    if chosen:
        last = first + len(chosen) - 1
        answer["paging"] = {"cursors": {"before": _cursor(first), "after": _cursor(last)}}
        if last + 1 < len(rows):
            query = call.request.rel_url.update_query({"after": _cursor(last)})
            answer["paging"]["next"] = call.base_url + str(query)
    if summary is not None and (asked := call.text("summary")):
        wanted = set(summary) if asked in {"true", "1"} else {name.strip() for name in asked.split(",")}
        if unknown := wanted - set(summary):
            raise GraphError(100, message=f"(#100) Summary field {sorted(unknown)[0]} does not exist.")
        answer["summary"] = {name: value for name, value in summary.items() if name in wanted}
    return wire.answer(answer)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"row{place}".encode()).decode()


def _cursor_place(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor).removeprefix(b"row"))
    except (binascii.Error, ValueError) as error:
        raise GraphError(100, "The paging cursor is not valid") from error


async def verify_override(call: Call, url: str, verify_token: str) -> Override | None:
    if not url:
        return None
    if not verify_token or len(url) > OVERRIDE_LONGEST:
        raise GraphError(100, "override_callback_uri (at most 200 characters) needs a verify_token")
    await call.world.webhooks.verify_callback(url, verify_token)
    return Override(url, verify_token)
