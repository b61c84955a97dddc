"""Many people are changed at once, and changed back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from switchboard.contacts import choosing, edit_store, fields, queries
from switchboard.contacts.actions.tags import ensure_tags
from switchboard.contacts.choosing import Chosen
from switchboard.contacts.errors import (
    EditError,
    EditNotFound,
    EditRunningError,
    EditTargetGoneError,
    NothingToUndoError,
    UndoTooLateError,
)
from switchboard.contacts.models import UNFINISHED_EDITS, Edit, EditedRow, Tag
from switchboard.core.rows import get_own
from switchboard.team.models import Workspace

UNDO_FOR = timedelta(hours=24)
OPT_OUT = "opt_out"
# So many are changed while somebody waits, and changed back, in a second; more in the background (`long_edits`).
MOST_AT_ONCE = 5000
STEP_PEOPLE = 5000


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to each: tags given and taken, one field set; an empty value takes the field away."""

    add_tags: tuple[str, ...] = ()
    remove_tag_ids: tuple[int, ...] = ()
    field_key: str = ""
    field_text: str = ""


@dataclass(slots=True)
class Plan:
    """A change as it is carried out, and kept while it is under way."""

    kind: str
    add: list[int] = field(default_factory=list)
    remove: list[int] = field(default_factory=list)
    patch: dict[str, Any] = field(default_factory=dict)
    drop: list[str] = field(default_factory=list)

    @property
    def detail(self) -> dict[str, Any]:
        """What pages say of it."""
        return {"add": self.add, "remove": self.remove, "fields": [*self.patch, *self.drop]}

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


def check_change(*, workspace_id: int, change: Change) -> None:
    """Say before anybody is changed whether a field could hold the value.

    :raises EditError: it cannot, or there is no such field.
    """
    if change.field_key:
        _plan_field(workspace_id, change, Plan("set_field"))


def takes_long(count: int) -> bool:
    """Tell whether so many people are changed in the background."""
    return count > MOST_AT_ONCE


@transaction.atomic
def edit_people(*, workspace_id: int, chosen: Chosen, change: Change, by: int | None, now: datetime) -> Edit:
    """Change all people of a selection, and remember what they were before.

    :raises EditError: nothing to do, or a value that the field cannot hold.
    """
    plan = make_plan(workspace_id, change)
    edit = Edit.objects.create(workspace_id=workspace_id, kind=plan.kind, detail=plan.detail, by=by, at=now)
    for contact_ids in choosing.iter_ids(workspace_id, chosen, now, limit=STEP_PEOPLE):
        edit.people_count += change_step(edit, plan, contact_ids, now)
    edit.save(update_fields=["people_count"])
    return edit


def change_step(edit: Edit, plan: Plan, contact_ids: Sequence[int], now: datetime) -> int:
    """Change some people, and remember what they were; return how many that changed.

    :raises EditTargetGoneError: a tag or field of it is not there any more.
    """
    _check_targets(edit.workspace_id, plan)
    return edit_store.edit_contacts(
        workspace_id=edit.workspace_id,
        edit_id=edit.pk,
        contact_ids=contact_ids,
        add=plan.add,
        remove=plan.remove,
        patch=plan.patch,
        drop=plan.drop,
        now=now,
    )


def _check_targets(workspace_id: int, plan: Plan) -> None:
    # Locked, so that a tag is not deleted while somebody gets it.
    tags = Tag.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, pk__in=plan.add)
    known = {one.key for one in queries.list_definitions(workspace_id)} if plan.patch else set()
    if len(tags.order_by("pk").values_list("pk", flat=True)) != len(plan.add) or plan.patch.keys() - known:
        raise EditTargetGoneError


def remember(edit: Edit, befores: Sequence[tuple[int, Mapping[str, Any]]], now: datetime) -> int:
    """Remember whom a change of another room's has touched, and what was before; return how many."""
    rows = [EditedRow(edit.pk, contact_id, edit.workspace_id, before, now) for contact_id, before in befores]
    EditedRow.objects.bulk_create(rows, batch_size=STEP_PEOPLE)
    return len(rows)


