"""What a header's file is, told from its bytes: name and stated type are never believed."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from switchboard.templates.errors import AssetRefusedError

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MediaKind:
    """A type of file that WhatsApp shows above a message, and how large it may be."""

    header: str
    mime: str
    limit_bytes: int


JPEG = MediaKind("image", "image/jpeg", 5 * _MIB)
PNG = MediaKind("image", "image/png", 5 * _MIB)
MP4 = MediaKind("video", "video/mp4", 16 * _MIB)
PHONE_VIDEO = MediaKind("video", "video/3gpp", 16 * _MIB)
# Meta takes 100 MB; here the file lives in the database.
PDF = MediaKind("document", "application/pdf", 16 * _MIB)


def sniff_media(content: bytes) -> MediaKind:
    """Return what a file is.

    :raises AssetRefusedError: empty, of a type that WhatsApp does not show, broken, or too large.
    """
    if not content:
        raise AssetRefusedError("The file is empty. Choose a JPEG or PNG picture, an MP4 video or a PDF.")
    kind = _find_kind(content)
    if kind is None:
        raise AssetRefusedError(
            "WhatsApp does not show this type of file above a message. Choose a JPEG or PNG picture, an MP4 video or a PDF."
        )
    if len(content) > kind.limit_bytes:
        raise AssetRefusedError(
            f"The {kind.header} has {len(content) / _MIB:.1f} MB; at most {kind.limit_bytes // _MIB} MB are possible. Make it smaller."
        )
    if kind.header == "image":
        _check_picture(content)
    return kind


def _find_kind(content: bytes) -> MediaKind | None:
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"%PDF-"):
        return PDF
    if content[4:8] == b"ftyp":
        return PHONE_VIDEO if content[8:11] == b"3gp" else MP4
    return None


def _check_picture(content: bytes) -> None:
    """Refuse a picture that a phone could not open."""
    try:
        with warnings.catch_warnings():
            # A picture that unpacks to gigabytes is refused like a broken one.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise AssetRefusedError(
            "The picture is broken or far too large. Save it again as JPEG and choose that file."
        ) from error
