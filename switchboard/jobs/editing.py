"""Changes of very many people are run to their end, two at a time, from wherever a dead worker left them."""

from datetime import datetime

import structlog

from switchboard.consent import actions as consent_actions
from switchboard.contacts.actions import long_edits
from switchboard.jobs import store, threads
from switchboard.jobs.leading import Connection

log = structlog.get_logger(__name__)


async def run_edits(connection: Connection, _now: datetime) -> bool:
    """Run the oldest changes that are under way or being undone; tell whether there were any."""
    return await threads.run_oldest(await store.list_edits(connection), _run)


async def _run(workspace_id: int, edit_id: int, state: str) -> bool:
    try:
        if state == "undoing":
            counts = await threads.call(
                long_edits.run_undo,
                workspace_id=workspace_id,
                edit_id=edit_id,
                take_back=consent_actions.take_back_step,
            )
        else:
            counts = await threads.call(
                long_edits.run_edit,
                workspace_id=workspace_id,
                edit_id=edit_id,
                withdraw=consent_actions.withdraw_step,
            )
    except Exception:
        # The job loop: the steps before this one stay done, the rest is tried again after the pause.
        log.exception("edit_failed", edit_id=edit_id)
        return False
    log.info("edit_done", edit_id=edit_id, **counts)
    return True
