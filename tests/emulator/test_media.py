"""Files in both directions: links, expiry, resumable uploads, what people send."""

import base64
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from emulator.media import sniff
from emulator.specimens import MAKERS
from tests.emulator.harness import NUMBER, TOKEN, Harness, template_body, text_body

ANA = "+819012345678"
PNG = MAKERS["image"](1).content
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class FileServer:
    """Serves one picture at every path but /missing, and counts."""

    def __init__(self) -> None:
        self.count = 0
        self.url = ""

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.count += 1
        if request.path == "/missing":
            return web.Response(status=404)
        return web.Response(body=PNG, content_type="image/jpeg" if request.path == "/liar" else "image/png")


@pytest.fixture
async def files() -> AsyncIterator[FileServer]:
    server = FileServer()
    runner = web.ServerRunner(web.Server(server.handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


async def send_link(emulator: Harness, link: str, kind: str = "image") -> list[dict[str, Any]]:
    body = {**text_body(ANA), "type": kind, kind: {"link": link}}
    wamid = await emulator.send_accepted(body)
    await emulator.until(lambda: emulator.gateway.statuses(wamid))
    await emulator.settle()
    return emulator.gateway.statuses(wamid)


async def open_window(emulator: Harness) -> None:
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})


async def test_a_link_is_fetched_once_in_ten_minutes(emulator: Harness, files: FileServer):
    await open_window(emulator)
    for _ in range(3):
        assert (await send_link(emulator, f"{files.url}/a.png"))[-1]["status"] == "read"
    assert files.count == 1
    await send_link(emulator, f"{files.url}/a.png?new")
    await emulator.control("clock", {"skip": 601})
    await send_link(emulator, f"{files.url}/a.png")
    assert files.count == 3


@pytest.mark.parametrize(("path", "kind"), [("/missing", "image"), ("/liar", "image"), ("/a.png", "video")])
async def test_a_link_that_does_not_give_the_right_file_fails_later(emulator: Harness, files: FileServer, path, kind):
    await open_window(emulator)
    (status,) = await send_link(emulator, files.url + path, kind)
    assert status["errors"][0]["code"] == 131053


async def test_links_to_other_machines_are_never_fetched(emulator: Harness):
    await open_window(emulator)
    assert (await send_link(emulator, "https://example.com/a.png"))[-1]["status"] == "read"


async def upload(emulator: Harness, content: bytes, kind: str) -> str:
    form = aiohttp.FormData()
    form.add_field("messaging_product", "whatsapp")
    form.add_field("type", kind)
    form.add_field("file", content, filename="file", content_type=kind)
    _, uploaded = await emulator.graph("POST", f"{NUMBER}/media", data=form)
    return str(uploaded["id"])


async def test_a_file_of_the_wrong_kind_fails_later(emulator: Harness):
    await open_window(emulator)
    media_id = await upload(emulator, PNG, "image/png")
    wamid = await emulator.send_accepted({**text_body(ANA), "type": "video", "video": {"id": media_id}})
    await emulator.settle()
    assert emulator.gateway.statuses(wamid)[0]["errors"][0]["code"] == 131053


async def test_a_voice_message_is_played(emulator: Harness):
    await open_window(emulator)
    media_id = await upload(emulator, MAKERS["audio"](1).content, "audio/ogg")
    body = {**text_body(ANA), "type": "audio", "audio": {"id": media_id, "voice": True}}
    wamid = await emulator.send_accepted(body)
    await emulator.settle()
    assert [status["status"] for status in emulator.gateway.statuses(wamid)] == ["sent", "delivered", "read", "played"]


async def test_an_upload_is_gone_after_30_days(emulator: Harness):
    media_id = await upload(emulator, PNG, "image/png")
    await emulator.control("clock", {"skip": 29 * 86_400})
    assert (await emulator.graph("GET", media_id))[0] == 200
    await emulator.control("clock", {"skip": 86_401})
    assert (await emulator.graph("GET", media_id))[0] == 400


@pytest.mark.parametrize("kind", list(MAKERS))
async def test_people_send_real_files(emulator: Harness, kind):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "media": {"kind": kind}})
    await emulator.settle()
    (message,) = emulator.gateway.messages()
    piece = message[kind]
    async with emulator.session.get(piece["url"], headers=BEARER) as response:
        content = await response.read()
    assert sniff(content)
    assert base64.b64decode(piece["sha256"]) == sha256(content).digest()
    assert (await emulator.graph("GET", piece["id"]))[1]["sha256"] == sha256(content).hexdigest()


async def test_what_people_send_is_gone_after_a_week(emulator: Harness):
    given = {
        "kind": "document",
        "content": base64.b64encode(b"%PDF-1.7 x").decode(),
        "filename": "a.pdf",
        "caption": "c",
    }
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "media": given})
    await emulator.settle()
    piece = emulator.gateway.messages()[0]["document"]
    assert (piece["filename"], piece["caption"], piece["mime_type"]) == ("a.pdf", "c", "application/pdf")
    await emulator.control("clock", {"skip": 7 * 86_400 + 1})
    assert (await emulator.graph("GET", piece["id"]))[0] == 400


async def test_a_broken_file_arrives_as_an_error(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "media": {"broken": True}})
    await emulator.settle()
    assert emulator.gateway.messages()[0]["errors"][0]["code"] == 131052


async def test_a_sample_goes_up_in_pieces(emulator: Harness):
    path = f"3001/uploads?file_name=a.png&file_length={len(PNG)}&file_type=image/png"
    _, session = await emulator.graph("POST", path)
    url = f"{emulator.address}/v26.0/{session['id']}"
    headers = {"Authorization": f"OAuth {TOKEN}", "file_offset": "0"}
    async with emulator.session.post(url, data=PNG[:100], headers=headers) as response:
        assert (await response.json())["file_offset"] == 100
    assert (await emulator.graph("GET", session["id"]))[1]["file_offset"] == 100
    async with emulator.session.post(url, data=PNG[100:], headers={**headers, "file_offset": "100"}) as response:
        handle = (await response.json())["h"]
    profile = {"messaging_product": "whatsapp", "profile_picture_handle": handle}
    assert (await emulator.graph("POST", f"{NUMBER}/whatsapp_business_profile", json=profile))[0] == 200


async def test_an_upload_belongs_to_its_app(emulator: Harness):
    await emulator.control("setup", {"apps": [{"app_id": "3999", "secret": "s", "token": "stranger"}]})
    path = "3001/uploads?file_name=a.png&file_length=5&file_type=image/png"
    assert (await emulator.graph("POST", path, token="stranger"))[0] == 400
    assert (await emulator.graph("POST", path.replace("png&", "exe&").replace("image/png", "x/y")))[0] == 400


async def test_the_picture_of_a_template_may_be_a_link(emulator: Harness, files: FileServer):
    components = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "x"}]
    template = {"name": "picture", "language": "ja", "components": components}
    await emulator.control("setup", {"accounts": [{"id": "2001", "portfolio_id": "4001", "templates": [template]}]})
    body = template_body(ANA, name="picture")
    header = {"type": "header", "parameters": [{"type": "image", "image": {"link": f"{files.url}/missing"}}]}
    body["template"]["components"] = [header]
    wamid = await emulator.send_accepted(body)
    await emulator.until(lambda: emulator.gateway.statuses(wamid))
    assert emulator.gateway.statuses(wamid)[0]["errors"][0]["code"] == 131053
