"""Contents that are files: uploaded before (an id), or fetched by Meta (a link)."""

from typing import Any, ClassVar

import msgspec

from switchboard.cloudapi import limits

LONGEST_CAPTION = 1024
_LONGEST_FILE_NAME = 240


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """A file by its id or its link."""

    kind: ClassVar[str] = ""
    id: str = ""
    link: str = ""

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        if bool(self.id) == bool(self.link):
            raise limits.PayloadError(limits.NO_FILE, field=self.kind)
        if self.link:
            return {"link": limits.check_address(f"{self.kind}.link", self.link)}
        return {"id": limits.check_text(f"{self.kind}.id", self.id, 255)}

    def _captioned(self, caption: str) -> dict[str, Any]:
        form = _File.build(self)
        if caption:
            form["caption"] = limits.check_text(f"{self.kind}.caption", caption, LONGEST_CAPTION)
        return form


class Image(_File, frozen=True, kw_only=True):
    """A JPEG or PNG picture."""

    kind: ClassVar[str] = "image"
    caption: str = ""

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        return self._captioned(self.caption)


class Video(_File, frozen=True, kw_only=True):
    """An MP4 or 3GPP film."""

    kind: ClassVar[str] = "video"
    caption: str = ""

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        return self._captioned(self.caption)


class Document(_File, frozen=True, kw_only=True):
    """A file to open elsewhere; the name's ending chooses its icon."""

    kind: ClassVar[str] = "document"
    caption: str = ""
    filename: str = ""

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        form = self._captioned(self.caption)
        if self.filename:
            form["filename"] = limits.check_text("document.filename", self.filename, _LONGEST_FILE_NAME)
        return form


class Audio(_File, frozen=True, kw_only=True):
    """A sound file, or a voice message (then the file must be Ogg with Opus)."""

    kind: ClassVar[str] = "audio"
    is_voice: bool = False

    def build(self) -> dict[str, Any]:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """
        form = _File.build(self)
        return form | {"voice": True} if self.is_voice else form


class Sticker(_File, frozen=True, kw_only=True):
    """A WebP picture of 512 by 512 points."""

    kind: ClassVar[str] = "sticker"
