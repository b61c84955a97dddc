"""An app: its resumable uploads."""

from aiohttp import web

from emulator import wire
from emulator.accounts import App
from emulator.edges.call import Call
from emulator.uploads import Upload


async def get_app(call: Call, app: App) -> web.Response:
    return wire.answer({"id": app.app_id, "name": f"App {app.app_id}"})


async def begin_upload(call: Call, app: App) -> web.Response:
    """Open a session for a template's sample or a profile picture."""
    file_type = call.text("file_type").partition(";")[0].strip().lower()
    upload = call.world.uploads.begin(app.app_id, call.text("file_length"), file_type)
    return wire.answer({"id": upload.upload_id})


async def show_upload(call: Call, upload: Upload) -> web.Response:
    return wire.answer({"id": upload.upload_id, "file_offset": len(upload.content)})


async def continue_upload(call: Call, upload: Upload) -> web.Response:
    """Take the next piece; the last one is answered with the handle."""
    piece = await call.request.read()
    handle = call.world.uploads.append(upload, call.request.headers.get("file_offset", "0"), piece)
    return wire.answer({"h": handle} if handle else {"id": upload.upload_id, "file_offset": len(upload.content)})
