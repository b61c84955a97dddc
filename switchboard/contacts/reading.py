"""A file of contacts as rows of cells, read in a stream: memory does not grow with the file."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from switchboard.contacts import encoding as file_encoding
from switchboard.contacts import rules, words
from switchboard.contacts.errors import EmptyFileError, NotATableError, UnknownEncodingError
from switchboard.contacts.types import FileShape, Row
from switchboard.core import phone

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_LINES = 40
# A cell or line longer than this is a quote that never ends, not a cell.
_LONGEST_CELL = 1_200_000
_LONGEST_LINE = 1_500_000
# Characters read at a time.
_PIECE = 1 << 16
# A cell of more lines than this is one as well.
_MOST_LINES = 1000
# Titles that may stand above the headings.
_MOST_TITLES = 5


def describe_file(path: Path, country: str, *, is_headed: bool | None = None) -> FileShape:
    """Return how the file is most likely to be read.

    :raises Invalid: it cannot be read as a table at all.
    """
    encoding = file_encoding.detect_encoding(path, country)
    delimiter = guess_delimiter(path, encoding)
    return shape_file(path, encoding=encoding, delimiter=delimiter, country=country, has_header=is_headed)


def shape_file(path: Path, *, encoding: str, delimiter: str, country: str, has_header: bool | None = None) -> FileShape:
    """Return the columns of a file read in this encoding and with this delimiter.

    :raises Invalid: it cannot be read that way.
    """
    if encoding not in file_encoding.ENCODINGS:
        raise UnknownEncodingError(
            f"“{encoding}” is no encoding we know. Choose one of: {', '.join(file_encoding.ENCODINGS)}."
        )
    with path.open("rb") as file:
        rows = [row.cells for row in islice(read_rows(file, encoding=encoding, delimiter=delimiter), _MOST_TITLES + 1)]
    if not rows:
        raise EmptyFileError
    if has_header is None:
        has_header = not any(phone.is_phone(cell, country) for cell in rows[0])
    titles = _count_titles(rows) if has_header else 0
    columns = name_columns(rows[titles]) if has_header else name_columns([""] * len(rows[0]))
    return FileShape(encoding, delimiter, has_header, columns, skip_rows=titles + has_header)


def _count_titles(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows stand above the headings: "Members, autumn 2026" in a cell of its own."""
    if _has_heading(rows[0]) or sum(bool(cell.strip()) for cell in rows[0]) > 1:
        return 0
    return next((place for place, cells in enumerate(rows) if len(cells) > 1 and _has_heading(cells)), 0)


def _has_heading(cells: Sequence[str]) -> bool:
    return any(rules.normalise_heading(cell) in _known_headings() for cell in cells)


@lru_cache(maxsize=1)
def _known_headings() -> frozenset[str]:
    return frozenset(heading for headings in words.HEADINGS.values() for heading in headings)


def name_columns(cells: list[str]) -> tuple[str, ...]:
    """Return one name for each column: its heading, numbered where it is empty or was there before."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        heading = " ".join(cell.split())[:120] or f"column {number}"
        names.append(heading if heading not in names else f"{heading} ({number})")
    return tuple(names)


def guess_delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns, equally many in each line."""
    with path.open("rb") as file:
        text = io.TextIOWrapper(
            file, encoding=file_encoding.DECODERS.get(encoding, encoding), errors="replace", newline=""
        )
        sample = text.read(64 * 1024)
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = _split_sample(sample, delimiter)
        width, count = Counter(len(row) for row in rows).most_common(1)[0] if rows else (1, 1)
        score = (width - 1) ** 0.5 * count / max(1, len(rows)) if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _split_sample(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > _SAMPLE_LINES:
                break
    except csv.Error:
        pass
    return [row for row in rows[:_SAMPLE_LINES] if row]


def read_rows(file: BinaryIO, *, encoding: str, delimiter: str) -> Iterator[Row]:
    """Give the rows of an open file one by one, the header among them; rows without any text are left out.

    Bytes that the encoding does not know become U+FFFD, which `rules.parse_row` refuses.

    :raises NotATableError: a quote that never ends, or lines without an end.
    """
    text = io.TextIOWrapper(file, encoding=file_encoding.DECODERS.get(encoding, encoding), errors="replace", newline="")
    try:
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(_lines(text), delimiter=delimiter)
        begins = 1
        try:
            for cells in reader:
                if reader.line_num - begins > _MOST_LINES:
                    raise csv.Error
                if cells and (cells[0].strip() or any(cell.strip() for cell in cells)):
                    yield tuple.__new__(Row, (begins, cells))
                begins = reader.line_num + 1
        except csv.Error as error:
            raise NotATableError(
                f'From line {begins} on the file cannot be read as a table: a quotation mark (") is opened there and never closed. '
                "Correct that line and import the file again."
            ) from error
    finally:
        if not file.closed:
            text.detach()


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Give lines without the NULs that the database cannot store, and stop at one that has no end."""
    number, rest = 0, ""
    while piece := text.read(_PIECE):
        if "\0" in piece:
            piece = piece.replace("\0", "")
        piece = rest + piece
        cut = _end_of_lines(piece)
        rest = piece[cut:]
        if len(rest) >= _LONGEST_LINE:
            raise NotATableError(
                f"Line {number + piece[:cut].count(chr(10)) + 1} is longer than a million characters, so this is not a table of people. "
                "Save the list as CSV in your spreadsheet program and choose that file."
            )
        number += piece.count("\n", 0, cut)
        # In one go: a call for each line costs more than the line.
        yield from io.StringIO(piece[:cut], newline="")
    if rest:
        yield from io.StringIO(rest, newline="")


def _end_of_lines(piece: str) -> int:
    """Return where the last line that is whole ends; a carriage return at the very end may be half of a line's end."""
    cut = piece.rfind("\n") + 1
    return cut or piece.rfind("\r", 0, -1) + 1
