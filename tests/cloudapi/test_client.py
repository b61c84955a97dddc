"""The calls, against a server that answers as Meta does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from switchboard.cloudapi import client, sync
from switchboard.cloudapi.client import CloudClient, Sent
from switchboard.cloudapi.errors import CloudError
from switchboard.cloudapi.results import Answer, NotWritten, Unknown
from switchboard.cloudapi.transport import open_transport


async def ask(
    handler: Callable[[web.Request], Awaitable[web.Response]], work: Callable[[CloudClient], Awaitable[Any]]
) -> Any:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/v26.0"
        async with open_transport(url, timeout_seconds=3) as transport:
            return await work(CloudClient(transport, "secret"))
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"messages":[{"id":"wamid.1"}]}', Sent("wamid.1")),
        (
            b'{"messaging_product":"whatsapp","contacts":[{"input":"+81","wa_id":"81","new":1}],'
            b'"messages":[{"id":"wamid.1","message_status":"held_for_quality_assessment"}]}',
            Sent("wamid.1", "held_for_quality_assessment", "81"),
        ),
        (b'{"contacts":[{"user_id":"JP.1"}],"messages":[{"id":"wamid.1"}]}', Sent("wamid.1", user_id="JP.1")),
    ],
)
def test_an_acceptance_is_read(body, expected):
    assert client.parse_sent(Answer(200, body)) == expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"messages":[]}'])
def test_a_success_that_says_nothing_is_unknown(body):
    assert isinstance(client.parse_sent(Answer(200, body)), Unknown)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            b'{"error":{"message":"m","code":131056,"error_data":{"details":"d"},"error_subcode":7,"fbtrace_id":"A"}}',
            CloudError(131056, 7, "m", "d", 400),
        ),
        (b'{"error":{"message":"m","code":100,"error_data":"plain"}}', CloudError(100, 0, "m", "plain", 400)),
        (b'{"error":{"message":"m","code":100,"error_user_msg":"u"}}', CloudError(100, 0, "m", "u", 400)),
        (b"not json", CloudError(-1, 0, "HTTP 400", "not json", 400)),
    ],
)
def test_a_refusal_is_read(body, expected):
    assert client.parse_sent(Answer(400, body)) == expected


def test_a_broken_answer_of_a_broken_server_is_unknown():
    assert isinstance(client.parse_sent(Answer(500, b'<a title="error">')), Unknown)


async def test_sending_posts_with_the_token():
    async def answer(request: web.Request) -> web.Response:
        assert request.path == "/v26.0/123/messages"
        assert request.headers["Authorization"] == "Bearer secret"
        assert await request.json() == {"to": "+81"}
        return web.json_response({"messages": [{"id": "wamid.1"}]})

    assert await ask(answer, lambda api: api.send_message("123", b'{"to":"+81"}')) == Sent("wamid.1")


async def test_uploading_sends_a_form():
    async def answer(request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        assert (form["messaging_product"], form["type"], file.filename) == ("whatsapp", "image/png", "a.png")
        assert file.file.read() == b"\x89PNG\r\n\x1a\n"
        return web.json_response({"id": "42"})

    work = lambda api: api.upload_media("123", content=b"\x89PNG\r\n\x1a\n", mime="image/png", file_name="a.png")  # noqa: E731
    assert await ask(answer, work) == "42"


async def test_lists_are_read_to_their_last_page():
    pages = {"": ("a", "1"), "1": ("b", "2"), "2": ("c", None)}

    async def answer(request: web.Request) -> web.Response:
        name, after = pages[request.query.get("after", "")]
        row = {"id": name, "name": name, "language": "ja", "status": "APPROVED", "category": "MARKETING", "x": 1}
        paging = {"cursors": {"after": after}, "next": "https://…"} if after else {"cursors": {"after": "end"}}
        return web.json_response({"data": [row], "paging": paging})

    templates = await ask(answer, lambda api: api.list_templates("9"))
    assert [template.name for template in templates] == ["a", "b", "c"]


async def test_numbers_are_read_with_what_meta_adds_or_leaves_out():
    async def answer(request: web.Request) -> web.Response:
        row = {"id": "1", "display_phone_number": "+81 90-1234-5678", "throughput": {"level": "HIGH"}, "new": []}
        return web.json_response({"data": [row]})

    (number,) = await ask(answer, lambda api: api.list_numbers("9"))
    assert (number.throughput.level, number.quality_rating) == ("HIGH", "UNKNOWN")


async def test_a_refused_list_is_a_value():
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "no", "code": 190}}, status=401)

    found = await ask(answer, lambda api: api.list_numbers("9"))
    assert isinstance(found, CloudError)
    assert found.code == 190


def test_synchronous_code_gets_values_too():
    found = sync.call("secret", lambda api: api.get_number("1"), url="http://127.0.0.1:9/v26.0")
    assert isinstance(found, NotWritten)
    assert asyncio.run(asyncio.sleep(0)) is None
