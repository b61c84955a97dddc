"""What is remembered of a merge, so that it can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from switchboard.contacts.models import Merge


def note_merge(
    *, workspace_id: int, keep: int, lose: int, before: Mapping[str, Any], by: int | None, now: datetime
) -> Merge:
    """Remember that two people were made one, and what they were before."""
    return Merge.objects.create(
        workspace_id=workspace_id, kept_id=keep, lost_id=lose, before=dict(before), by=by, at=now
    )


def lock_merge(workspace_id: int, merge_id: int) -> Merge | None:
    """Return a merge that nobody else undoes meanwhile."""
    found = Merge.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, pk=merge_id)
    return found.first()


def note_undone(merge: Merge, now: datetime) -> Merge:
    """Remember that a merge was taken back; what the people were before is not needed any more."""
    merge.undone_at, merge.before = now, {}
    merge.save(update_fields=["undone_at", "before"])
    return merge
