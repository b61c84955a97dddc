"""Tags and people kept in order: the fortnight's report, proposals that only a person applies, the nightly counts."""

from datetime import datetime, timedelta
from typing import Any

from switchboard.contacts import hygiene, hygiene_store, tag_store
from switchboard.contacts.actions.tags import ensure_tags, undo_tag_cleanup
from switchboard.contacts.errors import CleanupError
from switchboard.contacts.models import Cleanup, HygieneReport, Tag
from switchboard.core import statements
from switchboard.core.tenancy import seeing_all

_EVERY = timedelta(days=14)
_ROLL_AT_ONCE = 20_000


def roll_days(*, workspace_id: int, now: datetime, after: int = 0, limit: int = _ROLL_AT_ONCE) -> int:
    """Count the day buckets of the next people anew; return the last one's id, 0 at the end. A transaction each."""
    given = {"workspace_id": workspace_id, "today": now.date(), "after": after, "limit": limit}
    with seeing_all():
        [(held, until)] = statements.fetch(hygiene_store.SQL_HOLD_ROLLED, given)
        if held:
            statements.execute(hygiene_store.SQL_ROLL_DAYS, {**given, "until": until})
    return int(until or 0)


def tidy_up(*, workspace_id: int, now: datetime) -> dict[str, int]:
    """Do at night what segments and tags need: count who carries what, let go of old days, write a report when due."""
    given = {"workspace_id": workspace_id, "today": now.date(), "now": now}
    with seeing_all():
        moved = statements.execute(hygiene_store.SQL_NOTE_COUNTS, given)
        forgotten = statements.execute(hygiene_store.SQL_FORGET_DAYS, given)
        forgotten += statements.execute(hygiene_store.SQL_FORGET_CHANGES, given)
        forgotten += statements.execute(hygiene_store.SQL_FORGET_SWEEPS, given)
    latest = hygiene.find_report(workspace_id)
    is_due = latest is None or latest.made_at <= now - _EVERY
    if is_due and Tag.objects.filter(workspace_id=workspace_id).exists():
        write_report(workspace_id=workspace_id, now=now)
    return {"tags_moved": moved, "rows_forgotten": forgotten, "reports": int(is_due)}


def write_report(*, workspace_id: int, now: datetime) -> HygieneReport:
    """Look at tags and people, and keep what was found."""
    return HygieneReport.objects.create(
        workspace_id=workspace_id, made_at=now, findings=hygiene.find_everything(workspace_id, now)
    )


def apply_proposal(
    *, workspace_id: int, kind: str, expected: int, tag_name: str, now: datetime, by: int | None
) -> Cleanup:
    """Mark the people of a proposal with a tag, so that broadcasts can leave them out; can be undone.

    :raises CleanupError: there are others than the person has seen.
    """
    people = hygiene.list_proposed(workspace_id, kind, now)
    if len(people) != expected or not people:
        raise CleanupError
    [tag_id] = ensure_tags(workspace_id=workspace_id, names=[tag_name]).values()
    given = {"workspace_id": workspace_id, "contact_ids": people, "add": [tag_id], "remove": [], "now": now}
    statements.execute(tag_store.SQL_CHANGE_TAGS, given)
    detail: dict[str, Any] = {"marked_with": tag_id, "name": tag_name}
    return Cleanup.objects.create(
        workspace_id=workspace_id, kind=kind, detail=detail, contact_ids=people, done_at=now, done_by=by
    )


def undo_cleanup(*, workspace_id: int, cleanup_id: int, now: datetime) -> Cleanup:
    """Take back what was put away: a tag comes back, a mark goes.

    :raises CleanupError: it was undone already, or cannot be any more.
    """
    done = Cleanup.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, pk=cleanup_id).first()
    if done is None or done.undone_at is not None:
        raise CleanupError
    if done.kind in {Cleanup.Kind.DELETE_TAG, Cleanup.Kind.MERGE_TAGS}:
        return undo_tag_cleanup(workspace_id=workspace_id, cleanup_id=cleanup_id, now=now)
    given = {"workspace_id": workspace_id, "contact_ids": done.contact_ids, "add": [], "now": now}
    statements.execute(tag_store.SQL_CHANGE_TAGS, {**given, "remove": [done.detail["marked_with"]]})
    done.undone_at = now
    done.save(update_fields=["undone_at"])
    return done
