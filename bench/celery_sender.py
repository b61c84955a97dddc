"""The yardstick: Celery with Redis, one task and one row updated for each message.

`python -m bench.celery_sender FILE` fills the queue, lets the workers at it, and prints messages per second.
"""
# Celery is installed only where somebody measures.
# mypy: ignore-errors

import json
import os
import sys
import time
from functools import cache
from pathlib import Path

import httpx
import psycopg
from celery import Celery

from switchboard.core import database

QUEUE = "bench"
_UPDATE = "UPDATE bench_message SET state = 1, wamid = %s, sent_at = now() WHERE id = %s"
_DONE = "SELECT count(*) FROM bench_message WHERE state = 1"

app = Celery("bench", broker=os.environ.get("BENCH_BROKER", ""))
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True, worker_prefetch_multiplier=16)


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=30)


@cache
def _connection() -> psycopg.Connection:
    return psycopg.connect(database.conninfo_for("owner"), autocommit=True)


@app.task(name="bench.send")
def send(number: str, message_id: str, body: str) -> None:
    """Post one message and note that it was sent."""
    address = f"{os.environ['BENCH_ADDRESS']}/v26.0/{number}/messages"
    headers = {"Authorization": "Bearer bench", "Content-Type": "application/json"}
    answer = _client().post(address, content=body.encode(), headers=headers).json()
    _connection().execute(_UPDATE, [answer["messages"][0]["id"], message_id])


def _fill(lines: list[bytes]) -> float:
    """Put all tasks into the queue before anybody may take one, so that only taking is measured."""
    for line in lines:
        row = json.loads(line)
        send.apply_async((row["number"], row["id"], row["body"]), queue=QUEUE)
    with psycopg.connect(database.conninfo_for("owner"), autocommit=True) as connection:
        started = time.perf_counter()
        app.control.add_consumer(QUEUE)
        while connection.execute(_DONE).fetchone()[0] < len(lines):
            time.sleep(0.05)
        return len(lines) / (time.perf_counter() - started)


if __name__ == "__main__":
    print(_fill(Path(sys.argv[1]).read_bytes().splitlines()))  # noqa: T201  the caller reads it
