"""Meta's own OpenAPI file, where it lies beside the repository; it is not part of it."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parents[2].parent / "shared" / "meta-openapi" / "business-messaging-api_v23.0.yaml"
METHODS = {"get", "post", "delete", "put", "patch"}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=1)
def load() -> dict[str, Any]:
    """Return the document."""
    document: dict[str, Any] = yaml.load(FILE.read_bytes(), Loader=_Loader)
    return document


def list_operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give method, path without the version, and description of every operation."""
    for path, item in load()["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method.upper(), path.removeprefix("/{Version}"), operation


def list_request_examples(path: str) -> dict[str, Any]:
    """Return the examples of a POST body by their names."""
    operation = load()["paths"][path]["post"]
    content = next(iter(operation["requestBody"]["content"].values()))
    return {name: example["value"] for name, example in content["examples"].items()}


def list_response_examples(method: str, path: str) -> list[Any]:
    """Return the examples of an operation's success."""
    operation = next(o for m, p, o in list_operations() if (m, p) == (method, path))
    response = operation["responses"].get("200") or operation["responses"][200]
    for _ in range(3):
        if "$ref" not in response:
            break
        response = load()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content = next(iter(response["content"].values()))
    examples = [example["value"] for example in content.get("examples", {}).values()]
    return examples + ([content["example"]] if "example" in content else [])
