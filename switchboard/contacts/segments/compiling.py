"""A question as SQL: one boolean expression over `a` (contacts_activity) and, where needed, `c` (contacts_contact).

Every value is a parameter; the text is made of fixed words only. Beside the expression stand the moments at which it may
turn by the passing of time alone: they are what `contacts_check` is filled with.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from switchboard.contacts.errors import SegmentError
from switchboard.contacts.segments import catalogue, few, leaves
from switchboard.contacts.segments.tree import ALL, ANY, NONE, Condition, Group, Node

_ACTIVITY = re.compile(r"\ba\.(\w+)")
# What activity copies from the contact, and how the contact calls it.
_COPIED = {"contact_id": "id", "tags": "tags", "country": "country", "language": "language", "joined_at": "created_at"}


@dataclass(frozen=True, slots=True)
class World:
    """What a question is asked of: one workspace at one moment, with its own fields, segments and automatic tags."""

    workspace_id: int
    now: datetime
    zone: str = "UTC"
    # Custom fields, key to kind.
    fields: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[int, Group] = field(default_factory=dict)
    # Every tag: id to whether a rule keeps it.
    tags: Mapping[int, bool] = field(default_factory=dict)
    # Custom fields that stand in activity as numbers, key to which.
    slots: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Compiled:
    """SQL under construction: parameters, moments, and whether the contact itself is read."""

    world: World
    parameters: dict[str, Any] = field(default_factory=dict)
    flips: list[str] = field(default_factory=list)
    needs_contact: bool = False
    # Whether only what stands in the contact is to be asked, where there is a choice.
    by_contact: bool = False
    # Whether an index of its own is to be asked where there is one, since only few people are left to ask about.
    by_few: bool = False

    def __post_init__(self) -> None:
        self.parameters |= {
            "workspace_id": self.world.workspace_id,
            "now": self.world.now,
            "today": self.world.now.date(),
            "zone": self.world.zone,
        }

    def put(self, value: Any) -> str:
        """Make a parameter of a value and return how the text names it; the same value is the same parameter."""
        for name, known in self.parameters.items():
            if name.startswith("p") and type(known) is type(value) and known == value:
                return f"%({name})s"
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    @property
    def today(self) -> datetime:
        """Midnight of today in the workspace's zone."""
        local = self.world.now.astimezone(ZoneInfo(self.world.zone))
        return local.replace(hour=0, minute=0, second=0, microsecond=0)

    def ago(self, days: float = 0, hours: float = 0) -> str:
        """Return the parameter of a moment in the past; what is longer ago than anything counts as 100 years."""
        return self.put(self.world.now - timedelta(days=min(days, 36500), hours=min(hours, 876_000)))

    def span(self, days: float = 0, hours: float = 0) -> str:
        """Return a length of time. In seconds: adding days makes PostgreSQL look at calendars, which takes ten times as long."""
        seconds = timedelta(days=min(days, 36500), hours=min(hours, 876_000)).total_seconds()
        return f"{self.put(seconds)}::float8 * interval '1 second'"

    def flip(self, moment: str, when: str = "") -> None:
        """Note a moment at which the expression may turn, once it is told `when` it lies ahead."""
        text = f"CASE WHEN {when or f'{moment} > %(now)s'} THEN {moment} END"
        if text not in self.flips:
            self.flips.append(text)

    def flip_after(self, column: str, days: float) -> None:
        """Note that the expression may turn so many days after a moment."""
        self.flip(f"({column} + {self.span(days=days)})", f"{column} > {self.ago(days=days)}")


def compile_node(node: Node, out: Compiled, path: tuple[int, ...] = ()) -> str:
    """Return a question as a boolean expression that is never NULL where it stands alone.

    :raises SegmentError: a field or segment of it is gone, a condition is not whole, or segments go in a circle.
    """
    if isinstance(node, Condition):
        return _compile_condition(node, out, path)
    parts = [compile_node(part, out, path) for part in sorted(node.parts, key=lambda part: _rank(part, out))]
    if node.join == NONE:
        return "(" + " AND ".join(_negate(part) for part in parts) + ")"
    return "(" + (" OR " if node.join == ANY else " AND ").join(parts) + ")"


# What is cheap and stands at the beginning of a row is asked first: most people are out before the rest is read.
_RANKS = ("moment", "cycle", "count", "consent", "choice", "tag", "outcome", "event", "line", "segment")


