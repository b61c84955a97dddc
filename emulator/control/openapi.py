"""The control API's own OpenAPI document, made from the table of routes and the types of their bodies."""

from typing import Any

import msgspec

from emulator.control.route import JSON, PREFIX, Route

VERSION = "3.1.0"
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "What is wrong, in one sentence."}},
}


def build_document(routes: dict[tuple[str, str], Route]) -> dict[str, Any]:
    """Return the document; every route is in it because it is made of nothing else."""
    bodies = [route.body for route in routes.values() if route.body is not None]
    schemas, components = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    schema_of = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for (method, name), route in routes.items():
        operation = _operation(method, name, route)
        if route.body is not None:
            operation["requestBody"] = {"required": True, "content": {JSON: {"schema": next(schema_of)}}}
        paths.setdefault(PREFIX + name, {})[method.lower()] = operation
    return {
        "openapi": VERSION,
        "info": {
            "title": "Emulator control API",
            "version": "1",
            "description": "Sets the stand-in WhatsApp Cloud API up, decides as Meta would, reads what really happened.",
        },
        "paths": paths,
        "components": {"schemas": {**components, "Error": ERROR}},
    }


def _operation(method: str, name: str, route: Route) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done."}
    schema: dict[str, Any] = {} if route.content_type == JSON else {"type": "string"}
    answer["content"] = {route.content_type: {"schema": schema}}
    refusal = {
        "description": "Nothing was done.",
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    operation: dict[str, Any] = {
        "operationId": f"{method.lower()}_{name.replace('/', '_').replace('{', '').replace('}', '') or 'index'}",
        "summary": route.does,
        "responses": {"200": answer, "400": refusal},
    }
    for status, meaning in route.others:
        operation["responses"][str(status)] = {
            "description": meaning,
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    parameters = [_parameter(each, "query", is_required=each in route.required) for each in route.query]
    if "{phone}" in name:
        parameters.append(_parameter("phone", "path", is_required=True))
    if parameters:
        operation["parameters"] = parameters
    return operation


def _parameter(name: str, place: str, *, is_required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": is_required, "schema": {"type": "string"}}
