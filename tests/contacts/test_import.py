"""Imports: what becomes of each row, and that nothing is lost, doubled or undone."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from pytest_django.fixtures import Settings

from switchboard.consent import actions as consent_actions
from switchboard.consent import queries as consent_queries
from switchboard.contacts import actions, queries
from switchboard.contacts.errors import FileTooLargeError
from switchboard.contacts.models import Contact, Import, ImportedRow, RefusedRow, Tag
from switchboard.contacts.types import ImportedPeople
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.contacts.conftest import RunImport, StartImport
from tests.factories import make_contact

SMALL = "氏名,電話番号,市\n佐藤,090-1234-5678,札幌\n鈴木,080-1234-5678,\n,12345,\n佐藤太郎,+81 90 1234 5678,東京\n"


def contact(phone: str) -> Contact:
    return Contact.objects.get(phone=phone)


def test_every_row_is_created_updated_skipped_or_failed(run_import: RunImport) -> None:
    result = run_import(SMALL)
    assert (result.state, result.rows) == ("done", 4)
    assert (result.created, result.updated, result.skipped, result.failed) == (2, 0, 1, 1)
    assert result.reasons["failed"] == {"too_short": 1}
    assert result.reasons["skipped"] == {"repeated": 1}


def test_a_person_gets_what_the_row_says(run_import: RunImport) -> None:
    run_import(SMALL, tag_names=["spring"])
    found = contact("+819012345678")
    assert (found.name, found.country, found.zones, found.fields) == ("佐藤", "JP", "Asia/Tokyo", {"市": "札幌"})
    assert found.tags == [Tag.objects.get(name="spring").pk]


def test_the_first_of_two_rows_of_one_person_counts(run_import: RunImport) -> None:
    run_import(SMALL, step_rows=1)
    assert contact("+819012345678").fields == {"市": "札幌"}


@pytest.mark.parametrize("step_rows", [1, 2, 5000])
def test_steps_of_any_size_give_the_same_result(run_import: RunImport, step_rows: int) -> None:
    result = run_import(SMALL, step_rows=step_rows)
    assert (result.created, result.updated, result.skipped, result.failed) == (2, 0, 1, 1)


def test_empty_cells_keep_what_is_there(run_import: RunImport) -> None:
    run_import("phone,name,email,city\n09012345678,佐藤,a@example.com,札幌\n")
    result = run_import("phone,name,email,plan\n09012345678,,,Gold\n")
    found = contact("+819012345678")
    assert (result.created, result.updated) == (0, 1)
    assert (found.name, found.email, found.fields) == ("佐藤", "a@example.com", {"city": "札幌", "plan": "Gold"})


def test_tags_are_added_and_never_taken_away(run_import: RunImport) -> None:
    run_import("phone,tags\n09012345678,VIP\n")
    run_import("phone,tags\n09012345678,new\n", tag_names=["spring"])
    names = set(Tag.objects.filter(pk__in=contact("+819012345678").tags).values_list("name", flat=True))
    assert names == {"VIP", "new", "spring"}


def test_a_zone_in_the_file_wins_over_the_number(run_import: RunImport) -> None:
    run_import("phone\n09012345678\n")
    run_import("phone,timezone\n09012345678,Europe/London\n")
    assert contact("+819012345678").zones == "Europe/London"


def test_an_unchanged_row_counts_as_updated_and_writes_nothing(run_import: RunImport) -> None:
    run_import(SMALL)
    Contact.objects.update(updated_at=NOON.replace(year=2020))
    result = run_import(SMALL)
    assert (result.created, result.updated, result.skipped) == (0, 2, 1)
    assert set(Contact.objects.values_list("updated_at__year", flat=True)) == {2020}


def test_refused_rows_keep_line_reason_column_and_cells(run_import: RunImport) -> None:
    run_import(SMALL)
    rows = RefusedRow.objects.order_by("line").values_list("line", "outcome", "reason", "column", "cells")
    assert list(rows) == [
        (4, "failed", "too_short", "電話番号", ["", "12345", ""]),
        (5, "skipped", "repeated", "電話番号", ["佐藤太郎", "+81 90 1234 5678", "東京"]),
    ]


def test_refused_rows_can_be_had_as_a_file_that_runs_no_formulas(run_import: RunImport, workspace: Workspace) -> None:
    result = run_import('name,phone\n"=HYPERLINK(""x"")",12\n')
    text = b"".join(queries.iter_refused_csv(workspace.pk, result.import_id)).decode("utf-8-sig")
    assert text == 'line,outcome,reason,column,name,phone\r\n2,failed,too_short,phone,"\'=HYPERLINK(""x"")",12\r\n'


def test_consent_is_written_down_with_where_it_came_from(run_import: RunImport, workspace: Workspace) -> None:
    result = run_import(SMALL)
    [entry] = consent_queries.list_entries(workspace.pk, contact("+819012345678").pk)
    assert (entry.kind, entry.category, entry.basis, entry.source) == ("grant", "marketing", "opt_in", "sign-up form")
    assert entry.evidence == {"import": result.import_id, "line": 2}
    assert entry.actor == f"import:{result.import_id}"
    assert consent_queries.may_write(workspace.pk, entry.contact_id, "marketing").may


def test_whoever_opted_out_stays_out_whatever_the_file_says(run_import: RunImport, workspace: Workspace) -> None:
    leaver = make_contact(workspace, phone="+819012345678", is_opted_out=True)
    result = run_import(SMALL)
    answer = consent_queries.may_write(workspace.pk, leaver.pk, "marketing")
    assert (answer.may, answer.reason) == (False, "opted_out")
    assert result.reasons["notes"] == {"opted_out": 1}
    assert [entry.kind for entry in consent_queries.list_entries(workspace.pk, leaver.pk)] == ["withdraw", "grant"]


def test_a_cell_can_opt_somebody_out(run_import: RunImport, workspace: Workspace) -> None:
    result = run_import("phone,配信停止\n09012345678,停止\n08012345678,\n")
    gone = consent_queries.may_write(workspace.pk, contact("+819012345678").pk, "utility")
    assert (gone.may, gone.reason) == (False, "opted_out")
    assert (result.created, result.reasons["notes"]) == (2, {"opted_out": 1})


@pytest.mark.parametrize("step_rows", [1, 5000])
def test_a_skipped_repetition_still_opts_its_person_out(
    run_import: RunImport, workspace: Workspace, step_rows: int
) -> None:
    run_import("phone,配信停止\n09012345678,\n+819012345678,停止\n", step_rows=step_rows)
    assert not consent_queries.may_write(workspace.pk, contact("+819012345678").pk, "marketing").may


def test_it_goes_on_where_a_killed_run_was(start_import: StartImport, workspace: Workspace) -> None:
    job = start_import("phone\n" + "".join(f"0901234{number:04d}\n" for number in range(10)))
    calls: list[int] = []

    def record(people: ImportedPeople) -> int:
        calls.append(len(people.agreed))
        if len(calls) == 3:
            raise KeyboardInterrupt  # As good as a kill: the step's transaction never commits.
        return consent_actions.record_import(people)

    arguments: dict[str, Any] = {"workspace_id": workspace.pk, "import_id": job.pk, "now": lambda: NOON, "step_rows": 2}
    with pytest.raises(KeyboardInterrupt):
        actions.run_import(**arguments, record_consent=record)
    assert Import.objects.get(pk=job.pk).row_count == 4
    result = actions.run_import(**arguments, record_consent=consent_actions.record_import)
    assert (result.state, result.rows, result.created) == ("done", 10, 10)
    assert ImportedRow.objects.filter(import_id=job.pk).count() == 10


def test_it_stops_after_the_step_it_is_in(start_import: StartImport, workspace: Workspace) -> None:
    job = start_import("phone\n" + "".join(f"0901234{number:04d}\n" for number in range(10)))

    def record(people: ImportedPeople) -> int:
        actions.stop_import(workspace_id=workspace.pk, import_id=job.pk)
        return 0

    result = actions.run_import(
        workspace_id=workspace.pk, import_id=job.pk, record_consent=record, now=lambda: NOON, step_rows=4
    )
    assert (result.state, result.rows, result.created) == ("stopped", 4, 4)


def test_a_file_that_breaks_off_fails_with_a_sentence_before_anybody_is_imported(run_import: RunImport) -> None:
    good = "".join(f"0901234{number:04d},x\n" for number in range(60))
    result = run_import(f'phone,memo\n{good}08012345678,"never closed\n' + "y,z\n" * 60_000, step_rows=50)
    assert result.state == "failed"
    assert "From line 62 on" in result.error
    assert (result.created, result.rows, Contact.objects.count()) == (0, 0, 0)


def test_a_finished_import_is_not_run_again(run_import: RunImport, workspace: Workspace) -> None:
    result = run_import(SMALL)
    again = actions.run_import(
        workspace_id=workspace.pk, import_id=result.import_id, record_consent=consent_actions.record_import
    )
    assert again == result


def test_a_file_gone_from_the_disk_fails_with_a_sentence(
    start_import: StartImport, workspace: Workspace, home: Path
) -> None:
    job = start_import(SMALL)
    (home / job.file_path).unlink()
    result = actions.run_import(
        workspace_id=workspace.pk, import_id=job.pk, record_consent=consent_actions.record_import, now=lambda: NOON
    )
    assert (result.state, result.rows) == ("failed", 0)
    assert "Upload it again" in result.error


def test_it_tells_open_pages_after_each_step(run_import: RunImport) -> None:
    with mock.patch("switchboard.core.statements.notify_live") as notify:
        result = run_import(SMALL, step_rows=2)
    topics = [call.args[1] for call in notify.call_args_list]
    assert topics == [[f"import:{result.import_id}"]] * 3 + [[f"import:{result.import_id}", "overview"]]


def test_a_row_of_broken_bytes_fails_alone(run_import: RunImport) -> None:
    good = "佐藤,09012345678\n" * 30
    result = run_import(f"氏名,電話\n{good}".encode() + b"\xe6\xbc,08012345678\n", encoding="utf-8")
    assert (result.created, result.failed) == (1, 1)
    assert result.reasons["failed"] == {"broken_characters": 1}


def test_it_imports_shift_jis_and_gb18030(run_import: RunImport) -> None:
    run_import("氏名,電話番号\n髙橋,09012345678\n".encode("cp932"))
    run_import("姓名,电话\n王伟,+86 138 0013 8000\n".encode("gb18030"))
    assert [contact(phone).name for phone in ("+819012345678", "+8613800138000")] == ["髙橋", "王伟"]


def test_it_refuses_a_file_above_the_limit_and_keeps_nothing(
    start_import: StartImport, home: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("SWITCHBOARD_IMPORT_LIMIT_MB", "1")
    with pytest.raises(FileTooLargeError, match="larger than 1 MB"):
        start_import("phone\n" + "09012345678\n" * 100_000)
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert not Import.objects.exists()


def test_a_file_is_forgotten_after_thirty_days_and_its_result_is_not(
    run_import: RunImport, workspace: Workspace, home: Path
) -> None:
    result = run_import(SMALL)
    assert actions.forget_uploads(workspace_id=workspace.pk, now=NOON + timedelta(days=29)) == 0
    assert actions.forget_uploads(workspace_id=workspace.pk, now=NOON + timedelta(days=31)) == 1
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert queries.get_result(workspace.pk, result.import_id) == result
    assert b"".join(queries.iter_refused_csv(workspace.pk, result.import_id))
