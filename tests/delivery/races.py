"""People say STOP while a broadcast runs at full speed, and the applier is killed now and then."""

import asyncio
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass

from switchboard.core import clock, database
from switchboard.delivery.types import State
from switchboard.delivery.worker import SenderConfig, run_sender
from switchboard.webhooks import store as webhooks_store
from tests.delivery.fake_meta import FakeMeta
from tests.delivery.world import World, apply_events_through, enqueue, make_contacts

STOPS_AT_ONCE = 5
# After how many of these groups the applier is killed, on average.
KILLS = 0.02


@dataclass
class StopRace:
    """What came of it. Delays are seconds from the moment at which the gateway would have answered 200."""

    trials: int
    spared: int
    posted_after: int
    worst_delay: float
    kills: int


def build_stop(world: World, phone: str, number: int) -> bytes:
    """Return the body of somebody's STOP."""
    account, meta_id = world.run(
        "SELECT account.meta_id, number.meta_id FROM numbers_number number "
        "JOIN numbers_account account ON account.id = number.account_id ORDER BY number.id LIMIT 1"
    )[0]
    digits = phone.removeprefix("+")
    message = {"from": digits, "id": f"wamid.STOP{number}", "timestamp": str(int(clock.now().timestamp()))}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "81500880000", "phone_number_id": meta_id},
        "contacts": [{"profile": {"name": "Hana"}, "wa_id": digits}],
        "messages": [{**message, "type": "text", "text": {"body": "STOP"}}],
    }
    entry = {"id": account, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def start_applier(world: World) -> subprocess.Popen[bytes]:
    """Start an applier of its own process."""
    command = [sys.executable, "-m", "tests.delivery.applier_process", world.url, str(clock.shift_seconds())]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Let it die where it stands."""
    process.kill()
    process.wait()


def run_stop_race(world: World, meta: FakeMeta, trials: int, *, seed: int = 1) -> StopRace:
    """Send to so many people while each of them says STOP at some moment of it."""
    now = clock.now()
    contact_ids = make_contacts(world, trials, now)
    phones = [phone for (phone,) in world.run("SELECT phone FROM contacts_contact WHERE id = ANY(%s)", contact_ids)]
    enqueue(world, trials, now, contact_ids=contact_ids)
    apply_events_through(world, now)
    return asyncio.run(_race(world, meta, phones, random.Random(seed)))


async def _race(world: World, meta: FakeMeta, phones: list[str], chance: random.Random) -> StopRace:
    trials = len(phones)
    app_id = world.one("SELECT id FROM numbers_app ORDER BY id LIMIT 1")
    chance.shuffle(phones)
    stopped: dict[str, float] = {}
    stopping, kills = asyncio.Event(), 0
    applier = start_applier(world)
    async with meta.serve(), asyncio.TaskGroup() as group:
        sending = group.create_task(run_sender(SenderConfig(world.url, meta.url), stopping))
        async with database.make_pool("stream", size=1, url=world.url) as pool, pool.connection() as connection:
            for start in range(0, trials, STOPS_AT_ONCE):
                some = phones[start : start + STOPS_AT_ONCE]
                events = [
                    webhooks_store.NewEvent(
                        world.workspace_id, app_id, True, clock.now(), build_stop(world, phone, start + at)
                    )
                    for at, phone in enumerate(some)
                ]
                await webhooks_store.insert_events(connection, events)
                stopped |= dict.fromkeys(some, time.monotonic())
                await asyncio.sleep(chance.uniform(0.0, 0.02))
                if chance.random() < KILLS:
                    kill(applier)
                    kills += 1
                    applier = start_applier(world)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and await asyncio.to_thread(lambda: world.waiting() > 0):  # noqa: ASYNC110  in the database
            await asyncio.sleep(0.2)
        stopping.set()
        await sending
        kill(applier)
    posts = [(at, body["to"]) for at, _, body in meta.posts if body["type"] == "template"]
    after = [at - stopped[phone] for at, phone in posts if at > stopped[phone]]
    spared = world.states().get(State.SKIPPED, 0)
    return StopRace(trials, spared, len(after), max(after, default=0.0), kills)
