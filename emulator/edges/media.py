"""Files: uploading, looking up, deleting."""

from aiohttp import BodyPartReader, web

from emulator import wire
from emulator.accounts import Number
from emulator.edges.call import SUCCESS, UNREADABLE, Call
from emulator.errors import GraphError
from emulator.media import LARGEST_DOCUMENT, Media, check_file


async def upload_media(call: Call, number: Number) -> web.Response:
    """Take a multipart upload and keep it for this number."""
    if not call.request.content_type.startswith("multipart/"):
        raise GraphError(100, "media upload must be multipart/form-data")
    try:
        fields, content = await _read_form(call.request)
    except UNREADABLE as error:
        raise GraphError(100, f"The multipart body cannot be read: {error}") from error
    if fields.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if content is None:
        raise GraphError(100, message="(#100) The parameter file is required.")
    media = call.world.media.put(number, content, check_file(content, fields.get("type", "")))
    return wire.answer({"id": media.media_id})


async def _read_form(request: web.BaseRequest) -> tuple[dict[str, str], bytes | None]:
    fields: dict[str, str] = {}
    content: bytes | None = None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise GraphError(100, "nested multipart is not allowed")
        if part.name == "file":
            content = await _read_file(part)
            fields.setdefault("type", part.headers.get("Content-Type", ""))
        else:
            fields[part.name or ""] = await part.text()
    return fields, content


async def _read_file(part: BodyPartReader) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        content += chunk
        if len(content) > LARGEST_DOCUMENT:
            raise GraphError(131053, f"The file is larger than {LARGEST_DOCUMENT} bytes")
    return bytes(content)


async def get_media(call: Call, media: Media) -> web.Response:
    _check_owner(call, media)
    return wire.answer(call.world.media.node(media, call.base_url))


async def delete_media(call: Call, media: Media) -> web.Response:
    _check_owner(call, media)
    call.world.media.remove(media)
    return wire.answer(SUCCESS)


def _check_owner(call: Call, media: Media) -> None:
    wanted = call.text("phone_number_id")
    if wanted and wanted != media.number.number_id:
        raise GraphError(100, f"Media {media.media_id} does not belong to phone number {wanted}")
