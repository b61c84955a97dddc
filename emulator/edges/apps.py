"""An app: what it subscribes to, and its resumable uploads."""

from aiohttp import web

from emulator import wire
from emulator.accounts import App
from emulator.edges.call import SUCCESS, Call
from emulator.errors import GraphError
from emulator.uploads import Upload

OBJECT = "whatsapp_business_account"
FIELDS = frozenset({
    "messages", "message_template_status_update", "message_template_quality_update",
    "message_template_components_update", "template_category_update", "template_correct_category_detection",
    "account_update", "account_alerts", "account_review_update", "business_capability_update",
    "business_status_update", "phone_number_quality_update", "phone_number_name_update", "security",
    "account_settings_update", "business_username_updates", "user_preferences", "history", "smb_message_echoes",
    "smb_app_state_sync", "message_echoes", "messaging_handovers", "standby", "calls", "flows",
    "group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update",
    "payment_configuration_update", "partner_solutions", "automatic_events", "tracking_events",
})  # fmt: skip


async def get_app(call: Call, app: App) -> web.Response:
    return wire.answer({"id": app.app_id, "name": f"App {app.app_id}"})


async def list_subscriptions(call: Call, app: App) -> web.Response:
    if not app.callback_url:
        return wire.answer({"data": []})
    version = f"v{app.webhook_version}.0"
    fields = [{"name": name, "version": version} for name in sorted(FIELDS if app.fields is None else app.fields)]
    row = {"object": OBJECT, "callback_url": app.callback_url, "active": True, "fields": fields}
    return wire.answer({"data": [row]})


async def subscribe(call: Call, app: App) -> web.Response:
    """Save the callback, once it has answered with the challenge, and the fields it gets.

    :raises GraphError: a field is unknown, or the callback does not answer.
    """
    if call.text("object") != OBJECT:
        raise GraphError(100, message=f"(#100) object must be {OBJECT}.")
    given = call.parameters.get("fields", "")
    names = given if isinstance(given, list) else str(given).split(",")
    fields = frozenset(str(name).strip() for name in names)
    if not fields or not fields <= FIELDS:
        raise GraphError(100, message=f"(#100) fields must be some of {', '.join(sorted(FIELDS))}.")
    url, token = call.text("callback_url"), call.text("verify_token")
    if not url.startswith(("http://", "https://")) or not token:
        raise GraphError(100, message="(#100) callback_url and verify_token are required.")
    await call.world.webhooks.verify_callback(url, token)
    app.callback_url, app.verify_token, app.fields = url, token, fields
    # Fields come in the shape of the version that they were subscribed with.
    app.webhook_version = call.version
    return wire.answer(SUCCESS)


async def unsubscribe(call: Call, app: App) -> web.Response:
    """Stop some fields, or all of them."""
    names = frozenset(filter(None, (name.strip() for name in call.text("fields").split(","))))
    app.fields = ((FIELDS if app.fields is None else app.fields) - names) if names else frozenset()
    return wire.answer(SUCCESS)


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
