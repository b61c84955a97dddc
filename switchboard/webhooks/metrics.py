"""Figures for Prometheus: what this gateway did, and how far behind the installation is."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import psycopg
import structlog
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from psycopg_pool import PoolTimeout

from switchboard.core.database import Pool
from switchboard.webhooks import metrics_store

log = structlog.get_logger(__name__)

_CONNECTION_SECONDS = 2.0
_GROUP_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_FORWARDED = frozenset({b"x-forwarded-for", b"forwarded"})


def may_read(headers: Iterable[tuple[bytes, bytes]], token: str) -> bool:
    """Tell whether a caller may read the figures: by the token, or without one from inside, past no proxy."""
    shown = {key.lower(): value for key, value in headers}
    if token:
        return hmac.compare_digest(shown.get(b"authorization", b""), b"Bearer " + token.encode())
    return not _FORWARDED & shown.keys()


class Metrics:
    """The figures of one gateway."""

    def __init__(self) -> None:
        self._own = CollectorRegistry()
        self._sizes = Histogram(
            "switchboard_gateway_group_size",
            "Events kept in one commit.",
            buckets=_GROUP_SIZES,
            registry=self._own,
        )

    def note_group(self, size: int) -> None:
        """Note that so many events were kept in one commit."""
        self._sizes.observe(size)

    async def render(self, counts: Mapping[str, int], pool: Pool | None, *, is_up: bool, now: datetime) -> bytes:
        """Return everything in Prometheus' text format; without a database, what is known without one."""
        families = [*_requests(counts), _gauge("gateway_up", "Whether events can be kept now.", float(is_up))]
        backlog = await _read(pool, now)
        if backlog is not None:
            families += _installation(backlog, now)
        registry = CollectorRegistry()
        registry.register(_Snapshot(families))
        return generate_latest(self._own) + generate_latest(registry)


class _Snapshot:
    """Figures of one moment, as a collector."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        yield from self._families


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"switchboard_{name}", text, value=value)


def _requests(counts: Mapping[str, int]) -> Iterator[Metric]:
    requests = CounterMetricFamily("switchboard_gateway_requests", "Requests by HTTP status.", labels=["status"])
    refused = CounterMetricFamily("switchboard_gateway_refused", "Refused calls by reason.", labels=["reason"])
    for key, count in sorted(counts.items()):
        if key.startswith("status_"):
            requests.add_metric([key.removeprefix("status_")], count)
        elif not key.startswith("events_"):
            refused.add_metric([key], count)
    yield requests
    yield refused
    for name, text in (("received", "Signed events received."), ("stored", "Events kept and answered with 200.")):
        yield CounterMetricFamily(f"switchboard_events_{name}", text, value=counts.get(f"events_{name}", 0))


async def _read(pool: Pool | None, now: datetime) -> metrics_store.Backlog | None:
    if pool is None:
        return None
    try:
        async with pool.connection(timeout=_CONNECTION_SECONDS) as connection:
            return await metrics_store.read_backlog(connection, now)
    except (psycopg.Error, PoolTimeout, OSError) as error:
        log.warning("metrics_not_read", error=str(error))
        return None


def _installation(backlog: metrics_store.Backlog, now: datetime) -> Iterator[Metric]:
    """Give what all machines share; every gateway shows the same."""

    def age(moment: datetime | None) -> float:
        return max(0.0, (now - moment).total_seconds()) if moment else 0.0

    oldest = GaugeMetricFamily(
        "switchboard_oldest_unapplied_event_age_seconds", "Age of the oldest event not applied.", labels=["lane"]
    )
    oldest.add_metric(["people"], age(backlog.oldest_inbound_at))
    oldest.add_metric(["statuses"], age(backlog.oldest_status_at))
    yield oldest
    yield _gauge("oldest_due_message_age_seconds", "How long the oldest due message waits.", age(backlog.oldest_due_at))
    yield _gauge("dead_letters", "Dead letters that nobody has replayed, up to 10,000.", backlog.dead_letters)
    processes = GaugeMetricFamily(
        "switchboard_processes", "Processes heard of in the last 30 seconds.", labels=["role"]
    )
    heard = GaugeMetricFamily("switchboard_heartbeat_age_seconds", "Age of a role's newest heartbeat.", labels=["role"])
    for heart in backlog.hearts:
        processes.add_metric([heart.role], heart.alive)
        heard.add_metric([heart.role], age(heart.seen_at))
    yield processes
    yield heard
