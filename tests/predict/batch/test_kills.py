"""Runs that are killed, interrupted or out of disk: what they leave is made good, and no process stays behind."""

import json
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from locbao.predict.batch import checkpoint
from locbao.predict.reading.batches import PAGES_AT_ONCE
from locbao.predict.writing.part_files import UnwritableOutput
from tests.conftest import ROOT
from tests.predict.batch.batch_runs import QUICK, do, eight_batches, pages, rows, run_for
from tests.predict.batch.troubled_model import load
from tests.support.command import COMMAND, heed_interrupts, wait_for

PREDICT = [*COMMAND, "predict"]


def _killed_at(step: int, given: Path, out: Path) -> None:
    """Runs with SIGKILL in place of the step-th call that changes or syncs something on the disk."""
    checkpoint.EVERY = 0.0
    calls = 0

    def counting(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "rename"), (Path, "unlink"), (os, "replace")):
        setattr(owner, name, counting(getattr(owner, name)))
    do(run_for(given, out, resume=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet", "folder/"])
def test_a_kill_at_any_step_of_the_writing_is_made_good(tmp_path: Path, name: str) -> None:
    texts = pages(3 * PAGES_AT_ONCE)
    texts[40] = ""
    given = rows(tmp_path / "in.jsonl", texts)
    whole, out = f"{tmp_path}/whole/{name}", f"{tmp_path}/out/{name}"
    do(run_for(given, whole))
    steps = 0
    for step in [*range(1, 20), *range(20, 200, 29)]:  # the files of a folder are many, and all alike
        process = QUICK.Process(target=_killed_at, args=(step, given, out))
        process.start()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        do(run_for(given, out, resume=True))
        assert tree(tmp_path / "out") == tree(tmp_path / "whole"), f"killed at step {step}"
        if process.exitcode == 0:
            break
        steps = step
        clear(tmp_path / "out")
    assert steps >= 10


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def clear(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.slow
def test_kills_at_random_moments_are_made_good(tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl", pages(6000))
    whole, out, part = (tmp_path / name for name in ("whole.jsonl", "out.jsonl", "out.jsonl.part"))
    do(run_for(given, whole))
    resume = [*PREDICT, str(given), "-o", str(out), "--jobs", "2", "--resume"]
    chance, kills = random.Random(5), 0
    for size in sorted(chance.randrange(whole.stat().st_size) for _ in range(6)):
        with subprocess.Popen(resume, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
            wait_for(partial(ended_or_written, process, part, size), 300)
            time.sleep(chance.uniform(0, 0.1))
            kills += process.poll() is None
            process.kill()
    assert kills >= 3
    subprocess.run(resume, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    assert out.read_bytes() == whole.read_bytes()
    assert not list(tmp_path.glob("*.part*"))


def ended_or_written(process: "subprocess.Popen[bytes]", part: Path, size: int) -> bool:
    return process.poll() is not None or (part.exists() and part.stat().st_size >= size)


@pytest.mark.slow
def test_workers_end_when_the_run_is_killed(tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl", pages(20000))
    process = subprocess.Popen(
        [*PREDICT, given, "-o", tmp_path / "out.jsonl", "--jobs", "2"], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    wait_for((tmp_path / "out.jsonl.part").exists)
    workers = children(process.pid)
    assert workers
    process.kill()
    process.wait()
    wait_for(lambda: not any(map(alive, workers)))


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_disk_that_is_full_is_told_and_the_run_goes_on_later(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    given, out = eight_batches(tmp_path / "in.jsonl"), tmp_path / "out.jsonl"
    command = [*PREDICT, str(given), "-o", str(out), "--jobs", "2"]

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))

    full = subprocess.run(
        command, cwd=ROOT, capture_output=True, preexec_fn=small_disk, check=False, timeout=60, text=True
    )
    assert full.returncode == 1
    assert full.stderr.startswith(f"Error: {out}.part: File too large. Check the path, its permissions and the space")
    done = subprocess.run([*command, "--resume"], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.returncode == 3
    do(run_for(given, tmp_path / "whole.jsonl"))
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_disk_that_is_full_from_the_start_leaves_nothing(tmp_path: Path) -> None:
    given, out = rows(tmp_path / "in.jsonl", pages(3)), tmp_path / "out.jsonl"
    full = subprocess.run(
        [*PREDICT, str(given), "-o", str(out), "--jobs", "1"], cwd=ROOT, capture_output=True, check=False, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY)), text=True,
    )  # fmt: skip
    assert full.returncode == 1
    assert full.stderr.startswith(f"Error: {out}.part.journal: File too large. Check the path")
    assert os.listdir(tmp_path) == ["in.jsonl"]


def _after_another_run(given: Path, out: str, folder: Path) -> Any:
    """Loads the model while another run, begun before, ends."""
    do(run_for(given, out))
    return load(folder)


def test_a_folder_that_another_run_filled_meanwhile_is_not_mixed(tmp_path: Path) -> None:
    first, second = rows(tmp_path / "a.jsonl", pages(3)), rows(tmp_path / "b.jsonl", ["tin", "khác"])
    out = f"{tmp_path}/out/"
    with pytest.raises(UnwritableOutput, match="is a folder that is not empty"):
        do(run_for(second, out, partial(_after_another_run, first, out, tmp_path)))
    do(run_for(first, f"{tmp_path}/whole/"))
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl", "b.jsonl", "out", "whole"]


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path: Path) -> None:
    out, journal = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part.journal"
    with subprocess.Popen(
        [*PREDICT, "-", "-o", out, "--jobs", "2"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        start_new_session=True, preexec_fn=heed_interrupts,
    ) as process:  # fmt: skip
        stdin = process.stdin
        assert stdin
        assert process.stderr

        def checkpoint_after_more() -> bool:
            for number in range(PAGES_AT_ONCE):
                stdin.write(json.dumps({"id": number, "text": "tin"}).encode() + b"\n")
            stdin.flush()
            return journal.exists() and b'"items"' in journal.read_bytes()

        wait_for(checkpoint_after_more)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes
        told = process.stderr.read().decode().splitlines()
        assert process.wait(60) == 130
    assert told[0] == "Interrupted."
    assert told[1].startswith("Kept: ")
    assert told[1].endswith(" The same command with --resume goes on from there.")
    assert len(told) == 2
