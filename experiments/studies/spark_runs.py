"""Spark against the local engine: the same rows, also after a worker was killed, and what a second executor is worth.

    python -m locbao.experiments.studies.spark_runs [--pages N] [--folder DIR]

Pages are composed of the example corpus. The cluster is a master and two workers of one core each on this machine.
Finished runs are kept in `results/spark.jsonl`: a measurement that was cut off goes on. Needs the `spark` extra, Java.
"""

import argparse
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING

from locbao.experiments.studies.command import foreseen
from locbao.experiments.studies.measured import Measured, finished, keep
from locbao.experiments.studies.spark_cluster import Cluster, environment
from locbao.experiments.trials.trial_results import write_table
from locbao.predict.batch.job import Work
from locbao.predict.batch.run import Run
from locbao.predict.load import load
from locbao.predict.reading.json_rows import ReadOptions
from locbao.predict.spark.files import label_files
from locbao.predict.writing.outputs import Output
from locbao.train.composer.recipe import Recipe
from locbao.train.corpus.sources import read_sources
from locbao.train.evaluation.tables import table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PAGES = 5_000
SEED = 5
WORKERS = 2
TURNS = 3
KILLED_AFTER = 2  # tasks

FEW = 16  # pages that are labelled before the clock starts

WHOLE, KILLED = "undisturbed", "a worker killed"
PLAN = (
    *((name, WORKERS) for name in (WHOLE, KILLED)),
    *((f"turn {turn}", executors) for turn in range(1, TURNS + 1) for executors in (1, WORKERS)),
)
"""The runs: name and number of executors."""

DIFFERENCES = ("missing", "twice", "different")
FOLDER = Path("out/spark")
NAME = "spark"
NOTES = """\
{pages:,} pages composed of the example corpus, {lines:,} lines, in one file of JSON Lines. Spark {spark}; a standalone
cluster on one machine with two cores: a master, {workers} workers of one core each, and the driver beside them.

A row is different if any byte of it is: label, probability, text. In the second run a worker was killed (SIGKILL, with
its executor and that one's Python processes) when {done} of {tasks} tasks were done.
"""
TURN_NOTES = f"""\
Seconds of a whole job, from reading the files to the finished output, after a first job over {FEW} pages. One executor
and {WORKERS} take turns, {TURNS} times; shown is the median, in brackets the least and the greatest.
"""


def run(pages: int, folder: Path) -> None:
    """All runs that have no result yet, then the tables."""
    os.environ.update(environment(folder))
    given, local = composed(folder / "pages.jsonl", pages), folder / "local.jsonl"
    if not local.exists():
        Run([str(given)], Work(Output.of(local), ReadOptions()), load)(lambda state, share: None, lambda rejected: None)
    done = {(row["run"], row["executors"]) for row in finished(NAME)}
    for name, executors in PLAN:
        if (name, executors) not in done:
            keep(NAME, {"run": name, "executors": executors, **measured(folder, executors, killed=name == KILLED)})
            print(name, executors, flush=True)
    write_table(NAME, report(finished(NAME), local))


def composed(path: Path, count: int) -> Path:
    """A file of composed pages, written once."""
    if not path.exists():
        pages = read_sources([], []).compose(count, SEED, Recipe())
        rows = (json.dumps({"id": page.id, "text": "\n".join(page.lines)}, ensure_ascii=False) for page in pages)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def measured(folder: Path, executors: int, killed: bool) -> Measured:
    """One run on a new cluster: its seconds, how its rows differ from the local ones, and when a worker was killed."""
    few, output = folder / "few.jsonl", folder / "output.jsonl"
    with (folder / "pages.jsonl").open(encoding="utf-8") as file:
        few.write_text("".join(islice(file, FEW)), encoding="utf-8")
    for left in (output, folder / "warm.jsonl"):
        shutil.rmtree(left, ignore_errors=True)
    with Cluster(folder / "cluster", WORKERS) as cluster, session(cluster, executors) as spark:
        label_files(spark, [str(few)], str(folder / "warm.jsonl"))
        start = perf_counter()
        with killing(spark, cluster, after=KILLED_AFTER if killed else None) as seen:
            counts = label_files(spark, [str(folder / "pages.jsonl")], str(output))
        seconds = perf_counter() - start
    assert killed == bool(seen), "the job was over before a worker could be killed"
    return {
        "pages": counts.labelled,
        "seconds": round(seconds, 2),
        **differences(folder / "local.jsonl", output),
        **seen,
    }


