"""Whatever is sent, both APIs answer as their own OpenAPI documents say, and never with a 5xx."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from emulator.app import serve
from emulator.control.graph_openapi import build_document
from emulator.control.route import PREFIX
from emulator.control.routes import ROUTES
from emulator.graph import EDGES
from emulator.world import Config
from tests.emulator.harness import ACCOUNT, NUMBER, TOKEN, setup_body

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CALLS = [f"{method} {PREFIX}{name}" for method, name in ROUTES]
MODES = {GenerationMode.POSITIVE: 12, GenerationMode.NEGATIVE: 8}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An emulator in a thread of its own: schemathesis calls it as a program without a loop does."""
    started = threading.Event()
    found: list[Any] = []

    async def run() -> None:
        stop = asyncio.Event()
        found.extend((asyncio.get_running_loop(), stop))

        def note(host: str, port: int) -> None:
            found.append(f"http://{host}:{port}")
            started.set()

        await serve(Config(), host="127.0.0.1", port=0, stop=stop, started=note)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert started.wait(10)
    loop, stop, url = found
    yield url
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)


@pytest.fixture(scope="module")
def schema(address: str) -> Any:
    return schemathesis.openapi.from_url(f"{address}{PREFIX}openapi.json")


def set_up(address: str) -> None:
    """Give the calls something to work on, whatever the examples before have done to it."""
    body = json.dumps(setup_body("http://127.0.0.1:9/nobody")).encode()
    request = urllib.request.Request(f"{address}{PREFIX}setup", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.status == 200


@pytest.mark.parametrize("mode", MODES, ids=[mode.value for mode in MODES])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_keeps_to_the_document(address: str, schema: Any, call: str, mode: GenerationMode) -> None:
    method, path = call.split(" ")
    operation = schema[path][method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
        pytest.skip("there is nothing in it that could be wrong")
    cases = operation.as_strategy(generation_mode=mode)
    set_up(address)
    draw_and_check(cases, MODES[mode])


def draw_and_check(cases: Any, many: int, **more: Any) -> None:
    """Make some calls, and hold each answer against the document."""

    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def keeps_to_the_document(data: st.DataObject) -> None:
        case = data.draw(cases)
        for name, known in more.get("nodes", {}).items():
            if name in case.path_parameters:
                case.path_parameters[name] = known
        case.call_and_validate(checks=CHECKS, timeout=10, headers=more.get("headers"))

    keeps_to_the_document()


def test_the_document_holds_every_call(schema: Any) -> None:
    paths = schema.raw_schema["paths"]
    assert {f"{method.upper()} {path}" for path, item in paths.items() for method in item} == set(CALLS)


GRAPH = build_document(EDGES)
GRAPH_CALLS = [f"{method.upper()} {path}" for path, item in GRAPH["paths"].items() for method in item]
NODES = {"phone_number_id": NUMBER, "account_id": ACCOUNT, "app_id": "3001", "portfolio_id": "4001"}


@pytest.fixture(scope="module")
def graph_schema(address: str) -> Any:
    return schemathesis.openapi.from_url(f"{address}{PREFIX}graph.json")


@pytest.mark.parametrize("call", GRAPH_CALLS)
def test_a_graph_call_keeps_to_its_document(address: str, graph_schema: Any, call: str) -> None:
    method, path = call.split(" ")
    set_up(address)
    cases = graph_schema[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE)
    many = 40 if path.endswith(("/messages", "/message_templates")) else 5
    draw_and_check(cases, many, nodes=NODES, headers={"Authorization": f"Bearer {TOKEN}"})
