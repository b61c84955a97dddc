"""Each way of leaving ends broadcasts and journeys of every category, and whoever comes back is written to again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from switchboard.core import clock, database
from switchboard.replies.worker import Answerer, AnsweringConfig
from tests.conftest import NOON
from tests.consent.leaving import WAYS, hear, in_django, plan_everything, press_on_link, switch_off
from tests.delivery.world import make_contacts
from tests.readings.shop import Shop
from tests.replies.answering import SilentCaller

PHONE = "+819012345678"
STANDING = "SELECT marketing_basis, utility_basis, opted_out_at IS NOT NULL FROM consent_standing"


async def a_person(shop: Shop) -> int:
    """Return somebody who has agreed to everything and was never written to."""
    found: list[int] = []
    await in_django(lambda: found.extend(make_contacts(shop.world, 1, NOON)))
    shop.world.run("UPDATE contacts_contact SET phone = %s", PHONE)
    shop.world.run("UPDATE contacts_identity SET value = %s WHERE kind = 'phone'", PHONE.removeprefix("+"))
    return found[0]


async def count_posts(shop: Shop) -> int:
    """Return how many of our messages Meta has accepted."""
    return int((await shop.emulator.control("stats"))["accepted"])


async def test_whoever_has_not_left_gets_them(shop: Shop) -> None:
    contact_id = await a_person(shop)
    await plan_everything(shop, contact_id)
    await shop.send(lambda: shop.world.states().get(20))
    assert await count_posts(shop) >= 1


@pytest.mark.parametrize("name", WAYS)
async def test_it_ends_broadcasts_and_journeys_of_every_category(shop: Shop, name: str) -> None:
    leave, source, actor = WAYS[name]
    contact_id = await a_person(shop)
    await leave(shop, contact_id, PHONE)
    await plan_everything(shop, contact_id)
    before = await count_posts(shop)
    await shop.send()
    assert await count_posts(shop) == before
    skipped = shop.world.run(
        "SELECT origin_kind, detail->>'reason' FROM delivery_delivery JOIN delivery_message ON id = message_id "
        "WHERE origin_id BETWEEN 20 AND 23 ORDER BY origin_id"
    )
    assert skipped == [(kind, "opted_out") for kind in ("broadcast", "broadcast", "journey", "journey")]
    assert shop.world.one(STANDING) == ("", "", True)
    ((kind, category, said_source, said_actor),) = shop.world.run(
        "SELECT kind, category, source, actor FROM consent_entry WHERE kind = 'withdraw'"
    )
    assert (kind, category, said_source) == ("withdraw", "all", source)
    assert said_actor.startswith(actor)


@asynccontextmanager
async def an_answerer(shop: Shop) -> AsyncIterator[Answerer]:
    """The part of the worker that answers, called by hand."""
    config = AnsweringConfig(
        cloud_api_url=f"{shop.emulator.address}/v26.0",
        url=shop.world.url,
        now=clock.now,
        draw=lambda least, most: least,
    )
    async with database.make_pool("stream", size=2, url=shop.world.url) as pool:
        yield Answerer(config, pool, SilentCaller(), asyncio.Event())


async def decide(shop: Shop) -> None:
    """Let the worker decide what to say, and say nothing yet."""
    async with an_answerer(shop) as answerer:
        while await answerer.decide():
            continue


async def answer_waiting(shop: Shop) -> None:
    """Let the worker say what is due within seconds, and the sender post it."""
    async with an_answerer(shop) as answerer:
        for _turn in range(4):
            while await answerer.decide() or await answerer.say():
                continue
            await let_pass(shop, 1)
    await shop.send()


async def let_pass(shop: Shop, seconds: float) -> None:
    """Let time pass here and at Meta."""
    clock.set_shift(clock.shift_seconds() + seconds)
    await shop.emulator.control("clock", {"shift": clock.shift_seconds()})


async def list_said(shop: Shop) -> list[str]:
    """Return the texts of ours that Meta has accepted, in their order."""
    rows = shop.world.run(
        "SELECT body->'text'->>'body' FROM delivery_message JOIN delivery_delivery ON id = message_id "
        "WHERE origin_kind = 'answer' AND state >= 20 ORDER BY created_at, id"
    )
    assert await count_posts(shop) == len(rows)
    return [text for (text,) in rows]


# In the language that the person is known by.
CONFIRMED = ["配信を停止しました。今後お知らせはお送りしません。再開をご希望の場合は「配信再開」とお送りください。"]


async def test_a_stop_is_confirmed_once_though_no_rules_were_published(shop: Shop) -> None:
    await a_person(shop)
    await hear(shop, PHONE, text="Please take my number off your list")
    await answer_waiting(shop)
    assert await list_said(shop) == CONFIRMED
    await let_pass(shop, 60)
    await hear(shop, PHONE, text="STOP")
    await answer_waiting(shop)
    assert await list_said(shop) == CONFIRMED


async def test_two_stops_before_the_confirmation_are_confirmed_once(shop: Shop) -> None:
    await a_person(shop)
    await hear(shop, PHONE, text="STOP")
    await decide(shop)
    await hear(shop, PHONE, text="stop!!")
    await answer_waiting(shop)
    assert await list_said(shop) == CONFIRMED


async def test_a_stop_after_whatsapps_own_switch_is_not_confirmed_again(shop: Shop) -> None:
    contact_id = await a_person(shop)
    await switch_off(shop, contact_id, PHONE)
    await let_pass(shop, 60)
    await hear(shop, PHONE, text="STOP")
    await answer_waiting(shop)
    assert await list_said(shop) == []


async def test_whoever_comes_back_is_written_to_again_and_the_ledger_says_so(shop: Shop) -> None:
    contact_id = await a_person(shop)
    await hear(shop, PHONE, text="STOP")
    await let_pass(shop, 60)
    await press_on_link(shop, contact_id, "back")
    assert shop.world.one(STANDING) == ("opt_in", "opt_in", False)
    lines = shop.world.run("SELECT kind, category, basis, source, actor FROM consent_entry ORDER BY id")
    assert lines[-2:] == [("withdraw", "all", "", "message", "contact"), ("grant", "all", "opt_in", "link", "contact")]
    await plan_everything(shop, contact_id)
    await shop.send(lambda: shop.world.states().get(20))
    assert await count_posts(shop) >= 1
