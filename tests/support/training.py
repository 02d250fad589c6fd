"""Small trainings: their settings, how they are run, and what they leave."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from locbao.train.corpus.corpus_files import EXAMPLES
from tests.conftest import ROOT
from tests.support.command import Done

CONFIG = "composed = 60\nwords = 200\nfolds = 2\niterations = 10\n"
"""Enough to learn something from, small enough for a test."""

QUICK = "composed = 10\nwords = 50\nfolds = 0\niterations = 3\n"
"""For what does not ask how good the model is."""

ONE_SITE = EXAMPLES / "lamgiang.jsonl"
TWO_SITES = (ONE_SITE, EXAMPLES / "nhippho.jsonl")


@dataclass(frozen=True, slots=True)
class Training:
    """A finished `locbao train lines`: the model folder, its settings, and what it printed."""

    folder: Path
    config: Path
    output: str


def keep_to_one_core() -> None:
    """From here on this process has one core, if the system lets it choose: another one than tests beside it have.

    A training then fits its folds itself. Where tests fill all cores, to start processes for folds takes longer than a
    small training does.
    """
    if hasattr(os, "sched_setaffinity"):
        usable, beside = sorted(os.sched_getaffinity(0)), os.environ.get("PYTEST_XDIST_WORKER", "gw0")
        os.sched_setaffinity(0, {usable[int(beside.removeprefix("gw")) % len(usable)]})


@contextmanager
def one_core() -> Iterator[None]:
    """The same for as long as the context lasts."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
    keep_to_one_core()
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


def train_apart(folder: Path, config: Path, hash_seed: int, cwd: Path = ROOT) -> Training:
    """Trains on the example corpus in a process of its own."""
    command = [sys.executable, "-m", "locbao", "train", "lines", "--no-track", "--config", str(config)]
    command += ["-o", str(folder)]
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed)}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, timeout=600, check=False, preexec_fn=keep_to_one_core
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return Training(folder, config, done.stdout.decode())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refused(done: Done, folder: Path, reason: str) -> None:
    """Asserts that a training ended with the reason, and left no folder `model`."""
    assert (done.exit_code, done.stderr.startswith("Error: "), reason in done.stderr) == (1, True, True), done.stderr
    assert not (folder / "model").exists()
