"""Every call, against the emulator."""

import hmac
from hashlib import sha256
from typing import Any

import pytest

from emulator.specimens import draw_picture, record_voice, write_document
from switchboard.cloudapi import drafts, payloads
from switchboard.cloudapi.client import (
    Blocking,
    CloudClient,
    Created,
    Done,
    Downloaded,
    MediaNode,
    Profile,
    Sent,
    TemplateInfo,
    Unpaused,
    WebhookRoute,
)
from switchboard.cloudapi.errors import CloudError, describe
from switchboard.cloudapi.limits import PayloadError
from switchboard.cloudapi.results import Held, NotWritten, TooLarge
from switchboard.cloudapi.transport import open_transport
from switchboard.cloudapi.usage import UsageBook
from tests.emulator.harness import ACCOUNT, NUMBER, OTHER_NUMBER, SECRET, TOKEN, VERIFY_TOKEN, Harness

PHONE = "819012345678"
APP = "3001"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00" + bytes(64)
BODY = {"type": "BODY", "text": "Hello {{1}}, your order is ready.", "example": {"body_text": [["Hana"]]}}
DRAFT = drafts.Draft(name="ready", language="en_US", category="UTILITY", components=(BODY,))


async def write(emulator: Harness, text: str = "hello") -> str:
    """Have a person write, which opens the window, and return the message's id."""
    await emulator.control("inbound", {"from": PHONE, "phone_number_id": NUMBER, "text": text})
    await emulator.until(lambda: emulator.gateway.messages())
    return str(emulator.gateway.messages()[-1]["id"])


async def upload(api: CloudClient) -> str:
    media_id = await api.upload_media(NUMBER, content=PNG, mime="image/png", file_name="a.png")
    assert isinstance(media_id, str), media_id
    return media_id


async def create(api: CloudClient, emulator: Harness) -> Created:
    created = await api.create_template(ACCOUNT, DRAFT)
    assert isinstance(created, Created), created
    await emulator.control("clock", {"skip": 86_400})
    return created


def envelope(content: payloads.Content, *, reply_to: str = "") -> bytes:
    body = payloads.build_message(content, reply_to=reply_to)
    return payloads.build_envelope(recipient=f"+{PHONE}", callback_data="note", body=body)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────

LINK = "https://example.com/a.png"
CARD = payloads.Card(formatted_name="Ken Mori", first_name="Ken", phones=(payloads.Phone("+81 90-0000-0000"),))
ROWS = (payloads.Row("1", "Shibuya", "Open until 9"), payloads.Row("2", "Ueno"))
CONTENTS: list[payloads.Content] = [
    payloads.Text("こんにちは", preview_url=True),
    payloads.Location(35.6, 139.7, "Hachiko", "Shibuya"),
    payloads.Contacts((CARD,)),
    payloads.Buttons(body="Again?", buttons=(payloads.Reply("y", "はい"),), header="Shop", footer="Olive's"),
    payloads.List(body="Which?", button="Shops", sections=(payloads.Section(ROWS, "Tokyo"),), header="Shops"),
    payloads.Link(body="Look", button="Open", url=LINK),
    payloads.LocationRequest("Where are you?"),
    payloads.ContactRequest("May we call you?"),
    payloads.Template(
        name="welcome",
        language="ja",
        body=(payloads.Value("花"), payloads.Value("靴")),
        buttons=(payloads.QuickReply(0, "STOP"),),
    ),
]


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: type(content).__name__)
async def test_every_kind_is_accepted(api: CloudClient, emulator: Harness, content: payloads.Content) -> None:
    quoted = await write(emulator)
    sent = await api.send_message(NUMBER, envelope(content, reply_to=quoted))
    assert isinstance(sent, Sent), sent
    assert sent.wa_id == PHONE


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", draw_picture().content),
        ("document", write_document().content),
        ("audio", record_voice().content),
        ("voice", record_voice().content),
    ],
)
async def test_files_are_accepted_by_their_id(api: CloudClient, emulator: Harness, kind: str, content: bytes) -> None:
    await write(emulator)
    media_id = await api.upload_file(NUMBER, kind, content=content, file_name="file")
    assert isinstance(media_id, str), media_id
    shapes: dict[str, payloads.Content] = {
        "image": payloads.Image(id=media_id, caption="c"),
        "document": payloads.Document(id=media_id, caption="c", filename="a.pdf"),
        "audio": payloads.Audio(id=media_id),
        "voice": payloads.Audio(id=media_id, is_voice=True),
    }
    assert isinstance(await api.send_message(NUMBER, envelope(shapes[kind])), Sent)


