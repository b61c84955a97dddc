"""Files that people sent are fetched from Meta, a few at a time, and tried again until Meta lets go of them."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime

import structlog

from switchboard.cloudapi import sync, transport
from switchboard.cloudapi.client import CloudClient
from switchboard.core import clock, env, errors, secrets
from switchboard.jobs.leading import Connection
from switchboard.replies import media, media_store, storage

log = structlog.get_logger(__name__)

_AT_ONCE = 4
_DOWNLOAD_SECONDS = 120.0
_MIB = 1024 * 1024


async def fetch_media(connection: Connection, now: datetime) -> bool:
    """Fetch the files that are due; tell whether there were any."""
    waiting = await media_store.list_due(connection, now, _AT_ONCE)
    if not waiting:
        return False
    most_bytes = env.read_whole("SWITCHBOARD_MEDIA_LIMIT_MB", 100, lowest=1, highest=2000) * _MIB
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(
            transport.open_transport(sync.base_url(), connections=_AT_ONCE, timeout_seconds=_DOWNLOAD_SECONDS)
        )
        async with asyncio.TaskGroup() as tasks:
            fetching = [tasks.create_task(_fetch(opened, one, most_bytes)) for one in waiting]
    for task in fetching:
        outcome = task.result()
        if outcome.state != "stored":
            log.warning("media_not_fetched", media=outcome.id, state=outcome.state, error=outcome.error)
        await media_store.record(connection, outcome)
    return True


async def _fetch(opened: transport.Transport, one: media_store.Waiting, most_bytes: int) -> media_store.Outcome:
    try:
        token = secrets.decrypt(bytes(one.token_encrypted))
        secret = secrets.decrypt(bytes(one.secret_encrypted)) if sync.proves_calls() else ""
    except (errors.SwitchboardError, env.SettingError) as error:
        return media.try_later(one, str(error), clock.now())
    client = CloudClient(opened, token, app_secret=secret)
    return await media.fetch(client, one, save=storage.save_file, most_bytes=most_bytes, now=clock.now())
