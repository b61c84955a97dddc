"""Small real files that people send: a picture, a voice message, a document, a sticker."""

import struct
import zlib
from base64 import b64decode
from collections.abc import Callable
from typing import NamedTuple

WIDTH, HEIGHT = 240, 180
OPUS_RATE, OPUS_FRAME = 48_000, 960
# 20 ms of silence, the smallest true Opus packet.
SILENCE = b"\xf8\xff\xfe"
OGG_POLYNOMIAL = 0x04C11DB7
FIRST_PAGE, LAST_PAGE = 2, 4
STICKER = b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")


class Specimen(NamedTuple):
    content: bytes
    mime_type: str
    filename: str = ""


def draw_picture(seed: int = 0) -> Specimen:
    """Return a PNG with a gradient whose colours follow the seed."""
    red, green, blue = seed * 53 % 256, seed * 97 % 256, seed * 29 % 256
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        for x in range(WIDTH):
            rows += bytes(((red + x) % 256, (green + y) % 256, (blue + (x + y) // 2) % 256))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + _chunk(b"IEND", b"")
    return Specimen(b"\x89PNG\r\n\x1a\n" + chunks, "image/png")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def record_voice(seed: int = 0) -> Specimen:
    """Return an Ogg Opus voice message of one to four seconds; nobody says a word in it."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, OPUS_RATE, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"none" + struct.pack("<I", 0)
    frames = 50 * (1 + seed % 4)
    sound = _page([SILENCE] * frames, sequence=2, flags=LAST_PAGE, position=frames * OPUS_FRAME)
    content = _page([head], sequence=0, flags=FIRST_PAGE) + _page([tags], sequence=1) + sound
    return Specimen(content, "audio/ogg; codecs=opus")


def _page(packets: list[bytes], *, sequence: int, flags: int = 0, position: int = 0) -> bytes:
    """Lay packets (each under 255 bytes) out as one Ogg page."""
    table = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 1, sequence, 0) + bytes((len(table),)) + table
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_checksum(page)) + page[26:]


def _ogg_checksum(page: bytes) -> int:
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1) ^ (OGG_POLYNOMIAL if checksum & 0x80000000 else 0)
        checksum &= 0xFFFFFFFF
    return checksum


def write_document(seed: int = 0) -> Specimen:
    """Return a PDF of one page."""
    words = f"BT /F1 24 Tf 72 720 Td (Document {seed}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return Specimen(bytes(content), "application/pdf", f"document-{seed}.pdf")


def cut_sticker(seed: int = 0) -> Specimen:
    return Specimen(STICKER, "image/webp")


MAKERS: dict[str, Callable[[int], Specimen]] = {
    "image": draw_picture,
    "audio": record_voice,
    "document": write_document,
    "sticker": cut_sticker,
}
