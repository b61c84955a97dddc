"""Whatever is sent to the gateway is answered with 200 or 4xx, and never costs a good event beside it."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.mutations import mutate_bodies
from switchboard.cloudapi import events
from switchboard.webhooks import receiver
from tests import payloads
from tests.webhooks.applying import a_message, apply_all
from tests.webhooks.gateway import running_gateway
from tests.webhooks.world import World

BODIES = [payloads.body(name) for name in payloads.names()]

bodies = st.one_of(
    st.binary(max_size=2000),
    st.sampled_from(BODIES),
    st.integers(0, 10**9).map(lambda seed: next(mutate_bodies(BODIES, seed=seed, count=1))),
    st.recursive(st.none() | st.booleans() | st.text(max_size=20), lambda some: st.lists(some, max_size=3)).map(
        lambda value: repr(value).encode("utf-8", "replace")
    ),
)


class Calls:
    """Requests of any shape, all to one running gateway."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def run(self, requests: list[tuple[str, str, bytes, bytes, bool]]) -> list[int]:
        """Make the requests, a good event between them, and return their statuses."""
        async with running_gateway() as gateway:
            statuses = []
            for number, (method, path, body, query, is_signed) in enumerate(requests):
                good = a_message(self.world, "hello", wamid=f"wamid.GOOD_{number}")
                async with asyncio.TaskGroup() as tasks:
                    beside = tasks.create_task(gateway.post(self.world.app_meta_id, good))
                    if is_signed:
                        odd = tasks.create_task(gateway.post(self.world.app_meta_id, body))
                    else:
                        odd = tasks.create_task(self._call(gateway.application, method, path, body, query))
                assert beside.result() == 200
                statuses.append(odd.result())
            return statuses

    async def _call(self, application: receiver.Receiver, method: str, path: str, body: bytes, query: bytes) -> int:
        messages: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"x-hub-signature-256", body[:80]), (b"content-length", query[:20])]
        scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
        await application(scope, receive, send)
        return int(sent[0]["status"])


paths = st.one_of(
    st.sampled_from(["/webhooks/770001", "/webhooks/", "/", "/healthz", "/metrics"]), st.text(max_size=30)
)
methods = st.sampled_from(["GET", "POST", "PUT", "HEAD", "", "\U0001f642"])


async def test_any_bytes_are_answered_and_good_events_beside_them_kept(world: World) -> None:
    calls = Calls(world)
    made: list[tuple[str, str, bytes, bytes, bool]] = []

    @settings(max_examples=150, database=None, suppress_health_check=list(HealthCheck))
    @given(methods, paths, bodies, st.binary(max_size=60), st.booleans())
    def collect(method: str, path: str, body: bytes, query: bytes, is_signed: bool) -> None:
        made.append((method, path, body, query, is_signed))

    collect()
    statuses = await calls.run(made)
    assert all(status == 200 or 400 <= status < 500 for status in statuses), sorted(set(statuses))
    await apply_all(world)
    good = "SELECT count(DISTINCT wamid) FROM replies_inboundmessage WHERE starts_with(wamid, 'wamid.GOOD_')"
    assert world.one(good) == len(made)
    assert world.one("SELECT count(*) FROM webhooks_event") == 0


@settings(max_examples=500, deadline=None)
@given(bodies)
def test_the_parser_reads_anything_or_says_that_it_is_no_json(body: bytes) -> None:
    read_all(body)


def read_all(body: bytes) -> int:
    """Parse a body as the applier does, and return how many parts it has."""
    try:
        found = list(events.parse_events(body))
    except events.MalformedError:
        return 0
    for part in found:
        events.build_body(part.change)
        if isinstance(part, events.AccountEvent):
            assert part.notice is not None
        elif isinstance(part, events.Incoming):
            assert part.content is not None
    return len(found)
