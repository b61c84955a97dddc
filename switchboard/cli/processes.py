"""The supervisor: starts the roles, starts again what dies, and ends them all with itself."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from switchboard.cli import lifeline, logs
from switchboard.cli.embedded.errors import EmbeddedPostgresError
from switchboard.cli.embedded.server import EmbeddedServer
from switchboard.core.errors import Conflict, Unavailable

_LOOK_SECONDS = 0.1
_START_SECONDS = 60.0
_STOP_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 30.0
_HEALTHY_SECONDS = 60.0  # A role that ran this long has earned a quick restart again.


class PortTakenError(Conflict):
    """A port is in use."""


class RoleFailedError(Unavailable):
    """A process ended while everything was being started."""


@dataclass
class Role:
    """One process that should be running."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log_path: Path
    port: int | None = None
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    start_again_at: float = 0.0
    log_start: int = field(default=0, repr=False)

    def is_running(self) -> bool:
        """Tell whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        """Return the last line that the current process logged."""
        with self.log_path.open("rb") as log:
            log.seek(self.log_start)
            lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1] if lines else "it gave no reason"


class Supervisor:
    """Keeps a set of processes, and the embedded database if it is ours, running until `stop`.

    One thread starts and watches them all: the kernel ends a child when the thread that made it ends.
    """

    def __init__(self, home: Path, console: Console, server: EmbeddedServer | None = None) -> None:
        self.home = home
        self.console = console
        self.server = server
        self.roles: list[Role] = []
        self._is_stopping = threading.Event()
        self._is_started = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._keep_running, name="supervisor", daemon=True)

    def add(
        self, name: str, argv: Sequence[str], env: Mapping[str, str] | None = None, port: int | None = None
    ) -> None:
        """Add a process to start; with a port, it counts as started when it accepts connections there."""
        log_path = self.home / "log" / f"{name}.log"
        self.roles.append(Role(name, list(argv), dict(env or {}), log_path, port))

    def add_role(self, name: str, *options: str, env: Mapping[str, str] | None = None, port: int | None = None) -> None:
        """Add one of the roles of the `switchboard` command."""
        self.add(name, [sys.executable, "-m", "switchboard", name, *options], env, port)

    def start(self) -> None:
        """Start everything, and return when all of it runs.

        :raises PortTakenError: somebody else listens on a port; nothing has been started then.
        :raises RoleFailedError: a process ended instead of starting; everything has been stopped again.
        """
        for role in self.roles:
            check_port(role.name, role.port)
        self._thread.start()
        self._is_started.wait()
        if self._failure:
            self.stop()
            raise self._failure

    def stop(self) -> None:
        """End every process: kindly, and after five seconds by force."""
        self._is_stopping.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def pids(self) -> dict[str, int]:
        """Return the process number of each running role."""
        return {role.name: role.process.pid for role in self.roles if role.process and role.is_running()}

    def _keep_running(self) -> None:
        try:
            self._start_all()
        except Exception as error:  # noqa: BLE001 - start() raises it again in the caller's thread.
            self._failure = error
        finally:
            self._is_started.set()
        while self._failure is None and not self._is_stopping.wait(_LOOK_SECONDS):
            self._restart_database()
            for role in self.roles:
                self._restart_role(role)
        self._stop_all()

    def _start_all(self) -> None:
        for role in self.roles:
            self._launch(role)
        deadline = time.monotonic() + _START_SECONDS
        for role in self.roles:
            while not self._is_stopping.is_set() and not _listens(role.port):
                _check_alive(role)
                if time.monotonic() > deadline:
                    raise RoleFailedError(
                        f"{role.name} does not answer on port {role.port}. Its log is {role.log_path}."
                    )
                time.sleep(_LOOK_SECONDS / 2)
        for role in self.roles:
            _check_alive(role)

    def _launch(self, role: Role) -> None:
        log = logs.open_log(role.log_path)
        with log:
            role.log_start = log.tell()
            role.process = subprocess.Popen(
                role.argv,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **role.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; a group of its own takes grandchildren along.
                preexec_fn=lifeline.die_with_owner(signal.SIGTERM),
            )
        role.started_at = time.monotonic()

    def _restart_role(self, role: Role) -> None:
        now = time.monotonic()
        if role.is_running():
            if role.failures and now - role.started_at > _HEALTHY_SECONDS:
                role.failures = 0
            return
        if not role.start_again_at:
            role.start_again_at = now + min(0.5 * 2**role.failures, _LONGEST_PAUSE_SECONDS)
            if role.failures == 0:
                self._say(
                    f"{role.name} ended ({_describe_end(role)}) and is started again. Its log is {role.log_path}."
                )
            role.failures += 1
        if now >= role.start_again_at:
            _signal_group(role, signal.SIGKILL)  # What a killed process may have left of its own children.
            role.start_again_at = 0.0
            self._launch(role)

    def _restart_database(self) -> None:
        if self.server is None:
            return
        try:
            if self.server.ensure_running():
                self._say("PostgreSQL ended and was started again.")
        except EmbeddedPostgresError as error:
            self._say(f"PostgreSQL ended. {error} Trying again.")
            self._is_stopping.wait(_LONGEST_PAUSE_SECONDS)

    def _stop_all(self) -> None:
        deadline = time.monotonic() + _STOP_SECONDS
        for role in self.roles:
            if role.is_running() and role.process:
                role.process.terminate()
        while any(role.is_running() for role in self.roles) and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS / 4)
        for role in self.roles:
            _signal_group(role, signal.SIGKILL)
            if role.process:
                role.process.wait()

    def _say(self, sentence: str) -> None:
        self.console.print(f"[yellow]![/] {escape(sentence)}", highlight=False, soft_wrap=True)


def check_port(name: str, port: int | None) -> None:
    """See that nobody listens on a port.

    :raises PortTakenError: somebody does.
    """
    if not port:
        return
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTakenError(
                f"Port {port}, which {name} needs, cannot be used ({error.strerror}). "
                f"Stop the program that uses it, or set SWITCHBOARD_{name.upper()}_PORT to another one."
            ) from error


def end_tidily() -> None:
    """Let SIGTERM end this process like Ctrl-C does: through every `finally` that stops something.

    SIGINT is set as well: a shell that starts us in the background has it ignored, and Python leaves it so.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for_stop_signal() -> None:
    """Sleep until somebody presses Ctrl-C or, after `end_tidily`, asks the process to end."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


def _check_alive(role: Role) -> None:
    if not role.is_running():
        raise RoleFailedError(f"{role.name} did not start: {role.last_words()} (its log is {role.log_path})")


def _describe_end(role: Role) -> str:
    code = role.process.returncode if role.process else 0
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}: {role.last_words()}"


def _listens(port: int | None) -> bool:
    if not port:
        return True
    with socket.socket() as trial:
        trial.settimeout(1)
        return trial.connect_ex(("127.0.0.1", port)) == 0


def _signal_group(role: Role, sign: signal.Signals) -> None:
    """Signal a role and whatever it started; the group outlives its first process."""
    if role.process:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(role.process.pid, sign)
