"""The gateway: a bare ASGI application that verifies what Meta sends, keeps it and answers 200.

Start it with `granian --interface asgi switchboard.webhooks.receiver:application`.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import structlog

from switchboard.core import clock, database, database_time, ending, env, heartbeat
from switchboard.webhooks import metrics, outage, signature, store
from switchboard.webhooks.app_directory import AppDirectory, KnownApp
from switchboard.webhooks.group_commit import GroupCommit, NotKeptError

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 4 * 1024 * 1024
_BODY_SECONDS = 20
_LOG_EVERY_SECONDS = 10.0
_PATH = re.compile(r"/webhooks/([A-Za-z0-9_-]{1,64})/?")
# People first: messages, and what they chose about us, are applied before waiting statuses.
_FROM_PEOPLE = re.compile(rb'"(?:messages|user_preferences)"\s*:\s*\[')


class Refused(Exception):
    """The request gets this status and nothing is kept."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        self.text = text
        super().__init__(text)


class Receiver:
    """The gateway of one process: its caches, its group commit, its counts."""

    def __init__(self) -> None:
        self._directory: AppDirectory | None = None
        self._group_commit: GroupCommit | None = None
        self._pool: database.Pool | None = None
        self._counts: Counter[str] = Counter()
        self._metrics = metrics.Metrics()
        self._logged_at = float("-inf")
        self._unlogged = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    # ── life ─────────────────────────────────────────────────────────────────────────────────────

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start with the server, end with it."""
        await receive()
        try:
            conninfo = database.conninfo_for("stream")
            pool = database.make_pool("stream", size=3)
        except env.SettingError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await pool.open(wait=False)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._directory = AppDirectory(pool)
                self._pool = pool
                self._group_commit = GroupCommit(conninfo, self._metrics.note_group)
                running = [
                    tasks.create_task(self._group_commit.run()),
                    tasks.create_task(self._directory.run()),
                    tasks.create_task(outage.tell_outages(pool, self.is_up, lambda: self._counts["events_refused"])),
                    tasks.create_task(database_time.follow_database(pool)),
                    tasks.create_task(heartbeat.run_heartbeat(pool, "gateway", self._details)),
                ]
                await send({"type": "lifespan.startup.complete"})
                await receive()
                await ending.end_tasks(running)
        finally:
            await pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _details(self) -> dict[str, Any]:
        return {**self._counts, "is_up": self.is_up()}

    def is_up(self) -> bool:
        """Tell whether events can be kept now."""
        return (
            self._group_commit is not None
            and self._directory is not None
            and self._group_commit.is_up
            and self._directory.is_read
        )

    # ── requests ─────────────────────────────────────────────────────────────────────────────────

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status, text = await self._route(scope, receive)
        except Refused as refused:
            status, text = refused.status, refused.text
        except NotKeptError as error:
            self._counts["events_refused"] += 1
            status, text = error.status, error.message
        except Exception:
            # Meta sends again whatever is not answered with 200.
            log.exception("request_failed")
            status, text = 500, "Something went wrong."
        self._counts[f"status_{status}"] += 1
        body = text.encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _route(self, scope: Scope, receive: Receive) -> tuple[int, str]:
        path, method = scope["path"], scope["method"]
        if path == "/healthz":
            return (200, "ok") if self.is_up() else (503, "The database is away.")
        if path == "/metrics" and method == "GET":
            return 200, await self._render_metrics(scope)
        found = _PATH.fullmatch(path)
        if found is None:
            raise Refused(404, "Not found.")
        if method == "POST":
            return await self._keep(found[1], scope, receive)
        if method == "GET":
            return await self._verify(found[1], scope)
        raise Refused(405, "Only GET and POST.")

    async def _render_metrics(self, scope: Scope) -> str:
        """Give the figures to those who may see them; to others there is nothing here."""
        if not metrics.may_read(scope["headers"], env.read_text("SWITCHBOARD_METRICS_TOKEN")):
            raise Refused(404, "Not found.")
        text = await self._metrics.render(self._counts, self._pool, is_up=self.is_up(), now=clock.now())
        return text.decode()

    async def _verify(self, meta_id: str, scope: Scope) -> tuple[int, str]:
        """Answer Meta's question whether this address is ours."""
        asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20)
        mode, token, challenge = (asked.get(f"hub.{key}", [""])[0] for key in ("mode", "verify_token", "challenge"))
        app = await self._find_app(meta_id)
        if not signature.is_token(app.verify_token, token.encode()):
            # The token may have been changed a moment ago.
            app = await self._directory_now().find_again(meta_id) or app
        if mode != "subscribe" or not signature.is_token(app.verify_token, token.encode()):
            self._log_sparingly("verification_refused", meta_id)
            raise Refused(403, "The verify token is not the one of this app.")
        return 200, challenge

    async def _keep(self, meta_id: str, scope: Scope, receive: Receive) -> tuple[int, str]:
        """Verify a signed body and keep it; the answer is sent after the commit."""
        received_at = clock.now()
        if not self.is_up():
            raise NotKeptError
        app = await self._find_app(meta_id)
        body = await _read_body(scope, receive)
        given = _header(scope["headers"], b"x-hub-signature-256")
        if not signature.is_signed(app.secrets, body, given):
            # The secret may have been rotated a moment ago.
            app = await self._directory_now().find_again(meta_id) or app
            if not signature.is_signed(app.secrets, body, given):
                self._log_sparingly("bad_signature", meta_id)
                raise Refused(401, "The signature does not fit the body.")
        is_inbound = _FROM_PEOPLE.search(body) is not None
        assert self._group_commit is not None  # noqa: S101  `is_up` above
        self._counts["events_received"] += 1
        await self._group_commit.append(store.NewEvent(app.workspace_id, app.id, is_inbound, received_at, body))
        self._counts["events_stored"] += 1
        return 200, "ok"

    async def _find_app(self, meta_id: str) -> KnownApp:
        directory = self._directory_now()
        if not directory.is_read:
            raise NotKeptError
        app = directory.find(meta_id) or await directory.find_again(meta_id)
        if app is None:
            self._log_sparingly("unknown_app", meta_id)
            raise Refused(404, "No such app.")
        return app

    def _directory_now(self) -> AppDirectory:
        if self._directory is None:
            raise NotKeptError
        return self._directory

    def _log_sparingly(self, event: str, meta_id: str) -> None:
        """Log the first of a run of refusals, then one line every 10 seconds with how many there were."""
        self._counts[event] += 1
        self._unlogged += 1
        if clock.monotonic() - self._logged_at >= _LOG_EVERY_SECONDS:
            log.warning(event, app=meta_id, refused_since_last_line=self._unlogged)
            self._logged_at, self._unlogged = clock.monotonic(), 0


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes:
    return next((value for key, value in headers if key.lower() == name), b"")


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the raw body.

    :raises Refused: it is too large, too slow, or the caller hung up.
    """
    announced = _header(scope["headers"], b"content-length")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise Refused(413, "The body is larger than 4 MB.")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, "The body ended early.")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > LARGEST_BODY:
                    raise Refused(413, "The body is larger than 4 MB.")
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise Refused(408, "The body took too long.") from None


application = Receiver()
