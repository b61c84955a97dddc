"""A file is what its bytes say."""

import io
import struct
import zipfile

import pytest
from PIL import Image

from switchboard.cloudapi import files
from switchboard.cloudapi.limits import PayloadError


def picture(form: str, mode: str = "RGB", side: int = 512, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (side, side)).save(buffer, form, **options)
    return buffer.getvalue()


def office(folder: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<x/>")
    return buffer.getvalue()


def animated_sticker() -> bytes:
    frames = [Image.new("RGB", (512, 512), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return buffer.getvalue()


def ogg(codec: bytes = b"OpusHead", channels: int = 1) -> bytes:
    return b"OggS\x00\x02" + bytes(20) + b"\x01\x13" + codec + bytes([1, channels]) + bytes(10)


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "WordDocument".encode("utf-16-le")


@pytest.mark.parametrize(
    ("kind", "content", "mime"),
    [
        ("image", picture("JPEG"), "image/jpeg"),
        ("image", picture("PNG", "RGBA"), "image/png"),
        ("image", picture("PNG", "P"), "image/png"),
        ("video", b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        ("video", b"\x00\x00\x00\x18ftyp3gp5", "video/3gpp"),
        ("audio", b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        ("audio", b"ID3\x04", "audio/mpeg"),
        ("audio", b"\xff\xfb\x90", "audio/mpeg"),
        ("audio", b"\xff\xf1\x50", "audio/aac"),
        ("audio", b"#!AMR\n", "audio/amr"),
        ("audio", ogg(), "audio/ogg"),
        ("voice", ogg(), "audio/ogg"),
        ("sticker", picture("WEBP"), "image/webp"),
        ("sticker", picture("WEBP", lossless=True), "image/webp"),
        ("sticker", animated_sticker(), "image/webp"),
        ("document", b"%PDF-1.7", "application/pdf"),
        ("document", "花見のお知らせ".encode(), "text/plain"),
        ("document", office("word"), files.KINDS["document"][0][2]),
        ("document", office("xl"), files.KINDS["document"][0][3]),
        ("document", office("ppt"), files.KINDS["document"][0][4]),
        ("document", OLD_WORD, "application/msword"),
    ],
)
def test_it_is_known_by_its_bytes(kind, content, mime):
    assert files.check_file(kind, content) == files.FileType(kind, mime)


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("image", b"GIF89a", "image/jpeg, image/png"),
        ("image", b"", "application/octet-stream"),
        ("image", b"%PDF-1.7", "is application/pdf"),
        ("image", picture("JPEG", "CMYK"), "CMYK"),
        ("image", picture("PNG", "I;16"), "16 bit"),
        ("image", picture("JPEG") + bytes(5 * 1024 * 1024), "at most 5,242,880"),
        ("video", b"\x00\x00\x00\x18ftypmp42" + bytes(16 * 1024 * 1024), "at most 16,777,216"),
        ("voice", b"ID3\x04", "audio/ogg"),
        ("voice", ogg(channels=2), "stereo"),
        ("audio", ogg(codec=b"\x01vorbis_"), "Opus"),
        ("sticker", picture("WEBP", side=300), "300 × 300"),
        ("sticker", picture("WEBP") + bytes(100 * 1024), "at most 102,400"),
        ("sticker", b"RIFF\x00\x00\x00\x00WEBP", "0 × 0"),
        ("document", b"MZ\x90\x00", "application/octet-stream"),
        ("document", office("game"), "application/octet-stream"),
    ],
)
def test_what_phones_do_not_show_is_refused(kind, content, words):
    with pytest.raises(PayloadError) as caught:
        files.check_file(kind, content)
    assert words in caught.value.message


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 5, 11, 13, 21, 25])
def test_a_file_that_is_cut_off_is_refused_or_taken_but_breaks_nothing(cut):
    for kind in files.KINDS:
        for content in (picture("JPEG"), picture("PNG"), picture("WEBP"), ogg(), struct.pack(">HH", 0xFFD8, 0xFFE0)):
            try:
                files.check_file(kind, content[:cut])
            except PayloadError:
                continue


@pytest.mark.parametrize("mime", ["image/jpeg", "application/pdf", "application/octet-stream", ""])
def test_a_stated_type_that_the_bytes_deny_is_refused(mime):
    with pytest.raises(PayloadError, match="The file file is image/png"):
        files.check_mime(mime, b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("mime", ["video/mp4", "audio/mp4", "audio/mp4; codecs=aac"])
def test_one_box_may_hold_sound_or_pictures(mime):
    assert files.check_mime(mime, b"\x00\x00\x00\x18ftypmp42") == mime.partition(";")[0]
