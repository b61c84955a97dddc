"""Somebody else's reading of the webhooks: pywa checks the signatures and parses what the emulator sends."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from pywa.types.message_status import MessageStatusType
from pywa.types.templates import TemplateCategory, TemplateStatus
from pywa_async import WhatsApp, handlers, types

from tests.emulator.harness import ACCOUNT, NUMBER, Harness, setup_body, template_body, text_body
from tests.emulator.pywa_client import PHONE, open_pywa

HANDLERS = (
    handlers.MessageHandler,
    handlers.CallbackButtonHandler,
    handlers.CallbackSelectionHandler,
    handlers.MessageStatusHandler,
    handlers.FlowCompletionHandler,
    handlers.PhoneNumberChangeHandler,
    handlers.IdentityChangeHandler,
    handlers.TemplateStatusUpdateHandler,
    handlers.TemplateCategoryUpdateHandler,
    handlers.TemplateQualityUpdateHandler,
    handlers.TemplateComponentsUpdateHandler,
    handlers.UserMarketingPreferencesHandler,
    handlers.AccountUpdateHandler,
    handlers.CallPermissionUpdateHandler,
    handlers.EditedMessageHandler,
    handlers.DeletedMessageHandler,
)


class Server:
    """pywa as the gateway: its challenge, its signature check, its parser."""

    def __init__(self, wa: WhatsApp) -> None:
        self.wa = wa
        self.updates: list[Any] = []
        self.raw: list[types.RawUpdate] = []
        self.refused = 0
        self.url = ""
        for handler in HANDLERS:
            wa.add_handlers(handler(self._keep))
        wa.add_handlers(handlers.RawUpdateHandler(self._keep_raw))

    async def _keep(self, _wa: WhatsApp, update: Any) -> None:
        self.updates.append(update)

    async def _keep_raw(self, _wa: WhatsApp, update: types.RawUpdate) -> None:
        self.raw.append(update)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.method == "GET":
            token, challenge = (request.query.get(f"hub.{name}") for name in ("verify_token", "challenge"))
            text, status = await self.wa.webhook_challenge_handler(token, challenge)
            return web.Response(text=text, status=status)
        body = await request.read()
        refusal = await self.wa.webhook_update_validator(body, request.headers.get("X-Hub-Signature-256"))
        if refusal is not None:
            self.refused += 1
            return web.Response(text=refusal[0], status=refusal[1])
        text, status = await self.wa.webhook_update_handler(body)
        return web.Response(text=text, status=status)

    def of(self, kind: type[Any]) -> list[Any]:
        return [update for update in self.updates if isinstance(update, kind)]


@pytest.fixture
async def server(emulator: Harness) -> AsyncIterator[Server]:
    """Pywa gets one update at a time: of a batch it would read only the first."""
    await emulator.control("knobs", {"webhook_batch": 1, "updates_per_change": 1})
    async with open_pywa(emulator, filter_updates=False) as wa:
        server = Server(wa)
        runner = web.ServerRunner(web.Server(server.handle), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/pywa"
        await emulator.control("setup", setup_body(server.url))
        yield server
        await runner.cleanup()


async def write(emulator: Harness, server: Server, **more: Any) -> Any:
    """Have a person write, and return what pywa made of it."""
    before = len(server.updates)
    await emulator.control("inbound", {"from": PHONE, "phone_number_id": NUMBER, **more})
    await emulator.until(lambda: len(server.updates) > before)
    return server.updates[-1]


# ── what people send ─────────────────────────────────────────────────────────────────────────────


async def test_the_challenge_and_every_signature_are_right(emulator: Harness, server: Server) -> None:
    assert (await server.wa.override_waba_callback_url(server.url, "verify-1")).success
    message = await write(emulator, server, text='花見 😀 / \\ " é')
    assert message.text == '花見 😀 / \\ " é'
    assert server.refused == 0


async def test_a_text_names_its_writer(emulator: Harness, server: Server) -> None:
    message = await write(emulator, server, text="hello")
    assert (message.from_user.wa_id, message.metadata.phone_number_id) == (PHONE, NUMBER)
    assert message.from_user.bsuid
    assert message.from_user.name


@pytest.mark.parametrize("kind", ["image", "audio", "document", "sticker"])
async def test_files_are_read(emulator: Harness, server: Server, kind: str) -> None:
    message = await write(emulator, server, media={"kind": kind, "caption": "look"})
    media = getattr(message, "voice", None) or getattr(message, kind)
    assert media.id
    assert media.mime_type
    assert message.caption == (None if kind in {"audio", "sticker"} else "look")


PIECES: dict[str, dict[str, Any]] = {
    "location": {"latitude": 35.6, "longitude": 139.7, "name": "Hachiko", "address": "Shibuya"},
    "contacts": [{"name": {"formatted_name": "Ken"}, "phones": [{"phone": "+81 90", "wa_id": "8190"}]}],  # type: ignore[dict-item]  # a list
    "reaction": {"message_id": "wamid.1", "emoji": "👍"},
    "order": {
        "catalog_id": "1",
        "text": "please",
        "product_items": [{"product_retailer_id": "a", "quantity": 1, "item_price": 2.5, "currency": "JPY"}],
    },
}


@pytest.mark.parametrize("kind", PIECES)
async def test_other_kinds_are_read(emulator: Harness, server: Server, kind: str) -> None:
    message = await write(emulator, server, message={"type": kind, kind: PIECES[kind]})
    assert message.type == kind
    assert getattr(message, kind)


async def test_a_taken_back_reaction_is_read(emulator: Harness, server: Server) -> None:
    message = await write(emulator, server, message={"type": "reaction", "reaction": {"message_id": "wamid.1"}})
    assert message.reaction.emoji is None


async def test_what_is_not_passed_on_is_read_as_unsupported(emulator: Harness, server: Server) -> None:
    message = await write(emulator, server, unsupported="poll")
    assert message.type == types.MessageType.UNSUPPORTED
    assert message.error.code == 131051


async def test_an_advertisement_is_read(emulator: Harness, server: Server) -> None:
    message = await write(emulator, server, text="hello", referral="7")
    assert (message.referral.source_type, message.referral.source_id) == ("ad", "7")


async def test_a_tapped_template_button_is_read(emulator: Harness, server: Server) -> None:
    button = {"text": "配信停止", "payload": "STOP", "message_id": "wamid.1"}
    pressed = await write(emulator, server, button=button)
    assert isinstance(pressed, types.CallbackButton)
    assert (pressed.title, pressed.data, pressed.reply_to_message.id) == ("配信停止", "STOP", "wamid.1")


@pytest.mark.parametrize(
    ("form", "chosen", "kind"),
    [
        ("button_reply", {"id": "y", "title": "Yes"}, types.CallbackButton),
        ("list_reply", {"id": "y", "title": "Yes", "description": "d"}, types.CallbackSelection),
    ],
)
async def test_answers_to_interactive_messages_are_read(
    emulator: Harness, server: Server, form: str, chosen: dict[str, str], kind: type[Any]
) -> None:
    message = {
        "type": "interactive",
        "interactive": {"type": form, form: chosen},
        "context": {"from": "15550051310", "id": "wamid.1"},
    }
    answer = await write(emulator, server, message=message)
    assert isinstance(answer, kind)
    assert (answer.data, answer.title) == ("y", "Yes")


async def test_a_form_is_read(emulator: Harness, server: Server) -> None:
    reply = {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"t","size":"26"}'}
    message = {
        "type": "interactive",
        "interactive": {"type": "nfm_reply", "nfm_reply": reply},
        "context": {"from": "15550051310", "id": "wamid.1"},
    }
    completion = await write(emulator, server, message=message)
    assert (completion.token, completion.response["size"]) == ("t", "26")


async def test_a_hidden_phone_is_read(emulator: Harness, server: Server) -> None:
    await emulator.control("people", {"phone": PHONE, "hidden": True})
    message = await write(emulator, server, text="hello")
    assert message.from_user.wa_id is None
    assert message.from_user.bsuid


async def test_another_phone_is_read_as_a_change(emulator: Harness, server: Server) -> None:
    await write(emulator, server, text="hello")
    await emulator.control("moves", {"phone": PHONE, "new_phone": "819087654321"})
    await emulator.settle()
    # The phone and the user id change; pywa reads both as one kind.
    phone, user_id = server.of(types.PhoneNumberChange)
    assert (phone.old_wa_id, phone.new_wa_id) == (PHONE, "819087654321")
    assert (user_id.new_wa_id, bool(user_id.new_user_id)) == (None, True)


async def test_new_keys_are_told_but_not_read(emulator: Harness, server: Server) -> None:
    await write(emulator, server, text="hello")
    settings = types.UserIdentityChangeSettings(enable_identity_key_check=True)
    await server.wa.update_business_phone_number_settings(user_identity_change=settings)
    await emulator.control("moves", {"phone": PHONE, "new_identity": True})
    await emulator.settle()
    # pywa knows this only by its old name customer_identity_changed, and under either name fails for want of
    # `contacts`, which Meta leaves out of system messages.
    assert server.of(types.IdentityChange) == []
    (message,) = [update.value["messages"][0] for update in server.raw if "contacts" not in update.value]
    assert message["system"]["type"] == "user_identity_changed"
    assert message["identity"]["hash"]


@pytest.mark.parametrize("value", ["stop", "resume"])
async def test_the_native_choice_is_read(emulator: Harness, server: Server, value: str) -> None:
    await emulator.control("preferences", {"from": PHONE, "phone_number_id": NUMBER, "value": value})
    await emulator.settle()
    (choice,) = server.of(types.UserMarketingPreferences)
    assert choice.value == value


# ── statuses ─────────────────────────────────────────────────────────────────────────────────────


async def test_statuses_are_read_with_their_price(emulator: Harness, server: Server) -> None:
    wamid = await emulator.send_accepted(template_body(f"+{PHONE}", "花", "靴", biz_opaque_callback_data="n"))
    await emulator.settle()
    found = server.of(types.MessageStatus)
    assert {status.status for status in found} == {
        MessageStatusType.SENT,
        MessageStatusType.DELIVERED,
        MessageStatusType.READ,
    }
    assert {status.id for status in found} == {wamid}
    assert {status.tracker for status in found} == {"n"}
    assert {status.pricing.category for status in found if status.pricing} == {"marketing"}


async def test_a_failure_is_told_but_not_read(emulator: Harness, server: Server) -> None:
    """Meta leaves `contacts` out of failures; pywa's reader insists on them, logs, and answers 200."""
    await emulator.control("people", {"phone": PHONE, "fail_code": 131026})
    wamid = await emulator.send_accepted(template_body(f"+{PHONE}", "花", "靴"))
    await emulator.settle()
    (value,) = [update.value for update in server.raw if update.value.get("statuses", [{}])[0]["status"] == "failed"]
    assert (value["statuses"][0]["id"], value["statuses"][0]["errors"][0]["code"]) == (wamid, 131026)
    assert "contacts" not in value
    assert "failed" not in {status.status for status in server.of(types.MessageStatus)}


