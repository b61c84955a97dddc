"""A figure held against a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchboard.contacts.segments.compiling import Compiled
    from switchboard.contacts.segments.tree import Condition

_RANGES = {"at_least": "{0} >= {1}", "at_most": "{0} <= {2}", "between": "{0} BETWEEN {1} AND {2}"}


def ask_range(column: str, condition: Condition, out: Compiled, kind: str = "float8") -> str:
    """Compare in the column's own kind of number: turning each row's into another takes longer than the rest."""
    figures = [condition.figure(name) for name in ("from", "to")]
    if kind == "bigint" and not all(figure.is_integer() for figure in figures):
        kind = "float8"
    low, high = (f"{out.put(int(figure) if kind == 'bigint' else figure)}::{kind}" for figure in figures)
    return "(" + _RANGES[condition.test].format(column, low, high) + ")"
