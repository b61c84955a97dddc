"""A merge is taken back within a day: two people again, each with what was theirs.

Right after the merge that is exactly how it was before. What has happened since stays with the one who was kept; a wish
about consent holds for both.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from psycopg.types.json import Jsonb

from switchboard.contacts import people_queries
from switchboard.contacts.actions import merges
from switchboard.contacts.errors import NothingToUndoError, NumberTakenError, UndoTooLateError
from switchboard.contacts.models import Merge
from switchboard.conversions import actions as conversions_actions
from switchboard.core import statements
from switchboard.delivery.statements import planning
from switchboard.delivery.store import lanes
from switchboard.replies import parting_statements as sql

UNDO_FOR = timedelta(hours=24)

# Consent before activity: a trigger copies the one into the other's row.
_STEPS = (
    sql.SQL_GIVE_BACK,
    sql.SQL_GIVE_BACK_MESSAGES,
    sql.SQL_RESTORE_DAYS,
    sql.SQL_RESTORE_FACTS,
    sql.SQL_RESTORE_ROWS,
    sql.SQL_RESTORE_REACH,
    sql.SQL_RESTORE_THREADS,
    sql.SQL_RESTORE_KEPT_ACTIVITY,
    sql.SQL_RESTORE_LOST_ACTIVITY,
)


@transaction.atomic
def undo_merge(*, workspace_id: int, merge_id: int, now: datetime) -> Merge:
    """Make two people of one again.

    :raises NothingToUndoError: it was undone before, or the one person is gone.
    :raises UndoTooLateError: it is more than 24 hours ago.
    :raises NumberTakenError: somebody else has the number of one of the two now.
    """
    merge = merges.lock_merge(workspace_id, merge_id)
    if merge is None or merge.undone_at is not None:
        raise NothingToUndoError
    if now - merge.at > UNDO_FOR:
        raise UndoTooLateError
    if people_queries.count_chosen(workspace_id, [merge.kept_id]) != 1:
        raise NothingToUndoError
    given: dict[str, Any] = {"workspace_id": workspace_id, "merge_id": merge_id, "now": now}
    given |= {"keep": merge.kept_id, "lose": merge.lost_id}
    if statements.fetch(sql.SQL_IS_PHONE_TAKEN, given)[0][0]:
        raise NumberTakenError
    statements.execute(sql.SQL_RESTORE_KEPT, given)
    statements.execute(sql.SQL_BRING_BACK, given)
    _restore_standings(given)
    for statement in _STEPS:
        statements.execute(statement, given)
    _unskip(given)
    conversions_actions.update_purchases(workspace_id=workspace_id, contact_ids=[merge.kept_id, merge.lost_id])
    return merges.note_undone(merge, now)


def _restore_standings(given: dict[str, Any]) -> None:
    ((has_new,),) = statements.fetch(sql.SQL_HAS_NEW_ENTRIES, given)
    statements.execute(sql.SQL_COPY_STANDING if has_new else sql.SQL_RESTORE_STANDINGS, given)


def _unskip(given: dict[str, Any]) -> None:
    """Let messages wait again that the merge had skipped, where their broadcasts still run."""
    skipped = [message_id for (message_id,) in statements.fetch(sql.SQL_LOCK_SKIPPED, given)]
    if not skipped:
        return
    back = statements.fetch(sql.SQL_UNSKIP, {**given, "message_ids": skipped})
    columns = [list(column) for column in zip(*back, strict=True)]
    names = ("message_ids", "lane_ids", "attempts", "tries", "due_at", "holds", "details")
    put: dict[str, Any] = dict(zip(names, columns, strict=True))
    # Django hands JSON over as it is written.
    put["details"] = [None if one is None else Jsonb(json.loads(one)) for one in put["details"]]
    statements.execute(lanes.SQL_PUT_BACK, {**put, "workspace_id": given["workspace_id"]})
    statements.fetch(planning.SQL_NOTIFY_DUE, {})
