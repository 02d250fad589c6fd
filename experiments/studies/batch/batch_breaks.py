"""Batches that meet trouble: killed, begun twice at once into one output, on a disk that fills up.

Each run is a process of its own, with a temporary folder of its own. What is there in the end is held against an
uninterrupted run, byte for byte.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from locbao.experiments.measurement import records
from locbao.experiments.studies.batch.batch_pages import LONGEST
from locbao.features.errors import LocbaoError

KILLS = 3  # of each batch on its way
LIMIT = ("--max-chars", str(LONGEST))
OPTIONS = {"out.jsonl": ["--site-memory"], "out.jsonl.gz": [], "out.parquet": [], "out/": []}
"""The outputs, in turn, and how they are made."""

FULL = {"out.jsonl": 0.98, "out.jsonl.gz": 0.98, "out.parquet": 1.9, "out/": 1.9}
"""The largest disk, over the size of the output. Parquet and folders are made of a part file that stays till the
end."""

_EARLIER = b"what stood there before"
_FULL_DISK = r"Error: .+: No space left on device\. Check the path, its permissions and the space left\.\n"
_KEPT = r"Kept: (\d+) pages, in .+\. The same command with --resume goes on from there\.\n"
_TURNED_AWAY = r"Error: .+: another run is writing this output\. Wait for it, or give another name for -o\.\n"
_NOT_EMPTY = r"Error: .+: is a folder that is not empty\. Give a new folder, or a file, for -o\.\n"

Measured = dict[str, Any]
"""What was measured, by name."""


def predict(pages: Path, out: Path | str, *options: str) -> list[str]:
    """The command of `locbao predict` as a process of its own."""
    return [sys.executable, "-m", "locbao", "predict", str(pages), "-o", str(out), "--quiet", *options]


@dataclass(frozen=True)
class BrokenBatch:
    """A file of pages and where runs over it go, `out`, a key of OPTIONS; `temporary` is the temporary folder."""

    pages: Path
    out: str
    temporary: Path

    def start(self, folder: Path, *options: str) -> "subprocess.Popen[str]":
        """A run into `folder`."""
        self.temporary.mkdir(exist_ok=True)
        command = predict(self.pages, f"{folder}/{self.out}", *LIMIT, *options, *OPTIONS[self.out])
        environment = {**os.environ, "TMPDIR": str(self.temporary)}
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, encoding="utf-8")

    def run(self, folder: Path, *options: str) -> tuple[int, str]:
        """The exit code, and the messages on standard error."""
        process = self.start(folder, *options)
        _, messages = process.communicate()
        return process.returncode, messages

    def whole(self, work: Path) -> dict[str, bytes]:
        """What an uninterrupted run leaves, made once. Raises AssertionError if it fails."""
        folder = work / f"whole {self.pages.stem} {self.out}".strip("/")
        if not folder.exists():
            fresh = folder.with_name(f"{folder.name} in the making")
            fresh.mkdir(parents=True, exist_ok=True)
            code, messages = self.run(fresh)
            assert code in (0, 3), messages
            fresh.rename(folder)
        return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _clear(folder: Path, good: bool) -> None:
    if good:  # else it is to be looked into
        shutil.rmtree(folder)


def kill(batch: BrokenBatch, seconds: float, number: int, work: Path) -> Measured:
    """The batch, which takes so many seconds, killed at random moments and each time resumed."""
    folder, chance = work / f"killed {number}", Random(number)
    moments = sorted(chance.uniform(0, seconds) for _ in range(KILLS))
    at_work, kept, temporary = 0, [], 0
    for before, moment in pairwise((0.0, *moments)):
        process = batch.start(folder, "--resume")
        try:
            process.communicate(timeout=moment - before)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            at_work += 1
        kept.append(sum(path.stat().st_size for path in folder.glob("*.part")))
        temporary += len(os.listdir(batch.temporary))
    batch.run(folder, "--resume")
    same = contents(folder) == batch.whole(work)
    _clear(folder, same)
    return {"moments": moments, "interrupted": at_work, "kept": kept, "temporary": temporary, "same": same}


def pair(first: BrokenBatch, second: BrokenBatch, seconds: float, number: int, work: Path) -> Measured:
    """Two batches into one output, the second begun at a moment of the `seconds` that the first one takes."""
    folder = work / f"pair {number}"
    folder.mkdir()
    moment = Random(number).uniform(0, seconds) if number % 4 else 0.0
    one = first.start(folder)
    time.sleep(moment)
    began_after = one.poll() is not None
    other = second.start(folder, *(["--resume"] if number % 2 else []))
    messages = [process.communicate()[1] for process in (one, other)]
    done = [process.returncode in (0, 3) for process in (one, other)]
    turned_away = sum(bool(re.fullmatch(f"{_TURNED_AWAY}|{_NOT_EMPTY}", text)) for text in messages)
    last = second if done[1] else first
    whole = contents(folder) == last.whole(work)
    _clear(folder, whole)
    return {
        "moment": moment,
        "codes": [one.returncode, other.returncode],
        "turned away": turned_away == 1 and sum(done) == 1,
        "after": began_after or (all(done) and not turned_away),
        "whole": whole,
    }


class NoDisk(LocbaoError):
    """A small file system cannot be made."""


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Callable[[int], None]]:
    """A file system of `size` bytes at `folder`; gives what makes it larger. Raises NoDisk."""
    folder.mkdir(parents=True, exist_ok=True)

    def mount(size: int, *options: str) -> None:
        where = ["-t", "tmpfs", "-o", ",".join([*options, f"size={size}"]), "tmpfs", str(folder)]
        done = subprocess.run(["mount", *where], capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise NoDisk(f"No small file system can be made ({done.stderr.strip()}): run it as root, on Linux.")

    mount(size)
    try:
        yield lambda size: mount(size, "remount")
    finally:
        subprocess.run(["umount", str(folder)], check=False)


def full_disk(batch: BrokenBatch, number: int, work: Path) -> Measured:
    """The batch on a disk that fills up, then resumed with space; every other time, over an earlier output."""
    whole = batch.whole(work)
    share = Random(number).uniform(0.0, FULL[batch.out])
    size = max(int(share * sum(map(len, whole.values()))), 1 << 16)
    folder, over_earlier = work / f"disk {number}", number % 8 >= 4 and not batch.out.endswith("/")
    with small_disk(folder, size) as grow:
        earlier = folder / batch.out
        if over_earlier:
            earlier.write_bytes(_EARLIER)
        code, messages = batch.run(folder, "--force")
        kept = re.search(_KEPT, messages)
        earlier_kept = over_earlier and earlier.read_bytes() == _EARLIER
        grow(1 << 30)
        resumed, later_messages = batch.run(folder, "--force", *(["--resume"] if kept else []))
        same = resumed in (0, 3) and contents(folder) == whole
    return {
        "share": share,
        "full": code != 0 and "No space" in messages,
        "said so": code == 1 and bool(re.fullmatch(f"{_FULL_DISK}({_KEPT})?", messages)),
        "kept": int(kept[1]) if kept else 0,
        "over earlier": over_earlier,
        "earlier kept": earlier_kept,
        "temporary": len(os.listdir(batch.temporary)),
        "same": same,
        "messages": "" if same else messages + later_messages,
    }


Counted = Mapping[str, Callable[[Measured], int]]
"""Headings of a table, and what of each measurement counts below them."""

TROUBLES: Mapping[str, tuple[str, str, Counted]] = {
    "kill": (
        "Kills",
        """\
