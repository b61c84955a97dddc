"""`bench apply`: how fast statuses are applied, beside a bare batched UPDATE, in a small and in a large table."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench import shop
from bench.figures import Rounds, describe_machine, drop_missing
from bench.place import opened_database, opened_place
from switchboard.core import database
from switchboard.delivery import store as delivery_store
from switchboard.delivery.types import State, StatusUpdate
from switchboard.webhooks import store as webhooks_store
from switchboard.webhooks import worker

_STATES = (State.SENT, State.DELIVERED, State.READ)
_BATCH = 1000
SMALL = 100_000


def run(*, rounds: int, large: int, messages: int) -> dict[str, Any]:
    """Measure both tables in turn in every round; each status of a message at least a batch after the last one."""
    figures = Rounds()
    with opened_place(), psycopg.connect(database.database_url()) as connection:
        version = connection.info.server_version
        machine = describe_machine(version)
        tables = {"small": SMALL, "large": large}
        places = {name: _prepare(count) for name, count in tables.items()}
        for number in range(rounds):
            for name, count in tables.items():
                _measure(name, count, places[name], figures, messages, number)
    return {
        "name": "apply",
        "per_second": round(figures.median("rows_large")),
        "per_second_full": round(figures.median("full_large")),
        "ratios": drop_missing(
            {
                "ceiling": figures.ratio("rows_large", "bare_large"),
                "full_to_rows": figures.ratio("full_large", "rows_large"),
                "large_to_small": figures.ratio("rows_large", "rows_small"),
                "large_to_small_full": figures.ratio("full_large", "full_small"),
                # Not what happens: messages from all over the table. The disk decides, for the bare UPDATE too.
                "ceiling_scattered": figures.ratio("rows_scattered_large", "bare_scattered_large"),
            }
        ),
        "small_rows": SMALL,
        "large_rows": large,
        "statuses_a_round": messages * len(_STATES),
        "rounds": figures.raw,
        "machine": machine,
    }


def _prepare(count: int) -> tuple[str, int, int, int]:
    with opened_database(f"apply_{count}") as url, psycopg.connect(url, autocommit=True) as connection:
        workspace_id, number_id = shop.ensure_shop(connection)
        base = shop.ensure_messages(connection, workspace_id, number_id, count)
        connection.execute(SQL_AS_ACCEPTED)
        connection.execute("TRUNCATE webhooks_event, webhooks_journalentry, delivery_tally")
        connection.execute("VACUUM (ANALYZE) delivery_delivery")
    return url, workspace_id, number_id, base


# What a run before this one changed.
SQL_AS_ACCEPTED = """
UPDATE delivery_delivery SET state = 20, sent_at = NULL, delivered_at = NULL, read_at = NULL,
    wamid = 'wamid.' || ('x' || right(replace(message_id::text, '-', ''), 15))::bit(60)::bigint
