"""Whatever is sent to the control API, it answers as its own OpenAPI document says, and never with a 5xx."""

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
from emulator.control.route import PREFIX
from emulator.control.routes import ROUTES
from emulator.world import Config
from tests.emulator.harness import setup_body

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# A picture that is no longer kept is a plain 404, as a browser expects of one.
FILES = f"GET {PREFIX}phones/file"
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
    checks = [not_a_server_error] if call == FILES else CHECKS
    set_up(address)

    @settings(
        max_examples=MODES[mode],
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def keeps_to_the_document(data: st.DataObject) -> None:
        data.draw(cases).call_and_validate(checks=checks, timeout=10)

    keeps_to_the_document()


def test_the_document_holds_every_call(schema: Any) -> None:
    paths = schema.raw_schema["paths"]
    assert {f"{method.upper()} {path}" for path, item in paths.items() for method in item} == set(CALLS)
