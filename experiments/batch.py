"""Batch prediction at its size: pages per second by processes, memory, kills, and rows that cannot be used.

`python -m locbao.experiments.batch --work FOLDER` measures and writes the tables; each measurement is kept, and an
interrupted run goes on with the next. Needs the `bench` extra.
"""

import argparse
import filecmp
import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from locbao.experiments.batch_pages import BAD, MAX_CHARS, composed_rows, spoil, write_rows
from locbao.experiments.batch_runs import killed_after, timed, watched
from locbao.experiments.record import Row, finished, keep, write_table
from locbao.features.errors import LocbaoError
from locbao.train.tables import table

NAME = "batch"
LARGE, SMALL, KILLED, SPOILED = 200_000, 2_000, 20_000, 100_000  # pages
TURNS = 5
KILLS = 50
BAD_ROWS = 1_000
KINDS = ("jsonl", "jsonl.gz", "parquet")  # of outputs that are killed, in turn
LIMIT = ("--max-chars", str(MAX_CHARS))

NOTES = """\
Whole runs of `locbao predict` from start to exit, on pages composed from the example corpus (and from the material
given). Two cores, which other work may have shared: one and two processes therefore take turns, and a ratio is taken
within a turn; shown is the median, in brackets the least and the greatest. Memory is the proportional set size of all
processes of a run together, looked at every tenth of a second.
"""

Measure = Callable[[Path], Row]


def pages(work: Path, count: int) -> Path:
    return work / f"{count}.jsonl"


def speed(jobs: int, count: int, work: Path) -> Row:
    """Whole processes, loading the model included."""
    return {"seconds": timed(pages(work, count), work / "out.jsonl", "--jobs", str(jobs)), "pages": count}


def memory(jobs: int, count: int, work: Path) -> Row:
    took = watched(pages(work, count), work / "out.jsonl", "--jobs", str(jobs))
    return {"pages": count, "jobs": jobs, "seconds": took.seconds, "peak": took.peak, "late": took.late}


def uninterrupted(name: str, work: Path) -> Row:
    """The batch to kill, to its end: what the others are compared with, and how long it takes."""
    return {"seconds": timed(_killed(work), work / f"whole.{name}", *LIMIT)}


def kill(number: int, work: Path) -> Row:
    """The batch killed once at a random moment and resumed: whether output and quarantine are as they should be."""
    name = KINDS[number % len(KINDS)]
    given, whole, out = _killed(work), work / f"whole.{name}", work / f"killed.{name}"
    usual = next(row["seconds"] for row in finished(NAME) if row["name"] == f"uninterrupted {name}")
    moment = Random(number).uniform(0, usual)
    interrupted = killed_after(moment, given, out, *LIMIT)
    part = out.with_name(f"{out.name}.part")
    kept = part.stat().st_size if part.exists() else 0
    timed(given, out, "--resume", *LIMIT)
    pairs = [(out, whole), (_quarantine(out), _quarantine(whole))]
    same = all(filecmp.cmp(one, other, shallow=False) for one, other in pairs)
    out.unlink()
    return {"moment": moment / usual, "interrupted": interrupted, "kept": kept, "same": same}


def _quarantine(out: Path) -> Path:
    return out.with_name(f"{out.name}.errors.jsonl")


def _killed(work: Path) -> Path:
    given = work / "to-kill.jsonl"
    if not given.exists():
        spoil(pages(work, KILLED), given, 100)
    return given


