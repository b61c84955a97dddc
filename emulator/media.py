"""Uploaded files: what they really are, how large they may be, and their short-lived addresses."""

import hmac
import os
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from emulator.accounts import Number
from emulator.clock import Clock
from emulator.errors import GraphError

KEPT_SECONDS = 30 * 86_400.0
# What people send is kept for a week only.
INBOUND_KEPT_SECONDS = 7 * 86_400.0
URL_SECONDS = 300.0
MEGABYTE = 1024 * 1024
LARGEST = {"image": 5 * MEGABYTE, "video": 16 * MEGABYTE, "audio": 16 * MEGABYTE, "sticker": 500 * 1024}
LARGEST_DOCUMENT = 100 * MEGABYTE
LARGEST_STILL_STICKER = 100 * 1024

# First bytes -> the types they may be declared as; the first one is the plain answer.
SIGNATURES: tuple[tuple[int, bytes, tuple[str, ...]], ...] = (
    (0, b"\xff\xd8\xff", ("image/jpeg",)),
    (0, b"\x89PNG\r\n\x1a\n", ("image/png",)),
    (8, b"WEBP", ("image/webp",)),
    (0, b"%PDF-", ("application/pdf",)),
    (0, b"OggS", ("audio/ogg",)),
    (0, b"ID3", ("audio/mpeg",)),
    (0, b"\xff\xfb", ("audio/mpeg",)),
    (0, b"\xff\xf1", ("audio/aac",)),
    (0, b"\xff\xf9", ("audio/aac",)),
    (0, b"#!AMR", ("audio/amr",)),
    (4, b"ftypM4A", ("audio/mp4",)),
    (4, b"ftyp3g", ("video/3gpp",)),
    (4, b"ftyp", ("video/mp4", "audio/mp4")),
    (
        0,
        b"PK\x03\x04",
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
    ),
    (
        0,
        b"\xd0\xcf\x11\xe0",
        ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
    ),
)


def sniff(content: bytes) -> tuple[str, ...]:
    """Return the types the content may be, judged by its first bytes; empty when none fits."""
    for offset, signature, types in SIGNATURES:
        if content[offset : offset + len(signature)] == signature:
            return types
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ()
    return () if not text or "\x00" in text else ("text/plain",)


def check_file(content: bytes, declared: str) -> str:
    """Return the media type of a file.

    :raises GraphError: its content is not what was declared, or too large.
    """
    declared = declared.partition(";")[0].strip().lower()
    types = sniff(content)
    if declared not in types:
        found = types[0] if types else "application/octet-stream"
        raise GraphError(131053, f"The file was declared as {declared or 'nothing'} but its content is {found}")
    kind = "sticker" if declared == "image/webp" else declared.partition("/")[0]
    largest = LARGEST.get(kind, LARGEST_DOCUMENT)
    if kind == "sticker" and b"ANIM" not in content[:64]:
        largest = LARGEST_STILL_STICKER
    if len(content) > largest:
        raise GraphError(131053, f"{kind}: {len(content)} bytes, at most {largest}")
    return declared


SUITABLE = {
    "image": {"image/jpeg", "image/png"},
    "video": {"video/mp4", "video/3gpp"},
    "gif": {"video/mp4"},
    "audio": {"audio/ogg", "audio/mpeg", "audio/aac", "audio/amr", "audio/mp4"},
    "sticker": {"image/webp"},
}
VOICE_TYPE = "audio/ogg"


def suits(mime_type: str, form: str, *, is_voice: bool = False) -> bool:
    """Say whether a file may be sent as image, video, audio, sticker or document."""
    if is_voice:
        return mime_type == VOICE_TYPE
    return form not in SUITABLE or mime_type in SUITABLE[form]


@dataclass(slots=True, frozen=True)
class Media:
    media_id: str
    number: Number
    mime_type: str
    sha256: str
    size: int
    expires_at: float


class MediaShelf:
    """Files are kept once per content, however many numbers upload them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Where this emulator is reached, for addresses in webhooks.
        self.base_url = ""
        self._media: dict[str, Media] = {}
        self._contents: dict[str, bytes] = {}
        self._key = os.urandom(16)
        self._next_id = int.from_bytes(os.urandom(4), "big") * 100_000

    def put(self, number: Number, content: bytes, mime_type: str, *, is_inbound: bool = False) -> Media:
        self._next_id += 1
        digest = sha256(content).hexdigest()
        self._contents.setdefault(digest, content)
        expires_at = self._clock.elapsed() + (INBOUND_KEPT_SECONDS if is_inbound else KEPT_SECONDS)
        media = Media(str(10**15 + self._next_id), number, mime_type, digest, len(content), expires_at)
        self._media[media.media_id] = media
        return media

    def find(self, media_id: str) -> Media | None:
        media = self._media.get(media_id)
        return media if media and media.expires_at > self._clock.elapsed() else None

    def remove(self, media: Media) -> None:
        del self._media[media.media_id]
        if all(other.sha256 != media.sha256 for other in self._media.values()):
            del self._contents[media.sha256]

    def content(self, media: Media) -> bytes:
        return self._contents[media.sha256]

    def describe(self, media: Media) -> dict[str, Any]:
        """Return the piece of a webhook that carries a file: its digest is in base64 there."""
        return {
            "id": media.media_id,
            "mime_type": media.mime_type,
            "sha256": b64encode(bytes.fromhex(media.sha256)).decode(),
            "url": self._url(media, self.base_url),
        }

    def find_content(self, digest: str) -> tuple[bytes, str] | None:
        """Return a file and its type by the beginning of its digest."""
        for media in self._media.values():
            if media.sha256.startswith(digest):
                return self._contents[media.sha256], media.mime_type
        return None

    def _url(self, media: Media, base_url: str) -> str:
        expires = int(self._clock.elapsed() + URL_SECONDS)
        query = f"mid={media.media_id}&ext={expires}&hash={self._sign(media.media_id, expires)}"
        return f"{base_url}/whatsapp_business/attachments/?{query}"

    def node(self, media: Media, base_url: str) -> dict[str, Any]:
        return {
            "messaging_product": "whatsapp",
            "url": self._url(media, base_url),
            "mime_type": media.mime_type,
            "sha256": media.sha256,
            "file_size": str(media.size),
            "id": media.media_id,
        }

    def open_url(self, query: dict[str, str]) -> Media | None:
        """Return the media of an address that is genuine and not older than five minutes."""
        media_id, expires = query.get("mid", ""), query.get("ext", "")
        if not expires.isdecimal() or int(expires) < self._clock.elapsed():
            return None
        if not hmac.compare_digest(query.get("hash", ""), self._sign(media_id, int(expires))):
            return None
        return self.find(media_id)

    def _sign(self, media_id: str, expires: int) -> str:
        return hmac.digest(self._key, f"{media_id}.{expires}".encode(), sha256).hex()[:32]
