"""What a control call is made of."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from emulator.world import World

PREFIX = "/_emulator/"
JSON = "application/json"
Function = Callable[[World, web.BaseRequest], Awaitable[web.StreamResponse]]


class Route(NamedTuple):
    """One call: what runs it, what it does, the type of its body, its query, what it answers with."""

    function: Function
    does: str
    body: object = None
    query: tuple[str, ...] = ()
    content_type: str = JSON
    required: tuple[str, ...] = ()
    # Other answers than 200 and 400: status and what it means.
    others: tuple[tuple[int, str], ...] = ()
