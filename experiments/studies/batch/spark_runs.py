"""Spark against the local engine: the same rows, also after a worker was killed, and what a second executor is worth.

    python -m locbao.experiments.studies.batch.spark_runs [--pages N] [--folder DIR]

Pages are composed of the example corpus. Finished runs are kept in `spark.jsonl`: a measurement that was cut
off goes on. Needs the `spark` extra, Java.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from locbao.experiments.measurement import document, start, versions
from locbao.experiments.result_files import RESULTS, Results, append, finished, write_table
from locbao.experiments.studies.batch.spark_cluster import Cluster, environment, session
from locbao.experiments.timing import ratios, spread
from locbao.predict.batch.job import Work
from locbao.predict.batch.run import Run
from locbao.predict.load import load
from locbao.predict.reading.items import ReadOptions
from locbao.predict.spark.files import label_files
from locbao.predict.writing.outputs import Output
from locbao.train.composer.recipe import Recipe
from locbao.train.composer.sources import read_sources
from locbao.train.corpus.corpus_files import write_rows
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


def composed(path: Path, count: int) -> Path:
    """A file of composed pages, written once."""
    if not path.exists():
        pages = read_sources([], []).compose(count, SEED, Recipe())
        write_rows(path, ({"id": page.id, "text": "\n".join(page.lines)} for page in pages))
    return path


def measured(folder: Path, executors: int, killed: bool) -> dict[str, Any]:
    """One run on a new cluster: its seconds, how its rows differ from the local ones, and when a worker was killed."""
    few, output = folder / "few.jsonl", folder / "output.jsonl"
    with (folder / "pages.jsonl").open(encoding="utf-8") as file:
        few.write_text("".join(islice(file, FEW)), encoding="utf-8")
    for left in (output, folder / "warm.jsonl"):
        shutil.rmtree(left, ignore_errors=True)
    with Cluster(folder / "cluster", WORKERS) as cluster, session(cluster, executors) as spark:
        label_files(spark, [str(few)], str(folder / "warm.jsonl"))
        start = perf_counter()
        with killing(spark, cluster, after=KILLED_AFTER if killed else None) as killed_when:
            counts = label_files(spark, [str(folder / "pages.jsonl")], str(output))
        seconds = perf_counter() - start
    assert killed == bool(killed_when), "the job was over before a worker could be killed"
    return {
        "pages": counts.labelled,
        "seconds": round(seconds, 2),
        **differences(folder / "local.jsonl", output),
        **killed_when,
    }


@contextmanager
def killing(spark: "SparkSession", cluster: Cluster, after: int | None) -> Iterator[dict[str, Any]]:
    """Kills a worker of the cluster as soon as `after` tasks of the labelling are done; says how many were then."""
    progress: dict[str, Any] = {}
    over = Event()
    before = cluster.blocks()

    def kill() -> None:
        while not over.wait(0.01):
            if after is not None and (done := len(cluster.blocks() - before)) >= after:
                tracker = spark.sparkContext.statusTracker()
                stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
                cluster.kill(worker=0)
                progress.update(done=done, tasks=max((stage.numTasks for stage in stages if stage), default=0))
                return

    thread = Thread(target=kill)
    thread.start()
    try:
        yield progress
    finally:
        over.set()
        thread.join()


def differences(local: Path, output: Path) -> dict[str, Any]:
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


def report(rows: Sequence[dict[str, Any]], local: Path) -> str:
    """The tables as Markdown."""
    pages = [json.loads(line)["lines"] for line in local.read_text(encoding="utf-8").splitlines()]
    whole, killed = (next(row for row in rows if row["run"] == name) for name in (WHOLE, KILLED))
    notes = NOTES.format(
        workers=WORKERS,
        pages=len(pages),
        lines=sum(map(len, pages)),
        spark=versions("pyspark").split()[1],
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
    speeds = [[row["pages"] / row["seconds"] for row in turn] for turn in turns]
    speed = table(
        ["executors", "pages/s", "speed over one"],
        [[1, spread(speeds[0]), ""], [WORKERS, spread(speeds[1]), ratios(speeds[1], speeds[0])]],
    )
    return document("# Spark", notes, "## The same rows", same, "## A second executor", TURN_NOTES, speed)


def run(
    pages: Annotated[int, typer.Option(help="Composed pages.")] = PAGES,
    folder: Annotated[Path, typer.Option(help="Where pages and outputs go.")] = FOLDER,
    results: Results = RESULTS / "batch",
) -> None:
    """All runs that have no result yet, then the tables. Raises NoCluster."""
    folder = folder.resolve()
    os.environ.update(environment(folder))
    composed_pages, local = composed(folder / "pages.jsonl", pages), folder / "local.jsonl"
    if not local.exists():
        Run([str(composed_pages)], Work(Output.of(local), ReadOptions()), load)(
            lambda state, share: None, lambda rejected: None
        )
    path = results / f"{NAME}.jsonl"
    runs = {(row["run"], row["executors"]) for row in finished(path)}
    for name, executors in PLAN:
        if (name, executors) not in runs:
            append(path, {"run": name, "executors": executors} | measured(folder, executors, killed=name == KILLED))
            print(name, executors, flush=True)
    write_table(NAME, report(finished(path), local), results)


if __name__ == "__main__":
    start(run, __doc__)
