"""The world as a whole: set-up, knobs, clock, counts, reset."""

import msgspec
from aiohttp import web

from emulator.control.answers import ControlError, answer, read_object
from emulator.knobs import turn
from emulator.samples import SAMPLES, build_sample
from emulator.setup import Setup, apply_setup
from emulator.world import World


class ClockChange(msgspec.Struct):
    """Shift timestamps to `shift` seconds from real time, or let `skip` seconds pass at once for all timers."""

    shift: float | None = None
    skip: float | None = None


class Reset(msgspec.Struct):
    keep_setup: bool = False


async def set_up(world: World, request: web.BaseRequest) -> web.Response:
    return answer(apply_setup(world.directory, msgspec.json.decode(await request.read(), type=Setup)))


async def get_knobs(world: World, request: web.BaseRequest) -> web.Response:
    return answer(world.knobs)


async def turn_knobs(world: World, request: web.BaseRequest) -> web.Response:
    turn(world.knobs, await read_object(request))
    return answer(world.knobs)


async def get_stats(world: World, request: web.BaseRequest) -> web.Response:
    return answer(world.stats())


async def reset(world: World, request: web.BaseRequest) -> web.Response:
    """Prepare a fresh world, with the old one's accounts or without; the application puts it in place."""
    keeps_setup = msgspec.json.decode(await request.read() or b"{}", type=Reset).keep_setup
    if keeps_setup:
        world.directory.forget_people()
    world.successor = World(world.config, world.directory if keeps_setup else None)
    return answer({"success": True})


async def set_clock(world: World, request: web.BaseRequest) -> web.Response:
    change = msgspec.json.decode(await request.read() or b"{}", type=ClockChange)
    if change.shift is None and change.skip is None:
        raise ControlError("Give `shift` (seconds from real time) or `skip` (seconds to let pass).")
    if change.shift is not None:
        world.clock.shift_seconds = change.shift
    world.clock.skip(change.skip or 0.0)
    # What came due has happened when the call returns.
    world.calendar.run_due()
    world.agenda.run_due()
    return answer({"now": world.clock.now(), "shift": world.clock.shift_seconds})


class Sample(msgspec.Struct, forbid_unknown_fields=True):
    """The test button of the dashboard: a fixed body for one field."""

    app_id: str
    field: str = "messages"


async def send_sample(world: World, request: web.BaseRequest) -> web.Response:
    sample = msgspec.json.decode(await request.read(), type=Sample)
    app = world.directory.apps.get(sample.app_id)
    if app is None or not app.callback_url:
        raise ControlError("`app_id` must be an app that was set up with a callback_url.")
    if sample.field not in SAMPLES:
        raise ControlError(f"`field` must be one of {', '.join(sorted(SAMPLES))}.")
    world.webhooks.send_sample(sample.app_id, build_sample(sample.field, world.clock.now()))
    return answer({"sent": sample.field})
