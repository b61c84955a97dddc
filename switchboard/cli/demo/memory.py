"""How much memory our processes hold, the database apart (Linux: /proc)."""

import os
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")


def resident_mib(role_pids: Iterable[int]) -> int:
    """Return the resident memory of the roles with everything they started, and of this process alone, in MiB.

    The database's processes are ours too, but not counted. Pages that several processes share are counted by share
    (PSS), so that nothing is counted twice.
    """
    family = _with_children(set(role_pids)) | {os.getpid()}
    return sum(_proportional_kib(pid) for pid in family) // 1024


def _with_children(pids: set[int]) -> set[int]:
    parents = {}
    for entry in _PROC.glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
    family = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in family and pid not in family}:
        family |= more
    return family


def _proportional_kib(pid: int) -> int:
    for name in ("smaps_rollup", "status"):
        try:
            lines = (_PROC / str(pid) / name).read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith(("Pss:", "VmRSS:")):
                return int(line.split()[1])
    return 0
