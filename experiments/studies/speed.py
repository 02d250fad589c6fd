"""Speed, as ratios: what is compared runs in turns on the same texts, in one process, on one core.

    python -m locbao.experiments.studies.speed --pages PAGES.jsonl

Prints the tables and writes them. Needs the `bench` extra.
"""

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated, TypeVar

import numpy as np
import typer

import locbao
from locbao.experiments.studies.extractors import as_html
from locbao.experiments.studies.plain_text_peers import read_styles
from locbao.experiments.studies.study import Pages, Results, document, ratios, start, tool, versions
from locbao.experiments.trials.trial_results import RESULTS, write_table
from locbao.predict.model import Model
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.tables import table

REPEATS = 9
COLD_STARTS = 7
SCALES = (1, 10, 100)

FIRST_PAGE = "import sys, locbao; locbao.load().label(open(sys.argv[1], encoding='utf-8').read())"

NOTES = f"""\
One core. The contenders take turns, {REPEATS} times; in a turn all of them get the same texts, which differ from turn
to turn by a number at the end of every line, so that no cache of lines helps anybody. A ratio is taken within a turn;
shown is the median, in brackets the least and the greatest. trafilatura gets every line that is not blank in a `<p>`;
its fast mode goes without its fallback extractors.
"""

_Input = TypeVar("_Input")


def pin() -> None:
    """This process and its children on one core, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds(work: Callable[[_Input], object], argument: _Input) -> float:
    """Wall seconds of one call."""
    start = perf_counter()
    work(argument)
    return perf_counter() - start


def race(model: Model, pages: Sequence[CorpusPage], repeats: int = REPEATS) -> dict[str, list[float]]:
    """Seconds of each contender for all `pages`, one entry a turn. Raises MissingLibrary."""
    extract = tool("trafilatura").extract
    labellers: dict[str, Callable[[list[str]], object]] = {
        "label_many": lambda texts: list(model.label_many(texts)),
        "label, page by page": lambda texts: [model.label(text) for text in texts],
    }
    extractors: dict[str, Callable[[list[str]], object]] = {
        "trafilatura": lambda htmls: [extract(page) for page in htmls],
        "trafilatura, fast mode": lambda htmls: [extract(page, fast=True) for page in htmls],
    }
    taken: dict[str, list[float]] = {name: [] for name in (*labellers, *extractors)}
    for turn in range(repeats + 1):
        lines = [[f"{line} {turn}" if line.strip() else "" for line in page.lines] for page in pages]
        texts = ["\n".join(page) for page in lines]
        htmls = [as_html([line for line in page if line]) for page in lines]
        for contenders, inputs in ((labellers, texts), (extractors, htmls)):
            for name, work in contenders.items():
                taken[name].append(seconds(work, inputs))
    return {name: turns[1:] for name, turns in taken.items()}  # the first turn warms up


def race_table(taken: Mapping[str, Sequence[float]], pages: Sequence[CorpusPage]) -> str:
    """Medians of the seconds that `race` has measured for the pages, as rates."""
    lines = sum(label is not None for page in pages for label in page.labels)
    rows = [
        [
            name,
            f"{len(pages) / median(turns):,.0f}",
            f"{lines / median(turns):,.0f}",
            ratios(taken["trafilatura"], turns),
        ]
        for name, turns in taken.items()
    ]
    return table(["", "pages/s", "lines/s", "speed over trafilatura"], rows)


def cold_table(text: str) -> str:
    """Wall seconds of whole processes, from start to exit, the interpreter's own start included."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.txt"
        page.write_text(text, encoding="utf-8")
        commands = {
            "python -c pass": ["-c", "pass"],
            "locbao --help": ["-m", "locbao", "--help"],
            "import locbao, load, label the first page": ["-c", FIRST_PAGE, str(page)],
        }
        rows = []
        for name, arguments in commands.items():
            runs = [seconds(_run, arguments) for _ in range(COLD_STARTS)]
            rows.append([name, *(f"{figure(runs):.2f} s" for figure in (median, min, max))])
    return table(["process", "median", "least", "greatest"], rows)


def _run(arguments: Sequence[str]) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def scale_table(model: Model, texts: Sequence[str], scales: Sequence[int] = SCALES) -> str:
    """Time per page against lines per page, for pages made of others' text and for one page over and over."""
    rows = []
    for name, pool in (("different pages joined", texts), ("one page repeated", [max(texts, key=len)])):
        sizes, times = zip(*(_time_page(model, pool, scale, scales[-1]) for scale in scales), strict=True)
        exponent = np.polyfit(np.log(sizes), np.log(times), 1)[0]
        rows.append([name, *(f"{size:,.0f}: {1000 * time:.1f} ms" for size, time in zip(sizes, times, strict=True))])
        rows[-1].append(f"{exponent:.2f}")
    return table(["lines per page: time per page", *(f"×{scale}" for scale in scales), "exponent"], rows)


def _time_page(model: Model, pool: Sequence[str], scale: int, count: int) -> tuple[float, float]:
    """(lines, seconds) of a page of `scale` texts, the mean over as many pages as make up `count` texts."""
    pages = ["\n".join(pool[(start + step) % len(pool)] for step in range(scale)) for start in range(0, count, scale)]
    lines = sum(len(model.label(page).lines) for page in pages)
    time = median(seconds(lambda texts: [model.label(text) for text in texts], pages) for _ in range(3))
    return lines / len(pages), time / len(pages)


def run(
    pages: Pages,
    model: Annotated[str | None, typer.Option(help="Model folder; without it, the shipped model.")] = None,
    results: Results = RESULTS,
) -> None:
    """Measures everything and writes `speed.md`. The cold start is always that of the shipped model.

    Raises CorpusError, MissingLibrary.
    """
    pin()
    loaded, corpus = locbao.load(model), read_styles(pages)
    texts = ["\n".join(page.lines) for page in corpus["full"]]
    races = (
        f"## Style `{style}`: {len(chosen)} pages\n\n{race_table(race(loaded, chosen), chosen)}"
        for style, chosen in corpus.items()
    )
    text = document(
        "# Speed",
        NOTES,
        f"Python {platform.python_version()}, {versions('numpy', 'trafilatura')}.",
        *races,
        "## Cold processes",
        cold_table(texts[0]),
        "## Lines per page",
        scale_table(loaded, texts),
        "Exponent: of the power law through the three times; 1 is linear, below 1 a fixed cost per page shows.",
    )
    write_table("speed", text, results)


if __name__ == "__main__":
    start(run, __doc__)
