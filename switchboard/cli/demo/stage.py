"""The demo's processes: database, emulator and roles around one show, on the demo's clock."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from switchboard.cli import environment, up
from switchboard.cli.demo import clock as demo_clock
from switchboard.cli.demo import scenery
from switchboard.cli.demo.control import EmulatorControl
from switchboard.cli.demo.display import Display
from switchboard.cli.embedded.server import EmbeddedServer
from switchboard.cli.processes import Supervisor, check_port, wait_for_stop_signal
from switchboard.core import clock

_PORT_NAMES = ("web", "gateway", "emulator")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for."""

    is_once: bool
    is_json: bool
    recipients: int | None
    number_count: int
    pace: str
    seed: int
    contacts_file: Path | None


def run_demo(wish: Wish) -> None:
    """Start everything, play the broadcast, then stay (or leave, with the exit code of the promises)."""
    display = Display(is_json=wish.is_json)
    home = environment.find_home()
    ports = choose_ports(is_once=wish.is_once)
    environment.ensure_secrets(home)
    set_the_clock(display)
    display.say(
        f"Database      embedded PostgreSQL in {home}" if not environment.has_own_database() else "Database      yours"
    )
    with environment.started_database(home) as server:
        up.prepare(display.console)
        with running_cast(wish, home, display, server, ports) as supervisor:
            broken = play(wish, home, display, ports, supervisor)
    sys.exit(1 if broken else 0)


def choose_ports(*, is_once: bool) -> dict[str, int]:
    """Return the ports to listen on: the known ones for people who open a browser, free ones otherwise.

    :raises PortTakenError: a known port is in use.
    """
    if is_once:
        return {name: _free_port() for name in _PORT_NAMES}
    ports = up.read_ports(*_PORT_NAMES)
    for name, port in ports.items():
        check_port(name, port)
    return ports


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def set_the_clock(display: Display) -> None:
    """Move the product's day to 10:00 in the workspace's zone, here and in every process started from here."""
    shift = demo_clock.shift_to_show_hour(datetime.now(UTC), scenery.WORKSPACE_ZONE)  # noqa: TID251  the real hour
    os.environ["SWITCHBOARD_CLOCK_SHIFT_SECONDS"] = f"{shift:.3f}"
    clock.set_shift(shift)
    display.say(
        f"Clock         {demo_clock.SHOW_HOUR}:00 in {scenery.WORKSPACE_ZONE}, whatever hour it is here: "
        "quiet hours hold people in far zones only"
    )


@contextmanager
def running_cast(
    wish: Wish, home: Path, display: Display, server: EmbeddedServer | None, ports: dict[str, int]
) -> Iterator[Supervisor]:
    """Run the emulator and the roles for a while."""
    supervisor = Supervisor(home, display.console, server)
    cloud_api_url = f"http://127.0.0.1:{ports['emulator']}/v26.0"
    os.environ["SWITCHBOARD_CLOUD_API_URL"] = cloud_api_url
    os.environ["SWITCHBOARD_PUBLIC_URL"] = f"http://127.0.0.1:{ports['web']}"
    env = {f"SWITCHBOARD_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    options = (
        "--seed",
        str(wish.seed),
        "--clock-shift",
        os.environ["SWITCHBOARD_CLOCK_SHIFT_SECONDS"],
        "--delays",
        "fast",
    )
    supervisor.add_role("emulator", "--port", str(ports["emulator"]), *options, env=env, port=ports["emulator"])
    supervisor.add_role("web", env=env, port=ports["web"])
    supervisor.add_role("gateway", env=env, port=ports["gateway"])
    supervisor.add_role("sender", env=env)
    supervisor.add_role("worker", env=env)
    display.step("Emulator, web, gateway, sender and worker are running", supervisor.start)
    try:
        yield supervisor
    finally:
        supervisor.stop()


def play(wish: Wish, home: Path, display: Display, ports: dict[str, int], supervisor: Supervisor) -> bool:
    """Set the stage up inside the product, run the broadcast, judge it; returns whether a promise was broken."""
    import django  # Settings are read on import: the database's address is known only now.

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")
    os.environ["SWITCHBOARD_POOL_SIZE"] = "0"
    django.setup()
    from switchboard.cli.demo import shop, show

    control = EmulatorControl(ports["emulator"])
    olive = shop.Shop(wish, home, display, control, gateway_port=ports["gateway"])
    olive.open()
    display.say("")
    display.say(f"Console       [bold]http://127.0.0.1:{ports['web']}/broadcasts/{olive.broadcast_id}/[/]")
    display.say(f"Sign in       {shop.EMAIL}   password {olive.password}")
    display.say(f"Phones        http://127.0.0.1:{ports['emulator']}/_emulator/phones")
    report = show.Show(olive, supervisor.pids).watch_until_settled()
    display.closing_table(report)
    if wish.is_json:
        click.echo(json.dumps(report.as_json()))
    if not wish.is_once:
        display.say(f"The console stays at http://127.0.0.1:{ports['web']}; Ctrl-C ends everything.")
        wait_for_stop_signal()
    return bool(report.broken_promises)
