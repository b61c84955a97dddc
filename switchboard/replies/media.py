"""Files that people send: what a message says of its file, and fetching it from Meta into the storage."""

import asyncio
import base64
import binascii
import hashlib
import mimetypes
from collections.abc import Callable
from datetime import datetime, timedelta

from switchboard.cloudapi.client import CloudClient, Downloaded, MediaNode
from switchboard.cloudapi.errors import CloudError, Failure
from switchboard.cloudapi.results import TooLarge
from switchboard.cloudapi.values import as_object, as_text
from switchboard.replies.media_store import NewMedia, Outcome, Waiting
from switchboard.replies.store import NewInbound

KINDS = frozenset({"image", "video", "audio", "document", "sticker"})
# Meta's promise since October 2025.
KEPT_BY_META = timedelta(days=7)
_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(hours=6)
# A file that differs from its digest each time does not get better.
_MOST_MISMATCHES = 5
_GONE = frozenset({400, 404, 410})
_SHA256_BYTES = 32

Save = Callable[[str, bytes], str]


class _TroubleError(Exception):
    """Why a file is not here; `is_final`: it never will be."""

    def __init__(self, text: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.is_final = is_final


def find_file(message: NewInbound) -> NewMedia | None:
    """Return the file of a message that has one."""
    if message.kind not in KINDS:
        return None
    shown = as_object(message.body.get(message.kind))
    media_id = as_text(shown.get("id"))
    if not media_id or len(media_id) > 64:
        return None
    return NewMedia(
        workspace_id=message.workspace_id,
        message_id=message.id,
        number_id=message.number_id,
        media_id=media_id,
        kind=message.kind,
        mime=as_text(shown.get("mime_type"))[:100],
        sha256=parse_digest(as_text(shown.get("sha256"))),
        file_name=as_text(shown.get("filename"))[:255],
        due_at=message.received_at,
        expires_at=message.received_at + KEPT_BY_META,
    )


def parse_digest(text: str) -> str:
    """Return a SHA-256 in hexadecimal, which webhooks write in base64; empty when it is none."""
    try:
        raw = bytes.fromhex(text) if len(text) == 2 * _SHA256_BYTES else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return ""
    return raw.hex() if len(raw) == _SHA256_BYTES else ""


async def fetch(client: CloudClient, waiting: Waiting, *, save: Save, most_bytes: int, now: datetime) -> Outcome:
    """Bring one file from Meta into the storage, and return what became of it."""
    try:
        node = await _look_up(client, waiting)
        content = await _download(client, node, most_bytes)
        stated = waiting.sha256 or parse_digest(node.sha256)
        if stated and hashlib.sha256(content).hexdigest() != stated:
            raise _TroubleError(
                "The file's SHA-256 is not the one that Meta states.", is_final=waiting.tries >= _MOST_MISMATCHES
            )
        try:
            path = await asyncio.to_thread(save, path_of(waiting, now), content)
        except OSError as error:
            raise _TroubleError(
                f"The storage does not take the file: {error}. Make room or correct its address."
            ) from error
    except _TroubleError as trouble:
        return _after(waiting, trouble, now)
    mime = node.mime_type[:100] or waiting.mime
    return Outcome(waiting.id, "stored", path, len(content), hashlib.sha256(content).hexdigest(), mime, now, "")


async def _look_up(client: CloudClient, waiting: Waiting) -> MediaNode:
    node = await client.get_media(waiting.media_id, number_id=waiting.number_meta_id)
    if isinstance(node, CloudError):
        is_final = node.http_status in _GONE and waiting.tries > 1
        raise _TroubleError(f"Meta answers {node.http_status}: {node.message}", is_final=is_final)
    if not isinstance(node, MediaNode):
        raise _TroubleError(node.reason)
    return node


async def _download(client: CloudClient, node: MediaNode, most_bytes: int) -> bytes:
    content: Downloaded | TooLarge | Failure = TooLarge(most_bytes)
    if node.size <= most_bytes:
        content = await client.download(node.url, most_bytes=most_bytes)
    if isinstance(content, Downloaded):
        return content.content
    if isinstance(content, TooLarge):
        limit = most_bytes // (1024 * 1024)
        raise _TroubleError(
            f"The file is larger than {limit} MB. Set SWITCHBOARD_MEDIA_LIMIT_MB higher.", is_final=True
        )
    if isinstance(content, CloudError):
        raise _TroubleError(f"The file's address answers {content.http_status}.")
    raise _TroubleError(content.reason)


def try_later(waiting: Waiting, why: str, now: datetime) -> Outcome:
    """Leave a file for later that could not even be asked for."""
    return _after(waiting, _TroubleError(why), now)


def _after(waiting: Waiting, trouble: _TroubleError, now: datetime) -> Outcome:
    """Try again later, each time after twice as long, until Meta lets go of the file."""
    pause = min(_FIRST_PAUSE * 2 ** min(waiting.tries, 20), _LONGEST_PAUSE)
    state = "failed" if trouble.is_final else "waiting"
    if state == "waiting" and now + pause >= waiting.expires_at:
        state = "expired"
    return Outcome(waiting.id, state, "", None, waiting.sha256, waiting.mime, now + pause, trouble.text[:1000])


def path_of(waiting: Waiting, now: datetime) -> str:
    """Return where a file is kept: by workspace and month, under our ids; its own name is never believed."""
    extension = mimetypes.guess_extension(waiting.mime.partition(";")[0].strip()) or ".bin"
    return f"{waiting.workspace_id}/{now:%Y/%m}/{waiting.message_id.hex}-{waiting.id}{extension}"
