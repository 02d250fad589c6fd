"""Tools that read HTML and locbao on the same real pages, each scored on what it keeps.

    python -m locbao.experiments.studies.peers.html_peers GOLD --sources FOLDER --ours PREDICTIONS

GOLD holds labelled pages, of which those count that name the HTML they were labelled from (`source`, .html.gz, below
FOLDER); PREDICTIONS are what the study `lines.html_and_markdown` wrote of them. Writes `html.md`. Needs the
`bench` extra.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from locbao.experiments.measurement import document, start, versions
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.studies.lines.html_and_markdown import Gold, SourceFolder, SourcePage, html_pages
from locbao.experiments.studies.peers.extractors import HTML_TOOLS, Extract, carry_over
from locbao.experiments.studies.peers.plain_text_peers import OURS, peer_table, read_predictions, scored, texts_of
from locbao.features.arrays import FloatArray
from locbao.train.evaluation.line_scores import LineScores, ScoredPage, score

PACKAGES = ("trafilatura", "readability-lxml", "jusText", "boilerpy3", "resiliparse")
COLUMNS = {
    "body_token_f1": "body token F1, page mean",
    "body_f1": "body F1",
    "captions_as_body": "captions kept",
    "sidebar_as_body": "sidebar kept",
}
NOTES = """\
Real pages as they were found, in HTML. A tool keeps or drops a line, so it is scored on body alone; what it keeps is
set against the labelled lines in order. locbao reads the HTML with its own reader, links and all; every page is
labelled by a model that has learned nothing from its site or group.

trafilatura runs without comments, resiliparse with main_content and without alternative texts; readability's title
counts as its headline. Alternative texts are lines of the pages, most of them captions; the tools do not print them, so
that they cannot keep these. In brackets: 95 % intervals, 1000 bootstrap draws over pages.
"""

Ours = Annotated[Path, typer.Option(help="What the study `html_and_markdown` wrote with --predictions.")]


def measure(
    pages: Sequence[SourcePage], ours: Mapping[str, FloatArray], tools: Mapping[str, Extract] = HTML_TOOLS
) -> dict[str, LineScores]:
    """Scores of the tools and of ours: probabilities (n, 3) of each page by id. Raises MissingLibrary."""
    scores = {
        name: score([scored(page.gold, carry_over(texts_of(page.gold), extract(page.text))) for page in pages])
        for name, extract in tools.items()
    }
    return {**scores, OURS: score([ScoredPage.of(page.gold, ours[page.gold.id]) for page in pages])}


def run(gold: Gold, sources: SourceFolder, ours: Ours, results: Results = RESULTS / "peers") -> None:
    """Scores locbao and the tools on pages as HTML; writes `html.md`. Raises LocbaoError."""
    pages = html_pages(gold, sources)
    scores = measure(pages, read_predictions(ours, [page.gold for page in pages]))
    tables = peer_table("Whole pages", scores, COLUMNS)
    write_table("html", document("# Real pages as HTML", NOTES, f"Versions: {versions(*PACKAGES)}.", tables), results)


if __name__ == "__main__":
    start(run, __doc__)
