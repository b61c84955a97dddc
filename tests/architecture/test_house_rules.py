"""House rules; each message says what to do instead."""

import ast
import re

import pytest

from tests.architecture.sources import PRODUCT, Source, product_sources, rooms, text_of_tests

WRITES = {"create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "delete", "save"}
RAW = {"cursor", "raw", "extra"}
LONGEST_README = 25


def is_orm_write(call: ast.Call, method: ast.Attribute) -> bool:
    """Tell an ORM write from a counter's `update` or an image's `save`.

    Through `.objects` every write counts. Elsewhere only what those never take: keywords alone, and for `update`
    the end of a chain of calls, as in `lanes.filter(…).update(…)`.
    """
    if method.attr not in WRITES:
        return False
    if any(isinstance(node, ast.Attribute) and node.attr == "objects" for node in ast.walk(method.value)):
        return True
    if call.args or not all(keyword.arg for keyword in call.keywords):
        return False
    if method.attr == "update":
        return isinstance(method.value, ast.Call)
    return method.attr != "delete" or not call.keywords


def test_rows_are_written_only_by_actions() -> None:
    faults = [
        f"{source.at(call)}: .{method.attr}() outside actions.py. Move it into an action of its room (one business "
        "verb, one transaction) and call that; in a worker, write it as a SQL_ constant in store.py."
        for source in product_sources()
        if not source.is_part_of("actions")
        for call, method in source.calls()
        if is_orm_write(call, method)
    ]
    assert not faults, "\n".join(faults)


def may_use_sql(source: Source) -> bool:
    """SQL belongs in stores; core sets the scope of a transaction, and the command line looks after the server."""
    return source.is_part_of("store") or source.place.parts[0] in {"core", "cli"}


def test_raw_sql_is_only_in_stores() -> None:
    faults = [
        f"{source.at(call)}: .{method.attr}() outside store.py. Use the ORM, or put the SQL into the room's store.py "
        "as a SQL_ constant above the one function that runs it."
        for source in product_sources()
        if not may_use_sql(source)
        for call, method in source.calls()
        if method.attr in RAW
    ]
    assert not faults, "\n".join(faults)


def sql_constants() -> list[tuple[str, str]]:
    """Return the name and the place of every SQL_ constant of the product."""
    return [
        (target.id, source.at(node))
        for source in product_sources()
        for node in source.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.startswith("SQL_")
    ]


def test_every_statement_is_named_by_a_test() -> None:
    words = set(re.findall(r"\bSQL_\w+", text_of_tests()))
    faults = [
        f"{place}: no test names {name}. Add one that runs it on PostgreSQL and, where it is hot, asserts by EXPLAIN "
        "that its plan uses the index it states."
        for name, place in sql_constants()
        if name not in words
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("room", rooms())
def test_every_room_introduces_itself(room: str) -> None:
    readme = PRODUCT / room / "README.md"
    is_there = readme.is_file()
    assert is_there, (
        f"switchboard/{room} has no README.md. Say in at most {LONGEST_README} lines what it owns, its verbs, "
        "its promises, and what lives elsewhere."
    )
    count = len(readme.read_text(encoding="utf-8").splitlines())
    assert count <= LONGEST_README, f"{readme} has {count} lines. Keep what a newcomer needs in {LONGEST_README}."