def make_plan(workspace_id: int, change: Change) -> Plan:
    """Return how a change is carried out; new words become tags.

    :raises EditError: nothing to do, or a value that the field cannot hold.
    """
    if change.add_tags:
        plan = Plan("add_tags", add=sorted(ensure_tags(workspace_id=workspace_id, names=change.add_tags).values()))
    elif change.remove_tag_ids:
        plan = Plan("remove_tags", remove=sorted(change.remove_tag_ids))
    elif change.field_key:
        plan = Plan("set_field")
    else:
        raise EditError
    if change.field_key:
        _plan_field(workspace_id, change, plan)
    return plan


def _plan_field(workspace_id: int, change: Change, plan: Plan) -> None:
    known = {one.key: one for one in queries.list_definitions(workspace_id)}
    if change.field_key not in known:
        raise EditError("There is no such field in this workspace.")
    field, country = known[change.field_key], Workspace.objects.values_list("country", flat=True).get(pk=workspace_id)
    value, reason = fields.parse_value(field, change.field_text, country)
    if reason:
        raise EditError(_say_what_fits(field, change.field_text[:60]), field="value")
    if value is None:
        plan.drop.append(change.field_key)
    else:
        plan.patch[change.field_key] = value


def _say_what_fits(field: fields.Definition, text: str) -> str:
    if field.kind == fields.NUMBER:
        return f"“{text}” is no number for the field “{field.key}”. Write digits, for instance 1200.5."
    if field.kind == fields.DATE:
        return f"“{text}” is no date for the field “{field.key}”. Write it as 2026-03-31."
    if field.kind == fields.CHOICE:
        return f"“{text}” is none of the choices of the field “{field.key}”. Choose one of: {', '.join(field.choices)}."
    if field.kind == fields.YES_NO:
        return f"“{text}” is neither yes nor no for the field “{field.key}”. Write yes or no."
    if field.kind == fields.MONEY:
        return (
            f"“{text}” is no amount of {field.currency} for the field “{field.key}”. Write digits, for instance 1200."
        )
    return f"The text is too long for the field “{field.key}”. At most {fields.LONGEST_TEXT} characters fit."


def lock_edit(workspace_id: int, edit_id: int, now: datetime) -> Edit:
    """Return a change that can still be undone, so that nobody else undoes it meanwhile.

    :raises EditRunningError: it is under way.
    :raises NothingToUndoError: it was undone before.
    :raises UndoTooLateError: it is more than 24 hours ago.
    """
    edit = Edit.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, pk=edit_id).first()
    if edit is None or edit.undone_at is not None:
        raise NothingToUndoError
    if edit.state in UNFINISHED_EDITS:
        raise EditRunningError
    if now - (edit.finished_at or edit.at) > UNDO_FOR:
        raise UndoTooLateError
    return edit


def get_edit(workspace_id: int, edit_id: int, *, lock: bool = False) -> Edit:
    """Return a change.

    :raises EditNotFound: not in this workspace.
    """
    return get_own(Edit, workspace_id, edit_id, EditNotFound, lock=lock)


def list_befores(edit: Edit, *, after: int = 0, limit: int | None = None) -> list[tuple[int, dict[str, Any]]]:
    """Return whom a change touched, from after a person's id, and what was before."""
    rows = EditedRow.objects.filter(edit_id=edit.pk, workspace_id=edit.workspace_id, contact_id__gt=after)
    return list(rows.order_by("contact_id").values_list("contact_id", "before")[:limit])


@transaction.atomic
def undo_edit(*, workspace_id: int, edit_id: int, now: datetime) -> tuple[Edit, int]:
    """Take a change back; whoever was changed again since stays as they are. Return how many people went back.

    :raises EditRunningError: it is under way.
    :raises NothingToUndoError: it was undone before.
    :raises UndoTooLateError: it is more than 24 hours ago.
    """
    edit = lock_edit(workspace_id, edit_id, now)
    while restore_step(edit, now):
        pass
    return end_undo(edit, now), edit.restored_count


def restore_step(edit: Edit, now: datetime) -> bool:
    """Make the next people what they were before, and note how far that is; false after the last."""
    last, count = edit_store.restore_edited(
        workspace_id=edit.workspace_id,
        edit_id=edit.pk,
        edited_at=edit.at,
        after=edit.undone_through,
        limit=STEP_PEOPLE,
        now=now,
    )
    edit.undone_through = last or edit.undone_through
    edit.restored_count += count
    return last is not None


def end_undo(edit: Edit, now: datetime) -> Edit:
    """Note that a change was taken back."""
    edit.undone_at = now
    edit.save(update_fields=["undone_at", "undone_through", "restored_count"])
    return edit
