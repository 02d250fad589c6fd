"""Where a run comes from: who started it and how, with which versions, from which commit, in which process."""

import getpass
import os
import platform
import shlex
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("locbao", "numpy", "scipy", "scikit-learn", "mlflow")

_START = 19
"""Place of the start time among the fields of /proc/PID/stat that follow the name of the program."""


def origin() -> dict[str, str]:
    """Tags of a run; those of MLflow's own carry its prefix."""
    versions = {f"version.{library}": version(library) for library in _LIBRARIES}
    start = {"mlflow.source.name": shlex.join(["locbao", *sys.argv[1:]]), "version.python": platform.python_version()}
    with suppress(OSError, KeyError):  # a user without a name
        start["mlflow.user"] = getpass.getuser()
    return {**versions, **start, **commit()}


def commit(folder: Path = Path()) -> dict[str, str]:
    """The commit of the folder, and whether files differ from it; nothing outside a repository."""
    answers = []
    for question in ("rev-parse HEAD", "status --porcelain --untracked-files=no"):
        command = ["git", *question.split()]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=10, check=True)
        except (OSError, subprocess.SubprocessError):
            return {}
        answers.append(done.stdout.strip())
    return {"mlflow.source.git.commit": answers[0], "git.changed": "yes" if answers[1] else "no"}


def own_process() -> str:
    """This process as "machine pid start"; the start tells it from a later one with the same number."""
    return f"{platform.node()} {os.getpid()} {_started(os.getpid())}"


def gone(process: str) -> bool:
    """Whether a process as `own_process` wrote it has ended; False if that cannot be known (on another machine)."""
    machine, pid, start = process.rsplit(" ", 2) if process.count(" ") >= 2 else ("", "", "")
    if machine != platform.node() or os.name != "posix":  # elsewhere, to ask is to kill
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, with the same number perhaps
        pass
    return _started(int(pid)) != start


def _started(pid: int) -> str:
    """Clock ticks from the start of the machine to that of the process, "?" where the system does not tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[_START]
    except OSError:
        return "?"
