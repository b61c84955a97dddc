"""Resumable uploads: files for template samples and profile pictures, taken piece by piece."""

import os
from dataclasses import dataclass

from emulator.errors import GraphError
from emulator.media import LARGEST_DOCUMENT

TYPES = frozenset({"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"})


@dataclass(slots=True)
class Upload:
    """One session: what was announced, and what has arrived."""

    upload_id: str
    app_id: str
    length: int
    file_type: str
    content: bytearray


class Uploads:
    def __init__(self) -> None:
        self._sessions: dict[str, Upload] = {}
        self._handles: set[str] = set()

    def begin(self, app_id: str, length: str, file_type: str) -> Upload:
        """Open a session.

        :raises GraphError: the length or the type is missing or not allowed.
        """
        if not length.isdecimal() or not 0 < int(length) <= LARGEST_DOCUMENT:
            raise GraphError(100, message="(#100) The parameter file_length is required.")
        if file_type not in TYPES:
            raise GraphError(100, message=f"(#100) file_type must be one of {', '.join(sorted(TYPES))}.")
        upload = Upload(f"upload:{os.urandom(12).hex()}", app_id, int(length), file_type, bytearray())
        self._sessions[upload.upload_id] = upload
        return upload

    def find(self, upload_id: str) -> Upload | None:
        return self._sessions.get(upload_id)

    def append(self, upload: Upload, offset: str, piece: bytes) -> str:
        """Add a piece and return the file's handle, "" while something is still missing.

        :raises GraphError: the piece does not begin where the last one ended, or is too long.
        """
        if offset != str(len(upload.content)):
            raise GraphError(100, f"file_offset must be {len(upload.content)}")
        if len(upload.content) + len(piece) > upload.length:
            raise GraphError(100, f"More than the announced {upload.length} bytes")
        upload.content += piece
        if len(upload.content) < upload.length:
            return ""
        handle = f"4::{os.urandom(24).hex()}"
        self._handles.add(handle)
        del self._sessions[upload.upload_id]
        return handle

    def is_handle(self, handle: str) -> bool:
        return handle in self._handles
