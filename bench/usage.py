"""What processes have used, from /proc: CPU seconds, and the most memory they had at once."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int, *, with_ended_children: bool = False) -> float:
    """Return the CPU time of one process; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    ticks = int(fields[11]) + int(fields[12])
    if with_ended_children:
        ticks += int(fields[13]) + int(fields[14])
    return ticks / _TICKS


def tree_cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process, of its children, and of the children that have ended."""
    total = cpu_seconds(pid, with_ended_children=True)
    return total + sum(cpu_seconds(child) for child in list_children(pid))


def list_children(pid: int) -> list[int]:
    """Return the processes that a process started and that still run."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    except OSError:
        return []
    return [int(child) for child in text.split()]


def peak_mib(pid: int) -> float:
    """Return the most memory that a process has had."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def parent_of(pid: int) -> int:
    """Return the process that started another; 0 when that runs on another machine."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def machine_cpu_seconds() -> float:
    """Return the time that all CPUs were busy, whoever with."""
    parts = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, interrupts, soft, *_ = (int(part) for part in parts)
    return (user + nice + system + interrupts + soft) / _TICKS
