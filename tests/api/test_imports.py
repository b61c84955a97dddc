"""A file of contacts by API: sent, watched, its refused rows fetched, stopped, taken back."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from switchboard.consent import actions as consent_actions
from switchboard.consent import queries as consent_queries
from switchboard.contacts import actions
from switchboard.contacts.models import Contact, Import
from switchboard.core.tenancy import set_scope
from tests.api.conftest import Program

ROWS = "電話番号,お名前,メモ\n090-1234-5678,佐藤 花子,常連\n12345,短い,\n０９０－１２３４－５６７８,同じ人,\n+86 138 0013 8000,王小明,\n"
CONSENT = {"category": "marketing", "basis": "opt_in", "source": "till", "wording": "Yes."}


def send(program: Program, content: bytes = ROWS.encode(), options: Any = None, name: str = "people.csv") -> Any:
    """Send a file as curl does with -F."""
    return send_parts(program, content, json.dumps({"consent": CONSENT} if options is None else options), name)


def send_parts(program: Program, content: bytes, options: str, name: str = "people.csv") -> Any:
    parts = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, content), "options": options})
    return program.call("post", "imports", parts, MULTIPART_CONTENT)


def run(program: Program, import_id: int) -> None:
    """What a worker does."""
    actions.run_import(
        workspace_id=program.workspace.pk, import_id=import_id, record_consent=consent_actions.record_import
    )
    set_scope(workspace_id=program.workspace.pk)


def test_a_file_is_imported_as_its_guess_says(program: Program) -> None:
    begun = send(program, options={"consent": CONSENT, "tags": ["春"]})
    assert (begun.status_code, begun.json()["state"], begun.json()["result"]) == (202, "running", None)
    address = f"imports/{begun.json()['id']}"
    run(program, begun.json()["id"])
    done = program.get(address).json()
    assert (done["state"], done["total_rows"]) == ("done", 4)
    assert done["progress"] == {"rows": 4, "created": 2, "updated": 0, "skipped": 1, "failed": 1}
    assert list(done["result"]) == ["rows", "created", "updated", "skipped", "failed", "reasons", "seconds"]
    assert done["result"]["reasons"] == {"too_short": 1, "repeated": 1}
    hana = Contact.objects.get(phone="+819012345678")
    assert (hana.name, hana.fields, len(hana.tags)) == ("佐藤 花子", {"メモ": "常連"}, 1)
    assert consent_queries.may_write(program.workspace.pk, hana.pk, "marketing").may
    refused = program.get(f"{address}/refused")
    assert refused["Content-Type"] == "text/csv; charset=utf-8"
    assert "12345" in refused.getvalue().decode("utf-8-sig")


def test_what_is_said_of_columns_goes_before_the_guess(program: Program) -> None:
    text = "Mobile,Other,Born\n090-1234-5678,080-1234-5678,1990-04-01\n"
    begun = send(program, text.encode(), {"consent": CONSENT, "mapping": {"Other": "phone", "Born": "new:date"}}).json()
    job = Import.objects.get(pk=begun["id"])
    assert job.mapping == {"Mobile": "", "Other": "phone", "Born": "field:Born"}


def test_a_file_is_read_as_somebody_says(program: Program) -> None:
    content = "花子;090-1234-5678\n".encode("cp932")
    options = {"consent": CONSENT, "encoding": "cp932", "delimiter": ";", "has_header": False, "country": "JP"}
    job = Import.objects.get(pk=send(program, content, options).json()["id"])
    assert (job.encoding, job.delimiter, job.has_header) == ("cp932", ";", False)
    assert "phone" in job.mapping.values()


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", None, "The file is empty."),
        (b"\x7fELF\x02\x01" + bytes(range(256)) * 40, None, "This is not a text file."),
        (b"%PDF-1.7 ...", None, "This is a PDF, not a CSV file."),
        (b"name\nHana\n", None, "No column holds phone numbers"),
        (ROWS.encode(), {}, "“options.consent” is missing."),
        (ROWS.encode(), {"consent": {**CONSENT, "source": " "}}, "Say what these people agreed to, and where."),
        (ROWS.encode(), {"consent": {**CONSENT, "basis": "transaction"}}, "Say what these people agreed to"),
        (ROWS.encode(), {"consent": CONSENT, "mapping": {"Mobile": "phone"}}, "The file has no column “Mobile”."),
        (ROWS.encode(), {"consent": CONSENT, "mapping": {"メモ": "heart"}}, "“heart” is nothing that a column can be."),
        (ROWS.encode(), {"consent": CONSENT, "encoding": "klingon"}, "“klingon” is no encoding we know."),
        (ROWS.encode(), {"consent": CONSENT, "tagz": []}, "“options.tagz” cannot be used"),
    ],
)
def test_what_cannot_be_imported_is_told_what_to_do(
    program: Program, tmp_path: Path, content: bytes, options: Any, sentence: str
) -> None:
    answer = send(program, content, options)
    assert (answer.status_code, sentence in answer.json()["message"]) == (422, True), answer.json()
    assert not Import.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_without_words_about_it_or_none_at_all_is_refused(program: Program) -> None:
    broken = send_parts(program, b"phone\n", "{")
    assert (broken.status_code, broken.json()["code"]) == (400, "body")
    assert program.post("imports", {"consent": CONSENT}).json()["field"] == "file"


def test_a_list_that_looks_bought_waits_for_an_owner_in_the_console(program: Program) -> None:
    rows = "phone\n" + "".join(f"+8190123{number:05}\n" for number in range(400))
    begun = send(program, rows.encode()).json()
    run(program, begun["id"])
    waiting = program.get(f"imports/{begun['id']}").json()
    assert (waiting["state"], waiting["progress"]["rows"], waiting["result"]) == ("quarantined", 0, None)
    assert waiting["quarantine"]["run"] == 400
    assert "in the console" in waiting["quarantine"]["what_to_do"]
    assert program.post(f"imports/{begun['id']}/release").status_code == 404
    stopped = program.post(f"imports/{begun['id']}/stop").json()
    assert (stopped["state"], stopped["result"]["rows"]) == ("stopped", 0)


def test_an_import_is_taken_back_once(program: Program) -> None:
    begun = send(program).json()
    address = f"imports/{begun['id']}/undo"
    assert program.post(address).json()["code"] == "nothing_to_undo"
    run(program, begun["id"])
    undoing = program.post(address)
    assert (undoing.status_code, undoing.json()["state"]) == (202, "undoing")
    actions.run_undo(
        workspace_id=program.workspace.pk, import_id=begun["id"], take_back_consent=consent_actions.take_back_import
    )
    undone = program.get(f"imports/{begun['id']}").json()
    assert (undone["state"], undone["undone"]) == ("undone", {"removed": 2, "restored": 0, "kept": 0})
    assert program.post(address).status_code == 409


def test_an_import_that_is_not_there_is_not_found(program: Program) -> None:
    for path in ("imports/1", "imports/1/refused", f"imports/{2**63 - 1}"):
        assert program.get(path).status_code == 404
    for path in ("imports/1/stop", "imports/1/undo"):
        assert program.post(path).status_code == 404
    assert program.get(f"imports/{2**63}").status_code == 422
