"""Many people are changed at once, and changed back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from switchboard.contacts import choosing, edit_store, fields, queries, undo_store
from switchboard.contacts.actions.tags import ensure_tags
from switchboard.contacts.choosing import Chosen
from switchboard.contacts.errors import EditError, NothingToUndoError, TooManyChosenError, UndoTooLateError
from switchboard.contacts.models import Edit, EditedRow
from switchboard.team.models import Workspace

UNDO_FOR = timedelta(hours=24)
MOST_PEOPLE = 50_000
_STEP = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to each: tags given and taken, one field set; an empty value takes the field away."""

    add_tags: tuple[str, ...] = ()
    remove_tag_ids: tuple[int, ...] = ()
    field_key: str = ""
    field_text: str = ""


@dataclass(slots=True)
class _Plan:
    kind: str
    add: list[int] = field(default_factory=list)
    remove: list[int] = field(default_factory=list)
    patch: dict[str, Any] = field(default_factory=dict)
    drop: list[str] = field(default_factory=list)


def check_change(*, workspace_id: int, change: Change) -> None:
    """Say before anybody is changed whether a field could hold the value.

    :raises EditError: it cannot, or there is no such field.
    """
    if change.field_key:
        _plan_field(workspace_id, change, _Plan("set_field"))


def check_count(count: int) -> None:
    """Refuse a selection that one change cannot take.

    :raises TooManyChosenError: more than 50,000 people.
    """
    if count > MOST_PEOPLE:
        raise TooManyChosenError


@transaction.atomic
def edit_people(*, workspace_id: int, chosen: Chosen, change: Change, by: int | None, now: datetime) -> Edit:
    """Change all people of a selection, and remember what they were before.

    :raises EditError: nothing to do, or a value that the field cannot hold.
    :raises TooManyChosenError: more than 50,000 people.
    """
    plan = _make_plan(workspace_id, change)
    edit = begin_edit(workspace_id=workspace_id, kind=plan.kind, chosen=chosen, by=by, now=now)
    for page in choosing.iter_chosen(workspace_id, chosen, now):
        edit.people_count += edit_store.edit_contacts(
            workspace_id=workspace_id,
            edit_id=edit.pk,
            contact_ids=[contact.pk for contact in page],
            add=plan.add,
            remove=plan.remove,
            patch=plan.patch,
            drop=plan.drop,
            now=now,
        )
    edit.detail = {"add": plan.add, "remove": plan.remove, "fields": [*plan.patch, *plan.drop]}
    edit.save(update_fields=["people_count", "detail"])
    return edit


def begin_edit(*, workspace_id: int, kind: str, chosen: Chosen, by: int | None, now: datetime) -> Edit:
    """Note that a selection is about to be changed.

    :raises TooManyChosenError: more than 50,000 people.
    """
    check_count(choosing.count_chosen(workspace_id, chosen, now))
    return Edit.objects.create(workspace_id=workspace_id, kind=kind, by=by, at=now)


def end_edit(edit: Edit, befores: Sequence[tuple[int, dict[str, Any]]]) -> Edit:
    """Remember whom a change of another room's has touched, and what was before."""
    rows = [EditedRow(edit.pk, contact_id, edit.workspace_id, before) for contact_id, before in befores]
    EditedRow.objects.bulk_create(rows, batch_size=_STEP)
    edit.people_count = len(rows)
    edit.save(update_fields=["people_count"])
    return edit


def _make_plan(workspace_id: int, change: Change) -> _Plan:
    if change.add_tags:
        plan = _Plan("add_tags", add=sorted(ensure_tags(workspace_id=workspace_id, names=change.add_tags).values()))
    elif change.remove_tag_ids:
        plan = _Plan("remove_tags", remove=sorted(change.remove_tag_ids))
    elif change.field_key:
        plan = _Plan("set_field")
    else:
        raise EditError
    if change.field_key:
        _plan_field(workspace_id, change, plan)
    return plan


def _plan_field(workspace_id: int, change: Change, plan: _Plan) -> None:
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

    :raises NothingToUndoError: it was undone before.
    :raises UndoTooLateError: it is more than 24 hours ago.
    """
    edit = Edit.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, pk=edit_id).first()
    if edit is None or edit.undone_at is not None:
        raise NothingToUndoError
    if now - edit.at > UNDO_FOR:
        raise UndoTooLateError
    return edit


def list_befores(edit: Edit) -> list[tuple[int, dict[str, Any]]]:
    """Return whom a change touched, and what was before."""
    rows = EditedRow.objects.filter(edit_id=edit.pk, workspace_id=edit.workspace_id).order_by("contact_id")
    return list(rows.values_list("contact_id", "before"))


@transaction.atomic
def undo_edit(*, workspace_id: int, edit_id: int, now: datetime) -> tuple[Edit, int]:
    """Take a change back; whoever was changed again since stays as they are. Return how many people went back.

    :raises NothingToUndoError: it was undone before.
    :raises UndoTooLateError: it is more than 24 hours ago.
    """
    edit = lock_edit(workspace_id, edit_id, now)
    befores = list_befores(edit)
    restored = 0
    for start in range(0, len(befores), _STEP):
        some = befores[start : start + _STEP]
        restored += len(
            undo_store.restore_contacts(workspace_id=workspace_id, befores=some, not_after=edit.at, now=now)
        )
    return end_undo(edit, now), restored


def end_undo(edit: Edit, now: datetime) -> Edit:
    """Note that a change was taken back."""
    edit.undone_at = now
    edit.save(update_fields=["undone_at"])
    return edit
