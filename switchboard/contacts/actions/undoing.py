"""An import is taken back within 24 hours, in the background, step by step."""

from collections.abc import Callable
from datetime import datetime, timedelta

from switchboard.contacts import queries, undo_store
from switchboard.contacts.errors import NothingToUndoError, UndoTooLateError
from switchboard.contacts.models import Import, ImportState
from switchboard.contacts.types import TakeBackConsent
from switchboard.core import clock, statements
from switchboard.core.tenancy import workspace_scope

UNDO_FOR = timedelta(hours=24)
_STEP_PEOPLE = 2000
_ENDED = (ImportState.DONE, ImportState.STOPPED, ImportState.FAILED)


def undo_import(*, workspace_id: int, import_id: int, by: int | None, now: datetime) -> Import:
    """Let an import be taken back: from here on `run_undo` works on it.

    :raises NothingToUndoError: it has brought nobody, is running, or was undone before.
    :raises UndoTooLateError: it ended more than 24 hours ago.
    """
    job = queries.get_import(workspace_id, import_id, lock=True)
    if job.state not in _ENDED or job.finished_at is None or not job.created_count + job.updated_count:
        raise NothingToUndoError
    if now - job.finished_at > UNDO_FOR:
        raise UndoTooLateError
    job.state, job.undone_by, job.undone = ImportState.UNDOING, by, {"removed": 0, "restored": 0, "kept": 0}
    job.save(update_fields=["state", "undone_by", "undone"])
    return job


def run_undo(
    *,
    workspace_id: int,
    import_id: int,
    take_back_consent: TakeBackConsent,
    now: Callable[[], datetime] = clock.now,
    step_people: int = _STEP_PEOPLE,
) -> dict[str, int]:
    """Take an import back to its end; return how many people were removed, restored, and kept as they are.

    Pass `consent.actions.take_back_import`: what the import's people agreed to goes in the same transaction.
    """
    while True:
        with workspace_scope(workspace_id):
            job = queries.get_import(workspace_id, import_id, lock=True)
            if job.state != ImportState.UNDOING:
                return dict(job.undone)
            taken = undo_store.take_rows(workspace_id=workspace_id, import_id=import_id, limit=step_people)
            if taken:
                _undo_step(job, taken, take_back_consent, now())
            else:
                job.state = ImportState.UNDONE
            job.save(update_fields=["state", "undone"])
            statements.notify_live(workspace_id, [f"import:{import_id}"])


def _undo_step(job: Import, taken: undo_store.Taken, take_back: TakeBackConsent, now: datetime) -> None:
    new = [contact_id for contact_id, is_new, _ in taken if is_new]
    removed = undo_store.remove_unused(workspace_id=job.workspace_id, import_id=job.pk, contact_ids=new)
    # Rows that changed nothing have nothing to restore.
    befores = [(contact_id, before) for contact_id, is_new, before in taken if before and not is_new]
    restored = undo_store.restore_contacts(
        workspace_id=job.workspace_id, befores=befores, not_after=job.finished_at or now, now=now
    )
    take_back(
        workspace_id=job.workspace_id,
        import_id=job.pk,
        contact_ids=[contact_id for contact_id, _, _ in taken],
        removed_ids=sorted(removed),
        at=now,
    )
    kept = len(new) - len(removed) + len(befores) - len(restored)
    for name, count in (("removed", len(removed)), ("restored", len(restored)), ("kept", kept)):
        job.undone[name] = job.undone.get(name, 0) + count
