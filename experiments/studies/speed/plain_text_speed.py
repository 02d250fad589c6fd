"""Speed, as ratios: what is compared runs in turns on the same texts, in one process, on one core.

    python -m locbao.experiments.studies.speed.plain_text_speed --pages PAGES.jsonl

Prints the tables and writes them. Needs the `bench` extra.
"""

import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

import locbao
from locbao.experiments.measurement import ModelFolder, Pages, document, records, start, tool, versions
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.studies.peers.extractors import as_html
from locbao.experiments.studies.peers.plain_text_peers import read_styles
from locbao.experiments.timing import pin, ratios, seconds, take_turns
from locbao.predict.model import Model
from locbao.train.corpus.labelled_pages import CorpusPage

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


def race(model: Model, pages: Sequence[CorpusPage], repeats: int = REPEATS) -> dict[str, list[float]]:
    """Seconds of each contender for all `pages`, one entry a turn. Raises MissingLibrary."""
    extract = tool("trafilatura").extract
    contenders: dict[str, Callable[[tuple[list[str], list[str]]], object]] = {
        "label_many": lambda pages: list(model.label_many(pages[0])),
        "label, page by page": lambda pages: [model.label(text) for text in pages[0]],
        "trafilatura": lambda pages: [extract(page) for page in pages[1]],
        "trafilatura, fast mode": lambda pages: [extract(page, fast=True) for page in pages[1]],
    }

    def numbered(turn: int) -> tuple[list[str], list[str]]:
        lines = [[f"{line} {turn}" if line.strip() else "" for line in page.lines] for page in pages]
        return ["\n".join(page) for page in lines], [as_html(list(filter(None, page))) for page in lines]

    return take_turns(contenders, numbered, repeats)


def race_table(taken: Mapping[str, Sequence[float]], pages: Sequence[CorpusPage]) -> str:
    """Medians of the seconds that `race` has measured for the pages, as rates."""
    lines = sum(label is not None for page in pages for label in page.labels)
    return records(
        {
            "": name,
            "pages/s": f"{len(pages) / median(turns):,.0f}",
            "lines/s": f"{lines / median(turns):,.0f}",
            "speed over trafilatura": ratios(taken["trafilatura"], turns),
        }
        for name, turns in taken.items()
    )


def cold_table(text: str) -> str:
    """Wall seconds of whole processes, from start to exit, the interpreter's own start included."""
    with tempfile.TemporaryDirectory() as folder:
        page, rows = Path(folder) / "page.txt", []
        page.write_text(text, encoding="utf-8")
        commands = {
            "python -c pass": ["-c", "pass"],
            "locbao --help": ["-m", "locbao", "--help"],
            "import locbao, load, label the first page": ["-c", FIRST_PAGE, str(page)],
        }
        for name, arguments in commands.items():
            work = partial(subprocess.run, [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            runs = [seconds(work) for _ in range(COLD_STARTS)]
            shown = {"median": median(runs), "least": min(runs), "greatest": max(runs)}
            rows.append({"process": name, **{figure: f"{value:.2f} s" for figure, value in shown.items()}})
    return records(rows)


def scale_table(model: Model, texts: Sequence[str], scales: Sequence[int] = SCALES) -> str:
    """Time per page against lines per page, for pages made of others' text and for one page over and over.

    It is the mean over as many pages as take as many texts as the longest page does.
    """
    rows = []
    for name, pool in (("different pages joined", texts), ("one page repeated", [max(texts, key=len)])):
        row, sizes, times = {"lines per page: time per page": name}, [], []
        for scale in scales:
            starts = range(0, scales[-1], scale)
            pages = ["\n".join(pool[(start + step) % len(pool)] for step in range(scale)) for start in starts]
            sizes.append(sum(len(model.label(page).lines) for page in pages) / len(pages))
            runs = [seconds(lambda pages: [model.label(text) for text in pages], pages) for _ in range(3)]
            times.append(median(runs) / len(pages))
            row[f"×{scale}"] = f"{sizes[-1]:,.0f}: {1000 * times[-1]:.1f} ms"
        rows.append(row | {"exponent": f"{np.polyfit(np.log(sizes), np.log(times), 1)[0]:.2f}"})
    return records(rows)


def run(
    pages: Pages,
    model: ModelFolder = None,
    results: Results = RESULTS / "speed",
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
