"""Very many people are changed in the background, and changed back: steps of a few thousand, each one transaction.

Whom it is about is written down when it begins. Killed between two steps it goes on where it was; killed inside one, that
step never happened.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from switchboard.contacts import choosing, edit_store
from switchboard.contacts.actions import edits
from switchboard.contacts.actions.edits import Change, Plan
from switchboard.contacts.choosing import Chosen
from switchboard.contacts.models import Edit, EditState, EditStep
from switchboard.core import clock, statements
from switchboard.core.errors import SwitchboardError
from switchboard.core.tenancy import workspace_scope

# Opts some people out, and takes some of that back: `consent`'s, handed in. Both return how many people that changed.
WithdrawStep = Callable[[Edit, Sequence[int], datetime], int]
TakeBackStep = Callable[[Edit, datetime, int], bool]

_TOPIC = "edits"
# How long it is remembered what people were, beyond the time in which a change can be undone.
_FORGOTTEN_FOR = timedelta(days=3)
_FORGET_PEOPLE = 20_000


def start_edit(*, workspace_id: int, chosen: Chosen, change: Change, by: int | None, now: datetime) -> Edit:
    """Have a selection changed in the background: from here on `run_edit` works on it.

    :raises EditError: nothing to do, or a value that the field cannot hold.
    """
    return start_plan(
        workspace_id=workspace_id, chosen=chosen, plan=edits.make_plan(workspace_id, change), by=by, now=now
    )


def start_plan(
    *, workspace_id: int, chosen: Chosen, plan: Plan, by: int | None, now: datetime, source: str = ""
) -> Edit:
    """Have a selection changed as planned; `source` is for the ledger of those who are opted out."""
    return Edit.objects.create(
        workspace_id=workspace_id,
        kind=plan.kind,
        detail=plan.detail,
        state=EditState.WAITING,
        chosen=chosen.as_json(),
        plan={**plan.as_json(), "source": source},
        total_count=choosing.count_chosen(workspace_id, chosen, now),
        by=by,
        at=now,
    )


def run_edit(
    *, workspace_id: int, edit_id: int, withdraw: WithdrawStep, now: Callable[[], datetime] = clock.now
) -> dict[str, int]:
    """Take a change to its end, from wherever an earlier run was cut off; return how many were looked at and changed.

    Pass `consent.actions.withdraw_step`. Must not be called inside a transaction.
    """
    while True:
        with workspace_scope(workspace_id):
            edit = edits.get_edit(workspace_id, edit_id, lock=True)
            if edit.state not in {EditState.WAITING, EditState.RUNNING}:
                return {"looked_at": edit.done_count, "changed": edit.people_count}
            try:
                _begin(edit) if edit.state == EditState.WAITING else _take_step(edit, withdraw, now())
            except SwitchboardError as failure:
                _end(edit, EditState.FAILED, now(), failure.message)
            edit.save(update_fields=["state", "total_count", "done_count", "people_count", "error", "finished_at"])
            statements.notify_live(workspace_id, [_TOPIC])


def _begin(edit: Edit) -> None:
    """Write down whom it is about: what the filter finds later on is not what was counted and confirmed."""
    edit.total_count, chosen = 0, choosing.parse_chosen(edit.chosen)
    for contact_ids in choosing.iter_ids(edit.workspace_id, chosen, edit.at, limit=edits.STEP_PEOPLE):
        EditStep.objects.create(workspace_id=edit.workspace_id, edit_id=edit.pk, contact_ids=contact_ids)
        edit.total_count += len(contact_ids)
    edit.state = EditState.RUNNING


def _take_step(edit: Edit, withdraw: WithdrawStep, now: datetime) -> None:
    contact_ids = edit_store.take_step(workspace_id=edit.workspace_id, edit_id=edit.pk)
    if contact_ids is None:
        _end(edit, EditState.DONE, now)
    elif edit.kind == edits.OPT_OUT:
        edit.people_count += withdraw(edit, contact_ids, now)
    else:
        plan = Plan(**{key: value for key, value in edit.plan.items() if key != "source"})
        edit.people_count += edits.change_step(edit, plan, contact_ids, now)
    edit.done_count += len(contact_ids or ())


def _end(edit: Edit, state: EditState, now: datetime, error: str = "") -> None:
    edit.state, edit.finished_at, edit.error = state, now, error
    EditStep.objects.filter(workspace_id=edit.workspace_id, edit_id=edit.pk).delete()


def stop_edit(*, workspace_id: int, edit_id: int, now: datetime) -> Edit:
    """End a change after the step it is in; whoever was changed before stays so, until it is undone."""
    edit = edits.get_edit(workspace_id, edit_id, lock=True)
    if edit.state in {EditState.WAITING, EditState.RUNNING}:
        _end(edit, EditState.STOPPED, now)
        edit.save(update_fields=["state", "finished_at", "error"])
        statements.notify_live(workspace_id, [_TOPIC])
    return edit


def start_undo(*, workspace_id: int, edit_id: int, by: int | None, now: datetime) -> Edit:
    """Have a change taken back in the background: from here on `run_undo` works on it.

    :raises EditRunningError: it is under way.
    :raises NothingToUndoError: it was undone before.
    :raises UndoTooLateError: it ended more than 24 hours ago.
    """
    edit = edits.lock_edit(workspace_id, edit_id, now)
    edit.state, edit.undone_by = EditState.UNDOING, by
    edit.save(update_fields=["state", "undone_by"])
    return edit


def run_undo(
    *, workspace_id: int, edit_id: int, take_back: TakeBackStep, now: Callable[[], datetime] = clock.now
) -> dict[str, int]:
    """Take a change back to its end, from wherever an earlier run was cut off; return how many people are as before.

    Pass `consent.actions.take_back_step`. Must not be called inside a transaction.
    """
    while True:
        with workspace_scope(workspace_id):
            edit = edits.get_edit(workspace_id, edit_id, lock=True)
            if edit.state != EditState.UNDOING:
                return {"restored": edit.restored_count}
            if edit.kind == edits.OPT_OUT:
                goes_on = take_back(edit, now(), edits.STEP_PEOPLE)
            else:
                goes_on = edits.restore_step(edit, now())
            if not goes_on:
                edit.state, edit.undone_at = EditState.DONE, now()
            edit.save(update_fields=["state", "undone_at", "undone_through", "restored_count"])
            statements.notify_live(workspace_id, [_TOPIC])


def forget_befores(*, workspace_id: int, now: datetime) -> int:
    """Forget whom changes of tags and opt-outs touched that cannot be undone any more; return of how many people.

    What fields were before stays: a person's page shows it.
    """
    undoable = now - edits.UNDO_FOR
    over = Edit.objects.filter(
        workspace_id=workspace_id,
        at__lt=undoable,
        at__gt=undoable - _FORGOTTEN_FOR,
        kind__in=("add_tags", "remove_tags", edits.OPT_OUT),
        state__in=(EditState.DONE, EditState.STOPPED, EditState.FAILED),
    ).exclude(finished_at__gte=undoable)
    forgotten = 0
    for edit_id in over.order_by("pk").values_list("pk", flat=True):
        while count := edit_store.forget_edited(workspace_id=workspace_id, edit_id=edit_id, limit=_FORGET_PEOPLE):
            forgotten += count
    return forgotten
