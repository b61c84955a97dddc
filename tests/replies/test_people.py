"""One person is one contact: however they are known, whatever number they have now."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOON
from tests.webhooks.applying import a_message, apply_all
from tests.webhooks.world import World, make_contact, make_message, make_world

PEOPLE = "SELECT phone FROM contacts_contact ORDER BY id"
HANA = "JP.5550001112223334"


def a_hidden_message(world: World, text: str, *, wamid: str, user_id: str = HANA) -> bytes:
    """Return a message of somebody whose phone is hidden."""
    content = json.loads(a_message(world, text, wamid=wamid, from_user_id=user_id))
    value = content["entry"][0]["changes"][0]["value"]
    del value["messages"][0]["from"], value["contacts"][0]["wa_id"]
    value["contacts"][0]["user_id"] = user_id
    return json.dumps(content).encode()


def a_notice(world: World, *, wamid: str = "wamid.NOTICE", phone: str = "819012345678", **system: Any) -> bytes:
    """Return a notice of Meta's about a person."""
    content = json.loads(a_message(world, "", wamid=wamid, phone=phone))
    value = content["entry"][0]["changes"][0]["value"]
    del value["contacts"], value["messages"][0]["text"]
    value["messages"][0] |= {"type": "system", "system": system}
    return json.dumps(content).encode()


async def test_two_who_turn_out_to_be_one_become_the_older_of_them(world: World) -> None:
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A"))
    older = world.one("SELECT id FROM contacts_contact")
    newer = make_contact(world, "+819012345678", NOON, name="Hana Sato")
    sent = make_message(world, newer, NOON - timedelta(hours=1), state=50, accepted_at=NOON, wamid="wamid.OUT_1")
    await apply_all(world, a_message(world, "it is me", wamid="wamid.B", from_user_id=HANA))
    assert world.one("SELECT id, phone, name, zones FROM contacts_contact") == (
        older,
        "+819012345678",
        "Hana",
        "Asia/Tokyo",
    )
    assert world.run("SELECT DISTINCT contact_id FROM replies_inboundmessage") == [(older,)]
    assert world.one("SELECT contact_id, id FROM delivery_message") == (older, sent)
    assert world.one("SELECT former_id, contact_id FROM contacts_alias") == (newer, older)
    assert world.one("SELECT inbound_count FROM contacts_activity") == 2


async def test_the_older_keeps_its_fields_and_gets_what_it_lacks(world: World) -> None:
    first = make_contact(world, None, NOON)
    second = make_contact(world, "+819012345678", NOON)
    world.run(
        "INSERT INTO contacts_identity (workspace_id, contact_id, kind, portfolio_id, value) "
        "VALUES (%s, %s, 'user_id', %s, %s)",
        world.workspace_id,
        first,
        world.portfolio_id,
        HANA,
    )
    world.run("""UPDATE contacts_contact SET fields = '{"size": "M"}', tags = '{1,2}' WHERE id = %s""", first)
    change = """UPDATE contacts_contact SET fields = '{"size": "L", "city": "Kobe"}', tags = '{2,3}', email = 'h@x.jp'
        WHERE id = %s"""
    world.run(change, second)
    await apply_all(world, a_message(world, "hello", from_user_id=HANA))
    assert world.one("SELECT fields, tags, email FROM contacts_contact") == (
        {"size": "M", "city": "Kobe"},
        [1, 2, 3],
        "h@x.jp",
    )


@pytest.mark.parametrize("who", ["known by user id", "known by phone"])
async def test_an_opt_out_of_either_holds_for_both(world: World, who: str) -> None:
    await apply_all(world, a_hidden_message(world, "STOP" if who == "known by user id" else "hello", wamid="wamid.A"))
    contact = make_contact(world, "+819012345678", NOON)
    if who == "known by phone":
        await apply_all(world, a_message(world, "STOP", wamid="wamid.S"))
    await apply_all(world, a_message(world, "hello", wamid="wamid.B", from_user_id=HANA))
    assert world.one("SELECT count(*) FROM contacts_contact WHERE id <> %s", contact) == 1
    assert world.one("SELECT opted_out_at, marketing_basis, utility_basis FROM consent_standing") == (NOON, "", "")
    assert world.one("SELECT contact_id = (SELECT id FROM contacts_contact) FROM consent_entry")