def _rank(node: Node, out: Compiled) -> int:
    if isinstance(node, Group):
        return len(_RANKS) + 1
    if node.field.startswith(catalogue.CUSTOM):
        return len(_RANKS)
    kind = catalogue.find_subject(node.field, out.world.fields).kind
    return _RANKS.index(kind) if kind in _RANKS else len(_RANKS)


def _negate(part: str) -> str:
    """Return the opposite; what is unknown is not true. The planner knows NOT EXISTS, so that is kept as it is."""
    return f"NOT {part}" if part.startswith("EXISTS") else f"({part}) IS NOT TRUE"


def _compile_condition(condition: Condition, out: Compiled, path: tuple[int, ...]) -> str:
    subject = catalogue.check_condition(condition, out.world.fields)
    if subject.kind == "segment":
        return _compile_segments(condition, out, path)
    if subject.kind == "tag":
        return leaves.compile_tag(condition, out)
    if subject.column.startswith("c."):
        out.needs_contact = True
    return leaves.LEAVES[subject.kind](subject, condition, out)


def _compile_segments(condition: Condition, out: Compiled, path: tuple[int, ...]) -> str:
    parts = []
    for value in condition.values:
        segment_id = int(value)
        if segment_id in path:
            raise SegmentError(
                "These segments go in a circle: one asks for the other. Remove one of the two conditions."
            )
        if segment_id not in out.world.segments:
            raise SegmentError("A segment that this one asks for has been deleted. Remove the condition.")
        parts.append(compile_node(out.world.segments[segment_id], out, (*path, segment_id)))
    text = "(" + " OR ".join(parts) + ")"
    return text if condition.test == "in" else _negate(text)


_OF_CONTACTS = "FROM contacts_contact AS c WHERE c.workspace_id = %(workspace_id)s"


def _is_copied(text: str) -> bool:
    """Tell whether all that is asked of activity stands in the contact, too."""
    return _COPIED.keys() >= set(_ACTIVITY.findall(text))


def _ask_contact(text: str) -> str:
    return _ACTIVITY.sub(lambda found: f"c.{_COPIED[found[1]]}", text)


def _ask_few(
    condition: Condition, others: Sequence[Node], out: Compiled, path: tuple[int, ...]
) -> tuple[str, str, Compiled] | None:
    """Ask only those whom one of the conditions names by an index, where the others do not need everybody's activity."""
    catalogue.check_condition(condition, out.world.fields)
    by_tag, people = few.compile_tag_by_index(condition, out), few.compile_few(condition, out)
    if not by_tag and not people:
        return None
    out.by_contact, out.by_few = bool(by_tag), not by_tag
    rest = f" AND {compile_node(Group(ALL, tuple(others)), out, path)}" if others else ""
    if by_tag and _is_copied(rest):
        return "c.id", f"{_OF_CONTACTS} AND {by_tag}{_ask_contact(rest)}", out
    if people and not out.needs_contact and set(_ACTIVITY.findall(rest)) <= {"contact_id"}:
        return "a.contact_id", f"FROM ({people}) AS a WHERE true{rest}", out
    return None


def compile_where(tree: Node, world: World, path: tuple[int, ...] = ()) -> tuple[str, str, Compiled]:
    """Return the person's id, and FROM and WHERE of a question; `path` is the segment that asks, if any.

    Only tables that the question needs are read, and each is told the workspace.
    """
    if isinstance(tree, Group) and tree.join == ALL:
        for part in tree.parts:
            others = [other for other in tree.parts if other is not part]
            if isinstance(part, Condition) and (found := _ask_few(part, others, Compiled(world), path)):
                return found
    out = Compiled(world)
    condition = compile_node(tree, out, path)
    if not out.needs_contact:
        return (
            "a.contact_id",
            f"FROM contacts_activity AS a WHERE a.workspace_id = %(workspace_id)s AND {condition}",
            out,
        )
    if _is_copied(condition):
        return "c.id", f"{_OF_CONTACTS} AND {_ask_contact(condition)}", out
    joined = "contacts_activity AS a JOIN contacts_contact AS c ON c.id = a.contact_id"
    both = "a.workspace_id = %(workspace_id)s AND c.workspace_id = %(workspace_id)s"
    return "a.contact_id", f"FROM {joined} WHERE {both} AND {condition}", out
