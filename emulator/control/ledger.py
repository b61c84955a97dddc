"""What really happened: the accepted messages, their summary, the opt-outs."""

from typing import Any

import msgspec
from aiohttp import web

from emulator.control.answers import answer, stream
from emulator.summary import summarise
from emulator.world import World


def _selection(world: World, request: web.BaseRequest) -> dict[str, Any]:
    """Read which messages a ledger call is about: numbers and accounts may be comma lists."""
    query = request.query
    directory = world.directory
    chosen: set[int] | None = None
    if ids := query.get("phone_number_id"):
        chosen = {number.index for number in directory.number_list if number.number_id in ids.split(",")}
    if ids := query.get("account"):
        of_accounts = {n.index for n in directory.number_list if n.account.account_id in ids.split(",")}
        chosen = of_accounts if chosen is None else chosen & of_accounts
    return {
        "since": float(query.get("since_accepted", 0)),
        "numbers": None if chosen is None else frozenset(chosen),
        "template": query.get("template", ""),
    }


async def stream_ledger(world: World, request: web.BaseRequest) -> web.StreamResponse:
    selected = world.ledger.select(**_selection(world, request))
    lines = (msgspec.json.encode(world.ledger.row(index)) for index in selected)
    return await stream(request, lines, "application/x-ndjson")


async def stream_callbacks(world: World, request: web.BaseRequest) -> web.StreamResponse:
    selected = world.ledger.select(**_selection(world, request))
    lines = (data for index in selected if (data := world.ledger.callbacks[index]))
    return await stream(request, lines, "text/plain")


async def get_summary(world: World, request: web.BaseRequest) -> web.Response:
    with_paces = request.query.get("pace_checks", "0") not in {"", "0"}
    return answer(summarise(world.ledger, **_selection(world, request), with_paces=with_paces))


async def list_opt_outs(world: World, request: web.BaseRequest) -> web.Response:
    return answer([world.ledger.opt_out_row(inbound) for inbound in world.ledger.opt_outs()])