def bad_rows(work: Path) -> Row:
    """Whether exactly the bad rows are in the quarantine, each for its reason, and all others labelled, in order."""
    given, out = work / "spoiled.jsonl", work / "out.jsonl"
    expected = spoil(pages(work, SPOILED), given, BAD_ROWS)
    timed(given, out, *LIMIT)
    with _quarantine(out).open(encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    with out.open(encoding="utf-8") as file:
        labelled = [json.loads(line)["id"] for line in file]
    return {
        "kinds": len(BAD),
        "bad": len(expected),
        "quarantined": len(found),
        "right row and reason": sum(row["reason"].startswith(expected.get(row["row"], "\0")) for row in found),
        "labelled": len(labelled),
        "others in order": labelled == [row - 1 for row in range(1, SPOILED + 1) if row not in expected],
    }


def plan() -> dict[str, Measure]:
    """Every measurement by its name, in order."""
    measures: dict[str, Measure] = {}
    for turn in range(TURNS):
        for jobs in (1, 2):
            measures[f"speed {turn} {jobs}"] = partial(speed, jobs, KILLED)
    for count in (SMALL, LARGE):
        for jobs in (1, 2):
            measures[f"memory {jobs} {count}"] = partial(memory, jobs, count)
    measures["bad rows"] = bad_rows
    measures |= {f"uninterrupted {name}": partial(uninterrupted, name) for name in KINDS}
    return measures | {f"kill {number}": partial(kill, number) for number in range(KILLS)}


def prepare(work: Path, material: Sequence[Path], seed: int) -> None:
    """The files of pages. Raises CorpusError."""
    work.mkdir(parents=True, exist_ok=True)
    counts = [count for count in (LARGE, SMALL, KILLED, SPOILED) if not pages(work, count).exists()]
    if counts:
        composed = composed_rows(material, seed)
        for count in counts:
            write_rows(pages(work, count), composed, count)


def report(rows: Sequence[Row]) -> str:
    """All tables."""
    kills = [row for row in rows if row["name"].startswith("kill")]
    happened = [len(kills), *(sum(bool(row[key]) for row in kills) for key in ("interrupted", "kept", "same"))]
    [bad] = [row for row in rows if row["name"] == "bad rows"]
    parts = ["# Batches", NOTES, "## Pages per second", _speed_table(rows), "## Memory", _memory_table(rows)]
    parts += [
        "## Bad rows",
        table(["", "rows"], [[name, f"{value:,}"] for name, value in bad.items() if name != "name"]),
        "## Kills",
        f"SIGKILL at a random moment of a batch of {KILLED:,} rows, 100 of them bad, then `--resume`. Outputs in turn: "
        f"{', '.join(KINDS)}. The same: output and quarantine, byte for byte those of an uninterrupted run.",
        table(["kills", "while at work", "with output to keep", "the same in the end"], [list(map(str, happened))]),
    ]
    return "\n\n".join(part.strip() for part in parts)


def _speed_table(rows: Sequence[Row]) -> str:
    rates = {
        jobs: [row["pages"] / row["seconds"] for row in rows if re.fullmatch(rf"speed \d+ {jobs}", row["name"])]
        for jobs in (1, 2)
    }
    ratios = [two / one for one, two in zip(*rates.values(), strict=True)]
    shown = [[f"{jobs}", f"{median(rate):,.0f} [{min(rate):,.0f}, {max(rate):,.0f}]"] for jobs, rate in rates.items()]
    shown.append(["2 over 1", f"{median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"])
    return table(["processes", f"pages/s, {KILLED:,} pages, {TURNS} turns"], shown)


def _memory_table(rows: Sequence[Row]) -> str:
    shown = []
    for jobs in (1, 2):
        names = [f"memory {jobs} {count}" for count in (SMALL, LARGE)]
        small, large = (next(row for row in rows if row["name"] == name) for name in names)
        figures = [f"{row[key]:,.0f}" for key in ("peak", "late") for row in (small, large)]
        ratio, rate = large["peak"] / small["peak"], large["pages"] / large["seconds"]
        shown.append([str(jobs), *figures, f"{ratio:.3f}", f"{rate:,.0f}"])
    heads = [f"{what}, {count:,} pages (MiB)" for what in ("peak", "second half") for count in (SMALL, LARGE)]
    return table(["processes", *heads, "peak over peak", f"pages/s, {LARGE:,} pages"], shown)


def run(work: Path, material: Sequence[Path] = (), seed: int = 0) -> None:
    """Measures what has not been measured yet, then writes `batch.md`. Raises CorpusError."""
    prepare(work, material, seed)
    done = {row["name"] for row in finished(NAME)}
    for name, measure in plan().items():
        if name not in done:
            keep(NAME, {"name": name, **measure(work)})
    write_table(NAME, report(finished(NAME)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m locbao.experiments.batch", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for the pages, some 5 GB")
    parser.add_argument("--material", type=Path, action="append", default=[], help="as in `locbao train lines`")
    parser.add_argument("--seed", type=int, default=0, help="of the composed pages (default: %(default)s)")
    given = parser.parse_args()
    try:
        run(given.work, given.material, given.seed)
    except LocbaoError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