async def test_a_stop_that_proves_who_it_is_holds_for_the_person(world: World) -> None:
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A"))
    make_contact(world, "+819012345678", NOON)
    await apply_all(world, a_message(world, "STOP", wamid="wamid.B", from_user_id=HANA))
    assert world.one("SELECT opted_out_at FROM consent_standing") == NOON


async def test_a_message_that_waits_goes_with_the_person(world: World) -> None:
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A"))
    contact = make_contact(world, "+819012345678", NOON)
    message = make_message(world, contact, NOON, state=None)
    world.run(
        "INSERT INTO delivery_outbox (workspace_id, lane_id, due_at, message_id, number_id, contact_id) "
        "SELECT workspace_id, lane_id, %s, id, number_id, contact_id FROM delivery_message",
        NOON,
    )
    await apply_all(world, a_message(world, "hello", wamid="wamid.B", from_user_id=HANA))
    current = world.one("SELECT id FROM contacts_contact")
    assert world.one("SELECT message_id, contact_id FROM delivery_outbox") == (message, current)


async def test_a_former_recipient_of_the_same_broadcast_is_left_behind(world: World) -> None:
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A"))
    older = world.one("SELECT id FROM contacts_contact")
    newer = make_contact(world, "+819012345678", NOON)
    broadcast = world.one(
        "INSERT INTO broadcasts_broadcast (workspace_id, name, state, state_reason, template_name, template_language, "
        "audience, variables, number_ids, pace, created_at) "
        "VALUES (%s, 'A', 'sending', '', '', '', '{}', '{}', '{}', '', %s) RETURNING id",
        world.workspace_id,
        NOON,
    )
    for contact in (older, newer):
        add = "INSERT INTO broadcasts_recipient (broadcast_id, contact_id, workspace_id) VALUES (%s, %s, %s)"
        world.run(add, broadcast, contact, world.workspace_id)
    await apply_all(world, a_message(world, "hello", wamid="wamid.B", from_user_id=HANA))
    found = world.run("SELECT contact_id FROM broadcasts_recipient ORDER BY contact_id")
    assert found == [(older,), (newer,)]


async def test_a_new_number_follows_the_person(world: World) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    notice = a_notice(world, type="user_changed_number", wa_id="16505551234")
    await apply_all(world, notice)
    await apply_all(world, notice, a_message(world, "new phone", wamid="wamid.B", phone="16505551234"))
    assert world.one("SELECT id, phone, country FROM contacts_contact") == (contact, "+16505551234", "US")
    assert world.run("SELECT DISTINCT contact_id FROM replies_inboundmessage") == [(contact,)]


async def test_whoever_was_known_by_the_new_number_is_the_same_person(world: World) -> None:
    contact = make_contact(world, "+819012345678", NOON)
    make_contact(world, "+16505551234", NOON)
    await apply_all(
        world,
        a_message(world, "I am here now", wamid="wamid.B", phone="16505551234"),
        a_notice(world, type="user_changed_number", wa_id="16505551234"),
    )
    assert world.one("SELECT id, phone FROM contacts_contact") == (contact, "+16505551234")
    assert world.run("SELECT DISTINCT contact_id FROM replies_inboundmessage") == [(contact,)]


async def test_the_left_number_is_somebody_elses_afterwards(world: World) -> None:
    make_contact(world, "+819012345678", NOON)
    await apply_all(world, a_notice(world, type="user_changed_number", wa_id="16505551234"))
    await apply_all(world, a_message(world, "who are you?", wamid="wamid.B"))
    assert world.run(PEOPLE) == [("+16505551234",), ("+819012345678",)]


async def test_a_new_user_id_follows_the_person(world: World) -> None:
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A"))
    notice = json.loads(
        a_hidden_message(world, "", wamid="wamid.NOTICE", user_id="JP.777").replace(
            b'"type": "text"', b'"type": "system"'
        )
    )
    change = {"type": "user_changed_user_id", "user_id": "JP.777", "previous_user_id": HANA}
    notice["entry"][0]["changes"][0]["value"]["messages"][0]["system"] = change
    await apply_all(world, json.dumps(notice).encode())
    await apply_all(world, a_hidden_message(world, "still me", wamid="wamid.B", user_id="JP.777"))
    assert world.one("SELECT count(*) FROM contacts_contact") == 1


