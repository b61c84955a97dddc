"""Which of the segments that rules ask about people are in, at the moment they write."""

import dataclasses
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from switchboard.contacts import segment_queries
from switchboard.contacts.errors import SegmentError
from switchboard.contacts.segments.compiling import World, compile_where
from switchboard.core import clock
from switchboard.core.bridge import in_thread
from switchboard.core.tenancy import workspace_scope
from switchboard.replies.answering import store
from switchboard.replies.types import ConditionKind, Rule

log = structlog.get_logger(__name__)

# What segments, fields and tags there are is read again after this long.
_KEPT_SECONDS = 5.0
# Named people first, so that a segment of a million is never read for one of them.
_OF_PEOPLE = " AND {key} = ANY (%(people)s::bigint[])"


def list_asked(rules: Iterable[Rule]) -> frozenset[int]:
    """Return the segments that rules ask about, in their scope or in a step's condition."""
    asked: set[int] = set()
    for rule in rules:
        asked.update(rule.scope.segment_ids)
        conditions = [step.condition for rung in rule.rungs for step in rung.steps if step.condition is not None]
        asked.update(condition.id for condition in conditions if condition.kind == ConditionKind.IN_SEGMENT)
    return frozenset(asked)


@dataclass
class Membership:
    """What this process knows of the workspaces' segments."""

    _worlds: dict[int, tuple[float, World]] = field(default_factory=dict)

    async def find(
        self,
        connection: store.Connection,
        workspace_id: int,
        people: Collection[int],
        asked: Collection[int],
        now: datetime,
    ) -> dict[int, frozenset[int]]:
        """Return by person the segments they are in, of those that are asked about."""
        if not asked or not people:
            return {}
        world = dataclasses.replace(await self._world(workspace_id), now=now)
        found: dict[int, set[int]] = {}
        for segment_id in sorted(asked):
            for contact_id in await _people_in(connection, world, segment_id, people):
                found.setdefault(contact_id, set()).add(segment_id)
        return {contact_id: frozenset(segments) for contact_id, segments in found.items()}

    async def _world(self, workspace_id: int) -> World:
        known = self._worlds.get(workspace_id)
        if known is None or clock.monotonic() - known[0] > _KEPT_SECONDS:
            known = (clock.monotonic(), await in_thread(_load, workspace_id))
            self._worlds[workspace_id] = known
        return known[1]


def _load(workspace_id: int) -> World:
    with workspace_scope(workspace_id):
        return segment_queries.load_world(workspace_id, clock.now())


async def _people_in(connection: store.Connection, world: World, segment_id: int, people: Collection[int]) -> list[int]:
    """Return those of these people who are in a segment; in one that cannot be asked nobody is."""
    segment = world.segments.get(segment_id)
    if segment is None:
        return []
    try:
        key, where, out = compile_where(segment, world, (segment_id,))
    except SegmentError as error:
        log.warning("segment_not_asked", segment=segment_id, error=error.message)
        return []
    statement = f"SELECT {key} {where}{_OF_PEOPLE.format(key=key)}"
    cursor = await connection.execute(statement, {**out.parameters, "people": sorted(people)})
    return [contact_id for (contact_id,) in await cursor.fetchall()]