async def test_of_a_batch_pywa_reads_only_the_first(emulator: Harness, server: Server) -> None:
    """Why its parser is not used in the product: the others of a batch are lost, and it answers 200."""
    await emulator.control("knobs", {"webhook_batch": 50, "updates_per_change": 50, "webhook_linger_ms": 100})
    for text in ("one", "two", "three"):
        await emulator.control("inbound", {"from": PHONE, "phone_number_id": NUMBER, "text": text})
    await emulator.settle()
    batches = [update.value["messages"] for update in server.raw]
    assert sum(len(batch) for batch in batches) == 3
    assert len(server.of(types.Message)) == len(batches) < 3


# ── templates and accounts ───────────────────────────────────────────────────────────────────────


async def decide(emulator: Harness, about: str, /, **change: Any) -> None:
    await emulator.control(about, change)
    await emulator.settle()


async def test_the_life_of_a_template_is_read(emulator: Harness, server: Server) -> None:
    named = {"account": ACCOUNT, "name": "welcome", "language": "ja"}
    for event in ("pause", "unpause", "reject", "approve", "disable"):
        await decide(emulator, "templates", **named, event=event)
    found = [update.new_status for update in server.of(types.TemplateStatusUpdate)]
    assert found == [
        TemplateStatus.PAUSED,
        TemplateStatus.APPROVED,
        TemplateStatus.REJECTED,
        TemplateStatus.APPROVED,
        TemplateStatus.DISABLED,
    ]


