"""A phone number: its fields, its PIN, its registration."""

from aiohttp import web

from emulator import wire
from emulator.accounts import Number
from emulator.edges.call import SUCCESS, Call, verify_override
from emulator.errors import GraphError

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
    return wire.answer(wire.pick_fields(number.node(), call.text("fields"), NUMBER_FIELDS))


async def set_number(call: Call, number: Number) -> web.Response:
    """Set the webhook override or the two-step PIN of a number."""
    configuration = call.parameters.get("webhook_configuration")
    if isinstance(configuration, dict):
        url = str(configuration.get("override_callback_uri", ""))
        number.override = await verify_override(call, url, str(configuration.get("verify_token", "")))
    if pin := call.text("pin"):
        number.pin = _checked_pin(pin)
    return wire.answer(SUCCESS)


async def register_number(call: Call, number: Number) -> web.Response:
    pin = _checked_pin(call.text("pin"))
    if number.pin and pin != number.pin:
        raise GraphError(133005)
    number.pin, number.status = pin, "CONNECTED"
    return wire.answer(SUCCESS)


async def deregister_number(call: Call, number: Number) -> web.Response:
    number.status = "DISCONNECTED"
    return wire.answer(SUCCESS)


def _checked_pin(pin: str) -> str:
    if len(pin) != 6 or not pin.isdecimal():
        raise GraphError(100, message="(#100) Param pin must be 6 digits.")
    return pin
