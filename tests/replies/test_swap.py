"""New rules answer within a second of their publishing, in a worker that keeps running; the old ones until then."""

import asyncio
import time

from psycopg.types.json import Jsonb

from switchboard.core import database
from switchboard.language.types import Keyword
from switchboard.replies.answering.shelf import Shelf
from switchboard.replies.types import Rule, RuleSet, Rung, Trigger, encode_set
from switchboard.replies.worker import Answerer, AnsweringConfig
from tests.replies.answering import AGENT, Bot, SilentCaller, keyword_rule, text

LATEST_SECONDS = 1.0
PUBLISH = """
WITH put AS (
    INSERT INTO replies_version (workspace_id, number, content, published_at, published_by)
    VALUES (%s, 2, %s, now(), '')
) SELECT pg_notify('switchboard_rules', '')
"""


def many_rules(count: int) -> tuple[Rule, ...]:
    """So many rules with eight keywords each."""
    return tuple(
        Rule(
            id=place,
            name=f"Rule {place}",
            trigger=Trigger.KEYWORDS,
            keywords=tuple(Keyword(f"word{place}x{other}") for other in range(8)),
            rungs=(Rung(steps=(text("Yes."),)),),
        )
        for place in range(1, count + 1)
    )


async def test_two_hundred_new_rules_answer_within_a_second(bot: Bot) -> None:
    await bot.publish(keyword_rule(1, "price", "Old."), AGENT)
    stopping = asyncio.Event()
    config = AnsweringConfig(cloud_api_url="http://127.0.0.1:9", url=bot.world.url)
    async with database.make_pool("stream", size=4, url=bot.world.url) as pool, asyncio.TaskGroup() as tasks:
        answerer = Answerer(config, pool, SilentCaller(), stopping)
        tasks.create_task(answerer.run())
        await _wait_for(answerer.shelf, bot.world.workspace_id, 1)
        content = encode_set(RuleSet((*many_rules(200), AGENT)))
        begun = time.monotonic()
        await asyncio.to_thread(bot.world.run, PUBLISH, bot.world.workspace_id, Jsonb(content))
        await _wait_for(answerer.shelf, bot.world.workspace_id, 2)
        seconds = time.monotonic() - begun
        stopping.set()
    assert seconds < LATEST_SECONDS + 1.0, "a second, and as much again for a busy machine"


async def _wait_for(shelf: Shelf, workspace_id: int, version: int) -> None:
    async with asyncio.timeout(20):
        while (loaded := shelf.find(workspace_id)) is None or loaded.version != version:  # noqa: ASYNC110  no event tells
            await asyncio.sleep(0.01)
