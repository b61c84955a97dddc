"""Uploaded files on disk, below SWITCHBOARD_HOME/uploads, until the import that they are for is over."""

import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from switchboard.contacts.errors import EmptyFileError, FileTooLargeError, UploadFolderError
from switchboard.core import env

_CHUNK_BYTES = 1 << 20


def limit_bytes() -> int:
    """Return how large a file may be; SWITCHBOARD_IMPORT_LIMIT_MB, 500 unless set."""
    return env.read_whole("SWITCHBOARD_IMPORT_LIMIT_MB", 500, lowest=1, highest=10_000) * 1024 * 1024


def keep_upload(source: BinaryIO, *, workspace_id: int) -> tuple[str, int]:
    """Copy an upload into the folder of its workspace; return its path below the home folder, and its size.

    :raises FileTooLargeError: above the limit; nothing is kept.
    :raises EmptyFileError: no bytes at all.
    :raises UploadFolderError: the folder cannot be written, or the disk is full.
    """
    relative = Path("uploads") / str(workspace_id) / f"{uuid.uuid4().hex}.csv"
    path = settings.HOME / relative
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        size = _copy(source, path)
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise UploadFolderError(
            f"The uploaded file cannot be kept in {path.parent} ({error.strerror}). Make room there or correct its permissions."
        ) from error
    except FileTooLargeError:
        path.unlink(missing_ok=True)
        raise
    if size == 0:
        path.unlink(missing_ok=True)
        raise EmptyFileError
    return str(relative), size


def _copy(source: BinaryIO, path: Path) -> int:
    size, limit = 0, limit_bytes()
    with path.open("wb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > limit:
                raise FileTooLargeError(
                    f"The file is larger than {limit // 1024 // 1024} MB. Split it into smaller files, "
                    "or have the limit raised (SWITCHBOARD_IMPORT_LIMIT_MB)."
                )
            file.write(chunk)
    return size


def find_upload(relative: str) -> Path:
    """Return where a kept upload is.

    :raises UploadFolderError: it is not there any more.
    """
    path: Path = settings.HOME / relative
    if not path.is_file():
        raise UploadFolderError(
            f"The uploaded file is no longer in {path.parent}. Upload it again; rows already imported stay as they are."
        )
    return path


def has_upload(relative: str) -> bool:
    """Tell whether a kept upload is still there."""
    return bool(relative) and bool((settings.HOME / relative).is_file())


def drop_upload(relative: str) -> None:
    """Remove a kept upload; it may be gone already."""
    path: Path = settings.HOME / relative
    path.unlink(missing_ok=True)
    _workbook_of(path).unlink(missing_ok=True)


def _workbook_of(path: Path) -> Path:
    return path.with_suffix(".workbook")


def set_aside_workbook(relative: str) -> Path:
    """Give an upload that is a workbook a name of its own; its place is taken by what is read from it."""
    path: Path = settings.HOME / relative
    return path.replace(_workbook_of(path))


def place_of(relative: str) -> Path:
    """Return where a kept upload is, or is to be."""
    path: Path = settings.HOME / relative
    return path


def find_workbook(relative: str) -> Path | None:
    """Return the workbook that a kept upload was read from, if it was one."""
    path = _workbook_of(settings.HOME / relative)
    return path if path.is_file() else None
