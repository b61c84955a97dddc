"""The embedded PostgreSQL server: started by one owner, shared with everybody who finds it running."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from switchboard.cli import lifeline, logs
from switchboard.cli.embedded import cluster, pidfile
from switchboard.cli.embedded.errors import AlreadyOwnedError, EmbeddedPostgresError
from switchboard.cli.embedded.place import Place, find_place

OWNER_LOGIN = "switchboard"
DATABASE = "switchboard"
_PORT = 5432
_READY_SECONDS = 300.0  # Recovery after a crash may have much to replay.
_LOOK_AGAIN_SECONDS = 0.02


def _shared_megabytes() -> int:
    """Return what the server may keep in memory: an eighth of the machine's, so that a small one has room for the rest.

    A table above a quarter of it is fetched anew at each look at everybody: activity has 0.3 GB for a million people.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(128, min(2048, memory // 2**20 // 8))


# For two cores and a machine that does other work as well.
_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "max_connections": "100",
    "shared_buffers": f"{_shared_megabytes()}MB",
    "synchronous_commit": "on",
    "fsync": "on",
    # An import of a million people writes 2 GB; with the default of 1 GB a checkpoint began every few seconds, and every
    # page that was touched after it was written whole once more.
    "max_wal_size": "4GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
}


def build_url(sockets: Path, *, login: str = OWNER_LOGIN, database: str = DATABASE) -> str:
    """Return the connection address of a server by its socket folder."""
    return f"postgresql://{login}@/{database}?host={quote(str(sockets), safe='')}&port={_PORT}"


class EmbeddedServer:
    """A running server: ours when we hold the folder's lock, otherwise one that we only use."""

    def __init__(self, place: Place, settings: Mapping[str, str], lock: IO[str] | None) -> None:
        self.place = place
        self.settings = {
            **_SETTINGS,
            "unix_socket_directories": str(place.sockets),
            "cluster_name": pidfile.cluster_name(place.data),
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = lock

    @property
    def url(self) -> str:
        """The address of Switchboard's own database, as its owner."""
        return build_url(self.place.sockets)

    @property
    def superuser_url(self) -> str:
        """The address for what only PostgreSQL's superuser may do."""
        return build_url(self.place.sockets, login=cluster.SUPERUSER, database="postgres")

    @property
    def is_owner(self) -> bool:
        """Whether the server ends with us."""
        return self._lock is not None

    @property
    def pid(self) -> int | None:
        """The server's process number, or None while it is down."""
        return pidfile.find_server(self.place.data)

    def start(self) -> None:
        """Start the server and wait until it answers; call it from the main thread.

        :raises EmbeddedPostgresError: it cannot start.
        """
        cluster.prepare_cluster(self.place)
        pidfile.clear_leftovers(self.place.data, self.place.sockets)
        if self.process is not None:
            self.process.wait()
        log = logs.open_log(self.place.log_file)
        with log:
            seen = log.tell()
            self.process = self._launch(log)
        self._wait_until_ready(self.process, seen)
        _ensure_owner(self.superuser_url)
        self.place.url_file.write_text(self.url, encoding="utf-8")

    def ensure_running(self) -> bool:
        """Start the server again if it has died, and tell whether that was so.

        :raises EmbeddedPostgresError: it cannot start.
        """
        if not self.is_owner or (self.process is not None and self.process.poll() is None):
            return False
        self.start()
        return True

    def close(self) -> None:
        """Stop the server if it is ours, and give the folder free."""
        if self._lock is None:
            return
        with contextlib.suppress(FileNotFoundError):
            self.place.url_file.unlink()
        pidfile.stop_server(self.place.data)
        if self.process is not None:
            self.process.wait()
        self._lock.close()
        self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        try:
            return subprocess.Popen(
                [self.place.programs / "postgres", "-D", self.place.data, *options],
                **cluster.run_as(self.place),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; the server is stopped after the roles.
                preexec_fn=lifeline.die_with_owner(signal.SIGINT),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise EmbeddedPostgresError(
                f"{self.place.programs / 'postgres'} could not be started ({error}). Run `make setup` again."
            ) from error

    def _wait_until_ready(self, process: subprocess.Popen[bytes], seen: int) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise EmbeddedPostgresError(_explain_failure(self.place, seen))
            if _answers(self.superuser_url):
                return
            time.sleep(_LOOK_AGAIN_SECONDS)
        raise EmbeddedPostgresError(
            f"PostgreSQL has not answered for {_READY_SECONDS:.0f} seconds. Its log is {self.place.log_file}."
        )


def start_embedded(home: Path, settings: Mapping[str, str] | None = None) -> EmbeddedServer:
    """Start the server of this home folder; it ends with us, even when we are killed.

    :raises AlreadyOwnedError: another process runs it.
    :raises EmbeddedPostgresError: it cannot start.
    """
    place = find_place(home)
    server = EmbeddedServer(place, settings or {}, _take_lock(place))
    try:
        server.start()
    except BaseException:
        server.close()
        raise
    return server


def attach_or_start(home: Path, settings: Mapping[str, str] | None = None) -> EmbeddedServer:
    """Use the server that another process runs for this home folder, or start it.

    :raises EmbeddedPostgresError: it cannot start, or its owner does not get it to answer.
    """
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            return start_embedded(home, settings)
        except AlreadyOwnedError:
            place = find_place(home)
            if place.url_file.is_file() and _answers(build_url(place.sockets)):
                return EmbeddedServer(place, settings or {}, lock=None)
        time.sleep(_LOOK_AGAIN_SECONDS)
    raise EmbeddedPostgresError(
        f"Another Switchboard process holds {home}, but its database does not answer. Stop that process, then start again."
    )


def find_running(home: Path) -> EmbeddedServer | None:
    """Return the running server of this home folder without ever starting one, or None."""
    if not (home / "pg.url").is_file():
        return None
    place = find_place(home)
    if not _answers(build_url(place.sockets)):
        return None
    return EmbeddedServer(place, {}, lock=None)


def discard_data(home: Path) -> None:
    """Delete the data folder of this home; nobody may be using it.

    :raises AlreadyOwnedError: a process runs it.
    """
    place = find_place(home)
    with _take_lock(place):
        pidfile.clear_leftovers(place.data, place.sockets)
        shutil.rmtree(place.data, ignore_errors=True)
        if place.data.parent != place.home:  # It lay elsewhere, with a link to it from here.
            shutil.rmtree(place.data.parent, ignore_errors=True)
            (place.home / "pg").unlink(missing_ok=True)


def _take_lock(place: Place) -> IO[str]:
    try:
        lock = place.lock_file.open("a+", encoding="utf-8")
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Switchboard cannot write to {place.lock_file} ({error.strerror}). "
            "Correct the folder's permissions, or name another one in SWITCHBOARD_HOME."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise AlreadyOwnedError from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_owner(superuser_url: str) -> None:
    """Make the login that owns Switchboard's tables, and its database.

    It is no superuser, so what works here works on a managed server too.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER_LOGIN]).fetchone():
            login = sql.Identifier(OWNER_LOGIN)
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE").format(login))
            connection.execute(sql.SQL("GRANT pg_monitor TO {}").format(login))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            names = {"name": sql.Identifier(DATABASE), "login": sql.Identifier(OWNER_LOGIN)}
            connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {login}").format(**names))


def _explain_failure(place: Place, seen: int) -> str:
    """Say in one sentence why the server ended, from what it logged since byte `seen`."""
    with place.log_file.open("rb") as log:
        log.seek(seen)
        lines = log.read().decode(errors="replace").splitlines()
    text = "\n".join(lines)
    if "No space left on device" in text:
        return f"The disk of {place.data} is full, so PostgreSQL cannot start. Free some space, then start again; nothing is lost."
    grave = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    reasons = [line for line in grave if "starting up" not in line] or lines or ["it gave no reason"]
    reason = reasons[0].partition("FATAL:")[2].strip() or reasons[0].strip()
    return f"PostgreSQL did not start: {reason}. Its log is {place.log_file}."
