"""Before an import runs: upload, corrections, the check, and what keeps it from starting."""

import io
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from switchboard.contacts import actions
from switchboard.contacts.actions import ConsentGiven
from switchboard.contacts.errors import (
    ConsentMissingError,
    EmptyFileError,
    ImportAlreadyRunError,
    NoPhoneColumnError,
    UploadFolderError,
    WorkbookError,
)
from switchboard.contacts.models import Import
from switchboard.core.errors import Invalid
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.contacts.conftest import MARKETING
from tests.factories import make_contact


def upload(workspace: Workspace, content: str | bytes) -> Import:
    body = content.encode() if isinstance(content, str) else content
    return actions.create_import(workspace_id=workspace.pk, file=io.BytesIO(body), file_name="list.csv", now=NOON)


def test_an_upload_is_kept_and_understood(workspace: Workspace, home: Path) -> None:
    job = upload(workspace, "氏名;電話番号\n佐藤;090-1234-5678\n".encode("cp932"))
    assert (job.encoding, job.delimiter, job.country, job.has_header) == ("cp932", ";", "JP", True)
    assert job.mapping == {"氏名": "name", "電話番号": "phone"}
    assert (home / job.file_path).stat().st_size == job.file_bytes


@pytest.mark.parametrize(
    ("content", "error"), [(b"", EmptyFileError), (b"\n\n", EmptyFileError), (b"PK\x03\x04xyz", WorkbookError)]
)
def test_an_unusable_upload_leaves_nothing_behind(
    workspace: Workspace, home: Path, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        upload(workspace, content)
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert not Import.objects.exists()


def test_a_folder_that_cannot_be_written_is_named(workspace: Workspace, home: Path) -> None:
    (home / "uploads").write_text("a file where the folder should be")
    with pytest.raises(UploadFolderError, match="cannot be kept in"):
        upload(workspace, "phone\n09012345678\n")


def test_another_encoding_gives_other_columns_and_a_new_mapping(workspace: Workspace) -> None:
    job = upload(workspace, "姓名,电话\n王,13800138000\n".encode("gb18030"))
    changed = actions.change_import(workspace_id=workspace.pk, import_id=job.pk, encoding="gb18030", country="CN")
    assert changed.mapping == {"姓名": "name", "电话": "phone"}


def test_it_refuses_a_column_that_the_file_does_not_have(workspace: Workspace) -> None:
    job = upload(workspace, "phone\n09012345678\n")
    with pytest.raises(Invalid, match="Its columns are: phone"):
        actions.change_import(workspace_id=workspace.pk, import_id=job.pk, mapping={"mobile": "phone"})


def test_it_refuses_a_meaning_that_no_column_has(workspace: Workspace) -> None:
    job = upload(workspace, "phone\n09012345678\n")
    with pytest.raises(Invalid, match="nothing that a column can be"):
        actions.change_import(workspace_id=workspace.pk, import_id=job.pk, mapping={"phone": "fax"})


@pytest.mark.parametrize(
    "consent",
    [
        ConsentGiven("marketing", "transaction", "till"),
        ConsentGiven("anything", "opt_in", "till"),
        ConsentGiven("marketing", "opt_in", " "),
    ],
)
def test_it_refuses_a_consent_that_proves_nothing(workspace: Workspace, consent: ConsentGiven) -> None:
    job = upload(workspace, "phone\n09012345678\n")
    with pytest.raises(ConsentMissingError):
        actions.change_import(workspace_id=workspace.pk, import_id=job.pk, consent=consent)


def test_it_does_not_start_without_consent(workspace: Workspace) -> None:
    job = upload(workspace, "phone\n09012345678\n")
    with pytest.raises(ConsentMissingError, match="Say what these people agreed to"):
        actions.start_import(workspace_id=workspace.pk, import_id=job.pk, now=NOON)


def test_it_does_not_start_without_a_phone_column_and_names_what_there_is(workspace: Workspace) -> None:
    job = upload(workspace, "city,plan\n東京,Free\n")
    actions.change_import(workspace_id=workspace.pk, import_id=job.pk, consent=MARKETING)
    with pytest.raises(NoPhoneColumnError, match="“city”, “plan”"):
        actions.start_import(workspace_id=workspace.pk, import_id=job.pk, now=NOON)


def test_a_started_import_is_not_changed_any_more(workspace: Workspace) -> None:
    job = upload(workspace, "phone\n09012345678\n")
    actions.change_import(workspace_id=workspace.pk, import_id=job.pk, consent=MARKETING)
    actions.start_import(workspace_id=workspace.pk, import_id=job.pk, now=NOON)
    with pytest.raises(ImportAlreadyRunError):
        actions.change_import(workspace_id=workspace.pk, import_id=job.pk, country="CN")


def test_the_check_shows_each_row_with_its_faults(workspace: Workspace, settings: Settings) -> None:
    make_contact(workspace, phone="+818012345678")
    text = "氏名,電話番号,配信停止\n佐藤,09012345678,\n鈴木,080-1234-5678,停止\n佐藤,+819012345678,\n田中,12,\n"
    job = upload(workspace, text)
    check = actions.check_import(workspace_id=workspace.pk, import_id=job.pk)
    assert (check.usable, check.refused, check.repeated, check.known, check.opted_out) == (3, 1, 1, 1, 1)
    assert check.rows[3].problems == {"電話番号": "too_short"}
    assert check.samples["氏名"] == ("佐藤", "鈴木", "佐藤")
    assert check.reasons == {"too_short": 1}


def test_the_check_of_a_file_without_a_phone_column_refuses_every_row(workspace: Workspace) -> None:
    job = upload(workspace, "city,plan\n東京,Free\n")
    check = actions.check_import(workspace_id=workspace.pk, import_id=job.pk)
    assert check.reasons == {"no_phone_column": 1}


def test_the_check_counts_beyond_the_rows_it_shows(workspace: Workspace) -> None:
    make_contact(workspace, phone="+819012340099")
    job = upload(workspace, "phone\n" + "".join(f"0901234{number:04d}\n" for number in (*range(100), 99)))
    check = actions.check_import(workspace_id=workspace.pk, import_id=job.pk, limit=10)
    assert (len(check.rows), check.counted, check.is_whole) == (10, 101, True)
    assert (check.usable, check.repeated, check.known) == (101, 1, 1)


def test_the_check_says_when_it_has_not_counted_the_whole_file(workspace: Workspace) -> None:
    job = upload(workspace, "phone\n" + "".join(f"0901234{number:04d}\n" for number in range(30)))
    check = actions.check_import(workspace_id=workspace.pk, import_id=job.pk, limit=10, counted=20)
    assert (check.counted, check.is_whole) == (20, False)
