"""`switchboard up`: everything on this machine."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from switchboard.cli import collectstatic, environment, migrate
from switchboard.cli.embedded.server import EmbeddedServer
from switchboard.cli.follow import Follower
from switchboard.cli.processes import Supervisor, check_port, end_tidily, wait_for_stop_signal
from switchboard.core import env

_DEFAULT_PORTS = {"web": 8000, "gateway": 8001, "emulator": 8002}


@click.command(help="Run everything on this machine: database, web, gateway, sender, worker.")
@click.option("--emulator", "with_emulator", is_flag=True, help="Talk to the stand-in Cloud API, and run it too.")
@click.option("--follow", is_flag=True, help="Print what the roles log.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that web and gateway listen on.")
def up(*, with_emulator: bool, follow: bool, host: str) -> None:
    """Start the database and the roles, and stay until Ctrl-C."""
    end_tidily()
    with contextlib.suppress(KeyboardInterrupt):
        _run(with_emulator=with_emulator, follow=follow, host=host)


def _run(*, with_emulator: bool, follow: bool, host: str) -> None:
    console = Console()
    home = environment.find_home()
    ports = read_ports(*(_DEFAULT_PORTS if with_emulator else ("web", "gateway")))
    for name, port in ports.items():
        check_port(name, port)
    environment.ensure_secrets(home)
    with environment.started_database(home) as server:
        prepare(console)
        with running_roles(home, console, server, ports, host=host) as supervisor:
            with _following(supervisor, console) if follow else contextlib.nullcontext():
                _greet(console, home, ports)
                wait_for_stop_signal()
            console.print("Stopping …")


@contextmanager
def _following(supervisor: Supervisor, console: Console) -> Iterator[None]:
    follower = Follower({role.name: role.log_path for role in supervisor.roles}, console)
    follower.start()
    try:
        yield
    finally:
        follower.stop()


def read_ports(*names: str) -> dict[str, int]:
    """Return the port of each role that listens."""
    return {
        name: env.read_whole(f"SWITCHBOARD_{name.upper()}_PORT", _DEFAULT_PORTS[name], lowest=1, highest=65535)
        for name in names
    }


def prepare(console: Console) -> None:
    """Bring tables and static files up to date."""
    with console.status("Bringing the database up to date …"):
        migrate.run_migrations()
        os.environ.pop("SWITCHBOARD_PROCESS_ROLE", None)  # The roles are not the owner.
        collectstatic.ensure_static_files()


@contextmanager
def running_roles(
    home: Path, console: Console, server: EmbeddedServer | None, ports: dict[str, int], *, host: str = "127.0.0.1"
) -> Iterator[Supervisor]:
    """Run web, gateway, sender and worker, and the emulator when it has a port."""
    supervisor = Supervisor(home, console, server)
    roles_env = {f"SWITCHBOARD_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    if "emulator" in ports:
        supervisor.add_role("emulator", port=ports["emulator"])
        roles_env["SWITCHBOARD_CLOUD_API_URL"] = f"http://127.0.0.1:{ports['emulator']}/v26.0"
    supervisor.add_role("web", "--host", host, env=roles_env, port=ports["web"])
    supervisor.add_role("gateway", "--host", host, env=roles_env, port=ports["gateway"])
    supervisor.add_role("sender", env=roles_env)
    supervisor.add_role("worker", env=roles_env)
    try:
        with console.status("Starting the roles …"):
            supervisor.start()
        yield supervisor
    finally:
        supervisor.stop()


def _greet(console: Console, home: Path, ports: dict[str, int]) -> None:
    console.print(f"Console    http://127.0.0.1:{ports['web']}", highlight=False)
    console.print(f"Webhooks   http://127.0.0.1:{ports['gateway']}", highlight=False)
    if "emulator" in ports:
        console.print(f"Emulator   http://127.0.0.1:{ports['emulator']}", highlight=False)
    console.print(f"Logs       {home / 'log'}", highlight=False, soft_wrap=True)
    console.print(
        'First user `switchboard user add you@example.com --workspace "Your shop"`; Ctrl-C ends everything.',
        highlight=False,
        soft_wrap=True,
    )
