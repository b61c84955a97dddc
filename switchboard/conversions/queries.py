"""What pages ask about orders and about the files that bring them."""

from collections.abc import Sequence

from switchboard.contacts import reading, refused, uploads
from switchboard.contacts.types import FileShape, Row
from switchboard.conversions.errors import DeedsNotFound
from switchboard.conversions.models import Deeds, Order, RefusedDeed
from switchboard.core.rows import get_own
from switchboard.team.models import Workspace

_ROWS_SHOWN = 20


def list_orders(workspace_id: int, contact_id: int, *, limit: int = 50) -> list[Order]:
    """Return a person's orders, newest first."""
    return list(Order.objects.filter(workspace_id=workspace_id, contact_id=contact_id).order_by("-at")[:limit])


def get_deeds(workspace_id: int, deeds_id: int, *, lock: bool = False) -> Deeds:
    """Return a file of orders or events.

    :raises DeedsNotFound: not in this workspace.
    """
    return get_own(Deeds, workspace_id, deeds_id, DeedsNotFound, lock=lock)


def list_deeds(workspace_id: int, *, limit: int = 50) -> list[Deeds]:
    """Return the newest files of orders and events."""
    return list(Deeds.objects.filter(workspace_id=workspace_id).order_by("-id")[:limit])


def list_refused(workspace_id: int, deeds_id: int, *, limit: int = 100) -> list[RefusedDeed]:
    """Return rows that recorded nothing, in the order of the file."""
    rows = RefusedDeed.objects.filter(workspace_id=workspace_id, deeds_id=deeds_id)
    return list(rows.order_by("id")[:limit])


def read_sample(deeds: Deeds) -> tuple[FileShape, list[Row]]:
    """Return the columns and the first rows of a file.

    :raises Invalid: it cannot be read.
    """
    country = Workspace.objects.values_list("country", flat=True).get(pk=deeds.workspace_id)
    path = uploads.find_upload(deeds.file_path)
    shape = reading.shape_file(
        path, encoding=deeds.encoding, delimiter=deeds.delimiter, country=country, has_header=True
    )
    with path.open("rb") as file:
        rows = reading.read_rows(file, encoding=deeds.encoding, delimiter=deeds.delimiter)
        return shape, [row for row, _ in zip(rows, range(_ROWS_SHOWN + 1), strict=False)][1:]


def render_refused_csv(workspace_id: int, deeds_id: int, after: refused.After = None) -> refused.Piece:
    """Return a piece of the refused rows as a CSV file: line, reason, and the cells below their headings."""
    rows = RefusedDeed.objects.filter(workspace_id=workspace_id, deeds_id=deeds_id)

    def head() -> Sequence[str]:
        return ["line", "reason", *get_deeds(workspace_id, deeds_id).columns]

    return refused.render_piece(rows, ["reason"], head=head, after=after)
