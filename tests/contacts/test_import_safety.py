"""Workbooks, bought lists, undoing, and input that nobody should have to see."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from switchboard.consent import actions as consent_actions
from switchboard.consent import queries as consent_queries
from switchboard.contacts import actions, edit_store, queries, refused, suspicion, undo_store, uploads, workbook
from switchboard.contacts.errors import (
    NothingToUndoError,
    SourceUnstatedError,
    UndoTooLateError,
    WorkbookError,
)
from switchboard.contacts.models import Contact, Import, RefusedRow
from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.contacts.conftest import MARKETING, RunImport, StartImport
from tests.factories import make_contact


def sheet_of(rows: list[list[Any]], **more: list[list[Any]]) -> bytes:
    """A workbook with one sheet, or several."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, cells in {"People": rows, **more}.items():
            page = book.add_worksheet(name)
            for place, row in enumerate(cells):
                page.write_row(place, 0, row)
    return target.getvalue()


def test_a_workbook_is_imported_like_a_text(run_import: RunImport) -> None:
    result = run_import(
        sheet_of([["氏名", "電話番号", "購入額"], ["佐藤", "090-1234-5678", 1200.5], ["鈴木", 8012345678, ""]])
    )
    assert (result.state, result.created) == ("done", 2)
    assert Contact.objects.get(phone="+819012345678").fields == {"購入額": "1200.5"}
    assert Contact.objects.filter(phone="+818012345678").exists()


def test_another_sheet_can_be_chosen(workspace: Workspace) -> None:
    body = sheet_of([["notes"], ["x"]], Members=[["name", "phone"], ["Emma", "09012345678"]])
    with workspace_scope(workspace.pk):
        job = actions.create_import(workspace_id=workspace.pk, file=io.BytesIO(body), file_name="people.xlsx", now=NOON)
        assert job.sheet == "People"
        changed = actions.change_import(workspace_id=workspace.pk, import_id=job.pk, sheet="Members")
    assert changed.mapping == {"name": "name", "phone": "phone"}


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(3):
                part.write(b"0" * 1024 * 1024)
    return target.getvalue()


def plain_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("letter.txt", "hello")
    return target.getvalue()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read"),
        (plain_zip(), "not a workbook"),
        (sheet_of([]), "has no rows"),
    ],
)
def test_a_workbook_that_is_none_is_refused_in_one_sentence(tmp_path: Path, body: bytes, sentence: str) -> None:
    source = tmp_path / "book"
    source.write_bytes(body)
    with pytest.raises(WorkbookError, match=sentence):
        workbook.convert(source, tmp_path / "rows.csv")


def test_a_zip_bomb_is_refused_before_anybody_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_LARGEST_UNPACKED", 2 * 1024 * 1024)
    source = tmp_path / "book"
    source.write_bytes(bomb())
    with pytest.raises(WorkbookError, match="unpacks to more than"):
        workbook.convert(source, tmp_path / "rows.csv")


BOUGHT = "phone\n" + "".join(f"0901234{number:04d}\n" for number in range(1000, 1300))


def run(workspace: Workspace, job: Import) -> Any:
    return actions.run_import(
        workspace_id=workspace.pk, import_id=job.pk, record_consent=consent_actions.record_import, now=lambda: NOON
    )


def test_a_bought_list_waits_until_an_owner_answers_for_it(workspace: Workspace, start_import: StartImport) -> None:
    job = start_import(BOUGHT)
    assert run(workspace, job).state == "quarantined"
    assert not Contact.objects.exists()
    given: dict[str, Any] = {"workspace_id": workspace.pk, "import_id": job.pk, "by": 1}
    with pytest.raises(SourceUnstatedError):
        actions.release_import(**given, source="ours")
    actions.release_import(**given, source="our own numbers, signed up in the shop")
    assert run(workspace, job).created == 300


