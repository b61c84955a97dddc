"""One conversation of a person with a number; sessions in it begin and end."""

from datetime import timedelta

import pytest

from switchboard.conversations.rules import is_new_session
from switchboard.replies import merging
from switchboard.replies.types import Trigger
from tests.conftest import NOON
from tests.replies.answering import AGENT, Bot, other_rule
from tests.webhooks.applying import a_message

SESSIONS = "SELECT number, started_at FROM conversations_session WHERE workspace_id = %s ORDER BY number"


async def test_a_burst_opens_one_conversation_and_one_session(bot: Bot) -> None:
    await bot.receive(*(a_message(bot.world, f"photo {place}", wamid=f"wamid.album.{place}") for place in range(12)))
    assert bot.thread("session_number", "session_started_at") == (1, NOON)
    assert len(bot.of_shop(SESSIONS)) == 1


@pytest.mark.parametrize(
    ("later", "is_resolved", "begins"),
    [
        (timedelta(hours=23, minutes=59), False, False),
        (timedelta(hours=24), False, True),
        (timedelta(minutes=1), True, True),
        (timedelta(minutes=1), False, False),
    ],
)
async def test_a_session_ends_by_silence_or_by_resolving(
    bot: Bot, later: timedelta, is_resolved: bool, begins: bool
) -> None:
    """What the statement does and what the rule says are the same."""
    await bot.hear("hello")
    if is_resolved:
        bot.world.run(
            "UPDATE conversations_conversation SET state = 'resolved' WHERE workspace_id = %s", bot.world.workspace_id
        )
    bot.clock.advance(seconds=later.total_seconds())
    await bot.hear("hello again")
    assert is_new_session(previous_at=NOON, is_resolved=is_resolved, at=bot.clock()) is begins
    assert len(bot.of_shop(SESSIONS)) == (2 if begins else 1)
    assert bot.thread("state") == "open"


async def test_our_answer_keeps_a_session_going(bot: Bot) -> None:
    await bot.publish(other_rule(1, Trigger.ANY, "Hello"), AGENT)
    await bot.say("hello")
    bot.world.run(
        "UPDATE conversations_conversation SET last_outbound_at = %s WHERE workspace_id = %s",
        NOON + timedelta(hours=20),
        bot.world.workspace_id,
    )
    bot.clock.advance(hours=30)
    await bot.hear("hello again")
    assert len(bot.of_shop(SESSIONS)) == 1


async def test_sessions_are_counted_in_what_the_person_did(bot: Bot) -> None:
    await bot.hear("hello")
    bot.clock.advance(minutes=5)
    await bot.hear("still me")
    bot.clock.advance(hours=30)
    await bot.hear("back again")
    counts = bot.of_shop("SELECT inbound_count, session_count FROM contacts_activity WHERE workspace_id = %s")
    assert counts == [(3, 2)]


async def test_an_old_message_begins_no_session(bot: Bot) -> None:
    await bot.hear("hello")
    await bot.hear("from a spool", at=NOON - timedelta(days=3))
    assert bot.thread("session_number", "last_inbound_at") == (1, NOON)


async def test_two_who_turn_out_to_be_one_have_one_conversation(bot: Bot) -> None:
    await bot.publish(AGENT)
    await bot.hear("hello", phone="819011111111")
    bot.clock.advance(minutes=1)
    await bot.say("agent", phone="819022222222")
    keep, lose = (row[0] for row in bot.of_shop("SELECT id FROM contacts_contact WHERE workspace_id = %s ORDER BY id"))
    async with bot.pool.connection() as connection, connection.transaction():
        await merging.merge(
            connection, workspace_id=bot.world.workspace_id, keep=keep, lose=lose, phone=None, now=bot.clock()
        )
    assert bot.thread("contact_id", "answering", "last_inbound_at") == (keep, "person", NOON + timedelta(minutes=1))
    assert len(bot.of_shop(SESSIONS)) == 2
    assert len(bot.lines()) > 0
