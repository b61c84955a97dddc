"""Who the `postmaster.pid` of a data folder speaks of: a live server of ours, a zombie, a stranger, nobody."""

import contextlib
import hashlib
import os
import signal
import time
from pathlib import Path

_STOP_SECONDS = 15.0
_ORPHAN_SECONDS = 2.0  # A back end without a server has nothing left to write.
_LOOK_AGAIN_SECONDS = 0.02


def read_pid(data: Path) -> int | None:
    """Return the process number in `postmaster.pid`, or None."""
    try:
        return int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def is_running(pid: int) -> bool:
    """Tell whether a process lives; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _state(pid) not in {"Z", "X"}


def _state(pid: int) -> str:
    """Return the kernel's one-letter state; the name before it may hold any character."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def find_server(data: Path) -> int | None:
    """Return the process number of a live server of this data folder, or None."""
    pid = read_pid(data)
    if pid is None or not is_running(pid) or not _serves(pid, data):
        return None
    return pid


def cluster_name(data: Path) -> str:
    """Return the name that every process of this data folder's server shows in its title."""
    return f"switchboard-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"


def _serves(pid: int, data: Path) -> bool:
    """Tell by its title: in a container, root may not look at another account's working directory."""
    try:
        title = Path(f"/proc/{pid}/cmdline").read_bytes()
        program = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return False
    # A process that is just ending has no title any more, but still stands in the next one's way.
    return program == "postgres" and (not title or cluster_name(data).encode() in title)


def clear_leftovers(data: Path, sockets: Path) -> None:
    """Make sure that nothing of an earlier server is in the way of the next one.

    Only the holder of the folder's lock may call this.
    """
    stop_server(data)
    _stop_orphans(data)
    _disown_pidfile(data)
    for leftover in sockets.glob(".s.PGSQL.*"):
        with contextlib.suppress(FileNotFoundError):
            leftover.unlink()


def stop_server(data: Path) -> None:
    """Stop a live server of this data folder: kindly, then at once, then by force."""
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        pid = find_server(data)
        if pid is None:
            return
        _send(pid, sign)
        _wait_for_end([pid], _STOP_SECONDS)


def _stop_orphans(data: Path) -> None:
    """End back ends that a killed server left: their memory would keep the next one from starting."""
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        orphans = _processes_of(data)
        for pid in orphans:
            _send(pid, sign)
        _wait_for_end(orphans, _ORPHAN_SECONDS)


def _processes_of(data: Path) -> list[int]:
    numbers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in numbers if _serves(pid, data) and is_running(pid)]


def _disown_pidfile(data: Path) -> None:
    """Put our own number into a stale `postmaster.pid`.

    PostgreSQL takes the number of a stranger or a zombie for a running server, but never its own
    parent's. The file itself has to stay: it names the shared memory that must not be in use any more.
    """
    path = data / "postmaster.pid"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    if len(lines) < 2:  # Cut off while it was written: it protects nothing.
        path.unlink(missing_ok=True)
        return
    path.write_text("\n".join([str(os.getpid()), *lines[1:], ""]), encoding="utf-8")


def _send(pid: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, sign)


def _wait_for_end(pids: list[int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(is_running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_SECONDS)
