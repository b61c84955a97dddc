"""Imports that have been started are run to their end, two at a time, from wherever a dead worker left them."""

import asyncio
from datetime import datetime

import structlog

from switchboard.consent import actions as consent_actions
from switchboard.contacts import actions as contacts_actions
from switchboard.jobs import store, threads
from switchboard.jobs.leading import Connection

log = structlog.get_logger(__name__)

_AT_ONCE = 2


async def run_imports(connection: Connection, _now: datetime) -> bool:
    """Run the oldest started imports; tell whether there were any."""
    waiting = (await store.list_imports(connection))[:_AT_ONCE]
    async with asyncio.TaskGroup() as tasks:
        done = [tasks.create_task(_run(workspace_id, import_id)) for workspace_id, import_id in waiting]
    return any(task.result() for task in done)


async def _run(workspace_id: int, import_id: int) -> bool:
    try:
        result = await threads.call(
            contacts_actions.run_import,
            workspace_id=workspace_id,
            import_id=import_id,
            record_consent=consent_actions.record_import,
        )
    except Exception:
        # The job loop: the import stays started and is tried again after the pause.
        log.exception("import_failed", import_id=import_id)
        return False
    log.info("import_done", import_id=import_id, result=str(result))
    return True
