"""A queue full of statuses, and how long a STOP takes behind it: through the gateway and a real worker process."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from switchboard.core import clock
from tests.webhooks.applying import a_message
from tests.webhooks.gateway import running_gateway, until
from tests.webhooks.world import World, make_contact, make_message

STATUSES_A_MESSAGE = 3
PHONE = "819012345678"

SQL_MESSAGES = """
INSERT INTO delivery_message SELECT (overlay(given.id::text placing lpad(to_hex(n), 12, '0') from 25))::uuid,
    workspace_id, lane_id, number_id, contact_id, origin_kind, origin_id, category, recipient, zones, template_id, body,
    created_at
FROM generate_series(1, %s::bigint) AS n, (SELECT * FROM delivery_message ORDER BY id DESC LIMIT 1) AS given
"""
SQL_DELIVERIES = """
INSERT INTO delivery_delivery (message_id, workspace_id, state, attempt, accepted_at, wamid)
SELECT id, workspace_id, 20, 1, created_at, 'wamid.' || id FROM delivery_message
ON CONFLICT DO NOTHING
"""
SQL_STATUSES = """
INSERT INTO webhooks_event (workspace_id, app_id, is_inbound, received_at, body)
SELECT message.workspace_id, %s, false, now(), convert_to(format(
    '{"object": "whatsapp_business_account", "entry": [{"id": "%%s", "changes": [{"field": "messages", "value": '
    '{"messaging_product": "whatsapp", "metadata": {"phone_number_id": "%%s"}, "statuses": [{"id": "wamid.%%s", '
    '"status": "%%s", "timestamp": "%%s", "biz_opaque_callback_data": "%%s.%%s.1"}]}}]}]}',
    %s::text, %s::text, message.id, word, floor(extract(epoch FROM now()))::bigint, message.workspace_id,
    replace(message.id::text, '-', '')), 'UTF8')
FROM delivery_message AS message, unnest(ARRAY['sent', 'delivered', 'read']) WITH ORDINALITY AS step (word, place)
ORDER BY place, message.id LIMIT %s
"""


def fill_queue(world: World, count: int) -> None:
    """Let so many statuses of messages of ours wait."""
    now = clock.now()
    make_message(world, make_contact(world, f"+{PHONE}", now), now, state=20, accepted_at=now)
    world.run(SQL_MESSAGES, count // STATUSES_A_MESSAGE)
    world.run(SQL_DELIVERIES)
    world.run(SQL_STATUSES, world.app_id, world.account_meta_id, world.number_meta_id, count)
    world.run("ANALYZE webhooks_event, delivery_message, delivery_delivery")


async def measure_stop(world: World, log: Path) -> tuple[float, int]:
    """Return the seconds from the 200 for a STOP to its effect, and how many statuses still waited then."""
    stop = a_message(world, "STOP", phone=PHONE, at=clock.now())
    waiting = "SELECT count(*) FROM webhooks_event WHERE NOT is_inbound"
    before = world.one(waiting)
    async with running_gateway() as gateway:
        with _worker(world, log):
            # It is at work, and has much to do.
            await until(lambda: world.one(waiting) < before, 60, every=0.05)
            assert await gateway.post(world.app_meta_id, stop) == 200
            answered_at = asyncio.get_running_loop().time()
            withdrawn = "SELECT 1 FROM consent_standing WHERE opted_out_at IS NOT NULL"
            await until(lambda: world.run(withdrawn), 60, every=0.02)
            return asyncio.get_running_loop().time() - answered_at, world.one(waiting)


@contextmanager
def _worker(world: World, log: Path) -> Iterator[None]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "switchboard", "worker"],
            env={**os.environ, "SWITCHBOARD_DATABASE_URL": world.url},
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        process.kill()
        process.wait()