Batches of 800 rows, 50 of them bad. SIGKILL at random moments, each time followed by `--resume`; outputs are JSON Lines
with `--site-memory`, JSON Lines in gzip, Parquet, and a folder in turn. The same in the end: batches whose output and
quarantine are, byte for byte, those of an uninterrupted run, with no other file left. Nothing temporary: batches after
whose kills the temporary folder was empty.
""",
        {
            "batches": lambda row: 1,
            "kills": lambda row: len(row["moments"]),
            "while at work": lambda row: row["interrupted"],
            "with output to keep": lambda row: sum(map(bool, row["kept"])),
            "nothing temporary": lambda row: not row["temporary"],
            "the same in the end": lambda row: row["same"],
        },
    ),
    "pair": (
        "Two runs at once",
        """\
Two runs into one output, the second begun at a random moment of the first, every fourth at once; their inputs are
different, and every other second run is begun with `--resume`. Turned away: pairs of which one run ended with exit code
1 and the sentence that says so. One after the other: pairs whose second run began to write when the first had ended.
Whole: pairs that left the output and the quarantine of the last run that was done, byte for byte, and no other file.
""",
        {
            "pairs": lambda row: 1,
            "turned away": lambda row: row["turned away"],
            "one after the other": lambda row: row["after"],
            "whole": lambda row: row["whole"],
        },
    ),
    "disk": (
        "Full disks",
        """\
Runs into a small file system of its own (tmpfs), of a random size up to what they need, then resumed with space. Said
so: runs that ended with exit code 1, the sentence that names the file and, where pages were kept, how to go on. The
same in the end: as above, once resumed.
""",
        {
            "runs": lambda row: 1,
            "disk full": lambda row: row["full"],
            "said so": lambda row: row["said so"],
            "with pages to keep": lambda row: bool(row["kept"]),
            "over an earlier output": lambda row: row["over earlier"],
            "which was kept": lambda row: row["earlier kept"],
            "nothing temporary": lambda row: not row["temporary"],
            "the same in the end": lambda row: row["same"],
        },
    ),
}
"""By kind of measurement: the title of its section, what is to be known, and what is counted."""


def count_table(rows: Sequence[Measured], counts: Counted) -> str:
    """What became of the batches, in one row."""
    return records([{heading: sum(map(count, rows)) for heading, count in counts.items()}])