async def test_a_reaction_needs_a_message_that_exists(api: CloudClient, emulator: Harness) -> None:
    wamid = await write(emulator)
    assert isinstance(await api.send_message(NUMBER, envelope(payloads.Reaction(wamid, "👍"))), Sent)
    refused = await api.send_message(NUMBER, envelope(payloads.Reaction("wamid.none", "👍")))
    assert isinstance(refused, CloudError)


async def test_a_message_can_be_marked_as_read(api: CloudClient, emulator: Harness) -> None:
    wamid = await write(emulator)
    assert await api.mark_read(NUMBER, wamid) == Done()
    assert await api.mark_read(NUMBER, wamid, is_typing=True) == Done()
    refused = await api.mark_read(NUMBER, "wamid.none")
    assert isinstance(refused, CloudError)
    assert refused.code == 131009


# ── files ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_file_comes_back_as_it_went(api: CloudClient) -> None:
    media_id = await upload(api)
    node = await api.get_media(media_id, number_id=NUMBER)
    assert isinstance(node, MediaNode)
    assert (node.mime_type, node.size) == ("image/png", len(PNG))
    assert await api.fetch_media(media_id) == Downloaded(PNG)


async def test_a_file_is_uploaded_as_what_its_bytes_say(api: CloudClient) -> None:
    media_id = await api.upload_file(NUMBER, "image", content=PNG, file_name="a.jpg")
    assert isinstance(media_id, str)
    node = await api.get_media(media_id)
    assert isinstance(node, MediaNode)
    assert node.mime_type == "image/png"
    with pytest.raises(PayloadError, match="video"):
        await api.upload_file(NUMBER, "video", content=PNG, file_name="a.mp4")


async def test_a_file_that_is_too_large_is_not_read(api: CloudClient) -> None:
    media_id = await upload(api)
    assert await api.fetch_media(media_id, most_bytes=10) == TooLarge(10)
    node = await api.get_media(media_id)
    assert isinstance(node, MediaNode)
    found = await api.download(node.url, most_bytes=10)
    assert found == TooLarge(10)
    assert "10 bytes" in describe(TooLarge(10))


async def test_the_token_goes_to_no_other_host(api: CloudClient) -> None:
    for url in (
        "http://127.0.0.1:9/a",
        "https://example.com/a",
        "https://evilfbsbx.com/a",
        "http://x.fbsbx.com/",
        "][",
    ):
        assert isinstance(await api.download(url), NotWritten)


async def test_a_file_is_another_numbers(api: CloudClient) -> None:
    refused = await api.get_media(await upload(api), number_id=OTHER_NUMBER)
    assert isinstance(refused, CloudError)


async def test_a_deleted_file_is_gone(api: CloudClient) -> None:
    media_id = await upload(api)
    assert await api.delete_media(media_id) == Done()
    assert isinstance(await api.get_media(media_id), CloudError)


async def test_a_sample_becomes_a_handle(api: CloudClient) -> None:
    handle = await api.upload_sample(APP, content=PNG, mime="image/png", file_name="a.png")
    assert isinstance(handle, str)
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}
    draft = drafts.Draft(name="shown", language="ja", category="MARKETING", components=(header, BODY))
    assert isinstance(await api.create_template(ACCOUNT, draft), Created)


# ── templates ────────────────────────────────────────────────────────────────────────────────────


async def test_a_template_is_created_read_edited_and_deleted(api: CloudClient, emulator: Harness) -> None:
    created = await create(api, emulator)
    template = await api.get_template(created.id)
    assert isinstance(template, TemplateInfo)
    assert (template.name, template.language, template.status) == ("ready", "en_US", "APPROVED")
    body = {**BODY, "text": "Hello {{1}}, your order is on its way."}
    assert await api.edit_template(created.id, components=[body]) == Done()
    assert await api.delete_template(ACCOUNT, "ready", template_id=created.id) == Done()
    listed = await api.list_templates(ACCOUNT)
    assert isinstance(listed, list)
    assert "ready" not in {one.name for one in listed}


async def test_templates_are_deleted_by_their_ids(api: CloudClient, emulator: Harness) -> None:
    created = await create(api, emulator)
    assert await api.delete_templates(ACCOUNT, [created.id]) == Done()


