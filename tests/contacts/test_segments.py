"""Questions over contacts: who is in them, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from switchboard.contacts import segment_queries
from switchboard.contacts.actions import segments as actions
from switchboard.contacts.errors import SegmentError
from switchboard.contacts.models import Contact, Tag
from switchboard.contacts.people_models import Event, Field
from switchboard.contacts.segments import catalogue, presets, tree
from switchboard.contacts.segments.compiling import World, compile_where
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests import factories
from tests.conftest import NOON

DAY = timedelta(days=1)
FIELDS = {"plan": "choice", "points": "number", "birthday": "date", "is_member": "yes_no", "note": "text"}
KNOWN = World(
    1,
    NOON,
    "Asia/Tokyo",
    FIELDS,
    {1: tree.parse_tree({"all": [{"field": "name", "test": "filled"}]})},
    {7: False, 8: True},
)


def ask(field: str, test: str, *values: object, **more: object) -> dict[str, Any]:
    return {"field": field, "test": test, **({"values": list(values)} if values else {}), **more}


def between(field: str, test: str, low: float, high: float) -> dict[str, Any]:
    return {"field": field, "test": test, "from": low, "to": high}


@pytest.fixture
def shop(db: None) -> Workspace:
    """Hana wrote yesterday and bought often; Ming read and kept silent; Emma is new; Sam opted out long ago."""
    workspace = factories.make_workspace()
    with workspace_scope(workspace.pk):
        for key, kind in FIELDS.items():
            Field.objects.create(workspace_id=workspace.pk, key=key, kind=kind, created_at=NOON)
    hana = factories.make_contact(
        workspace, name="Hana", country="JP", language="ja", tags=["VIP", "Tea"], created_at=NOON - 400 * DAY,
        fields={"plan": "gold", "points": 120, "birthday": "2000-03-03", "is_member": True},
    )  # fmt: skip
    ming = factories.make_contact(
        workspace, name="Ming", country="CN", language="zh_CN", tags=["Tea"], created_at=NOON - 100 * DAY,
        fields={"plan": "free", "points": 5, "birthday": "2000-03-04"}, agreed="utility",
    )  # fmt: skip
    emma = factories.make_contact(workspace, name="Emma", country="US", language="en", created_at=NOON - DAY, agreed="")
    sam = factories.make_contact(workspace, name="Sam", country="JP", created_at=NOON - 300 * DAY, is_opted_out=True)
    facts = [
        ("last_seen_at = %s, sessions_7 = 3, order_count = 4, order_sum = 400, first_order_at = %s, last_order_at = %s",
         (NOON - DAY, NOON - 100 * DAY, NOON - 40 * DAY), hana),
        ("last_seen_at = %s, last_read_at = %s, last_delivered_at = %s", (NOON - 50 * DAY, NOON - 3 * DAY, NOON - 3 * DAY), ming),
        ("last_seen_at = %s, events_90 = 1", (NOON - 200 * DAY,), sam),
    ]  # fmt: skip
    with workspace_scope(workspace.pk), connection.cursor() as cursor:
        for setting, values, contact in facts:
            cursor.execute(f"UPDATE contacts_activity SET {setting} WHERE contact_id = %s", [*values, contact.pk])
        cursor.execute(
            "INSERT INTO contacts_outcome (contact_id, broadcast_id, workspace_id, number_id, sent_at, read_at, failed_at, reason)"
            " VALUES (%(ming)s, 5, %(w)s, 9, %(at)s, %(at)s, NULL, ''), (%(sam)s, 5, %(w)s, 9, %(at)s, NULL, %(at)s, '131026')",
            {"ming": ming.pk, "sam": sam.pk, "w": workspace.pk, "at": NOON - 3 * DAY},
        )
        cursor.execute(
            "INSERT INTO delivery_window (workspace_id, contact_id, number_id, opened_at) VALUES (%s, %s, 9, %s)",
            [workspace.pk, hana.pk, NOON],
        )
        Event.objects.create(
            workspace_id=workspace.pk,
            contact_id=sam.pk,
            name="asked",
            external_id="1",
            at=NOON - 10 * DAY,
            created_at=NOON,
        )
    assert emma.pk
    return workspace


def people(workspace: Workspace, *parts: Any, join: str = "all") -> set[str]:
    definition = {join: list(parts)}
    with workspace_scope(workspace.pk):
        found = segment_queries.list_people(workspace.pk, definition, NOON)
        assert segment_queries.count_people(workspace.pk, definition, NOON) == len(found)
    return {contact.name for contact in found}


CASES = [
    ([ask("country", "in", "JP")], {"Hana", "Sam"}),
    ([ask("country", "not_in", "JP", "US")], {"Ming"}),
    ([ask("language", "empty")], {"Sam"}),
    ([ask("name", "contains", "m")], {"Ming", "Emma", "Sam"}),
    ([ask("name", "contains", "%")], set()),
    ([ask("name", "is", "hana")], {"Hana"}),
    ([ask("phone", "filled")], {"Hana", "Ming", "Emma", "Sam"}),
    ([ask("field:plan", "in", "gold")], {"Hana"}),
    ([ask("field:plan", "not_in", "gold")], {"Ming", "Emma", "Sam"}),
    ([{"field": "field:points", "test": "at_least", "from": 100}], {"Hana"}),
    ([ask("field:points", "empty")], {"Emma", "Sam"}),
    ([ask("field:is_member", "yes")], {"Hana"}),
    ([ask("field:is_member", "empty")], {"Ming", "Emma", "Sam"}),
    # Noon in London is the evening of the 3rd of March in Tokyo: Hana is 26 today, Ming tomorrow.
    ([between("field:birthday", "age", 26, 30)], {"Hana"}),
    ([between("field:birthday", "age", 25, 25)], {"Ming"}),
    ([between("field:birthday", "age_months", 312, 312)], {"Hana"}),
    ([ask("field:birthday", "anniversary", days=1)], {"Hana", "Ming"}),
    ([ask("field:birthday", "before", "2000-03-04")], {"Hana"}),
    ([ask("last_seen", "within", days=30)], {"Hana"}),
    ([between("last_seen", "ago", 31, 90)], {"Ming"}),
    ([ask("last_seen", "not_within", days=90)], {"Emma", "Sam"}),
    ([ask("last_seen", "never")], {"Emma"}),
    ([ask("joined", "within", days=30)], {"Emma"}),
    ([{"field": "sessions_7", "test": "at_least", "from": 3}], {"Hana"}),
    ([{"field": "order_sum", "test": "at_least", "from": 400}], {"Hana"}),
    # Four orders in 60 days: every 20; two have passed since.
    ([between("order_interval", "between", 19, 21)], {"Hana"}),
    ([between("purchase_cycle", "between", 1.5, 2.5)], {"Hana"}),
    ([between("purchase_cycle", "between", 1, 1.5)], set()),
    ([ask("consent", "agreed", "marketing")], {"Hana"}),
    ([ask("consent", "not_agreed", "utility")], {"Hana", "Emma", "Sam"}),
    ([ask("consent", "opted_out")], {"Sam"}),
    ([ask("broadcast", "read_not_replied", broadcast=5, hours=48)], {"Ming"}),
    ([ask("broadcast", "read_waiting", broadcast=0, hours=96)], {"Ming"}),
    ([ask("broadcast", "read_waiting", broadcast=0, hours=48)], set()),
    ([ask("broadcast", "failed_with", "131026", broadcast=5)], {"Sam"}),
    ([ask("broadcast", "not_sent", broadcast=5)], {"Hana", "Emma"}),
    ([ask("broadcast", "clicked_not_bought", broadcast=0, days=7)], set()),
    ([ask("number", "wrote_to", 9)], {"Hana"}),
    ([ask("number", "got_from", 9)], {"Ming", "Sam"}),
    ([ask("event", "did", "asked", days=90)], {"Sam"}),
    ([ask("event", "did", "asked", days=5)], set()),
    ([ask("event", "did_not", "asked", days=0)], {"Hana", "Ming", "Emma"}),
    ([{"none": [ask("country", "in", "JP"), ask("last_seen", "within", days=60)]}], {"Emma"}),
    ([{"any": [ask("name", "is", "Emma"), {"all": [ask("country", "in", "JP"), ask("consent", "opted_out")]}]}], {"Emma", "Sam"}),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "expected"), CASES)
def test_a_question_finds_whom_it_is_about(shop: Workspace, parts: list[Any], expected: set[str]) -> None:
    assert people(shop, *parts) == expected


def test_tags_are_asked_for_any_all_and_none(shop: Workspace) -> None:
    ids = dict(Tag.objects.filter(workspace_id=shop.pk).values_list("name", "pk"))
    assert people(shop, ask("tag", "has", ids["Tea"])) == {"Hana", "Ming"}
    assert people(shop, ask("tag", "has_all", ids["Tea"], ids["VIP"])) == {"Hana"}
    assert people(shop, ask("tag", "has_not", ids["Tea"])) == {"Emma", "Sam"}
    assert people(shop, {"field": "tag", "test": "crowded", "from": 2}) == {"Hana"}


def test_an_index_finds_whom_a_look_at_everybody_finds(shop: Workspace) -> None:
    tea = Tag.objects.get(workspace_id=shop.pk, name="Tea").pk
    asked, outcome = ask("event", "did", "asked", days=0), {"broadcast": 5, "hours": 48}
    few: list[tuple[list[Any], set[str]]] = [
        ([ask("tag", "has", tea)], {"Hana", "Ming"}),
        ([ask("tag", "has", tea), ask("country", "in", "CN"), ask("joined", "within", days=200)], {"Ming"}),
        ([ask("tag", "has", tea), ask("field:plan", "in", "gold")], {"Hana"}),
        ([asked], {"Sam"}),
        ([asked, ask("event", "did_not", "asked", days=0)], set()),
        ([ask("broadcast", "failed_with", "131026", **outcome)], {"Sam"}),
        ([ask("broadcast", "read_not_replied", **outcome)], {"Ming"}),
        ([ask("broadcast", "sent", **outcome), ask("consent", "not_opted_out")], {"Ming"}),
        ([ask("broadcast", "sent", **outcome), ask("consent", "opted_out")], {"Sam"}),
    ]
    for parts, expected in few:
        assert people(shop, *parts) == people(shop, {"any": [{"all": parts}, {"all": parts}]}) == expected
        with workspace_scope(shop.pk):
            world = segment_queries.load_world(shop.pk, NOON)
        _, where, _ = compile_where(tree.parse_tree({"all": parts}), world)
        assert "contacts_activity AS a" not in where


def test_a_segment_asks_for_another(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        inner = actions.save_segment(
            workspace_id=shop.pk, name="Japan", definition={"all": [ask("country", "in", "JP")]}, now=NOON, by=None
        )
    assert inner.people_count == 2
    assert people(shop, ask("segment", "in", inner.pk), ask("consent", "not_opted_out")) == {"Hana"}
    assert people(shop, ask("segment", "not_in", inner.pk)) == {"Ming", "Emma"}


def test_another_workspace_is_never_counted(shop: Workspace) -> None:
    factories.make_contact(factories.make_workspace("Sam's"), name="Stranger", country="JP")
    assert people(shop, ask("country", "in", "JP")) == {"Hana", "Sam"}


def test_segments_in_a_circle_are_refused(shop: Workspace) -> None:
    with workspace_scope(shop.pk):

        def save(name: str, definition: Any, segment_id: int | None = None) -> int:
            return actions.save_segment(
                workspace_id=shop.pk, name=name, definition=definition, now=NOON, by=None, segment_id=segment_id
            ).pk

        one = save("One", {"all": [ask("country", "in", "JP")]})
        two = save("Two", {"all": [ask("segment", "in", one)]})
        with pytest.raises(SegmentError, match="go in a circle"):
            save("One", {"all": [ask("segment", "not_in", two)]}, one)


def test_a_change_keeps_what_was_asked_before(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        kept: dict[str, Any] = {"workspace_id": shop.pk, "name": "Japan", "now": NOON, "by": 1}
        saved = actions.save_segment(definition={"all": [ask("country", "in", "JP")]}, **kept)
        saved = actions.save_segment(definition={"all": [ask("country", "in", "CN")]}, segment_id=saved.pk, **kept)
        assert [one.version for one in saved.versions.order_by("version")] == [1, 2]
        assert saved.people_count == 1


REFUSED = [
    ({"all": []}, "A group has no conditions."),
    ({"all": [{"any": []}]}, "A group has no conditions."),
    ({"all": [{}]}, "A condition is missing."),
    ([], "A condition is missing."),
    ({"all": {}}, "A group says all, any or none"),
    ({"all": [ask("field:gone", "filled")]}, "The field “gone” has been deleted."),
    ({"all": [ask("moon", "is", "full")]}, "“moon” is nothing that a segment can ask about."),
    ({"all": [ask("country", "within", days=3)]}, "“within” cannot be asked of “country”."),
    ({"all": [ask("country", "in")]}, "A condition has no value."),
    ({"all": [ask("last_seen", "within")]}, "A condition needs a figure of 0 or more."),
    ({"all": [ask("last_seen", "within", days=-1)]}, "A condition needs a figure of 0 or more."),
    ({"all": [between("last_seen", "ago", 9, 3)]}, "A range ends before it begins."),
    ({"all": [ask("segment", "in", 99)]}, "has been deleted."),
    ({"all": [ask("tag", "has", 99)]}, "A tag that this segment asks for has been deleted."),
    ({"all": [ask("country", "in", {})]}, "neither a text nor a number"),
    ({"all": [ask("field:birthday", "before", "soon")]}, "“soon” is no day. Write it as 2026-03-31."),
    ({"all": [ask("name", "filled")] * 61}, "at most 60 conditions"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "sentence"), REFUSED)
def test_what_cannot_be_asked_is_refused_in_one_sentence(definition: Any, sentence: str) -> None:
    with pytest.raises(SegmentError, match=sentence.replace("(", r"\(")):
        segment_queries.check_definition(definition, KNOWN)


def test_nesting_has_an_end() -> None:
    node: Any = ask("name", "filled")
    for _ in range(7):
        node = {"all": [node]}
    with pytest.raises(SegmentError, match="nested more than 6 deep"):
        tree.parse_tree(node)


def test_every_test_of_every_field_becomes_sql() -> None:
    figures = {"days": 3, "hours": 4, "from": 1, "to": 2, "broadcast": 0}
    for name in (*catalogue.SUBJECTS, *(f"field:{key}" for key in FIELDS)):
        kind = catalogue.find_subject(name, FIELDS).kind
        for test, needs in catalogue.TESTS[kind].items():
            fitting: dict[str, list[Any]] = {
                "tag": [7, 8],
                "segment": [1],
                "line": [1],
                "consent": ["marketing"],
                "date": ["2000-03-03"],
            }
            values = fitting.get(kind, ["x"])
            more = {need: figures[need] for need in needs if need != "values"}
            node = tree.parse_tree(
                {"none": [{"field": name, "test": test, "values": values if "values" in needs else [], **more}]}
            )
            _, where, out = compile_where(node, KNOWN)
            assert "FROM contacts_" in where
            assert "%(workspace_id)s" in where
            assert out.parameters["workspace_id"] == 1


def test_no_value_ever_stands_in_the_text() -> None:
    evil = "x'; DROP TABLE contacts_contact; --"
    parsed = tree.parse_tree(
        {"all": [ask("name", "is", evil), ask("country", "in", evil), ask("event", "did", evil, days=1)]}
    )
    _, where, _ = compile_where(parsed, KNOWN)
    assert "DROP" not in where


def test_presets_are_whole_questions() -> None:
    for preset in presets.PRESETS.values():
        for tag in preset.tags:
            rule = presets.fill_in(tag.rule, field="birthday", complaint=7)
            segment_queries.check_definition(rule, KNOWN)


def test_a_million_years_ago_is_no_error() -> None:
    parsed = tree.parse_tree(
        {"all": [ask("last_seen", "within", days=10**9), between("field:birthday", "age_months", 0, 10**6)]}
    )
    assert compile_where(parsed, World(1, datetime(2026, 1, 1, tzinfo=UTC), "UTC", FIELDS))


def test_contacts_have_facts_from_the_first_moment(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        Contact.objects.filter(workspace_id=shop.pk, name="Emma").update(country="JP", tags=[])
    assert people(shop, ask("country", "in", "JP")) == {"Hana", "Sam", "Emma"}
