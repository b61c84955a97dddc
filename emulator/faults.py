"""Things that go wrong on the way to POST /messages, by share or one by one from a list."""

import random
from collections import Counter

from aiohttp import web

from emulator import wire
from emulator.errors import GraphError
from emulator.knobs import FAULTS, Knobs

AFTER_ACCEPT = {"drop_after_accept", "error_500_after_accept", "slow"}


def choose(knobs: Knobs, dice: random.Random) -> str:
    """Return the fault of this call, "" for none: the next of the list, else by the shares."""
    if knobs.next_faults:
        return knobs.next_faults.pop(0)
    if not knobs.faults:
        return ""
    draw = dice.random()
    for fault in FAULTS:
        draw -= knobs.faults.get(fault, 0.0)
        if draw < 0:
            return fault
    return ""


def drop(request: web.BaseRequest) -> web.Response:
    """Cut the connection; the response that is returned can no longer be written."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def respond(fault: str, request: web.BaseRequest, counts: Counter[str]) -> web.Response:
    """Play one fault instead of the answer."""
    counts[fault] += 1
    if fault.startswith("drop"):
        return drop(request)
    if fault == "error_429":
        return GraphError(4, "Too many requests").answer()
    status = int(fault.split("_")[1])
    if fault.endswith("_body"):
        error = {
            "message": "An unexpected error has occurred. Please retry later.",
            "type": "OAuthException",
            "code": 2,
        }
        return wire.answer({"error": {**error, "is_transient": True}}, status=status)
    return web.Response(status=status)