async def test_a_template_that_does_not_exist_is_not_deleted(api: CloudClient) -> None:
    assert isinstance(await api.delete_template(ACCOUNT, "nothing"), CloudError)


async def test_only_a_paused_template_is_unpaused(api: CloudClient, emulator: Harness) -> None:
    created = await create(api, emulator)
    answer = await api.unpause_template(created.id)
    assert isinstance(answer, CloudError | Unpaused)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_number_is_added_verified_and_registered(api: CloudClient, emulator: Harness) -> None:
    number_id = await api.add_number(ACCOUNT, country_code="81", phone="50 1234 5678", name="Olive's")
    assert isinstance(number_id, str), number_id
    assert await api.request_code(number_id, method="SMS", language="ja") == Done()
    code = await find_code(emulator, number_id)
    assert await api.verify_code(number_id, code) == Done()
    assert await api.register(number_id, "123456") == Done()
    assert await api.set_pin(number_id, "654321") == Done()
    assert await api.deregister(number_id) == Done()


async def find_code(emulator: Harness, number_id: str) -> str:
    numbers = await emulator.control("numbers")
    (code,) = (row["code"] for row in numbers if row["id"] == number_id)
    return str(code)


async def test_a_wrong_pin_is_a_refusal_with_a_sentence(api: CloudClient, emulator: Harness) -> None:
    await api.set_pin(NUMBER, "123456")
    await api.deregister(NUMBER)
    refused = await api.register(NUMBER, "000000")
    assert isinstance(refused, CloudError)
    assert refused.code == 133005
    assert "PIN" in describe(refused)


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a"])
async def test_a_pin_has_six_digits_before_it_is_sent(api: CloudClient, pin: str) -> None:
    with pytest.raises(PayloadError, match="pin"):
        await api.register(NUMBER, pin)


async def test_any_fields_can_be_read(api: CloudClient) -> None:
    found = await api.get_fields(NUMBER, "verified_name", "quality_rating")
    assert found == {"id": NUMBER, "verified_name": "Olive's shop", "quality_rating": "GREEN"}


# ── profile, settings, block list ────────────────────────────────────────────────────────────────


async def test_a_profile_is_changed_and_read(api: CloudClient) -> None:
    assert await api.set_profile(NUMBER, about="Shoes", websites=["https://example.com"], vertical="RETAIL") == Done()
    profile = await api.get_profile(NUMBER)
    assert isinstance(profile, Profile)
    assert (profile.about, profile.websites, profile.vertical) == ("Shoes", ["https://example.com"], "RETAIL")


@pytest.mark.parametrize(
    "changes",
    [
        {"about": ""},
        {"about": "x" * 140},
        {"email": "x" * 129},
        {"websites": ["example.com"]},
        {"websites": ["https://example.com"] * 3},
        {"vertical": "SHOES"},
    ],
)
async def test_a_profile_that_meta_would_refuse_is_not_sent(api: CloudClient, changes: dict[str, Any]) -> None:
    with pytest.raises(PayloadError):
        await api.set_profile(NUMBER, **changes)


async def test_settings_are_changed_by_group(api: CloudClient) -> None:
    assert await api.set_settings(NUMBER, {"user_identity_change": {"enable_identity_key_check": True}}) == Done()
    settings = await api.get_settings(NUMBER)
    assert isinstance(settings, dict)
    assert settings["user_identity_change"] == {"enable_identity_key_check": True}


async def test_people_who_wrote_can_be_blocked_and_let_in_again(api: CloudClient, emulator: Harness) -> None:
    await write(emulator)
    assert await api.block_users(NUMBER, [f"+{PHONE}"]) == Blocking((f"+{PHONE}",))
    assert await api.list_blocked(NUMBER) == [PHONE]
    assert await api.unblock_users(NUMBER, [f"+{PHONE}"]) == Blocking((f"+{PHONE}",))
    assert await api.list_blocked(NUMBER) == []


async def test_a_partial_block_names_who_is_not_blocked_and_why(api: CloudClient, emulator: Harness) -> None:
    await write(emulator)
    found = await api.block_users(NUMBER, [f"+{PHONE}", "+819000000000"])
    assert isinstance(found, Blocking)
    assert found.done == (f"+{PHONE}",)
    assert [(one.person, one.problems[0].code) for one in found.failed] == [("+819000000000", 131047)]


# ── accounts and webhooks ────────────────────────────────────────────────────────────────────────


