"""The statements of an import step: each runs on PostgreSQL and finds its rows by key."""

import pytest

from switchboard.contacts import staging
from switchboard.contacts.types import Person, Problem
from switchboard.core import statements
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_contact


def plan_of(statement: str, **values: object) -> str:
    statements.execute("SET LOCAL enable_seqscan = off", {})
    return "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {statement}", values))


def stage(*phones: str) -> list[Person]:
    people = [
        Person(line, number, "JP", "A\tB\\", "", "ja", "", {"市": "a\\b\n"}, (), False)
        for line, number in enumerate(phones, 2)
    ]
    staging.stage_lines(staging.render_people(people, {}, []))
    return people


def test_the_upsert_finds_people_by_number_and_import_rows_by_key(workspace: Workspace) -> None:
    statements.execute(staging.SQL_STAGE, {})
    given = {"import_id": 1, "now": NOON, "replaces_tags": False, "changes_known": True, "lines": [2]}
    plan = plan_of(staging.SQL_UPSERT, workspace_id=workspace.pk, **given)
    assert "contacts_contact_phone_once" in plan
    assert "contacts_importedrow_pkey" in plan
    assert "Hash Join" in plan or "Merge Join" in plan


def test_each_staged_number_is_looked_up_by_the_index_of_numbers(workspace: Workspace) -> None:
    statements.execute(staging.SQL_STAGE, {})
    statements.fetch(staging.SQL_ALLOW_SCANS, {"allowed": "off"})
    plan = plan_of(staging.SQL_FIND_KNOWN, workspace_id=workspace.pk)
    assert "using contacts_contact_phone_once" in plan
    assert "(phone >= " in plan
    assert "(phone <= " in plan
    assert "Sort" not in plan


def test_new_people_are_made_without_looking_for_them_again(workspace: Workspace) -> None:
    statements.execute(staging.SQL_STAGE, {})
    plan = plan_of(staging.SQL_ADD_NEW, workspace_id=workspace.pk, import_id=1, now=NOON, known=[])
    assert "Conflict" not in plan
    assert "Join" not in plan


def test_somebody_made_by_another_hand_meanwhile_is_updated(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = make_contact(workspace, phone="+819012345678")
    people = stage("+819012345678", "+818012345678")
    looks = iter([{}, {2: known.pk}])
    monkeypatch.setattr(staging, "_find_known", lambda _values: next(looks))
    outcome = staging.apply_stage(workspace_id=workspace.pk, import_id=1, people=people, now=NOON)
    assert outcome.updated == [(known.pk, 2)]
    assert [line for _, line in outcome.created] == [3]


@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [
        (staging.SQL_FIND_BROUGHT, {"import_id": 1, "contact_ids": [1]}, "contacts_importedrow_pkey"),
        (staging.SQL_SET_ZONES, {"zone": "Asia/Tokyo", "contact_ids": [1], "now": NOON}, "contacts_contact_"),
        (
            staging.SQL_NOTE_ROWS,
            {"import_id": 1, "contact_ids": [1], "lines": [2]},
            "contacts_importedrow_pkey",
        ),
    ],
)
def test_each_statement_uses_its_index(
    workspace: Workspace, statement: str, values: dict[str, object], index: str
) -> None:
    assert index in plan_of(statement, workspace_id=workspace.pk, **values)


def test_what_new_people_agree_to_is_said_before_they_are_made(workspace: Workspace) -> None:
    assert statements.fetch(staging.SQL_SAY_JOINING, {"joining": "1"}) == [("1",)]


def test_tabs_line_breaks_and_backslashes_survive_the_copy(workspace: Workspace) -> None:
    assert staging.SQL_COPY.startswith("COPY")
    people = stage("+819012345678")
    outcome = staging.apply_stage(workspace_id=workspace.pk, import_id=1, people=people, now=NOON)
    [(contact_id, line)] = outcome.created
    [(name, fields)] = statements.fetch(
        "SELECT name, fields FROM contacts_contact WHERE id = %(id)s", {"id": contact_id}
    )
    assert (line, name) == (2, "A\tB\\")
    assert "a\\\\b\\n" in str(fields) or fields == {"市": "a\\b\n"}


def test_known_people_are_updated_and_earlier_ones_of_the_import_repeated(workspace: Workspace) -> None:
    known = make_contact(workspace, phone="+819012345678")
    people = stage("+819012345678", "+818012345678")
    outcome = staging.apply_stage(workspace_id=workspace.pk, import_id=1, people=people, now=NOON)
    assert outcome.updated == [(known.pk, 2)]
    assert len(outcome.created) == 1
    again = staging.apply_stage(workspace_id=workspace.pk, import_id=1, people=people, now=NOON)
    assert (again.created, again.updated) == ([], [])
    assert len(again.repeated) == 2


def test_refused_rows_go_in_whole(workspace: Workspace) -> None:
    assert "CREATE TEMPORARY" in staging.SQL_STAGE_REFUSED
    assert staging.SQL_COPY_REFUSED.startswith("COPY")
    assert "contacts_refusedrow" in staging.SQL_KEEP_REFUSED
    cells = ['a "quoted"\ncell', "back\\slash", "タブ\t"]
    staging.keep_refused(workspace_id=workspace.pk, import_id=1, rows=[(7, "failed", Problem("電話", "empty"), cells)])
    rows = statements.fetch('SELECT line, outcome, reason, "column", cells FROM contacts_refusedrow', {})
    assert rows == [(7, "failed", "empty", "電話", cells)]
