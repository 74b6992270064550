"""What a process takes from the machine, as Linux tells it; None where it doesn't."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def memory(pid: int) -> float | None:
    """Resident memory now, in MB."""
    return _status(pid, "VmRSS")


def most_memory(pid: int) -> float | None:
    """The most resident memory so far, in MB."""
    return _status(pid, "VmHWM")


def processor_seconds(pid: int) -> float | None:
    """Seconds that the process has computed, for itself and in the kernel."""
    if not _PROC.exists():
        return None
    # The second field is a name in brackets, which may hold spaces.
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cores() -> list[int]:
    """Processor cores that this process may use; empty where the system doesn't say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def _status(pid: int, name: str) -> float | None:
    if not _PROC.exists():
        return None
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return int(kilobytes) / 1000
