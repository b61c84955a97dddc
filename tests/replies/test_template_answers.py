"""A template as an answer: with its picture, through the emulator, as the person sees it."""

import json
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from switchboard.cloudapi import payloads
from switchboard.cloudapi.client import CloudClient
from switchboard.cloudapi.client.messages import Sent
from switchboard.replies.types import Step, StepKind
from tests.cloudapi.conftest import api as api
from tests.cloudapi.test_calls import PNG
from tests.conftest import NOON
from tests.emulator.conftest import emulator as emulator
from tests.emulator.conftest import gateway as gateway
from tests.emulator.harness import ACCOUNT, NUMBER, Harness
from tests.replies.answering import AGENT, HANA, Bot, keyword_rule

COMPONENTS = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "{{1}}様、返品の手順です。"}]
CARD = Step(StepKind.TEMPLATE, {"name": "return_card", "asset_id": 3, "values": {"body:1": "{{name}}"}})


def keep_template(bot: Bot) -> None:
    """A template with a picture, and the picture, which no number has brought to Meta yet."""
    bot.world.run(
        "INSERT INTO templates_template (workspace_id, account_id, meta_id, name, language, category, state, "
        "rejected_reason, quality, parameter_format, components, synced_at) "
        "VALUES (%s, %s, '1', 'return_card', 'ja', 'utility', 'approved', '', '', 'positional', %s, %s)",
        bot.world.workspace_id,
        bot.world.account_id,
        Jsonb(COMPONENTS),
        NOON,
    )
    bot.world.run(
        "INSERT INTO templates_asset (id, workspace_id, file_name, mime, sha256, content, created_at) "
        "VALUES (3, %s, 'a.png', 'image/png', 'x', %s, %s)",
        bot.world.workspace_id,
        PNG,
        NOON,
    )


async def upload(bot: Bot, api: CloudClient) -> None:
    """Do what the worker asked for: bring the picture to Meta."""
    media_id = await api.upload_media(NUMBER, content=PNG, mime="image/png", file_name="a.png")
    bot.world.run(
        "INSERT INTO templates_upload (workspace_id, asset_id, number_id, media_id, expires_at) VALUES (%s, 3, %s, %s, %s)",
        bot.world.workspace_id,
        bot.world.number_id,
        media_id,
        NOON + timedelta(days=9),
    )


async def test_a_template_with_a_picture_reaches_the_person(bot: Bot, emulator: Harness, api: CloudClient) -> None:
    known: dict[str, Any] = {"name": "return_card", "language": "ja", "category": "UTILITY", "components": COMPONENTS}
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "portfolio_id": "4001", "templates": [known]}]})
    keep_template(bot)
    await bot.publish(keyword_rule(1, "返品", (CARD,)), AGENT)
    assert await bot.say("返品したい") == []
    assert [kind for kind, _ in bot.caller.made] == ["upload"]
    await upload(bot, api)
    await bot.wait(7)
    ((body, template_id),) = bot.of_shop("SELECT body, template_id FROM delivery_message WHERE workspace_id = %s")
    assert template_id
    envelope = payloads.build_envelope(recipient=HANA, callback_data="", body=json.dumps(body).encode())
    assert isinstance(await api.send_message(NUMBER, envelope), Sent)
    await emulator.settle()
    chat = await emulator.control(f"phones/chat?phone={HANA}&phone_number_id={NUMBER}")
    (bubble,) = chat["bubbles"]
    kinds = {part["kind"]: part["text"] for part in bubble["parts"]}
    assert "image" in kinds
    assert kinds["body"].endswith("様、返品の手順です。")
