"""A compiled question put to the database: how many, who, some of them. In the stream role, with the workspace named."""

from typing import Any

from switchboard.contacts.segments.compiling import World, compile_where
from switchboard.contacts.segments.tree import Node
from switchboard.core import statements
from switchboard.core.tenancy import seeing_all

Statement = tuple[str, dict[str, Any]]


def build_count(tree: Node, world: World, path: tuple[int, ...] = ()) -> Statement:
    """Return the statement that counts, and its parameters."""
    _, where, out = compile_where(tree, world, path)
    return f"SELECT count(*) {where}", out.parameters


def build_ids(tree: Node, world: World, path: tuple[int, ...] = ()) -> Statement:
    """Return the statement that gives the people's ids, and its parameters."""
    key, where, out = compile_where(tree, world, path)
    return f"SELECT {key} {where}", out.parameters


def count_people(tree: Node, world: World, path: tuple[int, ...] = ()) -> int:
    """Count the people of a question.

    :raises SegmentError: it cannot be asked.
    """
    statement, parameters = build_count(tree, world, path)
    with seeing_all():
        [(count,)] = statements.fetch(statement, parameters)
    return int(count)


def list_people(
    tree: Node, world: World, *, before: int | None = None, limit: int = 10, path: tuple[int, ...] = ()
) -> list[int]:
    """Return the newest people of a question, from before a person's id.

    :raises SegmentError: it cannot be asked.
    """
    key, where, out = compile_where(tree, world, path)
    older = f" AND {key} < %(before)s" if before is not None else ""
    statement = f"SELECT {key} {where}{older} ORDER BY {key} DESC LIMIT %(limit)s"
    with seeing_all():
        rows = statements.fetch(statement, out.parameters | {"before": before, "limit": limit})
    return [contact_id for (contact_id,) in rows]
