"""Where a run comes from: who started it and how, with which versions, and from which commit."""

import getpass
import platform
import shlex
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version

_LIBRARIES = ("locbao", "numpy", "scipy", "scikit-learn", "mlflow")


def origin() -> dict[str, str]:
    """Tags of a run; those of MLflow's own carry its prefix."""
    versions = {f"version.{library}": version(library) for library in _LIBRARIES}
    start = {"mlflow.source.name": shlex.join(["locbao", *sys.argv[1:]]), "version.python": platform.python_version()}
    return {**versions, **start, **_user(), **commit()}


def commit() -> dict[str, str]:
    """The commit of the working directory, and whether files differ from it; nothing outside a repository."""
    found = _git("rev-parse", "HEAD")
    if not found:
        return {}
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return {"mlflow.source.git.commit": found, "git.changed": "yes" if changed else "no"}


def _user() -> dict[str, str]:
    with suppress(OSError, KeyError):  # a user without a name
        return {"mlflow.user": getpass.getuser()}
    return {}


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
