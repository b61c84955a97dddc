"""A phone number: its fields, its PIN, its registration."""

from aiohttp import web

from emulator import wire
from emulator.accounts import Number
from emulator.edges.call import SUCCESS, Call, verify_override
from emulator.errors import GraphError
from emulator.standing import health_of

NUMBER_FIELDS = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
)


async def get_number(call: Call, number: Number) -> web.Response:
    row = number.node()
    if "health_status" in call.text("fields"):
        row["health_status"] = health_of(number)
    app = call.world.directory.apps.get(call.grant.app_id)
    if app and app.callback_url:
        row["webhook_configuration"] = {**row["webhook_configuration"], "application": app.callback_url}
    return wire.answer(wire.pick_fields(row, call.text("fields"), NUMBER_FIELDS))


async def set_number(call: Call, number: Number) -> web.Response:
    """Set the webhook override or the two-step PIN of a number."""
    configuration = call.parameters.get("webhook_configuration")
    if isinstance(configuration, dict):
        url = str(configuration.get("override_callback_uri", ""))
        number.override = await verify_override(call, url, str(configuration.get("verify_token", "")))
    if pin := call.text("pin"):
        call.world.registration.set_pin(number, pin)
    return wire.answer(SUCCESS)


async def request_code(call: Call, number: Number) -> web.Response:
    call.world.registration.request_code(number, call.text("code_method").upper(), call.text("language"))
    return wire.answer(SUCCESS)


async def verify_code(call: Call, number: Number) -> web.Response:
    call.world.registration.verify_code(number, call.text("code"))
    return wire.answer(SUCCESS)


async def register_number(call: Call, number: Number) -> web.Response:
    if call.text("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    call.world.registration.register(number, call.text("pin"))
    return wire.answer(SUCCESS)


async def deregister_number(call: Call, number: Number) -> web.Response:
    call.world.registration.deregister(number)
    return wire.answer(SUCCESS)
