"""People as a file for spreadsheets, in a stream; no cell of it can run as a formula."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter

from switchboard.contacts import fields, refused
from switchboard.contacts.models import Contact

MOST_XLSX_ROWS = 1_048_575
_CELL_LIMIT = 32_767
MaskPhone = Callable[[str], str]

Row = Sequence[Any]


def list_headings(keys: Sequence[str]) -> list[str]:
    """Return the headings, which an import of the same file understands."""
    return ["name", "phone", "email", "language", "country", "time zone", "tags", "consent", *keys]


def render_row(
    contact: Contact, keys: Sequence[str], tags: dict[int, str], consents: int, mask: MaskPhone | None
) -> list[Any]:
    """Return a person as cells; a number only as far as the reader may see it."""
    phone = contact.phone or ""
    return [
        contact.name,
        mask(phone) if mask and phone else phone,
        contact.email,
        contact.language,
        contact.country,
        contact.zones,
        ", ".join(tags[tag] for tag in contact.tags if tag in tags),
        _say_consents(consents),
        *(contact.fields.get(key, "") for key in keys),
    ]


def _say_consents(bits: int) -> str:
    if bits & 4:
        return "opted out"
    return " and ".join(word for bit, word in ((1, "marketing"), (2, "utility")) if bits & bit)


@contextmanager
def open_sheet(path: Path, kind: str) -> Iterator[Callable[[Row], None]]:
    """Give what writes one row into a CSV or XLSX file."""
    if kind == "xlsx":
        with _open_xlsx(path) as write:
            yield write
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            yield lambda row: writer.writerow([_render_text(cell) for cell in row])


def _render_text(cell: Any) -> str:
    text = fields.render_value(cell)
    return refused.defuse_cell(text) if isinstance(cell, str) else text


@contextmanager
def _open_xlsx(path: Path) -> Iterator[Callable[[Row], None]]:
    # Row by row to the disk; texts stay texts, so that nothing is a formula or a link.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("contacts")
        place = 0

        def write(row: Row) -> None:
            nonlocal place
            for column, cell in enumerate(row):
                if isinstance(cell, bool):
                    sheet.write_boolean(place, column, cell)
                elif isinstance(cell, int | float):
                    sheet.write_number(place, column, cell)
                elif cell not in {"", None}:
                    sheet.write_string(place, column, str(cell)[:_CELL_LIMIT])
            place += 1

        yield write
