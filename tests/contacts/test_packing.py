"""Custom fields stand beside activity as numbers: the same answers as from the fields themselves, whatever happens to them."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from switchboard.contacts import segment_queries
from switchboard.contacts.actions import fields as actions
from switchboard.contacts.models import Contact, Field
from switchboard.contacts.segments import counting, tree
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests import factories
from tests.conftest import NOON

Question = dict[str, Any]


@pytest.fixture
def shop(db: None) -> Workspace:
    """Hana, Ming and Emma, one of whom has nothing in any field."""
    workspace = factories.make_workspace()
    with workspace_scope(workspace.pk):
        for key, kind in {
            "plan": "choice",
            "points": "number",
            "born": "date",
            "member": "yes_no",
            "note": "text",
        }.items():
            actions.create_field(workspace_id=workspace.pk, key=key, kind=kind, now=NOON, choices=["gold", "free"])
    hana = {"plan": "gold", "points": 12.5, "born": "2000-02-29", "member": True, "note": "Likes Tea"}
    ming = {"plan": "free", "points": -3, "born": "1990-12-31", "member": False, "note": "100 %"}
    for name, fields in (("Hana", hana), ("Ming", ming), ("Emma", {})):
        factories.make_contact(workspace, name=name, fields=fields)
    return workspace


def find(shop: Workspace, question: Question, *, packed: bool = True) -> set[str]:
    with workspace_scope(shop.pk):
        world = segment_queries.load_world(shop.pk, NOON)
        found = counting.list_people(tree.parse_tree(question), world if packed else replace(world, slots={}))
        return {contact.name for contact in segment_queries.list_by_ids(shop.pk, found)}


def ask(field: str, test: str, *values: object, **more: object) -> Question:
    return {"field": f"field:{field}", "test": test, **({"values": list(values)} if values else {}), **more}


QUESTIONS = [
    (ask("plan", "in", "gold", "silver"), {"Hana"}),
    (ask("plan", "not_in", "gold"), {"Ming", "Emma"}),
    (ask("plan", "filled"), {"Hana", "Ming"}),
    (ask("points", "at_most", to=12.5), {"Hana", "Ming"}),
    (ask("points", "between", **{"from": 12.5, "to": 13}), {"Hana"}),
    (ask("points", "empty"), {"Emma"}),
    (ask("born", "on_or_after", "2000-02-29"), {"Hana"}),
    (ask("born", "before", "2000-02-29"), {"Ming"}),
    (ask("born", "age", **{"from": 30, "to": 40}), {"Ming"}),
    (ask("born", "anniversary", days=365), {"Hana", "Ming"}),
    (ask("member", "yes"), {"Hana"}),
    (ask("member", "no"), {"Ming"}),
    (ask("member", "empty"), {"Emma"}),
    (ask("note", "is", "likes tea"), {"Hana"}),
    (ask("note", "is_not", "likes tea"), {"Ming", "Emma"}),
    (ask("note", "contains", "TEA"), {"Hana"}),
    (ask("note", "empty"), {"Emma"}),
]


@pytest.mark.parametrize(("question", "expected"), QUESTIONS)
def test_numbers_answer_as_the_fields_do(shop: Workspace, question: Question, expected: set[str]) -> None:
    assert find(shop, question) == find(shop, question, packed=False) == expected


def test_a_changed_value_is_asked_for_at_once(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        Contact.objects.filter(workspace_id=shop.pk, name="Emma").update(fields={"plan": "gold"})
        Contact.objects.filter(workspace_id=shop.pk, name="Hana").update(fields={})
    assert find(shop, ask("plan", "in", "gold")) == {"Emma"}
    assert find(shop, ask("points", "filled")) == {"Ming"}


def test_a_field_of_another_kind_is_asked_as_that_kind(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        born = Field.objects.get(workspace_id=shop.pk, key="born")
        actions.change_field(workspace_id=shop.pk, field_id=born.pk, kind="text")
    assert find(shop, ask("born", "is", "1990-12-31")) == {"Ming"}


def test_a_new_field_finds_nothing_of_the_one_before_it(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        points = Field.objects.get(workspace_id=shop.pk, key="points")
        actions.delete_field(workspace_id=shop.pk, field_id=points.pk, now=NOON, with_values=True)
        height = actions.create_field(workspace_id=shop.pk, key="height", kind="number", now=NOON)
        height.refresh_from_db()
    assert height.slot == points.slot
    assert find(shop, ask("height", "filled")) == set()


def test_values_that_were_there_before_their_field_are_found(shop: Workspace) -> None:
    factories.make_contact(shop, name="Sam", fields={"it's 5 %": 5})
    with workspace_scope(shop.pk):
        actions.create_field(workspace_id=shop.pk, key="it's 5 %", kind="number", now=NOON)
    factories.make_contact(shop, name="Olive", fields={"it's 5 %": 6})
    assert find(shop, ask("it's 5 %", "at_least", **{"from": 5})) == {"Sam", "Olive"}


def test_whoever_has_more_fields_than_columns_asks_the_rest_as_well(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        actions.ensure_fields(workspace_id=shop.pk, keys=[f"more {number}" for number in range(9)], now=NOON)
        slots = dict(Field.objects.filter(workspace_id=shop.pk).values_list("key", "slot"))
    assert slots["more 8"] is None
    assert sorted(slot for slot in slots.values() if slot) == list(range(1, 13))
    factories.make_contact(shop, name="Olive", fields={"more 8": "x", "more 0": "x"})
    assert find(shop, {"all": [ask("more 8", "is", "x"), ask("more 0", "is", "x")]}) == {"Olive"}


@pytest.mark.parametrize("many", [0, 1, 2, 3, 8, 9, 50])
def test_marks_never_hide_a_tag(shop: Workspace, many: int) -> None:
    tags = [f"Tag {number}" for number in range(many)]
    olive = factories.make_contact(shop, name="Olive", tags=tags)
    with workspace_scope(shop.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_activity SET classes = tags WHERE contact_id = %s", [olive.pk])
        cursor.execute(
            "SELECT every(tag_marks & (1::bigint << (tag %% 63)::int) <> 0 AND class_marks = tag_marks)"
            " FROM contacts_activity, unnest(tags) AS tag WHERE contact_id = %s",
            [olive.pk],
        )
        assert cursor.fetchone() == ((True,) if many else (None,))
