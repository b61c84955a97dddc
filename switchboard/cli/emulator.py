"""`switchboard emulator`: the stand-in Cloud API, a program of its own."""

import os
import sys

import click

from switchboard.core import env


@click.command(
    help="Run the stand-in Cloud API; the options are those of `python -m emulator`.",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def emulator(options: tuple[str, ...]) -> None:
    """Become the emulator: it shares no code with us, so it is started and not imported."""
    port = env.read_whole("SWITCHBOARD_EMULATOR_PORT", 8002, lowest=0, highest=65535)
    chosen = options if "--port" in options else ("--port", str(port), *options)
    os.execv(sys.executable, [sys.executable, "-m", "emulator", *chosen])
