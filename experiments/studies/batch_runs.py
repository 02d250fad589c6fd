"""Batch prediction at its size: pages per second by processes, memory, kills, and rows that cannot be used.

    python -m locbao.experiments.studies.batch_runs --work FOLDER

Measures and writes the tables; each measurement is kept, and an interrupted run goes on with the next. Needs the
`bench` extra.
"""

import argparse
import filecmp
import json
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import monotonic

from locbao.experiments.studies.batch_pages import BAD, MAX_CHARS, composed_rows, spoil, write_rows
from locbao.experiments.studies.batch_processes import killed_after, timed, watched
from locbao.experiments.studies.batch_tables import report
from locbao.experiments.studies.command import foreseen
from locbao.experiments.studies.keepers import as_html, tool
from locbao.experiments.studies.measured import Measured, finished, keep
from locbao.experiments.trials.trial_results import write_table
from locbao.predict.batch.job import PAGES

NAME = "batch"
LARGE, SMALL, KILLED, SPOILED = 200_000, 2_000, 20_000, 100_000  # pages
TURNS = 5
KILLED_BATCHES, KILLS = 17, 3  # batches, and how often each is killed on its way
BAD_ROWS = 1_000
KINDS = ("jsonl", "jsonl.gz", "parquet")  # of outputs that are killed, in turn
LIMIT = ("--max-chars", str(MAX_CHARS))

Measure = Callable[[Path], Measured]


def pages(work: Path, count: int) -> Path:
    return work / f"{count}.jsonl"


def speed(jobs: int, work: Path) -> Measured:
    """Whole processes, loading the model included."""
    return {"pages": KILLED, "seconds": timed(pages(work, KILLED), work / "out.jsonl", "--jobs", str(jobs))}


def peer_speed(work: Path) -> Measured:
    """trafilatura on a tenth of the pages, in two processes that have been used already. Raises PeerMissing."""
    extract = tool("trafilatura").extract
    with pages(work, SMALL).open(encoding="utf-8") as file:
        texts = [json.loads(row)["text"] for row in file]
    given = [as_html([line for line in text.split("\n") if line.strip()]) for text in texts]
    with get_context("spawn").Pool(2) as pool:
        pool.map(extract, given[:100], chunksize=10)
        start = monotonic()
        pool.map(extract, given, chunksize=PAGES)
        return {"pages": len(given), "seconds": monotonic() - start}


def cold(work: Path) -> Measured:
    """One page of text."""
    page = work / "page.txt"
    with pages(work, SMALL).open(encoding="utf-8") as file:
        page.write_text(json.loads(file.readline())["text"], encoding="utf-8")
    return {"seconds": timed(page, work / "page.jsonl")}


def memory(jobs: int, count: int, work: Path) -> Measured:
    took = watched(pages(work, count), work / "out.jsonl", "--jobs", str(jobs))
    return {"pages": count, "jobs": jobs, "seconds": took.seconds, "peak": took.peak, "late": took.late}


def uninterrupted(name: str, work: Path) -> Measured:
    """The batch to kill, to its end: what the others are compared with, and how long it takes."""
    return {"seconds": timed(_killed(work), work / f"whole.{name}", *LIMIT)}


def kill(number: int, work: Path) -> Measured:
    """The batch killed at random moments, each time resumed: whether output and quarantine are as they should be."""
    name = KINDS[number % len(KINDS)]
    given, whole, out = _killed(work), work / f"whole.{name}", work / f"killed.{name}"
    usual = next(row["seconds"] for row in finished(NAME) if row["name"] == f"uninterrupted {name}")
    chance = Random(number)
    moments = sorted(chance.uniform(0, usual) for _ in range(KILLS))
    interrupted, kept = 0, []
    for before, moment in pairwise((0.0, *moments)):
        interrupted += killed_after(moment - before, given, out, *LIMIT)
        part = out.with_name(f"{out.name}.part")
        kept.append(part.stat().st_size if part.exists() else 0)
    timed(given, out, "--resume", *LIMIT)
    pairs = [(out, whole), (_quarantine(out), _quarantine(whole))]
    same = all(filecmp.cmp(one, other, shallow=False) for one, other in pairs)
    out.unlink()
    return {"moments": [moment / usual for moment in moments], "interrupted": interrupted, "kept": kept, "same": same}


def _quarantine(out: Path) -> Path:
    return out.with_name(f"{out.name}.errors.jsonl")


def _killed(work: Path) -> Path:
    given = work / "to-kill.jsonl"
    if not given.exists():
        spoil(pages(work, KILLED), given, 100)
    return given


def bad_rows(work: Path) -> Measured:
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
    measures |= {f"cold {number}": cold for number in range(TURNS)}
    for turn in range(TURNS):
        measures |= {f"speed {turn} {jobs}": partial(speed, jobs) for jobs in (1, 2)}
        measures[f"speed {turn} trafilatura"] = peer_speed
    for count in (SMALL, LARGE):
        for jobs in (1, 2):
            measures[f"memory {jobs} {count}"] = partial(memory, jobs, count)
    measures["bad rows"] = bad_rows
    measures |= {f"uninterrupted {name}": partial(uninterrupted, name) for name in KINDS}
    return measures | {f"kill {number}": partial(kill, number) for number in range(KILLED_BATCHES)}


def prepare(work: Path, material: Sequence[Path], seed: int) -> None:
    """The files of pages. Raises CorpusError."""
    work.mkdir(parents=True, exist_ok=True)
    counts = [count for count in (LARGE, SMALL, KILLED, SPOILED) if not pages(work, count).exists()]
    if counts:
        composed = composed_rows(material, seed)
        for count in counts:
            write_rows(pages(work, count), composed, count)


def run(work: Path, material: Sequence[Path] = (), seed: int = 0) -> None:
    """Measures what has not been measured yet, then writes `batch.md`. Raises CorpusError."""
    prepare(work, material, seed)
    done = {row["name"] for row in finished(NAME)}
    for name, measure in plan().items():
        if name not in done:
            keep(NAME, {"name": name, **measure(work)})
    write_table(NAME, report(finished(NAME), (SMALL, LARGE)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m locbao.experiments.studies.batch_runs", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for the pages, some 5 GB")
    parser.add_argument("--material", type=Path, action="append", default=[], help="as in `locbao train lines`")
    parser.add_argument("--seed", type=int, default=0, help="of the composed pages (default: %(default)s)")
    given = parser.parse_args()
    run(given.work, given.material, given.seed)


if __name__ == "__main__":
    with foreseen():
        main()