WHERE state > 20
"""


def _measure(
    name: str, count: int, place: tuple[str, int, int, int], figures: Rounds, messages: int, number: int
) -> None:
    """Measure three kinds, each with messages of its own: those of a broadcast sent lately, in the order of chance."""
    url, workspace_id, _, base = place
    chance = random.Random(f"{name}{number}")  # noqa: S311  no secret
    some = min(messages, count // 8)
    starts = chance.sample(range(count // some), 4)
    parts = [chance.sample(range(start * some, (start + 1) * some), some) for start in starts]
    scattered = chance.sample(range(count), some)
    figures.add(f"bare_{name}", asyncio.run(_run_bare(url, _ids(base, parts[0]))))
    figures.add(f"rows_{name}", asyncio.run(_run_rows(url, workspace_id, base, parts[1])))
    figures.add(f"full_{name}", asyncio.run(_run_full(url, workspace_id, base, parts[2])))
    figures.add(f"bare_scattered_{name}", asyncio.run(_run_bare(url, _ids(base, scattered[: some // 2]))))
    figures.add(f"rows_scattered_{name}", asyncio.run(_run_rows(url, workspace_id, base, scattered[some // 2 :])))


def _ids(base: int, indexes: Sequence[int]) -> list[uuid.UUID]:
    return [shop.message_id(base, index) for index in indexes]


SQL_BARE = """
UPDATE delivery_delivery AS delivery SET state = given.state, delivered_at = given.at
FROM unnest(%(message_ids)b::uuid[], %(states)b::smallint[], %(at)b::timestamptz[]) AS given (message_id, state, at)
WHERE delivery.message_id = given.message_id AND delivery.message_id = ANY(%(message_ids)b::uuid[])
"""


async def _run_bare(url: str, message_ids: list[uuid.UUID]) -> float:
    """Return statuses a second of nothing but a batched UPDATE by key."""
    now = datetime.now(UTC)  # noqa: TID251  a benchmark's own clock
    async with database.make_pool("stream", size=1, url=url) as pool, pool.connection() as connection:
        started = time.perf_counter()
        for state in _STATES:
            for start in range(0, len(message_ids), _BATCH):
                some = message_ids[start : start + _BATCH]
                given = {"message_ids": some, "states": [int(state)] * len(some), "at": [now] * len(some)}
                await connection.execute(SQL_BARE, given)
        return len(message_ids) * len(_STATES) / (time.perf_counter() - started)


async def _run_rows(url: str, workspace_id: int, base: int, indexes: Sequence[int]) -> float:
    """Return statuses a second into the delivery rows, with their tallies."""
    now = datetime.now(UTC)  # noqa: TID251  as above
    message_ids = _ids(base, indexes)
    async with database.make_pool("stream", size=1, url=url) as pool, pool.connection() as connection:
        started = time.perf_counter()
        for step, state in enumerate(_STATES):
            at = now + timedelta(seconds=step)
            for start in range(0, len(message_ids), _BATCH):
                updates = [
                    StatusUpdate(workspace_id, message_ids[place], 1, state, at, f"wamid.{indexes[place]}")
                    for place in range(start, min(start + _BATCH, len(message_ids)))
                ]
                async with connection.transaction():
                    await delivery_store.record_statuses(connection, updates, now)
        return len(message_ids) * len(_STATES) / (time.perf_counter() - started)


async def _run_full(url: str, workspace_id: int, base: int, indexes: Sequence[int]) -> float:
    """Return statuses a second from stored bodies, by the worker's lanes: journal, parsing, rows, tallies, activity."""
    now = datetime.now(UTC)  # noqa: TID251  as above
    config = worker.ApplierConfig(url=url, batch_events=_BATCH)
    async with database.make_pool("stream", size=4, url=url) as pool:
        async with pool.connection() as connection:
            await _keep_bodies(connection, workspace_id, base, indexes, now)
        applier = worker.Applier(config, pool, asyncio.Event())
        started = time.perf_counter()
        async with asyncio.TaskGroup() as lanes:
            for _ in range(config.status_lanes):
                lanes.create_task(_drain(applier))
        taken = time.perf_counter() - started
    if applier.counts["statuses"] != len(indexes) * len(_STATES):
        raise RuntimeError(f"Not every status was applied: {dict(applier.counts)}")
    return len(indexes) * len(_STATES) / taken


async def _keep_bodies(
    connection: psycopg.AsyncConnection[Any], workspace_id: int, base: int, indexes: Sequence[int], now: datetime
) -> None:
    cursor = await connection.execute("SELECT id FROM numbers_app WHERE meta_id = %s", [shop.APP_META_ID])
    (app_id,) = await cursor.fetchone() or (0,)
    for step, word in enumerate(("sent", "delivered", "read")):
        at = now + timedelta(seconds=step)
        bodies = [
            build_status(workspace_id, shop.message_id(base, index), word, at, wamid=f"wamid.{index}")
            for index in indexes
        ]
        events = [webhooks_store.NewEvent(workspace_id, app_id, False, now, body) for body in bodies]  # noqa: FBT003  a row
        await webhooks_store.insert_events(connection, events)


async def _drain(applier: worker.Applier) -> None:
    while await applier.apply_waiting(is_inbound=False):
        continue


def build_status(workspace_id: int, message_id: uuid.UUID, word: str, at: datetime, *, wamid: str = "") -> bytes:
    """Return a body as Meta sends it: one status with its contact."""
    status = {
        "id": wamid or f"wamid.{message_id.hex}",
        "status": word,
        "timestamp": str(int(at.timestamp())),
        "recipient_id": "819012345678",
        "recipient_user_id": "JP.13491208655302741918",
        "biz_opaque_callback_data": f"{workspace_id}.{message_id.hex}.1",
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"},
    }
    person = {"profile": {"name": "Hana"}, "wa_id": "819012345678", "user_id": "JP.13491208655302741918"}
    metadata = {"display_phone_number": "815000000099", "phone_number_id": shop.NUMBER_META_ID}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": [person], "statuses": [status]}
    entry = {"id": shop.ACCOUNT_META_ID, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
