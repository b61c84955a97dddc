"""The control calls by method and path."""

from aiohttp import web

from emulator.control import decisions, ledger, people, phones, worlds
from emulator.control.answers import ControlError, answer
from emulator.control.graph_openapi import build_document as build_graph_document
from emulator.control.openapi import build_document
from emulator.control.route import PREFIX, Function, Route
from emulator.graph import EDGES
from emulator.knobs import Knobs
from emulator.people import Habits
from emulator.setup import Setup
from emulator.world import World

CHAT = ("phone", "phone_number_id")
SELECTION = ("since_accepted", "phone_number_id", "account", "template")


async def handle(world: World, request: web.BaseRequest) -> web.StreamResponse:
    """Answer one control call."""
    try:
        return await _find_route(request)(world, request)
    except (ControlError, ValueError) as error:
        return answer({"error": str(error)}, status=400)


def _find_route(request: web.BaseRequest) -> Function:
    name = request.path.removeprefix(PREFIX).strip("/")
    head = name.partition("/")[0]
    route = ROUTES.get((request.method, name)) or ROUTES.get((request.method, head + "/{phone}"))
    if route is None:
        raise ControlError(f"There is no {request.method} {request.path}: GET {PREFIX} lists the calls.")
    return route.function


async def list_routes(world: World, request: web.BaseRequest) -> web.Response:
    calls = [{"method": method, "path": PREFIX + name, "does": route.does} for (method, name), route in ROUTES.items()]
    return answer({"emulator": "WhatsApp Cloud API stand-in", "calls": calls, "knobs": world.knobs})


async def show_document(world: World, request: web.BaseRequest) -> web.Response:
    return answer(build_document(ROUTES))


async def show_graph_document(world: World, request: web.BaseRequest) -> web.Response:
    return answer(build_graph_document(EDGES))


ROUTES: dict[tuple[str, str], Route] = {
    ("GET", ""): Route(list_routes, "this list, and the knobs"),
    ("GET", "openapi.json"): Route(show_document, "these calls as an OpenAPI document"),
    ("GET", "graph.json"): Route(show_graph_document, "the Cloud API's calls as an OpenAPI document"),
    ("POST", "setup"): Route(
        worlds.set_up, "add or refresh apps, tokens, portfolios, accounts with numbers and templates", Setup
    ),
    ("POST", "people"): Route(
        people.fix_people, "fix habits of a phone or of phones by suffix; one object or a list", Habits | list[Habits]
    ),
    ("GET", "people/{phone}"): Route(people.show_person, "one person: habits and thread"),
    ("POST", "inbound"): Route(
        people.write_inbound, "a person writes: from, phone_number_id, text | button | media | message", people.Inbound
    ),
    ("POST", "preferences"): Route(
        people.choose_marketing, "a person stops or resumes marketing with WhatsApp's own switch", people.Preference
    ),
    ("POST", "moves"): Route(people.move_person, "a person's phone, user id or keys change", people.Move),
    ("POST", "samples"): Route(
        worlds.send_sample, "the dashboard's test button: a fixed webhook for one field", worlds.Sample
    ),
    ("GET", "knobs"): Route(worlds.get_knobs, "all knobs"),
    ("POST", "knobs"): Route(worlds.turn_knobs, "change some knobs", Knobs),
    ("GET", "stats"): Route(worlds.get_stats, "counts: accepted, rejected, what is still to happen, speed"),
    ("POST", "templates"): Route(
        decisions.change_template,
        "Meta decides about a template: event, quality, category, pacing",
        decisions.TemplateChange,
    ),
    ("POST", "accounts"): Route(
        decisions.change_account,
        "Meta decides about an account: restrictions, bans, violations, payment",
        decisions.AccountChange,
    ),
    ("GET", "numbers"): Route(decisions.list_numbers, "every number with its code and PIN"),
    ("POST", "numbers"): Route(
        decisions.change_number,
        "Meta decides about a number: status, quality, speed, name, complaints",
        decisions.NumberChange,
    ),
    ("POST", "portfolios"): Route(
        decisions.change_portfolio, "another messaging limit for a portfolio", decisions.PortfolioChange
    ),
    ("POST", "clock"): Route(worlds.set_clock, "shift timestamps, or skip seconds for all timers", worlds.ClockChange),
    ("POST", "reset"): Route(
        worlds.reset, "forget everything; keep_setup keeps apps, accounts, numbers, templates", worlds.Reset
    ),
    ("GET", "ledger"): Route(
        ledger.stream_ledger, "accepted messages, one JSON line each", None, SELECTION, "application/x-ndjson"
    ),
    ("GET", "ledger/summary"): Route(
        ledger.get_summary, "duplicates, after_opt_out, paces", None, (*SELECTION, "pace_checks")
    ),
    ("GET", "accepted-callbacks"): Route(
        ledger.stream_callbacks, "every accepted biz_opaque_callback_data, one per line", None, SELECTION, "text/plain"
    ),
    ("GET", "phones"): Route(phones.show_page, "the page that shows any person's phone", content_type="text/html"),
    ("GET", "phones/phones.js"): Route(phones.show_script, "its script", content_type="text/javascript"),
    ("GET", "phones/words.js"): Route(
        phones.show_words, "its words in three languages", content_type="text/javascript"
    ),
    ("GET", "phones/phones.css"): Route(phones.show_style, "its style", content_type="text/css"),
    ("GET", "phones/chats"): Route(phones.list_chats, "the newest chats, or those a search finds", None, ("search",)),
    ("GET", "phones/chat"): Route(phones.show_chat, "one chat as the person sees it", None, CHAT, required=CHAT),
    ("POST", "phones/read"): Route(phones.read_chat, "the person reads what has arrived in a chat", phones.Opened),
    ("POST", "phones/habits"): Route(
        phones.adjust_habits, "some habits of one person; the others stay", phones.Adjustment
    ),
    ("GET", "phones/file"): Route(
        phones.show_file,
        "a file of a message",
        None,
        ("source",),
        "*/*",
        ("source",),
        ((404, "The file is not kept here (any more)."),),
    ),
    ("GET", "opt-outs"): Route(ledger.list_opt_outs, "opt-outs with the moment the gateway confirmed them"),
}
