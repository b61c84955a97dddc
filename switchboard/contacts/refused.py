"""Rows that were not used, as a CSV file: a piece at a time, so that nobody has to hold a million of them."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.db.models import QuerySet

_PIECE_ROWS = 2000
# UTF-8 with a mark: spreadsheets take it for something else without.
_MARK = b"\xef\xbb\xbf"

# Line and id of the last row that was given; none before the first.
After = tuple[int, int] | None
Piece = tuple[bytes, After]


def render_piece(
    rows: QuerySet[Any],
    columns: Sequence[str],
    *,
    head: Callable[[], Sequence[str]],
    after: After,
    limit: int = _PIECE_ROWS,
) -> Piece:
    """Return the next rows, each with these columns and its cells, and after which row to go on; none at the end."""
    if after is not None:
        line, pk = after
        rows = rows.filter(line__gte=line).exclude(line=line, pk__lte=pk)
    page = list(rows.order_by("line", "pk").values_list("pk", "line", *columns, "cells")[:limit])
    lines: Iterable[Sequence[object]] = ([line, *values, *cells] for _, line, *values, cells in page)
    content = _render_csv(lines) if after is not None else _MARK + _render_csv(chain([head()], lines))
    return content, (page[-1][1], page[-1][0]) if len(page) == limit else None


def iter_pieces(read: Callable[[After], Piece]) -> Iterator[bytes]:
    """Give a file from its beginning to its end."""
    piece, after = read(None)
    yield piece
    while after is not None:
        piece, after = read(after)
        yield piece


# Some programs skip blanks first, some read the full-width signs of Japanese and Chinese keyboards as the plain ones.
_BLANKS = " \t\r\n\v\f\0\u00a0\u3000\ufeff"
_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def defuse_cell(cell: str) -> str:
    """Return a cell that a spreadsheet shows and does not run as a formula."""
    return f"'{cell}" if cell.lstrip(_BLANKS).startswith(_STARTS) or cell.startswith(("\t", "\r", "\n")) else cell


def _render_csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([defuse_cell(one) if isinstance(one, str) else one for one in row] for row in rows)
    return text.getvalue().encode()
