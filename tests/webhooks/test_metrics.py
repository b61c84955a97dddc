"""Prometheus gets this gateway's figures and the installation's, and strangers get nothing."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import NOON
from tests.webhooks.applying import a_message, keep
from tests.webhooks.gateway import running_gateway, until
from tests.webhooks.world import World


def figures(text: str) -> dict[str, float]:
    """Return every sample by its name and labels."""
    return {
        ",".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_it_counts_what_came_and_what_was_kept(world: World) -> None:
    async with running_gateway() as gateway:
        await gateway.post(world.app_meta_id, a_message(world, "hello"))
        await gateway.post(world.app_meta_id, b"{}", secret="wrong")
        status, text = await gateway.call("GET", "/metrics")
    found = figures(text)
    assert status == 200
    assert (found["switchboard_events_received_total"], found["switchboard_events_stored_total"]) == (1, 1)
    assert found["switchboard_gateway_requests_total,200"] == 1
    assert found["switchboard_gateway_refused_total,bad_signature"] == 1
    assert found["switchboard_gateway_group_size_count"] == 1
    assert found["switchboard_gateway_up"] == 1


async def test_it_tells_how_far_behind_the_installation_is(world: World) -> None:
    await keep(world, a_message(world, "hello"))
    world.run(
        "INSERT INTO delivery_lane (workspace_id, number_id, priority, origin_kind, origin_id, low_water_at) "
        "VALUES (1, 1, 4, 'broadcast', 1, %s)",
        NOON,
    )
    async with running_gateway() as gateway:
        await until(lambda: world.one("SELECT count(*) FROM core_heartbeat") == 1)
        found = figures((await gateway.call("GET", "/metrics"))[1])
    assert found["switchboard_oldest_unapplied_event_age_seconds,people"] > 1000
    assert found["switchboard_oldest_unapplied_event_age_seconds,statuses"] == 0
    assert found["switchboard_oldest_due_message_age_seconds"] > 1000
    assert found["switchboard_processes,gateway"] == 1


async def test_without_a_database_it_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    async with running_gateway(wait=False) as gateway:
        status, text = await gateway.call("GET", "/metrics")
    assert (status, figures(text)["switchboard_gateway_up"]) == (200, 0)


async def test_who_comes_through_a_proxy_sees_nothing(world: World) -> None:
    async with running_gateway() as gateway:
        status, _ = await gateway.call("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert status == 404


@pytest.mark.parametrize(("given", "expected"), [("Bearer sesame", 200), ("Bearer wrong", 404), ("", 404)])
async def test_the_token_opens_from_anywhere(
    world: World, monkeypatch: pytest.MonkeyPatch, given: str, expected: int
) -> None:
    monkeypatch.setenv("SWITCHBOARD_METRICS_TOKEN", "sesame")
    headers = {"X-Forwarded-For": "203.0.113.9", "Authorization": given}
    async with running_gateway() as gateway:
        status, _ = await gateway.call("GET", "/metrics", headers=headers)
    assert status == expected
