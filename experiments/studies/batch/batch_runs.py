"""Batch prediction at its size: pages per second by processes, memory, kills, and rows that cannot be used.

    python -m locbao.experiments.studies.batch.batch_runs --work FOLDER

Measures and writes the tables; each measurement is kept, and an interrupted run goes on with the next. Needs the
`bench` extra.
"""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Annotated

import psutil
import typer

from locbao.experiments.measurement import Material, document, start, tool
from locbao.experiments.result_files import RESULTS, Results, append, finished, write_table
from locbao.experiments.studies.batch.batch_breaks import (
    LIMIT,
    OPTIONS,
    TROUBLES,
    BrokenBatch,
    Measured,
    count_table,
    full_disk,
    kill,
    pair,
    predict,
)
from locbao.experiments.studies.batch.batch_pages import BAD, composed_rows, spoil, write_pages
from locbao.experiments.studies.peers.extractors import as_html
from locbao.experiments.timing import ratios, seconds, spread
from locbao.predict.reading.batches import PAGES_AT_ONCE
from locbao.train.evaluation.tables import table

NAME = "batch"
LARGE, SMALL, TIMED, SPOILED = 200_000, 2_000, 20_000, 100_000  # pages
TURNS = 5
BAD_ROWS = 1_000
BROKEN_PAGES, BROKEN_ROWS = 800, 50  # of the batches that meet trouble, and how many of the rows are bad
BROKEN = {"kill": 17, "pair": 20, "disk": 20}  # batches that meet each trouble

_SAMPLE = 0.5  # seconds between two looks at the memory; more often, and the looking itself takes a core's share

NOTES = """\
Whole runs of `locbao predict` from start to exit, on pages composed from the example corpus (and from the material
given). Two cores, which other work may have shared: the contenders therefore take turns, and a ratio is taken within a
turn; shown is the median, in brackets the least and the greatest. trafilatura gets every line that is not blank in a
`<p>`, and two processes that are loaded already. Memory is the proportional set size of all processes of a run
together, looked at every half second."""

Measure = Callable[[Path], Measured]
"""Measures something; is given the folder with the pages."""


def timed(pages: Path, out: Path, *options: str) -> float:
    """Seconds of a run. Raises CalledProcessError if its exit code is not 0 or 3."""
    began = monotonic()
    done = subprocess.run(predict(pages, out, *options), check=False)
    if done.returncode != 3:
        done.check_returncode()
    return monotonic() - began


