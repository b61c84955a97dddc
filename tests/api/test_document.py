"""The document says what the API does, whatever is sent to it; and what is kept in the repository is that document."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from switchboard.api import urls
from switchboard.team.keys import SCOPES
from tests import factories
from tests.api.conftest import Program
from tests.architecture.sources import ROOT

DOCUMENT = urls.render_document()
CALLS = [f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = {GenerationMode.POSITIVE: 5, GenerationMode.NEGATIVE: 3}


@pytest.fixture(scope="module")
def schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def _kept_connection() -> Iterator[None]:
    """A server gives the connection back after each request; here it is the test's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_kept_connection")
@pytest.mark.parametrize("mode", MODES, ids=[mode.value for mode in MODES])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_keeps_to_the_document(program: Program, schema: Any, call: str, mode: GenerationMode) -> None:
    method, path = call.split(" ")
    hana = factories.make_contact(program.workspace, phone="+819012345678")
    cases = schema[path][method].as_strategy(generation_mode=mode)

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
        case = data.draw(cases)
        if mode is GenerationMode.POSITIVE and "person" in case.path_parameters:
            case.path_parameters["person"] = str(hana.pk)
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {program.secret}"})

    keeps_to_the_document()


def test_the_document_is_served_without_a_key() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()) == (200, json.loads(json.dumps(DOCUMENT)))


def test_every_address_needs_a_key_and_says_which_scope() -> None:
    operations = [one for path in DOCUMENT["paths"].values() for one in path.values()]
    assert all(one["security"] == [{"Key": []}] for one in operations)
    assert {one["x-scope"] for one in operations} == set(SCOPES)
    assert len({one["operationId"] for one in operations}) == len(operations)


def test_what_is_kept_is_what_the_code_says() -> None:
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(DOCUMENT)), "Run `make openapi`, and look at what changed for programs."
