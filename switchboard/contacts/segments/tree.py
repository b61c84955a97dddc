"""A question over contacts as data: groups of conditions, nested. Read from and written to JSON; nothing else here.

{"all": [{"field": "country", "test": "in", "values": ["JP"]},
         {"any": [{"field": "last_seen", "test": "within", "days": 30},
                  {"none": [{"field": "tag", "test": "has", "values": [7]}]}]}]}
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.contacts.errors import SegmentError

ALL, ANY, NONE = JOINS = ("all", "any", "none")
_DEEPEST = 6
_MOST_CONDITIONS = 60

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is true of a person or not: a field of the catalogue, a test of its kind, what it is held against."""

    field: str
    test: str
    values: tuple[Value, ...] = ()
    # Further figures of the test: days, hours, from, to, broadcast, event.
    more: Mapping[str, Value] = dataclasses.field(default_factory=dict)

    def figure(self, name: str) -> float:
        """Return one of the further figures, 0 when it is not there."""
        value = self.more.get(name, 0)
        return 0.0 if isinstance(value, str) else float(value)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions and groups of which all, any or none are to be true."""

    join: str
    parts: tuple["Node", ...]


Node = Group | Condition


def parse_tree(data: Any) -> Group:
    """Read a question.

    :raises SegmentError: it is none, a group of it is empty, or it is too deep or too long.
    """
    node = _parse_node(data, depth=1)
    tree = node if isinstance(node, Group) else Group(ALL, (node,))
    if sum(1 for _ in list_conditions(tree)) > _MOST_CONDITIONS:
        raise SegmentError(f"A segment has at most {_MOST_CONDITIONS} conditions. Split it into two.")
    return tree


def _parse_node(data: Any, *, depth: int) -> Node:
    if not isinstance(data, Mapping):
        raise SegmentError("A condition is missing. Choose what the segment asks.")
    if depth > _DEEPEST:
        raise SegmentError(
            f"Groups are nested more than {_DEEPEST} deep. Save the inner ones as a segment of their own."
        )
    joins = [join for join in JOINS if join in data]
    if not joins:
        return _parse_condition(data)
    parts = data[joins[0]]
    if len(joins) > 1 or not isinstance(parts, list):
        raise SegmentError("A group says all, any or none of its conditions. Choose one of the three.")
    if not parts:
        raise SegmentError("A group has no conditions. Add one, or remove the group.")
    return Group(joins[0], tuple(_parse_node(part, depth=depth + 1) for part in parts))


def _parse_condition(data: Mapping[str, Any]) -> Condition:
    name, test, values = data.get("field"), data.get("test"), data.get("values", [])
    if not isinstance(name, str) or not isinstance(test, str) or not isinstance(values, list):
        raise SegmentError("A condition is missing. Choose what the segment asks.")
    more = {key: value for key, value in data.items() if key not in {"field", "test", "values"}}
    for value in (*values, *more.values()):
        if not isinstance(value, str | int | float | bool):
            raise SegmentError("A condition is held against something that is neither a text nor a number.")
    return Condition(name, test, tuple(values), more)


def render_tree(node: Node) -> dict[str, Any]:
    """Return a question as JSON, as `parse_tree` reads it."""
    if isinstance(node, Group):
        return {node.join: [render_tree(part) for part in node.parts]}
    told: dict[str, Any] = {"field": node.field, "test": node.test}
    if node.values:
        told["values"] = list(node.values)
    return told | dict(node.more)


def list_conditions(node: Node) -> Iterator[Condition]:
    """Yield every condition of a question."""
    if isinstance(node, Condition):
        yield node
        return
    for part in node.parts:
        yield from list_conditions(part)


def list_segment_ids(node: Node) -> set[int]:
    """Return the segments that a question names."""
    return {
        int(value)
        for condition in list_conditions(node)
        if condition.field == "segment"
        for value in condition.values
        if isinstance(value, int)
    }


def list_tag_ids(node: Node) -> set[int]:
    """Return the tags that a question names."""
    return {
        int(value)
        for condition in list_conditions(node)
        if condition.field == "tag"
        for value in condition.values
        if isinstance(value, int)
    }
