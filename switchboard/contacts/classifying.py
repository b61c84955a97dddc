"""Automatic tags keep themselves right: whoever changed is looked at, and whoever the clock has moved.

Two sources say who: `contacts_changed`, appended to in the transaction of every change, and `contacts_check`, the moment
at which time alone may turn a rule for a person. When a rule itself changes, everybody is looked at once, in pieces.
Every piece is one transaction: killed in the middle, it never happened.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from psycopg import AsyncConnection

from switchboard.contacts import classify_store as store
from switchboard.contacts.errors import SegmentError
from switchboard.contacts.segments import compiling, tree
from switchboard.contacts.segments.compiling import Compiled, World

log = structlog.get_logger(__name__)

Connection = AsyncConnection[Any]

# A piece of those who changed holds their rows for a tenth of a second at most; a pass may take larger ones.
PIECE, PASS_PIECE = 2_000, 20_000


@dataclass(frozen=True, slots=True)
class Rules:
    """The automatic tags of a workspace as one statement."""

    statement: str
    parameters: dict[str, Any]
    tag_ids: list[int]
    # Whether a rule counts days, and whether one asks for an automatic tag.
    counts_days: bool
    is_chained: bool


async def step(connection: Connection, now: datetime) -> bool:
    """Look at the next people of every workspace; tell whether there are more."""
    await store.make_room(connection)
    more = False
    for workspace_id in await store.list_work(connection, now):
        try:
            more |= bool(await look_at_changed(connection, workspace_id, now))
            more |= bool(await look_at_next(connection, workspace_id, now))
        except SegmentError as error:
            log.warning("rules_not_applied", workspace=workspace_id, error=error.message)
    return more


async def look_at_changed(connection: Connection, workspace_id: int, now: datetime, *, limit: int = PIECE) -> int:
    """Look at people who changed or whose time has come; return how many were looked at."""
    async with connection.transaction():
        await store.read_by_key(connection)
        taken = await store.take_people(connection, workspace_id, now, limit=limit)
        if taken:
            await _classify(connection, workspace_id, now, is_news=True)
    return taken


async def look_at_next(connection: Connection, workspace_id: int, now: datetime, *, limit: int = PASS_PIECE) -> int:
    """Take the pass over everybody one piece further; return how many were looked at, 0 when none is wanted."""
    async with connection.transaction():
        await store.read_by_key(connection)
        taken = await store.take_next(connection, workspace_id, limit=limit)
        if taken:
            await _classify(connection, workspace_id, now, is_news=False)
    return taken or 0


async def _classify(connection: Connection, workspace_id: int, now: datetime, *, is_news: bool) -> None:
    rules = await load_rules(connection, workspace_id, now)
    await store.leave_one(connection, workspace_id, now)
    if rules.counts_days:
        await store.refresh_days(connection, workspace_id, now)
    await store.evaluate(connection, rules.statement, rules.parameters)
    await store.keep(connection, workspace_id, now, ruled=rules.tag_ids, again=rules.is_chained, is_news=is_news)


async def load_rules(connection: Connection, workspace_id: int, now: datetime) -> Rules:
    """Return the automatic tags of a workspace, compiled for this moment."""
    zone, fields, segments, tags, slots = await store.load_world(connection, workspace_id)
    world = World(
        workspace_id=workspace_id,
        now=now,
        zone=zone,
        fields=fields,
        segments={int(key): tree.parse_tree(value) for key, value in segments.items()},
        tags={int(key): is_ruled for key, is_ruled in tags.items()},
        slots=slots,
    )
    return build_rules(world, await store.load_rules(connection, workspace_id))


def build_rules(world: World, rules: list[tuple[int, int | None, dict[str, Any]]]) -> Rules:
    """Return one statement that says of each person which automatic tags they have and when that may change.

    A rule that cannot be read any more (its field was deleted) leaves everybody as they are.
    """
    out = Compiled(world)
    groups: dict[int | None, list[tuple[int, str]]] = {}
    asked: set[int] = set()
    for tag_id, group_id, rule in rules:
        condition, named = _compile_rule(out, tag_id, rule)
        asked |= named
        groups.setdefault(group_id, []).append((tag_id, condition))
    parts = [
        f"CASE WHEN {condition} THEN ARRAY[{out.put(tag_id)}::bigint] ELSE '{{}}' END"
        for tag_id, condition in groups.pop(None, [])
    ]
    parts += [_first_of(group, out) for group in groups.values()]
    classes = " || ".join(parts) or "'{}'::bigint[]"
    check_at = f"least({', '.join(out.flips)})" if out.flips else "NULL::timestamptz"
    contact = " JOIN contacts_contact AS c ON c.id = a.contact_id" if out.needs_contact else ""
    statement = f"""
        INSERT INTO contacts_classified (contact_id, former, classes, check_at)
        SELECT a.contact_id, a.classes, ({classes})::bigint[], {check_at}
        FROM contacts_looked_at AS looked JOIN contacts_activity AS a ON a.contact_id = looked.contact_id{contact}
        WHERE a.workspace_id = %(workspace_id)s"""  # noqa: S608  fixed words and parameters
    tag_ids = [tag_id for tag_id, _, _ in rules]
    counts_days = "contacts_day" in statement
    return Rules(statement, out.parameters, tag_ids, counts_days, bool(asked & set(tag_ids)))


def _compile_rule(out: Compiled, tag_id: int, rule: dict[str, Any]) -> tuple[str, set[int]]:
    try:
        parsed = tree.parse_tree(rule)
        return compiling.compile_node(parsed, out), tree.list_tag_ids(parsed)
    except SegmentError as error:
        log.warning("rule_stands_still", workspace=out.world.workspace_id, tag=tag_id, error=error.message)
        return f"{out.put(tag_id)}::bigint = ANY (a.classes)", set()


def _first_of(group: list[tuple[int, str]], out: Compiled) -> str:
    """Return the exclusive group's one tag: the first whose rule holds."""
    cases = " ".join(f"WHEN {condition} THEN ARRAY[{out.put(tag_id)}::bigint]" for tag_id, condition in group)
    return f"CASE {cases} ELSE '{{}}' END"
