"""Files that people download, sent piece by piece: none is held whole, however many rows it has."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeVar

from django.http import FileResponse, StreamingHttpResponse

from switchboard.core.bridge import in_thread
from switchboard.core.tenancy import workspace_scope

After = TypeVar("After")


class _InThreads(StreamingHttpResponse):
    """Pieces that are made in a thread each, so that a server which answers asynchronously waits for none.

    Django itself would put all of them into one list first.
    """

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self.streaming_content)  # type: ignore[arg-type]  # it was given pieces that are not asynchronous
        while (piece := await in_thread(next, pieces, None)) is not None:
            yield piece


class _File(_InThreads, FileResponse):
    block_size = 1 << 20


def give_file(path: Path, name: str, content_type: str) -> StreamingHttpResponse:
    """Send a file that is on disk."""
    return _File(path.open("rb"), as_attachment=True, filename=name, content_type=content_type)


def give_csv(
    workspace_id: int, name: str, read: Callable[[After | None], tuple[bytes, After | None]]
) -> StreamingHttpResponse:
    """Send what `read` gives: a piece, and where the next goes on, or None after the last.

    The first is read at once, so that what is wrong is said on a page. Each of the others has a transaction of its own:
    whoever downloads slowly holds none open.
    """

    def go_on(piece: bytes, after: After | None) -> Iterator[bytes]:
        yield piece
        while after is not None:
            with workspace_scope(workspace_id):
                piece, after = read(after)
            yield piece

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return _InThreads(go_on(*read(None)), content_type="text/csv; charset=utf-8", headers=headers)
