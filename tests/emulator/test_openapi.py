"""The control API's own document tells the truth."""

import json
import random
from typing import Any

import pytest

from emulator.control.openapi import build_document
from emulator.control.routes import ROUTES
from tests.emulator.harness import Harness

DOCUMENT = build_document(ROUTES)
OPERATIONS = [(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item]


async def test_every_call_is_in_the_document(emulator: Harness):
    served = await emulator.control("openapi.json")
    calls = (await emulator.control(""))["calls"]
    assert {(call["method"], call["path"]) for call in calls} == set(OPERATIONS)
    assert served == json.loads(json.dumps(DOCUMENT))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_every_documented_call_exists(emulator: Harness, method, path):
    url = emulator.address + path.replace("{phone}", "819012345678")
    async with emulator.session.request(method, url, json={} if method == "POST" else None) as response:
        assert response.status in {200, 400}
        assert "There is no" not in await response.text()


def test_every_reference_leads_somewhere():
    names = set(DOCUMENT["components"]["schemas"])
    text = json.dumps(DOCUMENT)
    used = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used <= names
    ids = [operation["operationId"] for item in DOCUMENT["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))


def make_value(schema: dict[str, Any], dice: random.Random, depth: int = 0) -> Any:
    """Return something that the schema allows, or a wrong thing now and then."""
    if dice.random() < 0.15 or depth > 6:
        return dice.choice([None, -1, 1e300, "", "x" * 300, [], {}, [None], {"a": 1}, True, "\x00", "é/"])
    if "$ref" in schema:
        return make_value(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], dice, depth)
    if "anyOf" in schema:
        return make_value(dice.choice(schema["anyOf"]), dice, depth)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: make_value(each, dice, depth + 1) for name, each in properties.items() if dice.random() < 0.6}
    if kind == "array":
        return [make_value(schema.get("items") or {}, dice, depth + 1) for _ in range(dice.randrange(3))]
    return dice.choice(["1001", "2001", "3001", "4001", "welcome", "ja", "+819012345678", 0, 5, 0.5, True, None])


@pytest.mark.parametrize("path", sorted(path for method, path in OPERATIONS if method == "POST"))
async def test_no_body_breaks_a_call(emulator: Harness, path):
    dice = random.Random(7)
    body = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for _ in range(40):
        async with emulator.session.post(emulator.address + path, json=make_value(body, dice)) as response:
            assert response.status in {200, 400}, await response.text()
