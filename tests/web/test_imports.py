"""An import: upload, map, check, run, result; and what each bad file is told."""

import io
import zipfile

import pytest
from django.test import Client

from switchboard.consent import actions as consent_actions
from switchboard.contacts import actions, workbook
from switchboard.contacts.models import Contact, Import
from switchboard.core.tenancy import workspace_scope
from tests.web.conftest import Shop

HEADER = "電話番号,お名前,メモ\n"
ROWS = (
    HEADER
    + "090-1234-5678,佐藤 花子,常連\n12345,短い,\n０９０－１２３４－５６７８,同じ人,\n+86 138 0013 8000,王小明,\n"
)
AGREED = {"map": "1", "consent": "marketing:opt_in", "source": "till", "tags": "春"}


def upload(client: Client, content: bytes, name: str = "people.csv"):
    file = io.BytesIO(content)
    file.name = name
    return client.post("/contacts/imports/new/", {"file": file, "country": "JP"})


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("people.csv", ROWS)
    return content.getvalue()


@pytest.fixture
def job(olive: Client) -> Import:
    """A file that has been uploaded."""
    assert upload(olive, ROWS.encode()).status_code == 302
    return Import.objects.get()


MAPPED = {"column-0": "phone", "column-1": "name", "column-2": "field:メモ"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x7fELF\x02\x01" + bytes(range(256)) * 40, "This is not a text file."),
        (b"%PDF-1.7 ...", "This is a PDF, not a CSV file."),
        (zipped(), "This is a ZIP file, but not a workbook."),
    ],
)
def test_a_file_that_is_no_list_is_told_what_to_do(olive: Client, content: bytes, sentence: str) -> None:
    answer = upload(olive, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Import.objects.exists()


def test_no_file_is_told_so(olive: Client) -> None:
    answer = olive.post("/contacts/imports/new/", {"country": "JP"})
    assert (answer.status_code, "Choose a file first." in answer.content.decode()) == (422, True)


def test_a_file_that_is_too_big_is_told_the_limit(olive: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_IMPORT_LIMIT_MB", "1")
    answer = upload(olive, b"1" * (1024 * 1024 + 1))
    assert "The file is larger than 1 MB." in answer.content.decode()


def test_a_refusal_speaks_the_persons_language(olive: Client) -> None:
    olive.post("/language/", {"language": "ja"})
    assert "ファイルが空です。" in upload(olive, b"").content.decode()


@pytest.mark.parametrize(("encoding", "name"), [("utf-8-sig", "UTF-8"), ("cp932", "Shift_JIS"), ("gb18030", "GB18030")])
def test_encodings_are_recognised(olive: Client, encoding: str, name: str) -> None:
    text = (
        ROWS
        if encoding != "gb18030"
        else "手机号,姓名,城市\n13800138000,王小明,上海\n13900139000,李娜,北京\n13700137000,张伟,广州\n"
    )
    answer = upload(olive, text.encode(encoding))
    page = olive.get(answer["Location"]).content.decode()
    assert f" selected>{name}" in page


def test_the_columns_are_guessed_and_shown_with_samples(olive: Client, job: Import) -> None:
    page = olive.get(f"/contacts/imports/{job.pk}/map/").content.decode()
    assert "090-1234-5678" in page
    assert '<option value="phone" selected>' in page


def test_no_phone_column_is_refused(olive: Client, job: Import) -> None:
    answer = olive.post(f"/contacts/imports/{job.pk}/map/", {**AGREED, "column-0": "name"})
    assert answer.status_code == 422
    assert "No column holds phone numbers. Choose which column does." in answer.content.decode()


def test_no_consent_is_refused(olive: Client, job: Import) -> None:
    answer = olive.post(f"/contacts/imports/{job.pk}/map/", {**MAPPED, "map": "1", "consent": "", "source": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose what these people agreed to." in page
    assert "Write where these people agreed" in page


def test_reading_in_another_encoding_maps_anew(olive: Client, job: Import) -> None:
    said = {"reread": "1", "encoding": "cp932", "delimiter": ",", "country": "JP", "has_header": "on"}
    olive.post(f"/contacts/imports/{job.pk}/map/", said)
    job.refresh_from_db()
    assert job.encoding == "cp932"


def test_the_check_shows_every_fault_in_its_cell(olive: Client, job: Import) -> None:
    answer = olive.post(f"/contacts/imports/{job.pk}/map/", {**MAPPED, **AGREED})
    assert answer["Location"] == f"/contacts/imports/{job.pk}/check/"
    page = olive.get(answer["Location"]).content.decode()
    assert "+81 90-1234-5678" in page
    assert "Too short for a phone number" in page
    assert not Contact.objects.filter(name="王小明").exists()


def test_a_number_of_no_known_country_is_said_plainly(olive: Client) -> None:
    answer = upload(olive, b"phone,name\n+999 1234 5678,Nobody\n090-1234-5678,Somebody\n")
    page = olive.get(answer["Location"].replace("/map/", "/check/")).content.decode()
    assert "A number of no known country; write it with + and the country code" in page


def test_the_preview_says_which_language_a_code_is(olive: Client) -> None:
    answer = upload(olive, b"phone,language\n090-1234-5678,jp\n090-1234-5679,Japanese\n")
    page = olive.get(answer["Location"].replace("/map/", "/check/")).content.decode()
    assert page.count("→ Japanese") == 1


def test_the_result_counts_and_gives_the_refused_rows(shop: Shop, olive: Client, job: Import) -> None:
    olive.post(f"/contacts/imports/{job.pk}/map/", {**MAPPED, **AGREED})
    olive.post(f"/contacts/imports/{job.pk}/check/")
    with workspace_scope(shop.workspace.pk):
        actions.run_import(
            workspace_id=shop.workspace.pk, import_id=job.pk, record_consent=consent_actions.record_import
        )
    page = olive.get(f"/contacts/imports/{job.pk}/").content.decode()
    assert "Finished" in page
    assert "The same person again in this file" in page
    refused = olive.get(f"/contacts/imports/{job.pk}/refused.csv")
    assert refused["Content-Disposition"] == f'attachment; filename="refused-{job.pk}.csv"'
    assert "12345" in refused.getvalue().decode("utf-8-sig")


def test_an_import_runs_once(olive: Client, job: Import) -> None:
    olive.post(f"/contacts/imports/{job.pk}/map/", {**MAPPED, **AGREED})
    olive.post(f"/contacts/imports/{job.pk}/check/")
    assert olive.post(f"/contacts/imports/{job.pk}/check/").status_code == 409


def test_an_import_can_be_stopped(olive: Client, job: Import) -> None:
    olive.post(f"/contacts/imports/{job.pk}/map/", {**MAPPED, **AGREED})
    olive.post(f"/contacts/imports/{job.pk}/check/")
    olive.post(f"/contacts/imports/{job.pk}/stop/")
    job.refresh_from_db()
    assert job.state == "stopped"
    assert "Stopped; what was imported stays" in olive.get(f"/contacts/imports/{job.pk}/").content.decode()


def test_imports_are_listed(olive: Client, job: Import) -> None:
    assert "people.csv" in olive.get("/contacts/imports/").content.decode()


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to three megabytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(3):
                sheet.write(bytes(1 << 20))
    return content.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused(olive: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_LARGEST_UNPACKED", 2 * 1024 * 1024)
    answer = upload(olive, bomb(), "people.xlsx")
    assert (answer.status_code, "unpacks to more than" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (HEADER + f"090-1234-5678,佐藤,{'x' * 1_000_000}\n080-1234-5678,鈴木,\n", "too long"),
        (HEADER + HEADER + "090-1234-5678,佐藤,\n", "headings"),
        (HEADER + '090-1234-5678,"=HYPERLINK(""http://x"")",\n', ""),
        (",".join(["電話番号", *(f"列{n}" for n in range(99))]) + "\n09012345678" + ",x" * 99 + "\n", ""),
    ],
)
def test_hard_files_get_as_far_as_the_check(olive: Client, text: str, refused: str) -> None:
    assert upload(olive, text.encode()).status_code == 302
    job = Import.objects.get()
    assert olive.get(f"/contacts/imports/{job.pk}/map/").status_code == 200
    page = olive.get(f"/contacts/imports/{job.pk}/check/")
    assert page.status_code == 200
    assert len(page.content) < 300_000
    assert refused in page.content.decode()
