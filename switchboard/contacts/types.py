"""What crosses the border of contacts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from switchboard.contacts.fields import Value


class Row(NamedTuple):
    """One row of a file: the line it begins on (the first line is 1) and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is to be read."""

    encoding: str
    delimiter: str
    has_header: bool
    columns: tuple[str, ...]
    # Rows before the first person: titles above the headings, and the headings.
    skip_rows: int = 0


class Problem(NamedTuple):
    """Why a row is refused: the column (empty: the row as a whole) and a reason code of rules.REASONS."""

    column: str
    reason: str


class Person(NamedTuple):
    """A row that can be used. Empty texts mean that the file says nothing."""

    line: int
    phone: str
    country: str
    name: str
    email: str
    language: str
    zone: str
    fields: dict[str, Value]
    tags: tuple[str, ...]
    is_opted_out: bool
    # Cells that were not understood and left out.
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of the check before an import: what is in it, and what is wrong with which cell."""

    line: int
    cells: tuple[str, ...]
    phone: str
    # Column to reason code; the empty column means the row as a whole.
    problems: dict[str, str]
    # The same of cells that are left out while the row is used.
    notes: dict[str, str]
    is_repeated: bool
    is_known: bool


@dataclass(frozen=True, slots=True)
class Check:
    """The first rows of a file, as an import would see them."""

    shape: FileShape
    mapping: dict[str, str]
    rows: tuple[CheckedRow, ...]
    # Three values of each column, to recognise it by.
    samples: dict[str, tuple[str, ...]]
    # What follows is counted over so many rows, which may be the whole file.
    counted: int
    is_whole: bool
    usable: int
    refused: int
    repeated: int
    known: int
    opted_out: int
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedPeople:
    """Who a step of an import brought, for the ledger of consent: contact and line of the file."""

    workspace_id: int
    import_id: int
    category: str
    basis: str
    source: str
    wording: str
    at: datetime
    agreed: Sequence[tuple[int, int]]
    opted_out: Sequence[tuple[int, int]]
    # Who agreed and was nobody before this step: the ledger cannot know them, and their facts say already that they
    # agreed. They are not in `agreed`.
    joined: Sequence[tuple[int, int]] = ()


# Writes the ledger inside the step's own transaction; returns how many had opted out before and stay so.
RecordConsent = Callable[[ImportedPeople], int]


class TakeBackConsent(Protocol):
    """Takes back, inside the step's own transaction, what an import's people agreed to."""

    def __call__(
        self,
        *,
        workspace_id: int,
        import_id: int,
        contact_ids: Sequence[int],
        removed_ids: Sequence[int],
        at: datetime,
    ) -> None:
        """Do it for some of its people; those removed are gone from the contacts already."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of the rows of an import: created + updated + skipped + failed = rows."""

    import_id: int
    state: str
    rows: int
    created: int
    updated: int
    skipped: int
    failed: int
    # "failed", "skipped" and "notes", each with its counts by reason.
    reasons: dict[str, dict[str, int]]
    error: str = ""

    def count_reasons(self, kinds: Sequence[str] = ("failed", "skipped")) -> dict[str, int]:
        """Return why rows were not used, with how many each; with "notes" also why cells were not."""
        return {reason: count for kind in kinds for reason, count in self.reasons.get(kind, {}).items()}
