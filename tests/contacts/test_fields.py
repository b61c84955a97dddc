"""Typed fields: what a text says as a value of each kind, and what becomes of people's values when a field changes."""

import pytest

from switchboard.contacts import actions, field_store, fields, queries
from switchboard.contacts.errors import FieldError, FieldExistsError, FieldInUseError
from switchboard.contacts.fields import Definition
from switchboard.contacts.models import Contact, Field
from switchboard.core import statements
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_contact


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1,234", 1234), ("number", "12.50", 12.5), ("number", "1.234,5", 1234.5), ("number", "１２", 12),
        ("number", "-3", -3), ("date", "2026-03-31", "2026-03-31"), ("date", "2026/3/1", "2026-03-01"),
        ("date", "2026年3月1日", "2026-03-01"), ("date", "令和8年3月1日", "2026-03-01"), ("date", "R8.3.1", "2026-03-01"),
        ("date", "S50.1.2", "1975-01-02"), ("date", "20260301", "2026-03-01"), ("date", "2026-03-01 10:00", "2026-03-01"),
        ("yes_no", "はい", True), ("yes_no", "否", False), ("yes_no", "No", False),
        ("money", "¥1,200", 1200), ("money", "1200円", 1200), ("money", "JPY 5", 5), ("money", "-5", -5),
        ("choice", "gold", "Gold"), ("text", " x ", "x"), ("number", "  ", None),
    ],
)  # fmt: skip
def test_a_text_is_read_as_its_kind(kind: str, text: str, value: object) -> None:
    field = Definition("f", kind, ("Gold", "Free"), "JPY")
    assert fields.parse_value(field, text, "JP") == (value, "")


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("number", "many", "not_a_number"), ("number", "1e400", "not_a_number"), ("number", "12,34,5", "not_a_number"),
        ("date", "2026-02-30", "not_a_date"), ("date", "yesterday", "not_a_date"), ("date", "13/13/2026", "not_a_date"),
        ("date", "45123", "not_a_date"), ("yes_no", "maybe", "not_yes_no"), ("money", "free", "not_money"),
        ("money", "$5", "other_currency"), ("money", "5 EUR", "other_currency"), ("choice", "Silver", "not_a_choice"),
        ("text", "x" * 2001, "field_too_long"),
    ],
)  # fmt: skip
def test_what_is_none_has_a_reason(kind: str, text: str, reason: str) -> None:
    assert fields.parse_value(Definition("f", kind, ("Gold",), "JPY"), text, "JP") == (None, reason)


@pytest.mark.parametrize(("country", "day"), [("US", "2026-03-04"), ("GB", "2026-04-03")])
def test_the_country_says_what_comes_first_in_a_date(country: str, day: str) -> None:
    assert fields.parse_value(Definition("f", "date"), "03/04/2026", country) == (day, "")


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        (["2026-01-01", "2026/2/3"], "date"), (["12", "3.5"], "number"), (["0012", "0345"], "text"),
        (["yes", "no"], "yes_no"), (["a", "1"], "text"), ([], "text"), (["1234567890123456"], "text"),
    ],
)  # fmt: skip
def test_the_kind_of_a_new_field_is_told_from_its_values(samples: list[str], kind: str) -> None:
    assert fields.suggest_kind(samples, "JP") == kind


def make(workspace: Workspace, key: str = "spent", kind: str = "text", **values: object) -> Field:
    return actions.create_field(workspace_id=workspace.pk, key=key, kind=kind, now=NOON, **values)  # type: ignore[arg-type]


def test_a_field_that_cannot_be_is_refused(workspace: Workspace) -> None:
    for key, kind in (("", "text"), ("x", "colour"), ("x", "choice"), ("x", "money")):
        with pytest.raises(FieldError):
            make(workspace, key, kind)
    make(workspace)
    with pytest.raises(FieldExistsError):
        make(workspace)


def test_values_become_what_the_field_becomes(workspace: Workspace) -> None:
    field = make(workspace)
    person = make_contact(workspace, fields={"spent": "1,200", "city": "Kobe"})
    actions.change_field(workspace_id=workspace.pk, field_id=field.pk, kind="money", currency="jpy")
    assert Contact.objects.get(pk=person.pk).fields == {"spent": 1200, "city": "Kobe"}
    assert queries.list_definitions(workspace.pk) == [Definition("spent", "money", (), "JPY")]


def test_a_change_that_would_lose_values_names_them(workspace: Workspace) -> None:
    field = make(workspace)
    make_contact(workspace, fields={"spent": "a lot"})
    with pytest.raises(FieldError, match="a lot"):
        actions.change_field(workspace_id=workspace.pk, field_id=field.pk, kind="number")


def test_a_field_goes_with_its_values_only_when_somebody_says_so(workspace: Workspace) -> None:
    field = make(workspace)
    person = make_contact(workspace, fields={"spent": "5", "city": "Kobe"})
    with pytest.raises(FieldInUseError, match="1 people"):
        actions.delete_field(workspace_id=workspace.pk, field_id=field.pk, now=NOON)
    actions.delete_field(workspace_id=workspace.pk, field_id=field.pk, now=NOON, with_values=True)
    assert Contact.objects.get(pk=person.pk).fields == {"city": "Kobe"}


def test_the_statements_run(workspace: Workspace) -> None:
    given = {"workspace_id": workspace.pk, "key": "x", "values": "{}", "now": NOON}
    for statement in (
        field_store.SQL_LIST_VALUES, field_store.SQL_REPLACE_VALUES, field_store.SQL_COUNT_VALUES, field_store.SQL_DROP_VALUES,
    ):  # fmt: skip
        assert statements.fetch(f"EXPLAIN {statement}", given)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("46023", "2026-01-01"),
        ("46023.5", "2026-01-01"),
        ("４６０２３", "2026-01-01"),
        ("2026", None),
        ("460233", None),
    ],
)
def test_a_cell_of_a_day_may_be_the_number_a_spreadsheet_keeps_it_by(text: str, day: str | None) -> None:
    value, reason = fields.parse_cell(fields.Definition("born", fields.DATE), text, "JP")
    assert (value, reason) == ((day, "") if day else (None, fields.NOT_A_DATE))


def test_a_number_alone_is_no_day_elsewhere() -> None:
    assert fields.parse_value(fields.Definition("born", fields.DATE), "46023") == (None, fields.NOT_A_DATE)
    assert fields.parse_cell(fields.Definition("score", fields.NUMBER), "46023") == (46023, "")
    assert fields.suggest_kind(["46023", "46024"], "JP") == fields.NUMBER
    assert fields.suggest_kind(["46023", "1990/1/2"], "JP") == fields.DATE
