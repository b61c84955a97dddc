"""The published sets of rules, compiled, as this process has them: changed off-thread, the old one answering meanwhile."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from switchboard.conversations import hours as hours_rules
from switchboard.conversations import store as conversations_store
from switchboard.core import clock
from switchboard.core.database import Pool
from switchboard.language import matcher, mood
from switchboard.language.types import Feeling, Lexicon, Match
from switchboard.replies import compiled
from switchboard.replies.answering import membership, store
from switchboard.replies.answering.facts import Place
from switchboard.replies.types import Rule, RuleSet, Settings, decode_set

log = structlog.get_logger(__name__)

_CONNECTION_SECONDS = 5.0
# Business hours are read again after this long.
_HOURS_SECONDS = 5.0


@dataclass(frozen=True)
class Loaded:
    """A published set, ready to answer."""

    version: int
    rules: RuleSet
    zone: str
    matcher: matcher.Matcher
    by_id: dict[int, Rule]
    # Segments that its rules ask about.
    segment_ids: frozenset[int]
    lexicon: Lexicon

    def match(self, text: str) -> list[Match]:
        """Return the rules whose keywords a message has, best first."""
        return self.matcher.match(text) if text else []

    def feel(self, text: str) -> Feeling:
        """Return how a message sounds."""
        return mood.judge(text, self.lexicon).feeling


def load(version: int, rules: RuleSet, zone: str) -> Loaded:
    """Compile a set; takes up to a second for a thousand rules, so it is done off-thread."""
    return Loaded(
        version=version,
        rules=rules,
        zone=zone,
        matcher=compiled.compile_once(compiled.listen(rules)),
        by_id={rule.id: rule for rule in rules.rules},
        segment_ids=membership.list_asked(rules.rules),
        lexicon=Lexicon(dict(rules.settings.mood_weights)),
    )


@dataclass
class _HoursOfWorkspace:
    read_at: float
    by_number: dict[int, hours_rules.Hours]


@dataclass
class Shelf:
    """What this process answers with, by workspace."""

    pool: Pool
    compile: Callable[[int, RuleSet, str], Loaded] = load
    segments: membership.Membership = field(default_factory=membership.Membership)
    _loaded: dict[int, Loaded] = field(default_factory=dict)
    # Published, and not compiled yet for the first time: its messages wait.
    _wanted: dict[int, int] = field(default_factory=dict)
    _hours: dict[int, _HoursOfWorkspace] = field(default_factory=dict)

    def find(self, workspace_id: int) -> Loaded | None:
        """Return a workspace's set; None when nothing is published, or while the first one is being compiled."""
        return self._loaded.get(workspace_id)

    def settings_of(self, workspace_id: int) -> Settings:
        """Return how a workspace answers."""
        loaded = self._loaded.get(workspace_id)
        return loaded.rules.settings if loaded else Settings()

    def is_awaited(self, workspace_id: int) -> bool:
        """Tell whether a workspace's first set is still being compiled."""
        return workspace_id in self._wanted and workspace_id not in self._loaded

    async def look(self) -> list[int]:
        """Read which versions are published and return the workspaces that need compiling."""
        async with self.pool.connection(timeout=_CONNECTION_SECONDS) as connection:
            versions = await store.list_versions(connection)
        self._wanted = versions
        for gone in self._loaded.keys() - versions.keys():
            del self._loaded[gone]
        return [
            workspace_id
            for workspace_id, number in versions.items()
            if workspace_id not in self._loaded or self._loaded[workspace_id].version != number
        ]

    async def take_in(self, workspace_id: int) -> None:
        """Compile a workspace's newest set and swap it for the old one."""
        number = self._wanted.get(workspace_id, 0)
        async with self.pool.connection(timeout=_CONNECTION_SECONDS) as connection:
            found = await store.read_version(connection, workspace_id, number)
        if found is None:
            return
        content, zone = found
        self._loaded[workspace_id] = await asyncio.to_thread(lambda: self.compile(number, decode_set(content), zone))
        log.info("rules_live", workspace=workspace_id, version=number)

    async def refresh(self) -> None:
        """Take in whatever is newer; one set that cannot be compiled does not keep the others waiting."""
        for workspace_id in await self.look():
            try:
                await self.take_in(workspace_id)
            except (ValueError, ArithmeticError, LookupError) as error:
                log.exception("rules_not_compiled", workspace=workspace_id, error=str(error))

    async def find_segments(
        self, connection: store.Connection, workspace_id: int, people: Collection[int], now: datetime
    ) -> dict[int, frozenset[int]]:
        """Return by person the segments they are in, of those that the workspace's rules ask about."""
        loaded = self._loaded.get(workspace_id)
        asked = loaded.segment_ids if loaded else frozenset()
        return await self.segments.find(connection, workspace_id, people, asked, now)

    async def read_hours(self, connection: store.Connection, workspace_id: int) -> None:
        """See to it that a workspace's business hours are known, and not old."""
        known = self._hours.get(workspace_id)
        if known is not None and clock.monotonic() - known.read_at < _HOURS_SECONDS:
            return
        rows = await conversations_store.list_hours(connection, workspace_id)
        by_number = {
            row.number_id: hours_rules.parse_hours(row.zone, row.week, [day.isoformat() for day in row.days_off])
            for row in rows
        }
        self._hours[workspace_id] = _HoursOfWorkspace(clock.monotonic(), by_number)

    def place_of(self, workspace_id: int, number_id: int, now: datetime) -> Place:
        """Return a number with its zone and whether somebody is there; `read_hours` comes before."""
        loaded = self._loaded.get(workspace_id)
        zone = loaded.zone if loaded else "UTC"
        known = self._hours[workspace_id].by_number if workspace_id in self._hours else {}
        hours = known.get(number_id) or known.get(0) or hours_rules.Hours(zone)
        is_open = hours.is_open(now)
        return Place(number_id, zone, is_open, None if is_open else hours.opens_at(now))
