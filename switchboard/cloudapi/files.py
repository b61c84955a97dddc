"""What a file is, told from its bytes, and whether WhatsApp takes it: name and stated type are never believed."""

import struct
from dataclasses import dataclass

from switchboard.cloudapi.limits import TOO_LARGE, WRONG_SHAPE, WRONG_TYPE, PayloadError

_KIB, _MIB = 1024, 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OFFICE_FOLDERS = {
    b"word/": f"{_OFFICE}wordprocessingml.document",
    b"xl/": f"{_OFFICE}spreadsheetml.sheet",
    b"ppt/": f"{_OFFICE}presentationml.presentation",
}
# The stream that only one of the old office programs writes; names inside are UTF-16.
_OLD_OFFICE_STREAMS = {
    "WordDocument".encode("utf-16-le"): "application/msword",
    "Workbook".encode("utf-16-le"): "application/vnd.ms-excel",
    "PowerPoint Document".encode("utf-16-le"): "application/vnd.ms-powerpoint",
}
_VOICE = "audio/ogg"

# kind: (types, most bytes); a document may also be anything that the other kinds take.
KINDS: dict[str, tuple[tuple[str, ...], int]] = {
    "image": (("image/jpeg", "image/png"), 5 * _MIB),
    "video": (("video/mp4", "video/3gpp"), 16 * _MIB),
    "audio": (("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", _VOICE), 16 * _MIB),
    "voice": ((_VOICE,), 16 * _MIB),
    "sticker": (("image/webp",), 500 * _KIB),
    "document": (
        ("application/pdf", "text/plain", *_OFFICE_FOLDERS.values(), *_OLD_OFFICE_STREAMS.values()),
        100 * _MIB,
    ),
}
STILL_STICKER_BYTES = 100 * _KIB
STICKER_SIDE = 512
_DEEPEST_COLOUR = 8
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", _VOICE),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"#!AMR", "audio/amr"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
)
# One box of MPEG-4 holds sound as well as pictures.
_SAME_BYTES = ({"audio/mp4", "video/mp4"}, {"audio/3gpp", "video/3gpp"})


@dataclass(frozen=True, slots=True)
class FileType:
    """What a file was found to be and what it may be sent as."""

    kind: str
    mime: str


def sniff(content: bytes) -> str:
    """Return the media type of a file, or an empty text when it is none that WhatsApp takes."""
    for offset, signature, mime in _SIGNATURES:
        if content.startswith(signature, offset):
            return mime
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return next((mime for folder, mime in _OFFICE_FOLDERS.items() if folder in content), "")
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((mime for stream, mime in _OLD_OFFICE_STREAMS.items() if stream in content), "")
    return "text/plain" if _is_text(content) else ""


def check_mime(mime: str, content: bytes) -> str:
    """Return the media type that a file is said to have when its bytes agree.

    :raises PayloadError: they say something else.
    """
    stated, found = mime.partition(";")[0].strip().lower(), sniff(content)
    if stated != found and {stated, found} not in _SAME_BYTES:
        raise PayloadError(WRONG_TYPE, field="file", measured=found or "application/octet-stream", limit=mime)
    return stated


def check_file(kind: str, content: bytes) -> FileType:
    """Return what a file is when it may be sent as image, video, audio, voice, sticker or document.

    :raises PayloadError: it is of another type, too large, or of a shape that phones do not show.
    """
    types, most = KINDS[kind]
    mime = sniff(content)
    if mime not in types:
        raise PayloadError(WRONG_TYPE, field=kind, measured=mime or "application/octet-stream", limit=", ".join(types))
    if mime == "image/webp":
        most = _check_sticker(content)
    if len(content) > most:
        raise PayloadError(TOO_LARGE, field=kind, measured=f"{len(content):,}", limit=f"{most:,}")
    if kind == "image":
        _check_colours(content, mime)
    elif mime == _VOICE:
        _check_voice(kind, content)
    return FileType(kind, mime)


def _is_text(content: bytes) -> bool:
    if not content or b"\x00" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_colours(content: bytes, mime: str) -> None:
    """Refuse 16-bit and CMYK pictures; grey ones and palettes are taken."""
    if mime == "image/png":
        depth = content[24] if len(content) > 24 else 0
        if not 0 < depth <= _DEEPEST_COLOUR:
            raise PayloadError(WRONG_SHAPE, field="image", measured=f"{depth} bit", limit="8 bit RGB(A)")
    elif _count_jpeg_colours(content) > 3:
        raise PayloadError(WRONG_SHAPE, field="image", measured="CMYK", limit="RGB")


def _count_jpeg_colours(content: bytes) -> int:
    """Return the number of colours from the frame header, or 0 when there is none."""
    place = 2
    while place + 10 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return content[place + 9]
        place += 2 + int(struct.unpack_from(">H", content, place + 2)[0])
    return 0


def _check_voice(kind: str, content: bytes) -> None:
    """Refuse what phones do not play: Ogg must hold Opus in mono."""
    head = content.find(b"OpusHead", 0, 512)
    if head < 0:
        raise PayloadError(WRONG_SHAPE, field=kind, measured="Vorbis / FLAC", limit="Opus")
    channels = content[head + 9] if len(content) > head + 9 else 0
    if channels != 1:
        raise PayloadError(WRONG_SHAPE, field=kind, measured="stereo", limit="mono")


def _check_sticker(content: bytes) -> int:
    """Return the most bytes a sticker may have.

    :raises PayloadError: it is not 512 by 512 points.
    """
    width, height, is_animated = _measure_webp(content)
    if (width, height) != (STICKER_SIDE, STICKER_SIDE):
        raise PayloadError(WRONG_SHAPE, field="sticker", measured=f"{width} × {height}", limit="512 × 512")
    return KINDS["sticker"][1] if is_animated else STILL_STICKER_BYTES


def _measure_webp(content: bytes) -> tuple[int, int, bool]:
    """Return width, height and whether it moves, from one of WebP's three headers."""
    form, head = content[12:16], content[20:30]
    if len(head) < 10:
        return 0, 0, False
    if form == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (4, 7))
        return width, height, bool(head[0] & 0x02)
    if form == b"VP8L":
        packed = int.from_bytes(head[1:5], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1, False
    if form == b"VP8 ":
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return width, height, False
    return 0, 0, False
