"""Which process a run belongs to, and whether that process is still there."""

import os
import platform
from pathlib import Path

_START = 19
"""Place of the start time among the fields of /proc/PID/stat that follow the name of the program."""


def own_process() -> str:
    """This process as "machine pid start"; the start tells it from a later one with the same number."""
    return f"{platform.node()} {os.getpid()} {_started(os.getpid())}"


def gone(process: str) -> bool:
    """Whether a process as `own_process` wrote it has ended; False if that cannot be known (on another machine)."""
    machine, _, rest = process.rpartition(" ")[0].rpartition(" ")
    start = process.rpartition(" ")[2]
    if machine != platform.node() or not rest.isdigit():
        return False
    return not _alive(int(rest)) or _started(int(rest)) != start


def _alive(pid: int) -> bool:
    if os.name != "posix":  # elsewhere, to ask is to kill
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _started(pid: int) -> str:
    """Clock ticks since the machine was started, "?" where the system does not tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[_START]
    except OSError:
        return "?"
