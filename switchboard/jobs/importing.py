"""Imports that have been started are run to their end, two at a time, from wherever a dead worker left them."""

from datetime import datetime

import structlog

from switchboard.consent import actions as consent_actions
from switchboard.contacts import actions as contacts_actions
from switchboard.contacts.actions import exports
from switchboard.conversions import actions as conversions_actions
from switchboard.jobs import store, threads
from switchboard.jobs.leading import Connection

log = structlog.get_logger(__name__)


async def run_imports(connection: Connection, _now: datetime) -> bool:
    """Run the oldest started imports; tell whether there were any."""
    return await threads.run_oldest(await store.list_imports(connection), _run)


async def run_files(connection: Connection, _now: datetime) -> bool:
    """Write the oldest export that waits, or record the oldest file of orders; tell whether there was one."""
    waiting = await store.list_files(connection)
    if not waiting:
        return False
    kind, workspace_id, file_id = waiting[0]
    try:
        if kind == "export":
            await threads.call(exports.run_export, workspace_id=workspace_id, export_id=file_id)
        else:
            await threads.call(conversions_actions.run_deeds, workspace_id=workspace_id, deeds_id=file_id)
    except Exception:
        # The job loop: it stays as it is and is tried again after the pause.
        log.exception("file_failed", kind=kind, id=file_id)
        return False
    log.info("file_done", kind=kind, id=file_id)
    return True


async def _run(workspace_id: int, import_id: int, state: str) -> bool:
    if state == "undoing":
        return await _undo(workspace_id, import_id)
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


async def _undo(workspace_id: int, import_id: int) -> bool:
    try:
        undone = await threads.call(
            contacts_actions.run_undo,
            workspace_id=workspace_id,
            import_id=import_id,
            take_back_consent=consent_actions.take_back_import,
        )
    except Exception:
        # The job loop: what was taken back stays so, the rest is tried again after the pause.
        log.exception("undo_failed", import_id=import_id)
        return False
    log.info("import_undone", import_id=import_id, **undone)
    return True
