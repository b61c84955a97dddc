"""Typed fields are made, changed and given up."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from switchboard.contacts import field_store, fields
from switchboard.contacts.errors import FieldError, FieldExistsError, FieldInUseError
from switchboard.contacts.models import Field
from switchboard.core import clock

_BAD_SHOWN = 3
_MOST_VALUES = 200_000


def create_field(
    *, workspace_id: int, key: str, kind: str, now: datetime, choices: Sequence[str] = (), currency: str = ""
) -> Field:
    """Make a field that people can have.

    :raises FieldError: no name, an unknown kind, a choice without words, money without a currency.
    :raises FieldExistsError: there is one of this name.
    """
    definition = _define(key, kind, choices, currency)
    field, is_new = Field.objects.get_or_create(
        workspace_id=workspace_id,
        key=definition.key,
        defaults={
            "kind": kind,
            "choices": list(definition.choices),
            "currency": definition.currency,
            "created_at": now,
        },
    )
    if not is_new:
        raise FieldExistsError
    return field


def _define(key: str, kind: str, choices: Iterable[str], currency: str) -> fields.Definition:
    key = " ".join(key.split())
    if not key or len(key) > fields.LONGEST_KEY:
        raise FieldError("Give the field a name of at most 60 characters.", field="key")
    if kind not in fields.KINDS:
        raise FieldError(f"“{kind}” is no kind of field. Choose one of: {', '.join(fields.KINDS)}.", field="kind")
    words = fields.list_choices(choices) if kind == fields.CHOICE else ()
    if kind == fields.CHOICE and not words:
        raise FieldError("Write the words to choose from, one in each line.", field="choices")
    currency = currency.strip().upper() if kind == fields.MONEY else ""
    if kind == fields.MONEY and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise FieldError("Write the currency in three letters, for instance JPY.", field="currency")
    return fields.Definition(key, kind, words, currency)


def ensure_fields(*, workspace_id: int, keys: Iterable[str], now: datetime) -> None:
    """See to it that each of these keys is a field; those that are new hold texts."""
    wanted = [Field(workspace_id=workspace_id, key=key, created_at=now) for key in sorted(set(keys)) if key.strip()]
    Field.objects.bulk_create(wanted, ignore_conflicts=True)


@transaction.atomic
def change_field(
    *, workspace_id: int, field_id: int, kind: str, choices: Sequence[str] = (), currency: str = "", country: str = ""
) -> Field:
    """Change what a field holds; every value that is there must be one of the new kind, and becomes one.

    :raises FieldError: values that cannot be one are named.
    """
    field = _lock(workspace_id, field_id)
    wanted = _define(field.key, kind, choices, currency)
    new: dict[str, fields.Value] = {}
    bad: list[str] = []
    found = field_store.list_values(workspace_id, field.key)
    if len(found) > _MOST_VALUES:
        raise FieldError("Too many different values to look at each. Make a new field and import into it.")
    for stored, text in found:
        value, _ = fields.parse_value(wanted, fields.render_value(stored), country)
        if value is None:
            bad.append(fields.render_value(stored))
        elif value != stored or isinstance(value, bool) != isinstance(stored, bool):
            new[text] = value
    if bad:
        shown = ", ".join(f"“{text[:40]}”" for text in bad[:_BAD_SHOWN])
        raise FieldError(f"{len(bad)} different values cannot become that, for instance {shown}. Correct them first.")
    if new:
        field_store.replace_values(workspace_id, field.key, new, clock.now())
    field.kind, field.choices, field.currency = kind, list(wanted.choices), wanted.currency
    field.save(update_fields=["kind", "choices", "currency"])
    return field


def _lock(workspace_id: int, field_id: int) -> Field:
    field = Field.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, pk=field_id).first()
    if field is None:
        raise FieldError("There is no such field in this workspace.")
    return field


@transaction.atomic
def delete_field(*, workspace_id: int, field_id: int, now: datetime, with_values: bool = False) -> int:
    """Give a field up; return how many people lost a value.

    :raises FieldInUseError: people have values and nobody said that these may go.
    """
    field = _lock(workspace_id, field_id)
    count = field_store.count_values(workspace_id, field.key)
    if count and not with_values:
        raise FieldInUseError(f"{count} people have a value in this field. Say that these may be deleted as well.")
    if count:
        field_store.drop_values(workspace_id, field.key, now)
    field.delete()
    return count
