"""What a person, Meta or a colleague does so that we stop writing: each by the road that it really takes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import connections
from django.test import Client
from django.urls import reverse

from switchboard.consent import actions as consent_actions
from switchboard.consent import links
from switchboard.contacts.choosing import Chosen
from switchboard.core import clock
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery.types import Origin, Priority
from switchboard.team import actions as team_actions
from tests.readings.shop import NUMBER, Shop
from tests.web.conftest import make_person

Way = Callable[[Shop, int, str], Awaitable[None]]


async def in_django(do: Callable[[], None]) -> None:
    """Run something of the console in a thread of its own, and close what that thread has opened."""

    def run() -> None:
        try:
            do()
        finally:
            connections.close_all()

    await asyncio.to_thread(run)


async def hear(shop: Shop, phone: str, **said: Any) -> None:
    """Let a person write, or press something, and apply what Meta tells of it."""
    await shop.emulator.control("inbound", {"from": phone, "phone_number_id": NUMBER, **said})
    await shop.apply()


def saying(text: str) -> Way:
    """Return the way of writing this."""

    async def leave(shop: Shop, contact_id: int, phone: str) -> None:
        await hear(shop, phone, text=text)

    return leave


def pressing(piece: dict[str, Any]) -> Way:
    """Return the way of pressing a button."""

    async def leave(shop: Shop, contact_id: int, phone: str) -> None:
        await hear(shop, phone, message=piece)

    return leave


async def switch_off(shop: Shop, contact_id: int, phone: str) -> None:
    """Use WhatsApp's own switch."""
    await shop.emulator.control("preferences", {"from": phone, "phone_number_id": NUMBER, "value": "stop"})
    await shop.apply()


async def be_refused(shop: Shop, contact_id: int, phone: str) -> None:
    """Have Meta refuse a message because the person has stopped us there."""
    await shop.emulator.control("people", {"phone": phone, "fail_code": 131050})
    await shop.write(contact_ids=[contact_id], origin_id=9)
    await shop.send()
    await shop.apply()
    await shop.emulator.control("people", {"phone": phone, "fail_code": 0})


async def follow_link(shop: Shop, contact_id: int, phone: str) -> None:
    """Open one's own link and press "stop"."""
    await press_on_link(shop, contact_id, "stop")


async def press_on_link(shop: Shop, contact_id: int, button: str) -> None:
    """Press a button of the page behind one's own link."""
    path = f"/leave/{links.make_token(shop.world.workspace_id, contact_id)}/"

    def press() -> None:
        assert Client().post(path, {button: "1"}).status_code == 302

    await in_django(press)


async def ask_a_colleague(shop: Shop, contact_id: int, phone: str) -> None:
    """Tell somebody in the shop, who notes it in the console."""

    def note() -> None:
        user = make_person("olive@example.com", language="en")
        with workspace_scope(shop.world.workspace_id, user.pk):
            team_actions.add_member(
                workspace_id=shop.world.workspace_id, user_id=user.pk, role="owner", now=clock.now()
            )
        client = Client()
        client.force_login(user)
        assert client.post(reverse("contacts:opt_out", args=[contact_id])).status_code == 302

    await in_django(note)


async def be_withdrawn(shop: Shop, contact_id: int, phone: str) -> None:
    """Be opted out by a program: the one action behind every such call."""

    def withdraw() -> None:
        with workspace_scope(shop.world.workspace_id):
            consent_actions.withdraw_consent(
                workspace_id=shop.world.workspace_id, contact_id=contact_id, source="till", actor="key:1", at=clock.now()
            )  # fmt: skip

    await in_django(withdraw)


async def be_one_of_many(shop: Shop, contact_id: int, phone: str) -> None:
    """Be in a selection that is opted out at once."""

    def withdraw() -> None:
        with workspace_scope(shop.world.workspace_id):
            consent_actions.withdraw_people(
                workspace_id=shop.world.workspace_id,
                chosen=Chosen(contact_ids=(contact_id,)),
                source="list of a court",
                by=None,
                now=clock.now(),
            )

    await in_django(withdraw)


BUTTON = {"type": "button", "button": {"payload": "STOP", "text": "もう受け取らない"}}
REPLY_BUTTON = {
    "type": "interactive",
    "interactive": {"type": "button_reply", "button_reply": {"id": "stop", "title": "Stop"}},
}
# Each way, and what the ledger says of where it came from.
WAYS: dict[str, tuple[Way, str, str]] = {
    "a keyword": (saying("STOP"), "message", "contact"),
    "a wish in words": (saying("もう受け取りたくないです"), "message", "contact"),
    "a template's button": (pressing(BUTTON), "button", "contact"),
    "a reply button": (pressing(REPLY_BUTTON), "button", "contact"),
    "WhatsApp's switch": (switch_off, "whatsapp", "meta"),
    "Meta's refusal": (be_refused, "whatsapp", "meta"),
    "a link": (follow_link, "link", "contact"),
    "a colleague": (ask_a_colleague, "Noted in the console", "user:"),
    "a program": (be_withdrawn, "till", "key:1"),
    "a selection": (be_one_of_many, "list of a court", "user:"),
}


async def plan_everything(shop: Shop, contact_id: int) -> None:
    """Have a broadcast and a journey of each category wait for a person."""
    utility_id = shop.world.one(
        "INSERT INTO templates_template (workspace_id, account_id, meta_id, name, language, category, state, "
        "rejected_reason, quality, parameter_format, components, synced_at) SELECT workspace_id, account_id, '449', "
        "'parcel', language, 'utility', state, rejected_reason, quality, parameter_format, components, synced_at "
        "FROM templates_template RETURNING id"
    )
    origins = ((Origin.BROADCAST, Priority.BROADCAST), (Origin.JOURNEY, Priority.JOURNEY))
    for place, (origin, priority) in enumerate(origins):
        for turn, template_id in enumerate((shop.world.template_id, utility_id)):
            await shop.write(
                contact_ids=[contact_id],
                origin=origin,
                origin_id=20 + 2 * place + turn,
                priority=priority,
                template_id=template_id,
            )
