"""What people send is kept once, tied to what it answers, and obeyed when it says stop."""

from datetime import timedelta
from typing import Any

import pytest

from switchboard.core import ids
from tests import payloads
from tests.conftest import NOON
from tests.webhooks.applying import a_message, apply_all, tallies
from tests.webhooks.world import World, make_contact, make_message

SENT: dict[str, Any] = {"state": 50, "accepted_at": NOON - timedelta(minutes=5), "wamid": "wamid.OUT_1"}
OPTED_OUT = "SELECT opted_out_at IS NOT NULL, marketing_basis, utility_basis FROM consent_standing"


async def test_a_message_is_kept_once_however_often_it_comes(world: World) -> None:
    body = a_message(world, "hello")
    await apply_all(world, body, body)
    await apply_all(world, body)
    assert world.run("SELECT id, wamid, kind, text FROM replies_inboundmessage") == [
        (ids.inbound_message_id(NOON, "wamid.IN_1"), "wamid.IN_1", "text", "hello")
    ]
    assert world.one("SELECT inbound_count, last_seen_at FROM contacts_activity") == (1, NOON)


async def test_somebody_new_becomes_a_contact(world: World) -> None:
    await apply_all(world, a_message(world, "hello"))
    assert world.one("SELECT phone, name, country, zones FROM contacts_contact") == (
        "+819012345678",
        "Hana",
        "JP",
        "Asia/Tokyo",
    )
    assert world.one("SELECT kind, value FROM contacts_identity") == ("wa_id", "819012345678")


async def test_somebody_without_a_phone_becomes_a_contact(world: World) -> None:
    body = payloads.body("message_text_hidden_phone")
    await apply_all(world, body, body.replace(b"IN_TEXT", b"IN_NEXT"))
    assert world.one("SELECT phone, name, country FROM contacts_contact") == (None, "Ana", "US")
    assert world.one("SELECT count(*) FROM replies_inboundmessage") == 2


async def test_an_imported_person_is_recognised(world: World) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    await apply_all(world, payloads.body("message_text"))
    assert world.one("SELECT contact_id FROM replies_inboundmessage") == contact
    await apply_all(
        world,
        payloads.body("message_text")
        .replace(b'"from": "819012345678",', b"")
        .replace(b'"wa_id": "819012345678",', b""),
    )
    assert world.one("SELECT count(*) FROM contacts_contact") == 1


async def test_it_answers_the_last_message_of_that_number(world: World) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    make_message(world, contact, NOON - timedelta(days=2), origin=("broadcast", 1), **SENT)
    last = make_message(
        world, contact, NOON - timedelta(days=1), origin=("broadcast", 2), **SENT | {"wamid": "wamid.OUT_2"}
    )
    make_message(world, contact, NOON, origin=("broadcast", 3), state=None)
    await apply_all(world, a_message(world, "thanks"))
    assert world.one("SELECT answers_id, origin_kind, origin_id FROM replies_inboundmessage") == (last, "broadcast", 2)
    assert world.one("SELECT message_id FROM delivery_delivery WHERE replied_at = %s", NOON) == last
    assert tallies(world) == {("replied", ""): 1}


async def test_a_quoted_message_is_the_one_answered(world: World) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    quoted = make_message(
        world, contact, NOON - timedelta(days=20), **SENT | {"accepted_at": NOON - timedelta(days=20)}
    )
    make_message(world, contact, NOON - timedelta(days=1), **SENT | {"wamid": "wamid.OUT_2"})
    await apply_all(world, a_message(world, "this one", context={"id": "wamid.OUT_1"}))
    assert world.one("SELECT answers_id FROM replies_inboundmessage") == quoted


@pytest.mark.parametrize(
    "change",
    [
        {"accepted_at": NOON - timedelta(days=8)},
        {"accepted_at": NOON + timedelta(minutes=1)},
        {"state": 40},
        {"state": -1},
    ],
    ids=["too old", "sent later", "failed", "skipped"],
)
async def test_some_messages_cannot_have_been_answered(world: World, change) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    make_message(world, contact, NOON - timedelta(days=9), **SENT | change)
    await apply_all(world, a_message(world, "hello"))
    assert world.one("SELECT answers_id FROM replies_inboundmessage") is None
    assert tallies(world) == {}


async def test_only_the_first_answer_counts(world: World) -> None:
    make_message(world, make_contact(world, "+819012345678", NOON), NOON - timedelta(hours=1), **SENT)
    await apply_all(world, a_message(world, "one"), a_message(world, "two", wamid="wamid.IN_2"))
    await apply_all(world, a_message(world, "three", wamid="wamid.IN_3"))
    assert tallies(world) == {("replied", ""): 1}


async def test_it_opens_the_service_window(world: World) -> None:
    await apply_all(world, a_message(world, "hello", at=NOON - timedelta(hours=3)))
    await apply_all(world, a_message(world, "older", wamid="wamid.IN_0", at=NOON - timedelta(hours=9)))
    assert world.one("SELECT number_id, opened_at FROM delivery_window") == (world.number_id, NOON - timedelta(hours=3))


@pytest.mark.parametrize("name", ["message_system_number", "message_reaction", "message_edit"])
async def test_not_everything_opens_the_window_or_answers(world: World, name: str) -> None:
    make_message(world, make_contact(world, "+819012345678", NOON), NOON - timedelta(hours=1), **SENT)
    await apply_all(world, payloads.body(name))
    assert world.one("SELECT count(*) FROM replies_inboundmessage") == 1
    assert world.run("SELECT 1 FROM delivery_window") == []
    assert tallies(world) == {}


