"""Who is answered, by what, and when: a shop whose rules are published, and people who write to it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from switchboard.consent import actions as consent_actions
from switchboard.consent import rules as consent_rules
from switchboard.contacts import actions as contacts_actions
from switchboard.core.bridge import in_thread
from switchboard.core.tenancy import workspace_scope
from switchboard.language.types import Mode
from switchboard.replies.types import Condition, ConditionKind, Rung, Scope, Settings, Step, StepKind, Trigger
from tests.conftest import NOON
from tests.replies.answering import AGENT, HANA, HAND_OVER, QUIET, Bot, keyword_rule, other_rule, text
from tests.webhooks.applying import a_message, an_echo
from tests.webhooks.world import make_contact

UNSUBSCRIBED = "You are unsubscribed and will get no more offers from us. If you change your mind, write START."
PRICE = keyword_rule(1, "price 値段 价格", "It costs 900 yen.")
RETURNS = keyword_rule(2, "返品 return", "Send it back within 14 days.")


async def test_a_keyword_is_answered_once(bot: Bot) -> None:
    await bot.publish(PRICE, RETURNS, AGENT)
    assert await bot.say("What is the price?") == ["It costs 900 yen."]
    await bot.wait(60)
    assert bot.news() == []
    assert bot.outcomes() == ["answered"]


async def test_nothing_is_answered_before_anything_is_published(bot: Bot) -> None:
    assert await bot.say("price") == []
    assert bot.outcomes() == ["no_rules"]


async def test_an_answer_leaves_after_its_delay_with_typing_before_it(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT, settings=Settings(announces=False))
    await bot.hear("price")
    await bot.wait(4.5)
    assert bot.news() == []
    assert [kind for kind, _ in bot.caller.made] == ["typing"]
    assert bot.caller.made[0][1]["wamid"] == f"wamid.{bot.world.workspace_id}_1"
    await bot.wait(1)
    assert bot.news() == ["It costs 900 yen."]


async def test_typing_is_not_shown_when_nothing_follows(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT, settings=Settings())
    await bot.hear("good morning")
    await bot.wait(12)
    assert (bot.news(), bot.caller.made) == ([], [])
    assert bot.outcomes() == ["unanswered"]


async def test_the_first_answer_of_a_session_says_that_it_is_automatic(bot: Bot) -> None:
    settings = Settings(delay_from=0, delay_until=0, announcement={"": "(automatic)", "ja": "（自動）"})
    await bot.publish(PRICE, RETURNS, AGENT, settings=settings)
    assert await bot.say("price") == ["(automatic)\nIt costs 900 yen."]
    bot.clock.advance(minutes=5)
    assert await bot.say("return") == ["Send it back within 14 days."]
    bot.clock.advance(hours=25)
    assert await bot.say("値段は？") == ["（自動）\nIt costs 900 yen."]


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        (Settings(shows_typing=False), (text("Noted."),)),
        (Settings(), (Step(StepKind.SET_FIELD, {"key": "topic", "value": "price"}),)),
        (Settings(), (text("Welcome back.", condition=Condition(ConditionKind.INACTIVE_FOR, days=30)),)),
    ],
    ids=["switched off", "nothing is said", "perhaps nothing is said"],
)
async def test_typing_is_left_out(bot: Bot, settings: Settings, steps: tuple[Step, ...]) -> None:
    await bot.publish(keyword_rule(1, "price", steps), AGENT, settings=settings)
    await bot.hear("price")
    await bot.wait(8)
    assert bot.caller.made == []


@pytest.mark.parametrize("kind", ["reaction", "system", "unsupported"])
async def test_some_kinds_are_never_answered(bot: Bot, kind: str) -> None:
    await bot.publish(other_rule(1, Trigger.ANY, "Hello"), AGENT)
    await bot.hear("👍", type=kind, reaction={"emoji": "👍"})
    await bot.wait(2)
    assert bot.news() == []


async def test_what_a_colleague_writes_in_the_phone_app_is_never_answered(bot: Bot) -> None:
    await bot.publish(other_rule(1, Trigger.ANY, "Hello"), PRICE, AGENT)
    echo = {"from": "815000000001", "to": HANA, "id": "wamid.ECHO", "timestamp": str(int(NOON.timestamp()))}
    for words in ("price", "STOP"):
        await bot.receive(an_echo(bot.world, {**echo, "id": f"wamid.{words}", "type": "text", "text": {"body": words}}))
    await bot.wait(2)
    assert (bot.news(), bot.outcomes(), bot.lines()) == ([], [], [])
    assert bot.of_shop("SELECT 1 FROM consent_standing WHERE workspace_id = %s AND opted_out_at IS NOT NULL") == []


async def test_an_old_message_is_not_answered_but_an_old_stop_is_obeyed(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT)
    assert await bot.say("price", at=NOON - timedelta(minutes=6)) == []
    assert await bot.say("STOP", at=NOON - timedelta(hours=3)) == []
    assert sorted(bot.outcomes()) == ["opted_out", "too_old"]
    assert bot.of_shop("SELECT opted_out_at IS NOT NULL FROM consent_standing WHERE workspace_id = %s") == [(True,)]


async def test_a_stop_is_confirmed_once_and_answered_by_no_rule(bot: Bot) -> None:
    await bot.publish(other_rule(1, Trigger.ANY, "Hello"), AGENT, settings=Settings(delay_from=0, delay_until=0))
    await bot.hear("配信停止")
    await bot.wait(3)
    assert bot.news() == [
        "配信を停止しました。今後お知らせはお送りしません。再開をご希望の場合は「配信再開」とお送りください。"
    ]
    bot.clock.advance(minutes=1)
    await bot.hear("配信停止")
    await bot.wait(3)
    assert bot.news() == []


async def test_a_second_stop_does_not_take_the_confirmation_away(bot: Bot) -> None:
    await bot.hear("STOP")
    await bot.answerer.decide()
    await bot.hear("STOP please", at=bot.clock() + timedelta(seconds=1))
    await bot.wait(3)
    assert bot.news() == [UNSUBSCRIBED]


async def test_an_answer_that_waits_is_dropped_by_a_stop(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT, settings=Settings(confirms_opt_out=False))
    await bot.hear("price")
    await bot.wait(2)
    await bot.hear("STOP")
    await bot.wait(20)
    assert bot.news() == []


async def test_two_messages_at_once_get_one_answer(bot: Bot) -> None:
    await bot.publish(PRICE, RETURNS, AGENT)
    bodies = [a_message(bot.world, words, wamid=f"wamid.{words}") for words in ("price", "price please")]
    await bot.receive(*bodies)
    await bot.wait(5)
    assert bot.news() == ["It costs 900 yen."]
    assert sorted(bot.outcomes()) == ["answered", "burst"]


@pytest.mark.parametrize("settings", [QUIET, Settings(announces=False)], ids=["answered at once", "still waiting"])
async def test_two_messages_within_100_ms_get_one_answer(bot: Bot, settings: Settings) -> None:
    await bot.publish(PRICE, RETURNS, AGENT, settings=settings)
    await bot.hear("price")
    await bot.work()
    bot.clock.advance(seconds=0.1)
    await bot.hear("price, please")
    await bot.wait(12)
    assert bot.news() == ["It costs 900 yen."]
    assert sorted(bot.outcomes()) == ["answered", "burst"]


async def test_nothing_is_answered_in_a_group(bot: Bot) -> None:
    await bot.publish(other_rule(1, Trigger.ANY, "Hello"), PRICE, AGENT)
    assert await bot.say("price", group_id="120363000000000000") == []
    assert bot.outcomes() == ["not_a_question"]
    assert bot.of_shop("SELECT 1 FROM delivery_window WHERE workspace_id = %s") == []


async def test_the_same_webhook_twice_gets_one_answer(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT)
    for _time in range(2):
        await bot.hear("price", wamid="wamid.SAME", at=NOON)
        await bot.wait(3)
    assert bot.news() == ["It costs 900 yen."]


async def test_a_second_question_while_the_first_waits_is_answered_after_it(bot: Bot) -> None:
    await bot.publish(PRICE, RETURNS, AGENT, settings=Settings(announces=False))
    await bot.hear("price")
    await bot.wait(3)
    await bot.hear("how do I return it?")
    await bot.wait(12)
    assert bot.news() == ["It costs 900 yen.", "Send it back within 14 days."]


async def test_a_question_is_answered_in_place_of_a_greeting(bot: Bot) -> None:
    menu = other_rule(9, Trigger.NO_MATCH, "How can I help?")
    await bot.publish(PRICE, menu, AGENT, settings=Settings(announces=False))
    await bot.hear("hello")
    await bot.wait(2)
    await bot.hear("what is the price")
    await bot.wait(12)
    assert bot.news() == ["It costs 900 yen."]


# ── layers ───────────────────────────────────────────────────────────────────────────────────────

LADDER = keyword_rule(1, "price", "900 yen.", Rung(steps=(text("900 yen, tax included."),), unread_after_seconds=30))
MENU = other_rule(80, Trigger.NO_MATCH, Rung(steps=(text("Price or returns?"),)), (HAND_OVER,))


async def test_an_answer_that_stays_unread_is_followed_by_a_fuller_one(bot: Bot) -> None:
    await bot.publish(LADDER, MENU)
    assert await bot.say("price") == ["900 yen."]
    bot.deliver()
    await bot.wait(28)
    assert bot.news() == []
    await bot.wait(4)
    assert bot.news() == ["900 yen, tax included."]
    assert bot.thread("ladder_rung") == 1


@pytest.mark.parametrize("state", [60, 40], ids=["read", "failed"])
async def test_what_was_read_or_is_gone_is_not_followed(bot: Bot, state: int) -> None:
    await bot.publish(LADDER, MENU)
    await bot.say("price")
    bot.deliver(state)
    await bot.wait(40)
    assert bot.news() == []


async def test_whoever_never_sends_receipts_has_read_what_was_delivered(bot: Bot) -> None:
    await bot.publish(LADDER, MENU)
    await bot.say("price")
    bot.deliver()
    bot.world.run(
        "UPDATE delivery_delivery SET replied_at = %s WHERE workspace_id = %s", bot.clock(), bot.world.workspace_id
    )
    await bot.wait(40)
    assert bot.news() == []


async def test_the_time_runs_from_delivery(bot: Bot) -> None:
    await bot.publish(LADDER, MENU)
    await bot.say("price")
    await bot.wait(50)
    bot.deliver()
    await bot.wait(20)
    assert bot.news() == []
    await bot.wait(40)
    assert bot.news() == ["900 yen, tax included."]


async def test_asking_again_climbs_to_the_fuller_answer_the_menu_and_a_person(bot: Bot) -> None:
    await bot.publish(LADDER, MENU)
    said = []
    for words in ("price", "the price?", "price!", "no idea what you mean"):
        said += await bot.say(words)
        bot.clock.advance(seconds=40)
    assert said == ["900 yen.", "900 yen, tax included.", "Price or returns?", "A colleague comes."]
    assert bot.thread("answering") == "person"
    assert bot.thread("hand_over")["reason"] == "no_match"


async def test_after_the_hand_over_automatic_answers_are_silent(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT)
    assert await bot.say("agent please") == ["A colleague comes."]
    bot.clock.advance(minutes=2)
    assert await bot.say("price") == []
    assert bot.outcomes() == ["handed_over", "person"]
    assert bot.thread("waits_since") == NOON


async def test_the_next_session_is_answered_automatically_again(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT)
    await bot.say("agent")
    bot.clock.advance(hours=25)
    assert await bot.say("price") == ["It costs 900 yen."]
    assert bot.thread("session_number", "waits_since") == (2, None)


async def test_nobody_comes_so_automatic_answers_take_over_again(bot: Bot) -> None:
    await bot.publish(
        PRICE, AGENT, settings=Settings(delay_from=0, delay_until=0, announces=False, hand_back_minutes=1)
    )
    await bot.say("agent")
    await bot.wait(62)
    assert "handed_back" in bot.lines()
    assert await bot.say("price") == ["It costs 900 yen."]


async def test_the_third_answer_within_an_hour_is_the_hand_over(bot: Bot) -> None:
    third = keyword_rule(3, "shipping", "Three days.")
    await bot.publish(PRICE, RETURNS, third, AGENT)
    said = []
    for words in ("price", "return", "shipping", "price"):
        said.append(await bot.say(words))
        bot.clock.advance(minutes=5)
    assert said[0] == ["It costs 900 yen."]
    assert said[2] == ["I'm passing you on to a colleague. One moment, please."]
    assert said[3] == []
    assert bot.thread("hand_over")["reason"] == "third_answer"
    assert bot.lines().count("handed_over") == 1


async def test_one_ladder_counts_once(bot: Bot) -> None:
    await bot.publish(LADDER, RETURNS, MENU)
    await bot.say("price")
    bot.clock.advance(minutes=1)
    await bot.say("price")
    bot.clock.advance(minutes=1)
    assert await bot.say("return") == ["Send it back within 14 days."]


async def test_a_rung_expires(bot: Bot) -> None:
    await bot.publish(LADDER, MENU)
    await bot.say("price")
    bot.clock.advance(minutes=61)
    assert await bot.say("price") == ["900 yen."]


# ── after hours ──────────────────────────────────────────────────────────────────────────────────


def close_now(bot: Bot) -> None:
    """Open from nine to six in Tokyo, where it is 21:00 on Tuesday."""
    bot.world.run(
        "INSERT INTO conversations_businesshours (workspace_id, number_id, zone, week, days_off) "
        """VALUES (%s, 0, 'Asia/Tokyo', '{"tue": "09:00-18:00", "wed": "09:00-18:00"}', '{}')""",
        bot.world.workspace_id,
    )


async def test_after_hours_it_says_so_once_and_collects(bot: Bot) -> None:
    close_now(bot)
    await bot.publish(PRICE, MENU)
    assert await bot.say("my parcel is broken") == [str(Settings().after_hours_text[""])]  # type: ignore[index]  # It is by language.
    bot.clock.advance(minutes=1)
    assert await bot.say("completely broken") == []
    assert bot.thread("is_collected", "waits_since") == (True, NOON)
    bot.clock.advance(minutes=1)
    assert await bot.say("and the price?") == ["It costs 900 yen."]


async def test_a_hand_over_after_hours_says_when_somebody_comes(bot: Bot) -> None:
    close_now(bot)
    await bot.publish(PRICE, AGENT)
    assert await bot.say("agent") == [str(Settings().after_hours_text[""])]  # type: ignore[index]  # It is by language.
    ((detail,),) = bot.of_shop("SELECT detail FROM conversations_line WHERE workspace_id = %s AND kind = 'handed_over'")
    assert detail["opens_at"] == "2026-03-04T09:00:00+09:00"


async def test_a_rule_may_answer_outside_business_hours(bot: Bot) -> None:
    close_now(bot)
    await bot.publish(other_rule(1, Trigger.OUTSIDE_HOURS, "We sleep."), PRICE, AGENT)
    assert await bot.say("hello there") == ["We sleep."]
    assert bot.thread("is_collected")


# ── which rule ───────────────────────────────────────────────────────────────────────────────────


async def test_a_button_goes_before_words_and_priority_before_everything(bot: Bot) -> None:
    tapped = other_rule(3, Trigger.PAYLOAD, "You tapped.", payloads=("buy",))
    press: dict[str, Any] = {"type": "button", "button": {"text": "price", "payload": "buy"}}
    await bot.publish(PRICE, tapped, AGENT)
    assert await bot.say("", **press) == ["You tapped."]
    loud = other_rule(4, Trigger.ANY, "First of all.", priority=5)
    await bot.publish(PRICE, loud, AGENT)
    bot.clock.advance(minutes=1)
    assert await bot.say("price") == ["First of all."]


async def test_a_picture_and_a_first_message_have_rules_of_their_own(bot: Bot) -> None:
    picture = other_rule(1, Trigger.MEDIA, "Nice picture.", media_kinds=("image",))
    await bot.publish(picture, other_rule(2, Trigger.FIRST_EVER, "Welcome!"), AGENT)
    assert await bot.say("hello") == ["Welcome!"]
    bot.clock.advance(minutes=1)
    assert await bot.say("", type="image", image={"id": "1", "mime_type": "image/jpeg"}) == ["Nice picture."]
    assert await bot.say("hello again") == []


async def test_a_rule_holds_only_within_its_scope(bot: Bot) -> None:
    japanese = keyword_rule(1, "price", "日本語", scope=Scope(languages=("ja",)))
    elsewhere = keyword_rule(2, "price", "elsewhere", scope=Scope(number_ids=(999,)))
    tagged = keyword_rule(3, "price", "tagged", scope=Scope(tag_ids=(5,)))
    morning = keyword_rule(4, "price", "morning", scope=Scope(from_time="08:00", until_time="12:00"))
    night = keyword_rule(5, "price", "night", scope=Scope(from_time="20:00", until_time="06:00", days=(1,)))
    await bot.publish(japanese, elsewhere, tagged, morning, night, AGENT)
    assert await bot.say("price") == ["night"]


async def test_a_rule_may_be_for_a_segment(bot: Bot) -> None:
    question = """{"all": [{"field": "language", "test": "in", "values": ["en"]}]}"""
    (segment,) = bot.world.run(
        "INSERT INTO contacts_segment (workspace_id, name, description, definition, version, created_at, changed_at) "
        "VALUES (%s, 'English', '', %s, 1, %s, %s) RETURNING id",
        bot.world.workspace_id,
        question,
        NOON,
        NOON,
    )
    await bot.publish(keyword_rule(1, "price", "For you.", scope=Scope(segment_ids=segment)), AGENT)
    assert await bot.say("price") == []
    bot.world.run("UPDATE contacts_contact SET language = 'en' WHERE workspace_id = %s", bot.world.workspace_id)
    bot.clock.advance(minutes=5)
    assert await bot.say("price") == ["For you."]


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


async def test_parts_arrive_in_their_order(bot: Bot) -> None:
    await bot.publish(keyword_rule(1, "price", (text("One"), text("Two"), text("Three"))), AGENT)
    assert await bot.say("price") == ["One"]
    await bot.wait(2)
    assert bot.news() == []
    bot.deliver()
    await bot.wait(1)
    assert bot.news() == ["Two"]
    await bot.wait(4)
    assert bot.news() == []
    await bot.wait(2)
    assert bot.news() == ["Three"]


async def test_nothing_follows_a_part_that_failed(bot: Bot) -> None:
    await bot.publish(keyword_rule(1, "price", (text("One"), text("Two"))), AGENT)
    await bot.say("price")
    bot.deliver(40)
    await bot.wait(8)
    assert bot.news() == ["One"][1:]
    assert "not_sent" in bot.lines()


async def test_it_speaks_the_persons_language_and_knows_their_name(bot: Bot) -> None:
    make_contact(bot.world, f"+{'819012345678'}", NOON, name="花子")
    words = {"ja": "{{name}}様、900円です。", "": "Dear {{name|friend}}, 900 yen."}
    await bot.publish(keyword_rule(1, "price 値段", (text(words),)), AGENT)
    assert await bot.say("値段は？") == ["花子様、900円です。"]
    assert await bot.say("price", phone="447700900123", wamid="wamid.UK") == ["Dear Hana, 900 yen."]


async def test_characters_of_two_languages_are_answered_in_the_one_that_was_written_before(bot: Bot) -> None:
    words = {"ja": "送料は900円です。", "zh": "运费9元。", "": "It is 900 yen."}
    await bot.publish(keyword_rule(1, "送料", (text(words),)), AGENT)
    await bot.hear("我想退货")
    await bot.wait(2)
    assert await bot.say("送料") == ["运费9元。"]
    assert await bot.say("送料", phone="819087654321") == ["送料は900円です。"]


async def test_a_step_may_depend_on_what_the_person_did(bot: Bot) -> None:
    ordered = Condition(ConditionKind.ORDERED_WITHIN, days=7)
    steps = (text("Thank you!"), text("Your order: {{order_link}}", condition=ordered))
    settings = Settings(delay_from=0, delay_until=0, announces=False, order_link="https://shop.example/orders")
    await bot.publish(keyword_rule(1, "thanks", steps), AGENT, settings=settings)
    await bot.say("thanks")
    await bot.wait(7)
    assert bot.news() == []
    ordered_at = bot.clock() - timedelta(days=2)
    bot.world.run(
        "UPDATE contacts_activity SET last_order_at = %s WHERE workspace_id = %s", ordered_at, bot.world.workspace_id
    )
    bot.clock.advance(hours=2)
    await bot.say("thanks")
    await bot.wait(7)
    assert bot.news() == ["Your order: https://shop.example/orders"]


async def test_somebody_who_was_away_gets_a_coupon_once(bot: Bot) -> None:
    pool = bot.world.one(
        "INSERT INTO replies_couponpool (workspace_id, name) VALUES (%s, 'autumn') RETURNING id", bot.world.workspace_id
    )
    bot.world.run(
        "INSERT INTO replies_coupon (workspace_id, pool_id, code) SELECT %s, %s, 'C' || n FROM generate_series(1, 3) n",
        bot.world.workspace_id,
        pool,
    )
    away = Condition(ConditionKind.INACTIVE_FOR, days=30)
    await bot.publish(keyword_rule(1, "hello", (text("Use {{coupon:autumn}}.", condition=away),)), AGENT)
    assert await bot.say("hello") == []
    bot.clock.advance(days=31)
    assert await bot.say("hello") == ["Use C1."]
    bot.clock.advance(days=31)
    assert await bot.say("hello") == ["Use C1."]
    taken = bot.of_shop("SELECT code FROM replies_coupon WHERE workspace_id = %s AND contact_id IS NOT NULL")
    assert taken == [("C1",)]


def _make_tag(workspace_id: int) -> int:
    try:
        with workspace_scope(workspace_id):
            return contacts_actions.ensure_tags(workspace_id=workspace_id, names=["asked"])["asked"]
    finally:
        connections.close_all()


async def test_it_tags_writes_a_field_and_assigns(bot: Bot) -> None:
    tag = await in_thread(_make_tag, bot.world.workspace_id)
    steps = (
        Step(StepKind.ADD_TAG, {"tag_id": tag}),
        Step(StepKind.SET_FIELD, {"key": "topic", "value": "price"}),
        Step(StepKind.ASSIGN, {"member_id": 7}),
        text("Noted."),
    )
    await bot.publish(keyword_rule(1, "price", steps), AGENT)
    assert await bot.say("price") == ["Noted."]
    assert bot.of_shop("SELECT tags, fields->>'topic' FROM contacts_contact WHERE workspace_id = %s") == [
        ([tag], "price")
    ]
    assert bot.thread("assignee_id") == 7


async def test_buttons_a_list_and_a_place(bot: Bot) -> None:
    steps = (
        Step(StepKind.BUTTONS, {"text": "Which?", "buttons": [{"id": "a", "title": {"": "A", "ja": "あ"}}]}),
        Step(StepKind.LIST, {"text": "More", "button": "Open", "sections": [{"rows": [{"id": "1", "title": "One"}]}]}),
        Step(StepKind.LOCATION, {"latitude": 35.0, "longitude": 135.7, "name": "Shop"}),
        Step(StepKind.IMAGE, {"link": "https://shop.example/a.jpg", "caption": "Look"}),
    )
    await bot.publish(keyword_rule(1, "menu", steps), AGENT)
    said = await bot.say("menu")
    await bot.wait(18)
    assert said + bot.news() == ["Which?", "More", "location", "image"]


async def test_a_file_is_brought_to_meta_first(bot: Bot) -> None:
    await bot.publish(keyword_rule(1, "menu", (Step(StepKind.IMAGE, {"asset_id": 3}), text("There."))), AGENT)
    assert await bot.say("menu") == []
    assert [kind for kind, _ in bot.caller.made] == ["upload"]
    bot.world.run(
        "INSERT INTO templates_asset (id, workspace_id, file_name, mime, sha256, content, created_at) "
        "VALUES (3, %s, 'a.jpg', 'image/jpeg', 'x', 'x', %s)",
        bot.world.workspace_id,
        NOON,
    )
    bot.world.run(
        "INSERT INTO templates_upload (workspace_id, asset_id, number_id, media_id, expires_at) VALUES (%s, 3, %s, 'm1', %s)",
        bot.world.workspace_id,
        bot.world.number_id,
        NOON + timedelta(days=9),
    )
    await bot.wait(7)
    assert bot.news() == ["image", "There."]


async def test_outside_the_window_nothing_is_said(bot: Bot) -> None:
    await bot.publish(LADDER, MENU)
    await bot.hear("price")
    bot.world.run("UPDATE delivery_window SET opened_at = %s", NOON - timedelta(hours=25))
    await bot.wait(2)
    assert bot.news() == []
    assert "not_sent" in bot.lines()


# ── the other side ───────────────────────────────────────────────────────────────────────────────


async def test_two_machines_do_not_answer_each_other_for_ever(bot: Bot) -> None:
    loop = other_rule(1, Trigger.ANY, Rung(steps=(text("How can I help?"),), attempts=50))
    await bot.publish(
        loop, AGENT, settings=Settings(delay_from=0, delay_until=0, announces=False, hand_over_at_answer=0)
    )
    answered = 0
    for _turn in range(10):
        answered += len(await bot.say("Thank you for contacting us, please hold."))
        bot.clock.advance(seconds=2)
    assert answered <= 3
    assert bot.thread("answering") == "nobody"
    assert bot.lines().count("bot_recognised") == 1


async def test_a_machine_that_says_so_is_left_alone_at_once(bot: Bot) -> None:
    await bot.publish(other_rule(1, Trigger.ANY, "Hello"), AGENT)
    await bot.say("hi")
    bot.clock.advance(seconds=10)
    assert await bot.say("自動応答：ただいま外出しております。") == []
    assert bot.thread("answering") == "nobody"


@pytest.mark.parametrize("words", ["🙂🙂🙂", "شكرا جزيلا على المساعدة", "x" * 4096, "", "؟", "\u202e\u200b"])
async def test_odd_messages_do_no_harm(bot: Bot, words: str) -> None:
    await bot.publish(PRICE, MENU)
    assert await bot.say(words) == ["Price or returns?"]


@pytest.mark.parametrize(
    ("keyword", "mode", "words"),
    [
        ("الإرجاع", Mode.CONTAINS, "مرحبا، كيف يتم الإرجاع من فضلكم؟"),
        ("🎁", Mode.CONTAINS, "🎁🎁🎁"),
        ("order-[0-9]+", Mode.REGEX, "x" * 4085 + " order-4711"),
        ("(a+)+b", Mode.REGEX, "a" * 4095 + "b"),
    ],
    ids=["right to left", "only emoji", "at the end of the longest message", "a pattern that explodes elsewhere"],
)
async def test_odd_messages_are_answered_when_a_rule_is_about_them(
    bot: Bot, keyword: str, mode: Mode, words: str
) -> None:
    await bot.publish(keyword_rule(1, keyword, "Found.", mode=mode), AGENT)
    assert await bot.say(words) == ["Found."]


async def test_two_machines_that_vary_their_words_stop_as_well(bot: Bot) -> None:
    loop = other_rule(1, Trigger.ANY, Rung(steps=(text("How can I help?"),), attempts=50))
    await bot.publish(
        loop, AGENT, settings=Settings(delay_from=0, delay_until=0, announces=False, hand_over_at_answer=0)
    )
    answered = 0
    for turn in range(10):
        answered += len(await bot.say(f"Your ticket number {turn} has been opened with us."))
        bot.clock.advance(seconds=2)
    assert answered <= 4
    assert bot.thread("answering") == "nobody"


async def test_three_negative_messages_in_a_row_raise_the_priority(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT, settings=QUIET)
    for words in ("This is terrible, I hate it", "最悪です。ひどい対応だ", "太差了，垃圾，我要投诉"):
        assert bot.thread("priority") == 0 if bot.heard else True
        await bot.say(words)
        bot.clock.advance(minutes=1)
    assert bot.thread("priority") == 1
    assert "priority_raised" in bot.lines()


async def test_an_answer_that_cannot_be_read_keeps_nobody_else_waiting(bot: Bot) -> None:
    await bot.publish(PRICE, AGENT, settings=Settings(announces=False))
    await bot.hear("price", phone="819011112222")
    await bot.work()
    bot.world.run("UPDATE conversations_timer SET payload = '{}' WHERE kind = 'answer'")
    bot.clock.advance(seconds=1)
    await bot.hear("price", phone="819033334444")
    await bot.wait(8)
    assert bot.news() == ["It costs 900 yen."]
    assert "not_sent" in bot.lines()


@pytest.mark.parametrize(
    ("words", "confirmation"),
    [
        ("STOP", UNSUBSCRIBED),
        ("退订", "已为您退订，我们不会再向您发送推广信息。如需恢复，请回复“恢复订阅”。"),
    ],
)
async def test_a_stop_is_confirmed_in_the_words_own_language_and_after_resubscribing_again(
    bot: Bot, words: str, confirmation: str
) -> None:
    await bot.publish(PRICE, AGENT, settings=Settings(delay_from=0, delay_until=0))
    await bot.hear(words)
    await bot.wait(3)
    assert bot.news() == [confirmation]
    ((contact_id,),) = bot.of_shop("SELECT contact_id FROM consent_standing WHERE workspace_id = %s")
    bot.clock.advance(minutes=1)

    def subscribe() -> None:
        with workspace_scope(bot.world.workspace_id):
            consent_actions.grant_consent(
                workspace_id=bot.world.workspace_id, contact_id=contact_id, category="marketing", basis="opt_in",
                source="counter", wording="Yes, again.", actor="user:1", at=bot.clock(), is_own_wish=True,
            )  # fmt: skip
        connections.close_all()

    await in_thread(subscribe)
    assert bot.of_shop("SELECT opted_out_at FROM consent_standing WHERE workspace_id = %s") == [(None,)]
    bot.clock.advance(minutes=1)
    await bot.hear(words)
    await bot.wait(3)
    assert bot.news() == [confirmation]


async def test_who_comes_back_is_told_so_once_and_answered_by_no_rule(bot: Bot) -> None:
    await bot.publish(
        other_rule(1, Trigger.ANY, "Hello"), AGENT, settings=Settings(delay_from=0, delay_until=0, announces=False)
    )
    await bot.hear("STOP")
    await bot.wait(3)
    assert bot.news() == [UNSUBSCRIBED]
    bot.clock.advance(minutes=1)
    await bot.hear("Start")
    await bot.wait(3)
    assert bot.news() == ["Welcome back. You will get our messages again; write STOP to end them."]
    assert "came_back" in bot.lines()
    bot.clock.advance(minutes=1)
    await bot.hear("Start")
    await bot.wait(3)
    assert bot.news() == ["Hello"], "nobody comes back who is there: it is a message like any other"


@pytest.mark.parametrize("language", ["", "ja", "zh"])
def test_the_words_that_we_ask_for_are_understood(language: str) -> None:
    def asked(words: Any) -> list[str]:
        return re.findall(r"「(.+?)」|“(.+?)”|write ([A-Z]+)", words[language])

    (back,), (stop,) = asked(Settings().opt_out_text), asked(Settings().opt_in_text)
    assert consent_rules.is_return("".join(back))
    assert consent_rules.is_opt_out("".join(stop))


async def test_a_stop_is_confirmed_where_no_rules_were_ever_published(bot: Bot) -> None:
    await bot.hear("STOP")
    await bot.wait(3)
    assert bot.news() == [UNSUBSCRIBED]
