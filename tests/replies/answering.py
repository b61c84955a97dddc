"""A shop that answers by itself: rules are published, people write, time passes, and what was said is looked at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from switchboard.core import database
from switchboard.language import readings
from switchboard.language.types import Keyword, Mode
from switchboard.replies.answering import calls
from switchboard.replies.types import Rule, RuleSet, Rung, Settings, Step, StepKind, Trigger, encode_set
from switchboard.replies.worker import Answerer, AnsweringConfig
from switchboard.webhooks import store, worker
from tests.conftest import Clock
from tests.webhooks.applying import a_message
from tests.webhooks.world import World

HANA = "819012345678"
QUIET = Settings(delay_from=0, delay_until=0, announces=False, shows_typing=False)


def text(words: Any, **condition: Any) -> Step:
    """A text."""
    return Step(StepKind.TEXT, {"text": words}, **condition)


def keyword_rule(rule_id: int, keywords: str, *answers: Any, **more: Any) -> Rule:
    """A rule for words (with spaces between), whose answers are rungs: texts, or tuples of steps."""
    rungs = tuple(
        answer
        if isinstance(answer, Rung)
        else Rung(steps=(text(answer),) if isinstance(answer, str) else tuple(answer))
        for answer in answers
    )
    listening = tuple(
        Keyword(word, more.pop("mode", Mode.FUZZY), patterns=tuple(readings.derive_patterns(word)))
        for word in keywords.split()
    )
    values: dict[str, Any] = {"name": f"Rule {rule_id}", "trigger": Trigger.KEYWORDS, "position": rule_id, **more}
    return Rule(id=rule_id, keywords=listening, rungs=rungs, **values)


def other_rule(rule_id: int, trigger: Trigger, *answers: Any, **more: Any) -> Rule:
    """A rule that needs no words."""
    return keyword_rule(rule_id, "", *answers, trigger=trigger, **more)


HAND_OVER = Step(StepKind.HAND_OVER, {"text": "A colleague comes."})
AGENT = keyword_rule(90, "agent 担当者 人工", (HAND_OVER,))


class SilentCaller(calls.Caller):
    """Notes calls instead of making them."""

    def __init__(self) -> None:
        self.made: list[Any] = []

    async def make(self, connection: Any, timers: Any) -> None:
        """Note them."""
        self.made += [(timer.kind.value, timer.payload) for timer in timers]


@dataclass
class Bot:
    """A worker's answers, called by hand."""

    world: World
    clock: Clock
    pool: database.Pool
    answerer: Answerer
    caller: SilentCaller
    version: int = 0
    heard: int = 0
    seen: set[UUID] = field(default_factory=set)

    async def publish(self, *rules: Rule, settings: Settings = QUIET) -> None:
        """Have these rules answer from now on."""
        self.version += 1
        self.world.run(
            "INSERT INTO replies_version (workspace_id, number, content, published_at, published_by) "
            "VALUES (%s, %s, %s, %s, '')",
            self.world.workspace_id,
            self.version,
            Jsonb(encode_set(RuleSet(rules, settings))),
            self.clock(),
        )
        await self.answerer.refresh()

    async def hear(self, words: str, *, phone: str = HANA, wamid: str = "", **more: Any) -> None:
        """Let somebody write."""
        self.heard += 1
        at = more.pop("at", self.clock())
        wamid = wamid or f"wamid.{self.world.workspace_id}_{self.heard}"
        await self.receive(a_message(self.world, words, wamid=wamid, phone=phone, at=at, **more))

    async def receive(self, *bodies: bytes) -> None:
        """Keep what Meta sends, and apply it."""
        world, at = self.world, self.clock()
        kept = [store.NewEvent(world.workspace_id, world.app_id, True, at, body) for body in bodies]
        async with self.pool.connection() as connection:
            await store.insert_events(connection, kept)
        config = worker.ApplierConfig(url=world.url, now=self.clock)
        applier = worker.Applier(config, self.pool, asyncio.Event())
        while await applier.apply_waiting(is_inbound=True):
            continue

    async def work(self) -> None:
        """Do everything that is to be done at this moment."""
        while await self.answerer.decide() or await self.answerer.say() or await self.answerer.call():
            continue

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await self.work()
        whole = int(seconds)
        for _step in range(whole):
            self.clock.advance(seconds=1)
            await self.work()
        self.clock.advance(seconds=seconds - whole)
        await self.work()

    async def say(self, words: str, **more: Any) -> list[str]:
        """Let somebody write, and return what is answered at once."""
        await self.hear(words, **more)
        await self.work()
        return self.news()

    def news(self) -> list[str]:
        """Return what was said since last asked, in its order."""
        rows = self.of_shop("SELECT id, body FROM delivery_message WHERE workspace_id = %s ORDER BY created_at, id")
        fresh = [(message_id, body) for message_id, body in rows if message_id not in self.seen]
        self.seen |= {message_id for message_id, _ in fresh}
        return [_words(body) for _, body in fresh]

    def thread(self, *columns: str) -> Any:
        """Return columns of the only conversation."""
        (row,) = self.of_shop(f"SELECT {', '.join(columns)} FROM conversations_conversation WHERE workspace_id = %s")
        return row[0] if len(row) == 1 else row

    def lines(self) -> list[str]:
        """Return what happened, by kind."""
        return [
            kind for (kind,) in self.of_shop("SELECT kind FROM conversations_line WHERE workspace_id = %s ORDER BY id")
        ]

    def outcomes(self) -> list[str]:
        """Return what was decided, in order."""
        rows = self.of_shop("SELECT outcome FROM replies_decision WHERE workspace_id = %s ORDER BY at, message_id")
        return [outcome for (outcome,) in rows]

    def of_shop(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of this shop."""
        return self.world.run(statement, self.world.workspace_id)

    def deliver(self, state: int = 50) -> None:
        """Let everything that was said be as far as this (50 is delivered, 60 read, 40 failed)."""
        read_at = self.clock() if state == 60 else None
        self.world.run(
            "INSERT INTO delivery_delivery (message_id, workspace_id, state, attempt, delivered_at, read_at) "
            "SELECT id, workspace_id, %s, 1, %s, %s FROM delivery_message WHERE workspace_id = %s "
            "ON CONFLICT (message_id) DO UPDATE SET state = excluded.state, "
            "delivered_at = coalesce(delivery_delivery.delivered_at, excluded.delivered_at), read_at = excluded.read_at",
            state,
            self.clock() if state >= 50 else None,
            read_at,
            self.world.workspace_id,
        )


def _words(body: dict[str, Any]) -> str:
    if body["type"] == "text":
        return str(body["text"]["body"])
    if body["type"] == "interactive":
        return str(body["interactive"]["body"]["text"])
    return str(body["type"])


@asynccontextmanager
async def a_bot(world: World, clock: Clock) -> AsyncIterator[Bot]:
    """A worker that answers when it is told to."""
    config = AnsweringConfig(
        cloud_api_url="http://127.0.0.1:9", url=world.url, now=clock, draw=lambda least, most: least
    )
    caller = SilentCaller()
    async with database.make_pool("stream", size=2, url=world.url) as pool:
        yield Bot(world, clock, pool, Answerer(config, pool, caller, asyncio.Event()), caller)
