"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) become CSV in a process of their own, with bounded memory and time.

Run as `python -m switchboard.contacts.workbook SOURCE TARGET SHEET`; it ends with one line of JSON. A workbook is a ZIP
that may unpack to anything: it is unpacked once to be measured before anybody reads it.
"""

import csv
import html
import json
import re
import resource
import subprocess
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from switchboard.contacts.errors import WorkbookError

_MIB = 1024 * 1024
_LARGEST_UNPACKED = 1024 * _MIB
_MOST_ENTRIES = 5000
_MEMORY = 3 * 1024 * _MIB
_SECONDS = 180
_CHUNK = 1 << 18
# What a whole sheet of Excel holds.
_MOST_COLUMNS = 16_384
_SHEET_NAME = re.compile(r'<sheet\b[^>]*?\bname="([^"]*)"')

BOMB = "This workbook unpacks to more than %(limit)s MB. Save the list as CSV in your spreadsheet program and import that file."
LOCKED = "This workbook is protected by a password. Remove the password in your spreadsheet program, or save the list as CSV."
BROKEN = (
    "This file looks like a workbook but cannot be read. Open it in your spreadsheet program and save the list as CSV."
)
NO_WORKBOOK = "This is a ZIP file, but not a workbook. Unpack it first and import the file inside."
EMPTY = "The workbook has no rows. Choose a file with one header row and one person in each row below it."
TOO_LARGE = (
    "The workbook is too large to be read here. Save the list as CSV in your spreadsheet program and import that file."
)


def is_workbook(path: Path) -> bool:
    """Tell whether a file's first bytes are those of a workbook: a ZIP, or an old Excel file."""
    with path.open("rb") as file:
        head = file.read(8)
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"))


def convert(source: Path, target: Path, sheet: str = "") -> str:
    """Write one sheet of a workbook as CSV (UTF-8) and return its name; no name means the first that has rows.

    :raises WorkbookError: broken, locked, empty, too large, or no workbook at all.
    """
    measure(source)
    command = [sys.executable, "-m", "switchboard.contacts.workbook", str(source), str(target), sheet]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603  ours
    except subprocess.TimeoutExpired as error:
        raise WorkbookError(TOO_LARGE) from error
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        # Killed by its limits; a fault that it understood is told in the answer.
        raise WorkbookError(TOO_LARGE)
    answer = json.loads(lines[-1])
    if answer.get("fault"):
        raise WorkbookError(answer["fault"])
    return str(answer["sheet"])


def measure(path: Path) -> None:
    """See to it that a ZIP unpacks to a size that can be read, whatever it says of itself.

    :raises WorkbookError: it does not, or it is no workbook.
    """
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if not any(name.startswith("xl/") or name == "content.xml" for name in names):
                raise WorkbookError(NO_WORKBOOK)
            if any(entry.flag_bits & 1 for entry in entries):
                raise WorkbookError(LOCKED)
            if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED:
                raise WorkbookError(BOMB % {"limit": _LARGEST_UNPACKED // _MIB})
            _unpack(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise WorkbookError(BROKEN) from error


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack everything into nothing, counting: a false size in the directory does not get past."""
    total = 0
    for entry in entries:
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK):
                total += len(chunk)
                if total > _LARGEST_UNPACKED:
                    raise WorkbookError(BOMB % {"limit": _LARGEST_UNPACKED // _MIB})


def list_sheets(path: Path) -> list[str]:
    """Return the sheets of an .xlsx workbook; none where they cannot be told cheaply."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as part:
            text = part.read(_MIB).decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error):
        return []
    return [html.unescape(name) for name in _SHEET_NAME.findall(text)]


# ── in the process of its own ────────────────────────────────────────────────────────────────────


def _main(source: str, target: str, sheet: str) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    import python_calamine as calamine  # Only here: it stays out of the processes that serve and work.

    try:
        workbook = calamine.load_workbook(source)
        names = [sheet] if sheet in workbook.sheet_names else workbook.sheet_names
        for name in names:
            if _write_sheet(workbook.get_sheet_by_name(name), Path(target)):
                return {"sheet": name}
    except calamine.PasswordError:
        return {"fault": LOCKED}
    except (calamine.CalamineError, OSError, ValueError):
        return {"fault": BROKEN}
    return {"fault": EMPTY}


def _write_sheet(sheet: Any, target: Path) -> bool:
    """Write the rows of a sheet; false when it has none."""
    has_rows = False
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for cells in sheet.iter_rows():
            texts = [_render_cell(cell) for cell in cells[:_MOST_COLUMNS]]
            has_rows = has_rows or any(texts)
            writer.writerow(texts)
    return has_rows


def _render_cell(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        is_day = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if is_day else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_main(*sys.argv[1:4])) + "\n")
