"""Files that people send are fetched, checked, and kept; what cannot be fetched says why."""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from switchboard.cloudapi import transport
from switchboard.cloudapi.client import CloudClient
from switchboard.core import database, env
from switchboard.jobs import media as jobs_media
from switchboard.replies import media, media_store, storage
from tests import payloads
from tests.conftest import NOON
from tests.webhooks.applying import apply_all
from tests.webhooks.world import World

PICTURE = b"\xff\xd8\xff" + b"picture" * 1000
STORED = "SELECT state, path, size, error FROM replies_media"


class Meta:
    """Gives one file, or what the test says."""

    def __init__(self) -> None:
        self.content = PICTURE
        self.node_status = 200
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[transport.Transport]:
        app = web.Application()
        app.router.add_get("/v26.0/1900220033", self._node)
        app.router.add_get("/file", self._file)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert runner.addresses
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with transport.open_transport(f"{self.url}/v26.0") as opened:
                yield opened
        finally:
            await runner.cleanup()

    async def _node(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer token"
        if self.node_status != 200:
            error = {"error": {"code": 100, "message": "Unsupported get request."}}
            return web.json_response(error, status=self.node_status)
        return web.json_response({"url": f"{self.url}/file", "mime_type": "image/jpeg", "sha256": ""})

    async def _file(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer token"
        return web.Response(body=self.content)


def a_picture(*, content: bytes = PICTURE) -> bytes:
    """Return the body of a message with a picture."""
    digest = base64.b64encode(hashlib.sha256(content).digest())
    return payloads.body("message_image").replace(b"6Zk=", digest)


def names_in(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def fetch(world: World, meta: Meta, folder: Path, *, now: datetime = NOON, most_bytes: int = 10**6) -> str:
    """Fetch the file that is due, and return its new state."""

    def save(path: str, content: bytes) -> str:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return path

    async with (
        meta.running() as opened,
        database.make_pool("stream", size=1, url=world.url) as pool,
        pool.connection() as connection,
    ):
        (waiting,) = await media_store.list_due(connection, now, 4)
        outcome = await media.fetch(CloudClient(opened, "token"), waiting, save=save, most_bytes=most_bytes, now=now)
        await media_store.record(connection, outcome)
        return outcome.state


async def test_a_picture_is_fetched_once_and_kept(world: World, tmp_path: Path) -> None:
    await apply_all(world, a_picture(), a_picture())
    assert await fetch(world, Meta(), tmp_path) == "stored"
    state, path, size, error = world.one(STORED)
    assert (state, size, error) == ("stored", len(PICTURE), "")
    assert (tmp_path / path).read_bytes() == PICTURE
    assert path.startswith(f"{world.workspace_id}/2026/03/")
    assert path.endswith(".jpg")


async def test_a_file_that_is_not_the_one_meta_states_is_tried_again(world: World, tmp_path: Path) -> None:
    await apply_all(world, a_picture(content=b"another"))
    assert await fetch(world, Meta(), tmp_path) == "waiting"
    assert "SHA-256" in world.one("SELECT error FROM replies_media")
    assert world.one("SELECT due_at FROM replies_media") == NOON + timedelta(seconds=15)
    world.run("UPDATE replies_media SET tries = 5, due_at = %s", NOON)
    assert await fetch(world, Meta(), tmp_path) == "failed"


async def test_a_file_that_is_too_large_is_not_kept(world: World, tmp_path: Path) -> None:
    await apply_all(world, a_picture())
    assert await fetch(world, Meta(), tmp_path, most_bytes=1000) == "failed"
    assert "SWITCHBOARD_MEDIA_LIMIT_MB" in world.one("SELECT error FROM replies_media")
    assert names_in(tmp_path) == []


async def test_a_file_is_given_up_when_meta_lets_go_of_it(world: World, tmp_path: Path) -> None:
    await apply_all(world, a_picture())
    meta = Meta()
    meta.node_status = 500
    assert await fetch(world, meta, tmp_path) == "waiting"
    assert await fetch(world, meta, tmp_path, now=NOON + timedelta(days=7)) == "expired"


async def test_a_file_that_meta_does_not_know_has_failed(world: World, tmp_path: Path) -> None:
    await apply_all(world, a_picture())
    world.run("UPDATE replies_media SET tries = 2")
    meta = Meta()
    meta.node_status = 400
    assert await fetch(world, meta, tmp_path) == "failed"
    assert "Unsupported get request." in world.one("SELECT error FROM replies_media")


async def test_the_job_keeps_files_in_the_storage(
    world: World, tmp_path: Path, monkeypatch: Any, settings: Any
) -> None:
    settings.HOME = tmp_path
    storage.open_storage.cache_clear()
    await apply_all(world, a_picture())
    meta = Meta()
    async with meta.running(), database.make_pool("stream", size=1, url=world.url) as pool:
        monkeypatch.setenv("SWITCHBOARD_CLOUD_API_URL", f"{meta.url}/v26.0")
        async with pool.connection() as connection:
            assert await jobs_media.fetch_media(connection, NOON)
            assert not await jobs_media.fetch_media(connection, NOON)
    assert (tmp_path / "media" / world.one("SELECT path FROM replies_media")).read_bytes() == PICTURE
    storage.open_storage.cache_clear()


@pytest.mark.parametrize("text", ["", "6Zk=", "not a digest", "zz" * 32])
def test_what_is_no_digest_checks_nothing(text: str) -> None:
    assert media.parse_digest(text) == ""


def test_a_digest_is_read_in_both_spellings() -> None:
    digest = hashlib.sha256(b"x").digest()
    assert media.parse_digest(digest.hex()) == media.parse_digest(base64.b64encode(digest).decode()) == digest.hex()


def test_a_bucket_is_opened_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_MEDIA_URL", "s3://shop/media?endpoint_url=http://127.0.0.1:9000&region_name=eu")
    storage.open_storage.cache_clear()
    bucket: Any = storage.open_storage()
    storage.open_storage.cache_clear()
    assert (bucket.bucket_name, bucket.location, bucket.endpoint_url) == ("shop", "media", "http://127.0.0.1:9000")


def test_an_address_that_means_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_MEDIA_URL", "ftp://shop")
    storage.open_storage.cache_clear()
    with pytest.raises(env.SettingError, match="s3://bucket"):
        storage.open_storage()
