"""A running emulator, a gateway that keeps what it is sent, and short ways to call both."""

import asyncio
import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import aiohttp
from aiohttp import web

SECRET = "test_app_secret"
TOKEN = "token-1"
VERIFY_TOKEN = "verify-1"
NUMBER, OTHER_NUMBER = "1001", "1002"
ACCOUNT = "2001"
QUICK = {"sent": [0, 0.01], "delivered": [0, 0.02], "read": [0, 0.02], "reply": [0, 0.02]}
PLAIN_PEOPLE = {
    "not_on_whatsapp": 0,
    "blocked": 0,
    "ecosystem_failures": 0,
    "receipts_off": 0,
    "read_without_delivered": 0,
    "reads": 1,
    "replies": 0,
    "opts_out": 0,
}
WELCOME = {
    "name": "welcome",
    "language": "ja",
    "category": "MARKETING",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "お知らせ"},
        {"type": "BODY", "text": "{{1}}さん、{{2}}が届きました。"},
        {"type": "FOOTER", "text": "配信停止はSTOP"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "配信停止"}]},
    ],
}


def text_body(to: Any, text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": text}, **more}


def template_body(to: str, *values: str, name: str = "welcome", language: str = "ja", **more: Any) -> dict[str, Any]:
    body = {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}
    template = {"name": name, "language": {"code": language}, "components": [body]}
    return {"messaging_product": "whatsapp", "to": to, "type": "template", "template": template, **more}


class Gateway:
    """Receives webhooks: checks the signature over the raw bytes and keeps everything."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.bad_signatures = 0
        self.refuse_next = 0
        self.hang_next = 0
        self.url = ""

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.method == "GET":
            is_known = request.query.get("hub.verify_token") == VERIFY_TOKEN
            return web.Response(text=request.query["hub.challenge"]) if is_known else web.Response(status=403)
        body = await request.read()
        expected = "sha256=" + hmac.new(SECRET.encode(), body, sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("X-Hub-Signature-256", ""), expected):
            self.bad_signatures += 1
        if self.hang_next:
            self.hang_next -= 1
            await asyncio.sleep(0.2)
            return web.Response(status=500)
        if self.refuse_next:
            self.refuse_next -= 1
            return web.Response(status=503)
        self.bodies.append(body)
        self.paths.append(request.path)
        return web.Response()

    def values(self) -> list[dict[str, Any]]:
        entries = [entry for body in self.bodies for entry in json.loads(body)["entry"]]
        return [change["value"] for entry in entries for change in entry["changes"]]

    def statuses(self, wamid: str = "") -> list[dict[str, Any]]:
        found = [status for value in self.values() for status in value.get("statuses", [])]
        return [status for status in found if not wamid or status["id"] == wamid]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", [])]


class Harness:
    """One emulator with one app, one account and two numbers, and a gateway behind the app."""

    def __init__(self, address: str, session: aiohttp.ClientSession, gateway: Gateway) -> None:
        self.address = address
        self.session = session
        self.gateway = gateway

    async def control(self, name: str, body: object = None) -> Any:
        method = "GET" if body is None else "POST"
        async with self.session.request(method, f"{self.address}/_emulator/{name}", json=body) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer

    async def graph(self, method: str, path: str, *, token: str = TOKEN, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.address}/v26.0/{path}"
        async with self.session.request(method, url, headers=headers, **more) as response:
            return response.status, await response.json()

    async def send(self, body: dict[str, Any], *, number: str = NUMBER) -> tuple[int, Any]:
        return await self.graph("POST", f"{number}/messages", json=body)

    async def send_accepted(self, body: dict[str, Any], *, number: str = NUMBER) -> str:
        status, answer = await self.send(body, number=number)
        assert status == 200, answer
        return str(answer["messages"][0]["id"])

    async def send_status(self, body: dict[str, Any]) -> int:
        """Return only the HTTP status: a faulty answer may have no JSON."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"{self.address}/v26.0/{NUMBER}/messages"
        async with self.session.post(url, json=body, headers=headers) as response:
            await response.read()
            return response.status

    async def refused(self, body: dict[str, Any]) -> tuple[int, int]:
        """Return the HTTP status and Meta's code of a send that must not pass."""
        status, answer = await self.send(body)
        assert "error" in answer, answer
        return status, answer["error"]["code"]

    async def settle(self) -> None:
        """Wait until nothing more will happen by itself."""
        for _ in range(1000):
            stats = await self.control("stats")
            if not any(stats[n] for n in ("pending_status_events", "pending_webhooks", "undelivered_webhooks")):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the emulator did not settle")

    async def until(self, is_true: Callable[[], object]) -> None:
        for _ in range(1000):
            if is_true():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not happen in 10 s")


def setup_body(callback_url: str) -> dict[str, Any]:
    app = {"app_id": "3001", "secret": SECRET, "callback_url": callback_url, "verify_token": VERIFY_TOKEN}
    numbers = [
        {"id": NUMBER, "display_phone_number": "+1 555-005-1310", "verified_name": "Olive's shop"},
        {"id": OTHER_NUMBER, "display_phone_number": "+1 555-005-1311"},
    ]
    account = {"id": ACCOUNT, "portfolio_id": "4001", "numbers": numbers, "templates": [WELCOME]}
    return {"apps": [{**app, "token": TOKEN}], "portfolios": [{"id": "4001"}], "accounts": [account]}
