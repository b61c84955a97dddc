"""The findings of `switchboard doctor` as one workspace may see them: what other workspaces have is left out."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from switchboard.core import health
from switchboard.core import queries as core_queries
from switchboard.core.health import Finding
from switchboard.delivery import condition
from switchboard.delivery import health as delivery_health
from switchboard.numbers import fleet
from switchboard.numbers import health as numbers_health
from switchboard.numbers import queries as numbers_queries
from switchboard.webhooks import health as webhooks_health
from switchboard.webhooks import queries as webhooks_queries


def examine(workspace_id: int, processes: list[core_queries.Process], now: datetime) -> list[Finding]:
    """Run every check."""
    return [
        *_look_at_work(workspace_id, processes, now),
        *numbers_health.judge_numbers(
            fleet.list_stopped(workspace_id), numbers_queries.list_broken_accounts(workspace_id)
        ),
        *_look_at_ground(now),
    ]


def _look_at_work(workspace_id: int, processes: list[core_queries.Process], now: datetime) -> Iterator[Finding]:
    """Look at the processes, and at what waits for them."""
    seen_at: dict[str, datetime] = {}
    for process in processes:
        seen_at[process.role] = max(process.seen_at, seen_at.get(process.role, process.seen_at))
    yield from health.judge_roles(seen_at, now)
    yield delivery_health.judge_outbox(condition.find_oldest_due(workspace_id, now), now)
    backlog = webhooks_queries.get_backlog(workspace_id)
    yield webhooks_health.judge_backlog(backlog.count, backlog.oldest_inbound_at, backlog.oldest_at, now)
    letters = webhooks_health.judge_letters(webhooks_queries.count_open_letters(workspace_id))
    if letters is not None:
        yield letters
    stop = condition.find_stop(workspace_id)
    if stop is not None:
        yield from delivery_health.judge_switches([0 if stop.is_everywhere else workspace_id])


def _look_at_ground(now: datetime) -> Iterator[Finding]:
    """Look at the database and at the machine of this process."""
    version, offset_seconds = core_queries.read_server()
    yield health.judge_server(version)
    yield health.judge_clock(offset_seconds)
    yield health.judge_migrations(core_queries.list_applied_migrations())
    yield health.judge_partitions(core_queries.list_missing_months(now))
    yield health.check_disk(settings.HOME)