def watched(pages: Path, out: Path, *options: str) -> Measured:
    """A run with its memory: `seconds` from start to exit; `peak`, `late`: MiB of all its processes together.

    It is the proportional set size, so that what processes share counts once: the greatest, and the mean over the last
    half of the run.
    """
    began, sizes = monotonic(), list[float]()
    with subprocess.Popen(predict(pages, out, *options)) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            with suppress(psutil.Error):
                sizes.append(_memory(root))
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SAMPLE)
    late = sizes[len(sizes) // 2 :]
    return {"seconds": monotonic() - began, "peak": max(sizes), "late": sum(late) / len(late)}


def _memory(root: psutil.Process) -> float:
    total = 0
    for process in [root, *root.children(recursive=True)]:
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 2**20


def pages(work: Path, count: int) -> Path:
    """The file of so many pages."""
    return work / f"{count}.jsonl"


def speed(jobs: int, work: Path) -> Measured:
    """Whole processes, loading the model included."""
    return {"pages": TIMED, "seconds": timed(pages(work, TIMED), work / "out.jsonl", "--jobs", str(jobs))}


def peer_speed(work: Path) -> Measured:
    """trafilatura on a tenth of the pages, in two processes that have been used already. Raises MissingLibrary."""
    extract = tool("trafilatura").extract
    with pages(work, SMALL).open(encoding="utf-8") as file:
        texts = [json.loads(row)["text"] for row in file]
    markup = [as_html([line for line in text.split("\n") if line.strip()]) for text in texts]
    with get_context("spawn").Pool(2) as pool:
        pool.map(extract, markup[:100], chunksize=10)
        return {"pages": len(markup), "seconds": seconds(pool.map, extract, markup, PAGES_AT_ONCE)}


def cold(work: Path) -> Measured:
    """One page of text."""
    page = work / "page.txt"
    with pages(work, SMALL).open(encoding="utf-8") as file:
        page.write_text(json.loads(file.readline())["text"], encoding="utf-8")
    return {"seconds": timed(page, work / "page.jsonl")}


def memory(jobs: int, count: int, work: Path) -> Measured:
    """The greatest memory of a batch of so many pages."""
    return {"pages": count, "jobs": jobs} | watched(pages(work, count), work / "out.jsonl", "--jobs", str(jobs))


def uninterrupted(out: str, work: Path) -> Measured:
    """The batch to break, to its end: what the others are held against, and how long it takes."""
    return {"seconds": seconds(_batch(out, work).whole, work)}


def broken(kind: str, number: int, usual: Callable[[str], float], work: Path) -> Measured:
    """A batch that is killed, begun twice or on a full disk; `usual`: the seconds of a whole run into an output."""
    out = [*OPTIONS][number % len(OPTIONS)]
    batch = _batch(out, work)
    if kind == "kill":
        return kill(batch, usual(out), number, work)
    if kind == "pair":
        return pair(batch, _batch(out, work, backwards=True), usual(out), number, work)
    return full_disk(batch, number, work)


def _batch(out: str, work: Path, *, backwards: bool = False) -> BrokenBatch:
    """A small batch with bad rows; the other one has its rows backwards."""
    there, back = work / "to-break.jsonl", work / "to-break-backwards.jsonl"
    if not back.exists():
        spoil(pages(work, BROKEN_PAGES), there, BROKEN_ROWS)
        back.write_bytes(b"".join(reversed(there.read_bytes().splitlines(keepends=True))))
    return BrokenBatch(back if backwards else there, out, work / "temporary")


def bad_rows(work: Path) -> Measured:
    """Whether exactly the bad rows are in the quarantine, each for its reason, and all others labelled, in order."""
    batch, out = work / "spoiled.jsonl", work / "out.jsonl"
    expected = spoil(pages(work, SPOILED), batch, BAD_ROWS)
    timed(batch, out, *LIMIT)
    with Path(f"{out}.errors.jsonl").open(encoding="utf-8") as file:
        quarantined = [json.loads(line) for line in file]
    with out.open(encoding="utf-8") as file:
        labelled = [json.loads(line)["id"] for line in file]
    return {
        "kinds": len(BAD),
        "bad": len(expected),
        "quarantined": len(quarantined),
        "right row and reason": sum(row["reason"].startswith(expected.get(row["row"], "\0")) for row in quarantined),
        "labelled": len(labelled),
        "others in order": labelled == [row - 1 for row in range(1, SPOILED + 1) if row not in expected],
    }


def measures(usual: Callable[[str], float]) -> dict[str, Measure]:
    """Every measurement by its name, in order; `usual` as in `broken`."""
    planned: dict[str, Measure] = {f"cold {number}": cold for number in range(TURNS)}
    for turn in range(TURNS):
        planned |= {f"speed {turn} {jobs}": partial(speed, jobs) for jobs in (1, 2)}
        planned[f"speed {turn} trafilatura"] = peer_speed
    for count in (SMALL, LARGE):
        for jobs in (1, 2):
            planned[f"memory {jobs} {count}"] = partial(memory, jobs, count)
    planned["bad rows"] = bad_rows
    planned |= {f"uninterrupted {out}": partial(uninterrupted, out) for out in OPTIONS}
    for kind, count in BROKEN.items():
        planned |= {f"{kind} {number}": partial(broken, kind, number, usual) for number in range(count)}
    return planned


def report(rows: Sequence[Measured], counts: tuple[int, int]) -> str:
    """All tables; `counts` are the pages of the small and the large batch that memory is measured on."""
    [bad] = named(rows, "bad rows")
    cold = [row["seconds"] for row in named(rows, r"cold \d+")]
    return document(
        "# Batches",
        NOTES,
        "## Pages per second",
        speed_table(rows),
        f"One page, from the start of the process to its end: {spread(cold, 2)} s.",
        "## Memory",
        memory_table(rows, counts),
        "## Bad rows",
        table(["", "rows"], [[name, _shown(value)] for name, value in bad.items() if name != "name"]),
        *(
            part
            for kind, (title, notes, counts_of) in TROUBLES.items()
            for part in (f"## {title}", notes, count_table(named(rows, rf"{kind} \d+"), counts_of))
        ),
    )


def speed_table(rows: Sequence[Measured]) -> str:
    """Pages per second of each contender, and its ratio to the two that matter."""
    contenders = {"1": "1 process", "2": "2 processes", "trafilatura": "trafilatura, 2 processes"}
    rates = {name: [row["pages"] / row["seconds"] for row in named(rows, rf"speed \d+ {name}")] for name in contenders}
    shown = [
        [title, spread(rates[name]), *(ratios(rates[name], rates[other]) for other in ("1", "trafilatura"))]
        for name, title in contenders.items()
    ]
    return table(["", "pages/s", "over 1 process", "over trafilatura"], shown)


def memory_table(rows: Sequence[Measured], counts: tuple[int, int]) -> str:
    """MiB of all processes together for a small and for a large batch."""
    shown = []
    for jobs in (1, 2):
        small, large = (named(rows, f"memory {jobs} {count}")[0] for count in counts)
        figures = [f"{row[key]:,.0f}" for key in ("peak", "late") for row in (small, large)]
        ratio, rate = large["peak"] / small["peak"], large["pages"] / large["seconds"]
        shown.append([str(jobs), *figures, f"{ratio:.3f}", f"{rate:,.0f}"])
    heads = [f"{what}, {count:,} pages" for what in ("peak MiB", "second half") for count in counts]
    return table(["processes", *heads, "peak over peak", f"pages/s, {counts[1]:,} pages"], shown)


def named(rows: Sequence[Measured], pattern: str) -> list[Measured]:
    """The measurements whose whole name the pattern matches."""
    return [row for row in rows if re.fullmatch(pattern, row["name"])]


def _shown(value: int | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:,}"


def run(
    work: Annotated[Path, typer.Option(help="Folder for the pages, some 5 GB.")],
    material: Material = None,
    seed: Annotated[int, typer.Option(help="Of the composed pages.")] = 0,
    results: Results = RESULTS / "batch",
) -> None:
    """Measures what has not been measured yet, then writes `batch.md`. Raises CorpusError."""
    work.mkdir(parents=True, exist_ok=True)
    counts = [count for count in (LARGE, SMALL, TIMED, SPOILED, BROKEN_PAGES) if not pages(work, count).exists()]
    composed = composed_rows(material or [], seed) if counts else []
    for count in counts:
        write_pages(pages(work, count), composed, count)
    path = results / f"{NAME}.jsonl"

    def usual(name: str) -> float:
        [row] = named(finished(path), f"uninterrupted {name}")
        return float(row["seconds"])

    names = {row["name"] for row in finished(path)}
    for name, measure in measures(usual).items():
        if name not in names:
            append(path, {"name": name} | measure(work))
    write_table(NAME, report(finished(path), (SMALL, LARGE)), results)


if __name__ == "__main__":
    start(run, __doc__)
