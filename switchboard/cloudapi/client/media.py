"""Files: to Meta, from Meta, and as samples for templates and profile pictures."""

from dataclasses import dataclass

import aiohttp
import msgspec

from switchboard.cloudapi import files
from switchboard.cloudapi.client.caller import Caller, Done, is_success, parse_answer, parse_done, parse_refusal
from switchboard.cloudapi.errors import Failure
from switchboard.cloudapi.results import Answer, TooLarge, Unknown

LARGEST_FILE_BYTES = 100 * 1024 * 1024
_MOST_TRIES = 4


class MediaNode(msgspec.Struct, frozen=True):
    """Where a file can be fetched for the next five minutes, and what it is."""

    url: str
    id: str = ""
    mime_type: str = ""
    sha256: str = ""
    file_size: int | str = 0

    @property
    def size(self) -> int:
        """Return the size in bytes, 0 when it is not known."""
        return int(self.file_size) if str(self.file_size).isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file from Meta."""

    content: bytes


class _Id(msgspec.Struct, frozen=True):
    id: str


class _Piece(msgspec.Struct, frozen=True):
    """Either the handle of a finished upload or how far it came."""

    h: str = ""
    file_offset: int = 0


class MediaCalls(Caller):
    """/{number}/media, /{media} and /{app}/uploads."""

    async def upload_media(self, number_id: str, *, content: bytes, mime: str, file_name: str) -> str | Failure:
        """Upload a file for one number and return its media id, good for 30 days.

        :raises limits.PayloadError: its bytes are not what it is said to be, or no type that Meta takes.
        """
        files.check_mime(mime, content)
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime)
        form.add_field("file", content, filename=file_name, content_type=mime)
        result = await self._transport.post_form(self._path(f"{number_id}/media"), token=self._token, form=form)
        uploaded = parse_answer(result, _Id)
        return uploaded.id if isinstance(uploaded, _Id) else uploaded

    async def upload_file(self, number_id: str, kind: str, *, content: bytes, file_name: str) -> str | Failure:
        """Upload a file that is to be sent as image, video, audio, voice, document or sticker.

        :raises limits.PayloadError: by its content it is none of these, or too large.
        """
        found = files.check_file(kind, content)
        return await self.upload_media(number_id, content=content, mime=found.mime, file_name=file_name)

    async def get_media(self, media_id: str, *, number_id: str = "") -> MediaNode | Failure:
        """Return where a file is; with a number only if it is that number's."""
        query = self._prove({"phone_number_id": number_id} if number_id else {})
        return parse_answer(await self._transport.get(media_id, token=self._token, query=query), MediaNode)

    async def download(self, url: str, *, most_bytes: int = LARGEST_FILE_BYTES) -> Downloaded | TooLarge | Failure:
        """Read the file at an address of Meta's; after five minutes the address is gone (HTTP 404)."""
        result = await self._transport.download(url, token=self._token, most_bytes=most_bytes)
        if not isinstance(result, Answer):
            return result
        return Downloaded(result.body) if is_success(result) else parse_refusal(result)

    async def fetch_media(
        self, media_id: str, *, number_id: str = "", most_bytes: int = LARGEST_FILE_BYTES
    ) -> Downloaded | TooLarge | Failure:
        """Read a file by its id."""
        node = await self.get_media(media_id, number_id=number_id)
        if not isinstance(node, MediaNode):
            return node
        if node.size > most_bytes:
            return TooLarge(most_bytes)
        return await self.download(node.url, most_bytes=most_bytes)

    async def delete_media(self, media_id: str, *, number_id: str = "") -> Done | Failure:
        """Delete a file at Meta."""
        query = self._prove({"phone_number_id": number_id} if number_id else {})
        return parse_done(await self._transport.delete(media_id, token=self._token, query=query))

    async def upload_sample(self, app_id: str, *, content: bytes, mime: str, file_name: str) -> str | Failure:
        """Upload a file for a template's sample or a profile picture, and return its handle.

        A connection that breaks is taken up again where Meta says it broke off.
        """
        query = {"file_name": file_name, "file_length": str(len(content)), "file_type": mime}
        session = parse_answer(await self._post(f"{app_id}/uploads", query=query), _Id)
        if not isinstance(session, _Id):
            return session
        offset = 0
        piece: _Piece | Failure = Unknown("the upload did not come to its end")
        for _ in range(_MOST_TRIES):
            path = self._path(session.id)
            result = await self._transport.post_piece(path, token=self._token, offset=offset, body=content[offset:])
            piece = parse_answer(result, _Piece)
            if isinstance(piece, _Piece) and piece.h:
                return piece.h
            if isinstance(result, Answer) and not isinstance(piece, _Piece):
                return piece
            known = parse_answer(await self._get(session.id), _Piece)
            offset = known.file_offset if isinstance(known, _Piece) else 0
        return Unknown("the upload did not come to its end") if isinstance(piece, _Piece) else piece