@pytest.mark.parametrize(
    ("numbers", "is_suspicious"),
    [
        ([9_012_340_000 + 7 * step for step in range(2000)], False),
        ([9_012_340_000 + step for step in range(249)], False),
        ([9_012_340_000 + step for step in range(250)], True),
        ([9_012_340_000 + step + 50 * (step // 12) for step in range(600)], True),
    ],
)
def test_long_runs_and_many_short_ones_look_bought(numbers: list[int], is_suspicious: bool) -> None:
    watch = suspicion.Watch()
    for number in numbers:
        watch.add(f"0{number}")
    assert (watch.end() is not None) is is_suspicious


def undo(workspace: Workspace, import_id: int, **later: float) -> dict[str, int]:
    now = NOON + timedelta(**(later or {"hours": 1}))
    with workspace_scope(workspace.pk):
        actions.undo_import(workspace_id=workspace.pk, import_id=import_id, by=1, now=now)
    return actions.run_undo(
        workspace_id=workspace.pk, import_id=import_id, take_back_consent=consent_actions.take_back_import,
        now=lambda: now, step_people=2,
    )  # fmt: skip


def test_an_import_is_undone_as_if_it_had_never_been(run_import: RunImport, workspace: Workspace) -> None:
    known = make_contact(workspace, phone="+819012345678", name="佐藤", agreed="", fields={"plan": "Free"})
    result = run_import("phone,name,plan\n09012345678,Sato,Gold\n08012345678,Suzuki,\n07012345678,Tanaka,\n")
    assert undo(workspace, result.import_id) == {"removed": 2, "restored": 1, "kept": 0}
    found = Contact.objects.get()
    assert (found.pk, found.name, found.fields) == (known.pk, "佐藤", {"plan": "Free"})
    assert not consent_queries.may_write(workspace.pk, known.pk, "marketing").may
    with pytest.raises(NothingToUndoError):
        undo(workspace, result.import_id)


def test_whoever_was_changed_since_or_agreed_elsewhere_keeps_that(run_import: RunImport, workspace: Workspace) -> None:
    known = make_contact(workspace, phone="+819012345678", name="佐藤")
    result = run_import("phone,name\n09012345678,Sato\n")
    Contact.objects.filter(pk=known.pk).update(name="佐藤様", updated_at=NOON + timedelta(minutes=5))
    assert undo(workspace, result.import_id) == {"removed": 0, "restored": 0, "kept": 1}
    assert Contact.objects.get().name == "佐藤様"
    assert consent_queries.may_write(workspace.pk, known.pk, "marketing").may


def test_it_cannot_be_undone_after_a_day(run_import: RunImport, workspace: Workspace) -> None:
    result = run_import("phone\n09012345678\n")
    with pytest.raises(UndoTooLateError):
        undo(workspace, result.import_id, hours=25)


def test_tags_are_replaced_where_the_file_names_some(run_import: RunImport, workspace: Workspace) -> None:
    person = make_contact(workspace, phone="+819012345678", tags=["old"])
    other = make_contact(workspace, phone="+818012345678", tags=["old"])
    run_import("phone,tags\n09012345678,new\n08012345678,\n", replaces_tags=True)
    assert [len(Contact.objects.get(pk=one.pk).tags) for one in (person, other)] == [1, 1]
    assert Contact.objects.get(pk=person.pk).tags != Contact.objects.get(pk=other.pk).tags


def test_known_people_are_left_alone_but_their_opt_out_counts(run_import: RunImport, workspace: Workspace) -> None:
    known = make_contact(workspace, phone="+819012345678", name="佐藤")
    result = run_import("phone,name,配信停止\n09012345678,Sato,停止\n08012345678,x,\n", skips_known=True)
    assert (result.created, result.skipped, result.reasons["skipped"]) == (1, 1, {"known": 1})
    assert Contact.objects.get(pk=known.pk).name == "佐藤"
    assert not consent_queries.may_write(workspace.pk, known.pk, "marketing").may


def test_a_typed_field_refuses_a_cell_and_keeps_the_row(run_import: RunImport) -> None:
    result = run_import(
        "phone,born\n09012345678,2026-02-30\n08012345678,1990/1/2\n", mapping={"phone": "phone", "born": "new:date"}
    )
    assert (result.created, result.reasons["notes"]) == (2, {"not_a_date": 1})
    assert RefusedRow.objects.values_list("outcome", "reason", "column").get() == ("partly", "not_a_date", "born")
    assert Contact.objects.get(phone="+818012345678").fields == {"born": "1990-01-02"}


@pytest.mark.parametrize(
    ("text", "created", "failed"),
    [
        ("phone,name\n09012345678," + "x" * 1_000_000 + "\n08012345678,ok\n", 1, {"too_long_text": 1}),
        ("name,phone\n氏名,電話番号\n佐藤,09012345678\n", 1, {"headings_again": 1}),
        ("Members 2026,\n,\nname,phone\n佐藤,09012345678\n", 1, {}),
        (",".join(f"c{number}" for number in range(99)) + ",phone\n" + "x," * 99 + "09012345678\n", 1, {}),
        ("phone\t名前\n09012345678\t佐藤\n", 1, {}),
    ],
    ids=["a million characters", "two rows of headings", "a title above", "a hundred columns", "tabs"],
)
def test_bad_input_costs_the_row_and_not_the_import(
    run_import: RunImport, text: str, created: int, failed: dict[str, int]
) -> None:
    result = run_import(text)
    assert (result.state, result.created, result.reasons["failed"]) == ("done", created, failed)


def test_the_statements_find_their_rows_by_key(workspace: Workspace) -> None:
    statements.execute("SET LOCAL enable_seqscan = off", {})
    given: dict[str, Any] = {
        "workspace_id": workspace.pk, "import_id": 1, "import_ids": [1], "edit_id": 1, "contact_ids": [1], "limit": 5,
        "befores": [], "now": NOON, "not_after": NOON, "add": [], "remove": [], "patch": "{}", "drop": [],
        "details": "{}", "untouched": [],
    }  # fmt: skip
    for statement, index in (
        (undo_store.SQL_TAKE_ROWS, "contacts_importedrow_pkey"),
        (undo_store.SQL_REMOVE_UNUSED, "contacts_activity_pkey"),
        (undo_store.SQL_RESTORE_CONTACTS, "contacts_contact_"),
        (undo_store.SQL_FORGET_BEFORES, "contacts_importedrow_pkey"),
        (edit_store.SQL_EDIT_CONTACTS, "contacts_contact_"),
    ):
        plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {statement}", given))
        assert index in plan
    assert MARKETING.category


def test_a_list_whose_fields_were_made_by_the_last_one_is_imported_again(run_import: RunImport) -> None:
    for phone in ("09012345678", "08012345678"):
        text = f"phone,born\n{phone},1990/1/2\n"
        result = run_import(text, mapping={"phone": "phone", "born": "new:date"})
        assert (result.created, result.reasons.get("notes")) == (1, {})


def test_a_file_that_was_replaced_since_it_was_looked_at_is_not_imported(
    start_import: StartImport, workspace: Workspace
) -> None:
    job = start_import("phone\n09012345678\n")
    uploads.place_of(job.file_path).write_text("phone\n09012345678\n08012345678\n")
    result = actions.run_import(
        workspace_id=workspace.pk, import_id=job.pk, record_consent=consent_actions.record_import, now=lambda: NOON
    )
    assert (result.state, result.created) == ("failed", 0)
    assert "Upload it again" in result.error


def test_a_file_that_is_gone_ends_the_import_with_a_sentence(start_import: StartImport, workspace: Workspace) -> None:
    job = start_import("phone\n09012345678\n")
    uploads.drop_upload(job.file_path)
    result = actions.run_import(
        workspace_id=workspace.pk, import_id=job.pk, record_consent=consent_actions.record_import, now=lambda: NOON
    )
    assert (result.state, result.created) == ("failed", 0)
    assert "Upload it again" in result.error


def test_no_cell_and_no_heading_of_the_refused_rows_is_a_formula(run_import: RunImport, workspace: Workspace) -> None:
    result = run_import('phone,=cmd|x\n12,"=HYPERLINK(1)"\n')
    with workspace_scope(workspace.pk):
        text = b"".join(queries.iter_refused_csv(workspace.pk, result.import_id)).decode("utf-8-sig")
    assert text.splitlines() == [
        "line,outcome,reason,column,phone,'=cmd|x",
        "2,failed,too_short,phone,12,'=HYPERLINK(1)",
    ]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1+1", "＝1+1", "＋1", "－1", "＠x", "\u3000=1", "\n=1"]
)
def test_no_spelling_of_a_formula_leaves_as_one(cell: str) -> None:
    assert refused.defuse_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "花子", "a=b", "2026-03-01", "'x", " a"])
def test_a_cell_that_is_no_formula_leaves_as_it_is(cell: str) -> None:
    assert refused.defuse_cell(cell) == cell
