"""`locbao predict` as a process of its own: how long it takes, what its processes hold in memory, and killing it."""

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import psutil

_SAMPLE = 0.5  # seconds between two looks at the memory; more often, and the looking itself takes a core's share


@dataclass(frozen=True, slots=True)
class Took:
    """`seconds` from start to exit; `peak`, `late`: MiB of all its processes together (proportional set size, so that
    what they share counts once), the greatest, and the mean over the last half of the run."""

    seconds: float
    peak: float
    late: float


def command(given: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "locbao", "predict", str(given), "-o", str(out), "--quiet", *options]


def timed(given: Path, out: Path, *options: str) -> float:
    """Seconds of a run. Raises CalledProcessError if its exit code is not 0 or 3."""
    start = monotonic()
    done = subprocess.run(command(given, out, *options), check=False)
    seconds = monotonic() - start
    if done.returncode not in (0, 3):
        raise subprocess.CalledProcessError(done.returncode, done.args)
    return seconds


def watched(given: Path, out: Path, *options: str) -> Took:
    """A run with its memory."""
    start = monotonic()
    seen: list[float] = []
    with subprocess.Popen(command(given, out, *options)) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            with suppress(psutil.Error):
                seen.append(_memory(root))
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SAMPLE)
    late = seen[len(seen) // 2 :]
    return Took(monotonic() - start, max(seen), sum(late) / len(late))


def _memory(root: psutil.Process) -> float:
    total = 0
    for process in [root, *root.children(recursive=True)]:
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 2**20


def killed_after(seconds: float, given: Path, out: Path, *options: str) -> bool:
    """Starts a run and ends it with SIGKILL; whether it was still at work then."""
    with subprocess.Popen(command(given, out, "--resume", *options)) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False
