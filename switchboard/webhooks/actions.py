"""Dead letters are put back into the queue by people who have mended their cause."""

from collections.abc import Sequence
from datetime import datetime

from switchboard.core import statements
from switchboard.webhooks import queries, store


def replay_dead_letters(*, workspace_id: int, ids: Sequence[int] | None, now: datetime) -> int:
    """Put dead letters back into the queue, or with None all that wait; return how many.

    Call this inside `core.tenancy.workspace_scope`. What still cannot be applied becomes a dead letter again.
    """
    wanted = queries.list_open_letter_ids(workspace_id) if ids is None else list(ids)
    rows = statements.fetch(store.SQL_REPLAY, {"workspace_id": workspace_id, "ids": wanted, "now": now})
    return int(rows[0][0]) if rows else 0
