"""Somebody whose number is written in two ways is one person, whichever way comes first."""

from tests.conftest import NOON
from tests.webhooks.applying import a_message, apply_all
from tests.webhooks.world import World, make_contact

# Brazil with and without its ninth digit, Mexico and Argentina with and without the digit that nobody dials from
# abroad; each way first once, by people of their own.
PAIRS = [
    ("554188887777", "5541988887777"),
    ("5541988886666", "554188886666"),
    ("5215512345678", "525512345678"),
    ("525512345679", "5215512345679"),
    ("5491123456789", "541123456789"),
    ("541123456788", "5491123456788"),
]


async def test_an_imported_person_is_found_however_whatsapp_writes_them(world: World) -> None:
    contacts = [make_contact(world, f"+{imported}", NOON) for imported, _ in PAIRS]
    bodies = [a_message(world, "hello", wamid=f"wamid.{writes}", phone=writes) for _, writes in PAIRS]
    await apply_all(world, *bodies)
    for contact, (_, writes) in zip(contacts, PAIRS, strict=True):
        found = world.one("SELECT contact_id FROM replies_inboundmessage WHERE wamid = %s", f"wamid.{writes}")
        assert found == contact, writes
    assert world.one("SELECT count(*) FROM contacts_contact") == len(PAIRS)


async def test_somebody_who_writes_under_both_is_one_person_and_neighbours_are_two(world: World) -> None:
    for place in (0, 1):
        await apply_all(
            world, *(a_message(world, "hi", wamid=f"wamid.{pair[place]}", phone=pair[place]) for pair in PAIRS)
        )
    rows = world.run("SELECT contact_id, array_agg(wamid) FROM replies_inboundmessage GROUP BY contact_id")
    together = {frozenset(wamid.removeprefix("wamid.") for wamid in wamids) for _, wamids in rows}
    assert together == {frozenset(pair) for pair in PAIRS}
