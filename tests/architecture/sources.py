"""The source files that the house rules look at, parsed once."""

import ast
import importlib.util
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ROOT / "switchboard"


@dataclass(frozen=True)
class Source:
    """One Python file: its place below `switchboard/`, and its syntax tree."""

    place: Path
    tree: ast.Module

    @property
    def is_migration(self) -> bool:
        """Whether it changes the schema."""
        return "migrations" in self.place.parts

    def is_part_of(self, name: str) -> bool:
        """Tell whether it is the room's file of this name, or in the package of this name."""
        return self.place.stem == name or name in self.place.parts[:-1]

    def calls(self) -> Iterator[tuple[ast.Call, ast.Attribute]]:
        """Yield every call of a method, with the attribute that is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node, node.func

    def at(self, node: ast.AST) -> str:
        """Return where a node is, as editors understand it."""
        return f"switchboard/{self.place}:{getattr(node, 'lineno', 1)}"


@cache
def product_sources() -> tuple[Source, ...]:
    """Return every file of the product, migrations left out."""
    found = (
        Source(path.relative_to(PRODUCT), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PRODUCT.rglob("*.py"))
    )
    return tuple(source for source in found if not source.is_migration)


@cache
def text_of_tests() -> str:
    """Return the text of all tests."""
    paths = [*sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def rooms() -> list[str]:
    """Return the rooms in the order of the dependency contract."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return [room.strip() for layer in layers for room in layer.split("|")]


def load_tool(name: str) -> Any:
    """Load a fresh copy of a script in `tools/`; a test may change where it looks."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