@contextmanager
def session(cluster: Cluster, executors: int) -> "Iterator[SparkSession]":
    """A session on a cluster that uses so many executors."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master(cluster.url).config("spark.cores.max", executors).getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def killing(spark: "SparkSession", cluster: Cluster, after: int | None) -> Iterator[Measured]:
    """Kills a worker of the cluster as soon as so many tasks of the labelling are done; says what it saw then."""
    seen: Measured = {}
    over = Event()
    before = cluster.blocks()

    def kill() -> None:
        while not over.wait(0.01):
            if after is not None and (done := len(cluster.blocks() - before)) >= after:
                tracker = spark.sparkContext.statusTracker()
                stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
                cluster.kill(worker=0)
                seen.update(done=done, tasks=max((stage.numTasks for stage in stages if stage), default=0))
                return

    thread = Thread(target=kill)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def differences(local: Path, output: Path) -> Measured:
    """How many rows of a local output are missing in Spark's, stand there twice, or differ in any byte."""
    ours = {json.loads(line)["id"]: line for line in local.read_text(encoding="utf-8").splitlines()}
    theirs: dict[str, list[str]] = {}
    for part in output.glob("part-*"):
        for line in part.read_text(encoding="utf-8").splitlines():
            theirs.setdefault(json.loads(line)["id"], []).append(line)
    counts = (
        len(ours.keys() - theirs.keys()),
        sum(len(lines) > 1 for lines in theirs.values()),
        sum(line not in theirs[id] for id, line in ours.items() if id in theirs),
    )
    return dict(zip(DIFFERENCES, counts, strict=True))


def report(rows: Sequence[Measured], local: Path) -> str:
    """The tables as Markdown."""
    pages = [json.loads(line)["lines"] for line in local.read_text(encoding="utf-8").splitlines()]
    whole, killed = (next(row for row in rows if row["run"] == name) for name in (WHOLE, KILLED))
    notes = NOTES.format(
        workers=WORKERS,
        pages=len(pages),
        lines=sum(map(len, pages)),
        spark=version("pyspark"),
        done=killed["done"],
        tasks=killed["tasks"],
    )
    same = table(
        ["", "pages", *DIFFERENCES],
        [[row["run"], *(row[name] for name in ("pages", *DIFFERENCES))] for row in (whole, killed)],
    )
    turns = [
        [row for row in rows if row["executors"] == count and row["run"] not in (WHOLE, KILLED)]
        for count in (1, WORKERS)
    ]
    speeds = [[row["pages"] / row["seconds"] for row in found] for found in turns]
    ratios = [two / one for one, two in zip(*speeds, strict=True)]
    speed = table(
        ["executors", "pages/s", "speed over one"],
        [[1, _spread(speeds[0], 0), ""], [WORKERS, _spread(speeds[1], 0), _spread(ratios, 2)]],
    )
    return "\n\n".join(
        ["# Spark", notes.strip(), "## The same rows", same, "## A second executor", TURN_NOTES.strip(), speed]
    )


def _spread(values: Sequence[float], digits: int) -> str:
    """Median, least and greatest."""
    return f"{median(values):,.{digits}f} [{min(values):,.{digits}f}, {max(values):,.{digits}f}]"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m locbao.experiments.studies.spark_runs", description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES, help="composed pages (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where pages and outputs go (default: %(default)s)")
    given = parser.parse_args()
    run(given.pages, given.folder.resolve())


if __name__ == "__main__":
    with foreseen():
        main()