async def test_quality_and_category_of_a_template_are_read(emulator: Harness, server: Server) -> None:
    named = {"account": ACCOUNT, "name": "welcome", "language": "ja"}
    await decide(emulator, "templates", **named, quality="YELLOW")
    await decide(emulator, "templates", **named, category="UTILITY")
    (quality,) = server.of(types.TemplateQualityUpdate)
    assert quality.new_quality_score == "YELLOW"
    (category,) = server.of(types.TemplateCategoryUpdate)
    assert category.new_category == TemplateCategory.UTILITY


@pytest.mark.parametrize("event", ["violation", "restrict", "ban", "reinstate"])
async def test_decisions_about_an_account_are_read(emulator: Harness, server: Server, event: str) -> None:
    if event == "reinstate":
        await decide(emulator, "accounts", account=ACCOUNT, event="ban")
    # An account that is restricted until further notice has no end, which pywa insists on.
    await decide(emulator, "accounts", account=ACCOUNT, event=event, seconds=3600)
    assert len(server.of(types.AccountUpdate)) == (2 if event == "reinstate" else 1)


async def test_fields_that_pywa_has_no_type_for_still_reach_it(emulator: Harness, server: Server) -> None:
    await decide(emulator, "accounts", account=ACCOUNT, event="review")
    await decide(emulator, "accounts", account=ACCOUNT, event="alert")
    await decide(emulator, "portfolios", id="4001", messaging_limit="TIER_10K")
    await decide(emulator, "numbers", phone_number_id=NUMBER, security_event="PIN_CHANGED")
    await decide(emulator, "numbers", phone_number_id=NUMBER, name="Olive's new shop")
    fields = {update.field for update in server.raw}
    assert fields >= {
        "account_review_update",
        "account_alerts",
        "business_capability_update",
        "security",
        "phone_number_name_update",
    }


async def test_a_free_text_answer_reaches_the_person(emulator: Harness, server: Server) -> None:
    message = await write(emulator, server, text="hello")
    sent = await message.reply_text("Thank you")
    await emulator.settle()
    assert {status.id for status in server.of(types.MessageStatus)} == {sent.id}
    assert (await emulator.send(text_body(f"+{PHONE}")))[0] == 200