@pytest.mark.parametrize("text", ["STOP", "配信停止", "退订"])
async def test_stop_is_obeyed_and_written_down(world: World, text: str) -> None:
    make_message(world, make_contact(world, "+819012345678", NOON), NOON - timedelta(hours=1), **SENT)
    await apply_all(world, a_message(world, text))
    assert world.one(OPTED_OUT) == (True, "", "")
    assert world.one("SELECT kind, category, wording, actor, event_key, at FROM consent_entry") == (
        "withdraw",
        "all",
        text,
        "contact",
        "wamid.IN_1",
        NOON,
    )
    assert tallies(world) == {("replied", ""): 1, ("opted_out", ""): 1}
    assert world.one("SELECT is_opt_out FROM replies_inboundmessage") is True


@pytest.mark.parametrize("name", ["message_text_stop", "message_button", "preference_stop"])
async def test_every_way_to_stop_is_obeyed(world: World, name: str) -> None:
    make_message(world, make_contact(world, "+819012345678", NOON), NOON - timedelta(hours=1), **SENT)
    await apply_all(world, payloads.body(name))
    await apply_all(world, payloads.body(name))
    assert world.one(OPTED_OUT) == (True, "", "")
    assert tallies(world)["opted_out", ""] == 1
    assert world.one("SELECT count(*) FROM consent_entry") == 1


@pytest.mark.parametrize("name", ["message_text", "message_edit", "preference_resume", "echo_from_phone_app"])
async def test_what_is_no_wish_to_stop_stops_nothing(world: World, name: str) -> None:
    make_contact(world, "+819012345678", NOON)
    await apply_all(world, payloads.body(name))
    assert world.one(OPTED_OUT) == (False, "opt_in", "opt_in")


async def test_a_repeated_stop_does_not_undo_a_later_opt_in(world: World) -> None:
    make_contact(world, "+819012345678", NOON)
    await apply_all(world, a_message(world, "STOP"))
    world.run("UPDATE consent_standing SET opted_out_at = NULL, marketing_basis = 'opt_in'")
    await apply_all(world, a_message(world, "STOP"))
    assert world.one(OPTED_OUT) == (False, "opt_in", "")


def written(world: World, text: str, minutes: float, wamid: str, **more: Any) -> bytes:
    return a_message(world, text, wamid=wamid, at=NOON + timedelta(minutes=minutes), **more)


@pytest.mark.parametrize("text", ["START", "配信再開", "恢复订阅"])
async def test_who_has_opted_out_comes_back_by_their_own_word(world: World, text: str) -> None:
    make_contact(world, "+819012345678", NOON)
    await apply_all(world, written(world, "STOP", -9, "stop"), written(world, text, -8, "start"))
    assert world.one(OPTED_OUT) == (False, "opt_in", "opt_in")
    line = "SELECT category, basis, source, wording, actor, at FROM consent_entry WHERE kind = 'grant'"
    assert world.run(line) == [("all", "opt_in", "message", text, "contact", NOON - timedelta(minutes=8))]


async def test_the_last_word_holds_in_whichever_order_the_words_come(world: World) -> None:
    make_contact(world, "+819012345678", NOON)
    first, back, last = (
        written(world, text, minutes, text) for text, minutes in (("STOP", -9), ("START", -8), ("Unsubscribe", -7))
    )
    await apply_all(world, first)
    await apply_all(world, last, back)
    await apply_all(world, back)
    assert world.one(OPTED_OUT) == (True, "", "")
    await apply_all(world, written(world, "Unstop", -7, "same second"))
    assert world.one(OPTED_OUT) == (True, "", "")
    await apply_all(world, written(world, "Unstop", -6, "later"))
    await apply_all(world, first, last)
    assert world.one(OPTED_OUT) == (False, "opt_in", "opt_in")


async def test_start_gives_nothing_to_who_never_left_and_a_button_brings_nobody_back(world: World) -> None:
    make_contact(world, "+819012345678", NOON)
    world.run("UPDATE consent_standing SET marketing_basis = ''")
    await apply_all(world, written(world, "START", -9, "start"))
    assert world.one(OPTED_OUT) == (False, "", "opt_in")
    await apply_all(world, written(world, "STOP", -8, "stop"))
    pressed = {"type": "button", "button": {"text": "Start", "payload": "Start"}}
    await apply_all(world, written(world, "", -7, "pressed", **pressed))
    await apply_all(world, written(world, "When do you start?", -6, "asked"))
    assert world.one(OPTED_OUT) == (True, "", "")


async def test_a_message_from_the_future_opens_no_longer_window(world: World) -> None:
    await apply_all(world, a_message(world, "hello", at=NOON + timedelta(days=3)))
    assert world.one("SELECT opened_at FROM delivery_window") == NOON


async def test_every_case_is_applied_or_set_aside(world: World) -> None:
    for name in payloads.names():
        await apply_all(world, payloads.body(name))
    assert world.one("SELECT count(*) FROM webhooks_event") == 0
    assert world.one("SELECT count(*) FROM webhooks_journalentry") == len(payloads.names())
    assert world.run("SELECT reason FROM webhooks_deadletter") == [
        ("The phone number id 123456123 is not one of our numbers.",)
    ]