async def test_a_new_user_id_that_is_known_already_makes_one_person(world: World) -> None:
    await apply_all(
        world,
        a_hidden_message(world, "before", wamid="wamid.A"),
        a_hidden_message(world, "after", wamid="wamid.B", user_id="JP.777"),
    )
    assert world.one("SELECT count(*) FROM contacts_contact") == 2
    notice = a_notice(world, type="user_changed_user_id", user_id="JP.777", previous_user_id=HANA)
    await apply_all(world, notice)
    assert world.run(PEOPLE) == [("+819012345678",)]


async def test_a_user_id_of_another_portfolio_is_another_person(world: World) -> None:
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A"))
    other = world.one(
        "INSERT INTO numbers_portfolio (workspace_id, meta_id, name) VALUES (%s, '55999', 'Other') RETURNING id",
        world.workspace_id,
    )
    world.run("UPDATE numbers_account SET portfolio_id = %s", other)
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.B"))
    assert world.one("SELECT count(*) FROM contacts_contact") == 2


async def test_a_parent_user_id_joins_portfolios(world: World) -> None:
    parent = b'"from_parent_user_id": "JP.ENT.1", "from_user_id"'
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A").replace(b'"from_user_id"', parent))
    await apply_all(
        world, a_hidden_message(world, "hello", wamid="wamid.B", user_id="JP.9").replace(b'"from_user_id"', parent)
    )
    assert world.one("SELECT count(*) FROM contacts_contact") == 1


@pytest.mark.parametrize(
    ("imported", "wa_id"),
    [
        ("+5541988887777", "554188887777"),
        ("+525512345678", "5215512345678"),
        ("+541123456789", "5491123456789"),
        ("+5491123456789", "541123456789"),
    ],
    ids=["Brazil", "Mexico", "Argentina without 9", "Argentina with 9"],
)
async def test_a_number_written_in_another_way_is_the_same_person(world: World, imported: str, wa_id: str) -> None:
    contact = make_contact(world, imported, NOON)
    await apply_all(world, a_message(world, "oi", phone=wa_id))
    assert world.one("SELECT id FROM contacts_contact") == contact


async def test_nobody_is_merged_across_workspaces(world: World) -> None:
    other = make_world(world.url, NOON, tag="2")
    make_contact(other, "+819012345678", NOON)
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A"))
    await apply_all(world, a_message(world, "hello", wamid="wamid.B", from_user_id=HANA))
    assert world.one("SELECT count(*) FROM contacts_contact") == 2


WAITING = "INSERT INTO delivery_outbox SELECT workspace_id, lane_id, created_at, id, number_id, contact_id FROM delivery_message WHERE id = %s"
SUMS = "SELECT measure, reason, sum(amount)::int FROM delivery_tally GROUP BY 1, 2 ORDER BY 1, 2"


async def _merge_while_the_broadcast_runs(world: World, *, older: int | None, newer: int | None) -> tuple[Any, Any]:
    """Let two be one while each has a message of one broadcast; None: it still waits."""
    await apply_all(world, a_hidden_message(world, "hello", wamid="wamid.A"))
    first = make_message(world, world.one("SELECT id FROM contacts_contact"), NOON, state=older)
    second = make_message(world, make_contact(world, "+819012345678", NOON), NOON, state=newer)
    for message, state in ((first, older), (second, newer)):
        if state is None:
            world.run(WAITING, message)
    await apply_all(world, a_message(world, "it is me", wamid="wamid.B", from_user_id=HANA))
    return first, second


async def test_one_person_gets_a_broadcast_once_though_two_messages_waited(world: World) -> None:
    kept, _ = await _merge_while_the_broadcast_runs(world, older=None, newer=None)
    assert world.one("SELECT message_id FROM delivery_outbox") == kept
    assert world.one("SELECT state, reason FROM delivery_delivery") == (-1, "same_person")
    assert world.run(SUMS) == [("skipped", "same_person", 1)]


async def test_what_still_waits_for_the_one_person_is_skipped_when_the_other_message_has_gone_out(world: World) -> None:
    waiting, _ = await _merge_while_the_broadcast_runs(world, older=None, newer=50)
    assert world.run("SELECT 1 FROM delivery_outbox") == []
    assert world.one("SELECT state, reason FROM delivery_delivery WHERE message_id = %s", waiting) == (
        -1,
        "same_person",
    )


async def test_what_waits_stays_when_the_other_message_never_arrived(world: World) -> None:
    waiting, _ = await _merge_while_the_broadcast_runs(world, older=None, newer=40)
    assert world.one("SELECT message_id FROM delivery_outbox") == waiting
