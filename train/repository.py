"""The state of the git repository that a training is started in."""

import subprocess


def commit() -> dict[str, str]:
    """Tags: the commit, and whether files differ from it; nothing where there is no repository, or no git."""
    found = _git("rev-parse", "HEAD")
    if not found:
        return {}
    return {"mlflow.source.git.commit": found, "git.changed": "yes" if _git("status", "--porcelain", "-uno") else "no"}


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
