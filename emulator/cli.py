"""The command line: `python -m emulator`."""

import asyncio
import errno
import signal
import sys

import click
import uvloop

from emulator.app import serve
from emulator.world import Config


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8002, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--seed", default=7, show_default=True, help="Who the people are: the same seed gives the same people.")
@click.option("--clock-shift", default=0.0, show_default=True, metavar="SECONDS", help="Shift of all timestamps.")
@click.option("--delays", default="real", show_default=True, type=click.Choice(["fast", "real"]), help="People's pace.")
def main(host: str, port: int, seed: int, clock_shift: float, delays: str) -> None:
    """Run a stand-in for Meta's WhatsApp Cloud API with people who answer."""
    config = Config(seed=seed, clock_shift_seconds=clock_shift, delays=delays)
    try:
        uvloop.run(_run(config, host, port))
    except OSError as error:
        click.echo(_explain(error, host, port), err=True)
        sys.exit(2)


async def _run(config: Config, host: str, port: int) -> None:
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    await serve(config, host=host, port=port, stop=stop, started=_announce)


def _announce(host: str, port: int) -> None:
    click.echo(f"Emulator listening on http://{host}:{port} (Graph API under /v26.0/, control under /_emulator/)")
    sys.stdout.flush()


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is already in use: stop the other program or choose another with --port."
    return f"The emulator cannot listen on {host}:{port} ({error.strerror or error}): choose another --host or --port."
