"""Files between Meta and us when the way is bad."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from switchboard.cloudapi.client import CloudClient, Downloaded
from switchboard.cloudapi.errors import CloudError
from switchboard.cloudapi.results import TooLarge, Unknown
from switchboard.cloudapi.transport import open_transport

CONTENT = b"0123456789"
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Served:
    """A server on a free port while the block runs."""

    def __init__(self, handler: Handler) -> None:
        self._runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()


async def download(url: str, most_bytes: int = 100) -> object:
    async with open_transport(url, timeout_seconds=3) as transport:
        return await CloudClient(transport, "secret").download(f"{url}/file", most_bytes=most_bytes)


async def test_a_redirect_to_another_host_leaves_the_token_behind():
    seen: list[str | None] = []

    async def other(request: web.BaseRequest) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.Response(body=CONTENT)

    async with Served(other) as elsewhere:

        async def redirect(request: web.BaseRequest) -> web.Response:
            seen.append(request.headers.get("Authorization"))
            return web.Response(status=302, headers={"Location": f"{elsewhere}/file"})

        async with Served(redirect) as url:
            assert await download(url) == Downloaded(CONTENT)
    assert seen == ["Bearer secret", None]


async def test_a_file_without_a_length_is_cut_off_at_the_limit():
    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(CONTENT)
        return response

    async with Served(endless) as url:
        assert await download(url, most_bytes=50) == TooLarge(50)


async def test_an_address_that_is_too_old_is_a_refusal():
    async def gone(request: web.BaseRequest) -> web.Response:
        return web.Response(status=404, text="URL signature expired")

    async with Served(gone) as url:
        refused = await download(url)
    assert isinstance(refused, CloudError)
    assert refused.http_status == 404


async def test_a_file_that_breaks_off_is_unknown():
    async def half(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(CONTENT)
        assert request.transport is not None
        request.transport.close()
        return response

    async with Served(half) as url:
        assert isinstance(await download(url), Unknown)


async def test_an_upload_that_breaks_off_goes_on_where_meta_says():
    pieces: list[tuple[str, bytes]] = []

    async def uploads(request: web.BaseRequest) -> web.Response:
        if request.path.endswith("/uploads"):
            return web.json_response({"id": "upload:1"})
        if request.method == "GET":
            return web.json_response({"id": "upload:1", "file_offset": 4})
        assert request.headers["Authorization"] == "OAuth secret"
        pieces.append((request.headers["file_offset"], await request.read()))
        if len(pieces) == 1:
            return web.Response(status=502)
        return web.json_response({"h": "4::handle"})

    async with Served(uploads) as url, open_transport(url) as transport:
        api = CloudClient(transport, "secret")
        handle = await api.upload_sample("1", content=CONTENT, mime="image/png", file_name="a.png")
    assert handle == "4::handle"
    assert pieces == [("0", CONTENT), ("4", b"456789")]


async def test_an_upload_that_meta_refuses_is_not_repeated():
    pieces = []

    async def uploads(request: web.BaseRequest) -> web.Response:
        if request.path.endswith("/uploads"):
            return web.json_response({"id": "upload:1"})
        pieces.append(await request.read())
        return web.json_response({"error": {"code": 100, "message": "no"}}, status=400)

    async with Served(uploads) as url, open_transport(url) as transport:
        refused = await CloudClient(transport, "secret").upload_sample("1", content=b"x", mime="m", file_name="a")
    assert isinstance(refused, CloudError)
    assert len(pieces) == 1
