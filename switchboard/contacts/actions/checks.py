"""A file is looked at before it is imported: its first rows as they will be, and counts over as many as a page can wait for."""

from collections import Counter
from itertools import islice

from switchboard.contacts import queries, reading, rules, uploads
from switchboard.contacts.rules import RowParser
from switchboard.contacts.types import Check, CheckedRow, FileShape, Person, Problem, Row

_SHOWN_ROWS = 50
# Parsed and compared with the people there are within half a second.
_COUNTED_ROWS = 20_000


def check_import(*, workspace_id: int, import_id: int, limit: int = _SHOWN_ROWS, counted: int = _COUNTED_ROWS) -> Check:
    """Return the first rows of a file as the import would see them, and what becomes of the first 20,000.

    :raises Invalid: the file cannot be read with these settings.
    """
    job = queries.get_import(workspace_id, import_id)
    shape = queries.get_shape(job)
    rows = _read_sample(job.file_path, shape, max(limit, counted) + 1)
    is_whole, rows = len(rows) <= max(limit, counted), rows[: max(limit, counted)]
    parser = RowParser(shape.columns, job.mapping, job.country, queries.list_definitions(workspace_id))
    parsed = [parser.parse_row(row) if parser.has_phone else Problem("", rules.NO_PHONE_COLUMN) for row in rows]
    people = [person for person in parsed if isinstance(person, Person)]
    known = queries.find_known_phones(workspace_id, [person.phone for person in people])
    first = {phone: place for place, phone in reversed([*enumerate(map(_phone_of, parsed))])}
    return Check(
        shape=shape,
        mapping=job.mapping,
        rows=tuple(
            _compare_row(row, result, known, is_repeated=first[_phone_of(result)] < place)
            for place, (row, result) in enumerate(zip(rows[:limit], parsed, strict=False))
        ),
        samples={
            column: texts[:3]
            for column, texts in queries.list_samples(shape, [row.cells for row in rows[:limit]]).items()
        },
        counted=len(rows),
        is_whole=is_whole,
        usable=len(people),
        refused=len(rows) - len(people),
        repeated=len(people) - len({person.phone for person in people}),
        known=len(known),
        opted_out=sum(person.is_opted_out for person in people),
        reasons=dict(Counter(problem.reason for problem in parsed if isinstance(problem, Problem))),
    )


def _phone_of(result: Person | Problem) -> str:
    return result.phone if isinstance(result, Person) else ""


def _compare_row(row: Row, result: Person | Problem, known: set[str], *, is_repeated: bool) -> CheckedRow:
    is_person = isinstance(result, Person)
    return CheckedRow(
        line=row.line,
        cells=tuple(row.cells),
        phone=_phone_of(result),
        problems={} if isinstance(result, Person) else {result.column: result.reason},
        notes=dict(result.notes) if isinstance(result, Person) else {},
        is_repeated=is_person and is_repeated,
        is_known=_phone_of(result) in known,
    )


def _read_sample(path: str, shape: FileShape, limit: int) -> list[Row]:
    with uploads.find_upload(path).open("rb") as file:
        rows = reading.read_rows(file, encoding=shape.encoding, delimiter=shape.delimiter)
        return list(islice(rows, shape.skip_rows, limit + shape.skip_rows))


def read_sample_cells(path: str, shape: FileShape) -> list[list[str]]:
    """Return the cells of a file's first rows, to tell from them what each column is."""
    return [row.cells for row in _read_sample(path, shape, _SHOWN_ROWS)]