async def test_an_account_and_its_health_are_read(api: CloudClient) -> None:
    account = await api.get_account(ACCOUNT)
    assert (account.id, account.currency) == (ACCOUNT, "USD")  # type: ignore[union-attr]  # it was not refused
    for node in (ACCOUNT, NUMBER):
        health = await api.get_health(node)
        assert health.can_send_message == "AVAILABLE"  # type: ignore[union-attr]  # as above
        assert {entity.entity_type for entity in health.entities} >= {"WABA"}  # type: ignore[union-attr]  # as above


async def test_an_app_is_subscribed_with_an_address_of_its_own(api: CloudClient, emulator: Harness) -> None:
    url = emulator.gateway.url
    assert await api.subscribe_app(ACCOUNT, override_url=url, verify_token=VERIFY_TOKEN) == Done()
    (app,) = await api.list_subscribed_apps(ACCOUNT)  # type: ignore[misc]  # it was not refused
    assert (app.id, app.override_url) == (APP, url)
    assert await api.subscribe_app(ACCOUNT) == Done()
    assert await api.unsubscribe_app(ACCOUNT) == Done()
    assert await api.list_subscribed_apps(ACCOUNT) == []


async def test_a_number_has_an_address_of_its_own(api: CloudClient, emulator: Harness) -> None:
    url = emulator.gateway.url
    assert await api.set_number_override(NUMBER, url=url, verify_token=VERIFY_TOKEN) == Done()
    route = await api.get_route(NUMBER)
    assert isinstance(route, WebhookRoute)
    assert (route.phone_number, route.application) == (url, url)
    assert await api.set_number_override(NUMBER) == Done()
    assert (await api.get_route(NUMBER)).phone_number == ""  # type: ignore[union-attr]  # it was not refused


async def test_a_callback_that_does_not_answer_is_not_saved(api: CloudClient, emulator: Harness) -> None:
    refused = await api.set_number_override(NUMBER, url=emulator.gateway.url, verify_token="wrong")
    assert isinstance(refused, CloudError)


async def test_an_app_subscribes_to_fields(emulator: Harness) -> None:
    async with open_transport(f"{emulator.address}/v26.0") as transport:
        api = CloudClient(transport, f"{APP}|{SECRET}")
        done = await api.subscribe_fields(
            APP, url=emulator.gateway.url, verify_token=VERIFY_TOKEN, fields=["messages", "account_update"]
        )
        assert done == Done()


# ── proof and usage ──────────────────────────────────────────────────────────────────────────────


async def test_with_the_apps_secret_every_call_is_proved(emulator: Harness) -> None:
    seen: list[str] = []
    async with open_transport(f"{emulator.address}/v26.0") as transport:
        proven, wrong = (CloudClient(transport, TOKEN, app_secret=secret) for secret in (SECRET, "wrong"))
        assert isinstance(await proven.send_message(NUMBER, envelope(CONTENTS[-1])), Sent)
        assert isinstance(await proven.list_numbers(ACCOUNT), list)
        assert await proven.set_pin(NUMBER, "123456") == Done()
        assert isinstance(await wrong.list_numbers(ACCOUNT), CloudError)
        seen.append(proven._proof)
    assert seen == [hmac.digest(SECRET.encode(), TOKEN.encode(), sha256).hex()]


async def test_calls_stop_before_meta_refuses_them(api: CloudClient, emulator: Harness) -> None:
    await emulator.control("knobs", {"management_calls_per_hour": 20})
    answers = [await api.get_number(NUMBER) for _ in range(25)]
    held = [answer for answer in answers if isinstance(answer, Held)]
    assert not any(isinstance(answer, CloudError) for answer in answers)
    assert len(held) >= 5
    assert "min" in describe(held[0])
    # Sending has limits of its own.
    assert isinstance(await api.send_message(NUMBER, envelope(CONTENTS[-1])), Sent)


async def test_a_refusal_says_how_long_to_wait(api: CloudClient, emulator: Harness) -> None:
    await emulator.control("knobs", {"management_calls_per_hour": 1})
    api._transport.book = Forgetful()
    await api.get_number(NUMBER)
    refused = await api.get_number(NUMBER)
    assert isinstance(refused, CloudError)
    assert refused.code == 80007
    assert refused.retry_after_seconds >= 60


class Forgetful(UsageBook):
    """Lets every call pass."""

    def wait_for(self, key: str, node_id: str, now: float) -> float:
        return 0.0
