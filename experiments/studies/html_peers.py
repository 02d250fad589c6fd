"""The HTML track of the bench: pages as HTML, where extractors may go by tags, against locbao, which reads their lines.

    python -m locbao.experiments.studies.html_peers CORPUS… --material FILE… --config FILE

The labelled pages are lines alone, so they are set into HTML again (`html_pages.py`), in four ways
(`html_templates.py`). One leave-sites-out run labels what `predict/reading/html.py` makes of that HTML; the tools
get the HTML itself. Writes `results/html.md`. Needs the `bench` extra.
"""

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from locbao.experiments.studies.alignment import carry_over
from locbao.experiments.studies.command import foreseen
from locbao.experiments.studies.html_pages import render
from locbao.experiments.studies.html_templates import TEMPLATES, Template
from locbao.experiments.studies.html_tools import PACKAGES, TOOLS, Extract
from locbao.experiments.studies.unseen import given_sources, score_unseen
from locbao.experiments.trials.trial_results import write_table
from locbao.features.errors import LocbaoError
from locbao.features.labels import BODY, SIDEBAR
from locbao.features.text import normalise, split_lines
from locbao.predict.reading.html import html_text
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.corpus.sources import Sources
from locbao.train.evaluation.line_scores import ScoredPage, Scores, score
from locbao.train.evaluation.tables import table
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import has_article

STYLE = "full"  # the cut that holds the whole page
OURS = "locbao (sites unseen)"
COLUMNS = {
    "body_token_f1": "body token F1, page mean",
    "body_f1": "body F1",
    "captions_as_body": "captions kept",
    "sidebar_as_body": "sidebar kept",
}
NOTES = """\
The HTML is made, not crawled: real labelled pages, whole, which exist as lines alone, were set into HTML by their
labels, in four ways that news sites write: with semantic tags, with blocks of telling class names, with tables, and
with blocks of names that tell nothing. Captions are in captions' tags, furniture is in blocks and links of its own,
hidden blocks, scripts and mistakes are missing. So the tags are cleaner than those of real sites, and every tool here
but locbao reads them.

locbao takes the lines that its own HTML reader finds and sees no tag; every page is labelled by a model that has
learned nothing from its site. A tool keeps or drops a line, so it is scored on body alone; its output is set against
the lines in order. trafilatura runs without comments, resiliparse with main_content and without alternative texts;
readability's title counts as its headline. Alternative texts are caption lines here, and among locbao's lines; the
tools do not print them, so that they could keep no more than about half of the caption lines. In brackets: 95 %
intervals, 1000 bootstrap draws over pages.
"""


class LinesLost(LocbaoError):
    """A page did not come back from HTML with the lines that went in."""

    def __init__(self, page: str, template: str, line: str) -> None:
        super().__init__(
            f"Page {page!r} as {template} does not give line {line!r} back. Mend experiments/studies/html_pages.py."
        )


def through_html(page: CorpusPage, template: Template) -> CorpusPage:
    """The page as its HTML reads: the same labelled lines, with other blank lines. Raises LinesLost."""
    entries = zip(page.lines, page.labels, page.sure, page.kinds, strict=True)
    known = [entry for entry in entries if entry[1] is not None]
    found = split_lines(html_text(render(page, template)))
    rows: list[tuple[str, str | None, bool, str | None]] = []
    for line in found:
        if not normalise(line):
            rows.append(("", None, True, None))
            continue
        text, label, sure, kind = known.pop(0) if known else ("", None, True, None)
        if normalise(line) != normalise(text):
            raise LinesLost(page.id, template.name, text)
        rows.append((line, label, sure, kind))
    if known:
        raise LinesLost(page.id, template.name, known[0][0])
    lines, labels, sure_, kinds = zip(*rows, strict=True)
    return replace(
        page, id=f"{page.id} {template.name}", style=template.name, lines=lines, labels=labels, sure=sure_, kinds=kinds
    )


def scores_of(extract: Extract, pages: Sequence[CorpusPage], template: Template) -> Scores:
    """Scores of a tool on the pages as HTML."""
    return score([_scored(extract, page, template) for page in pages])


def _scored(extract: Extract, page: CorpusPage, template: Template) -> ScoredPage:
    lines = [text for text, label in zip(page.lines, page.labels, strict=True) if label is not None]
    kept = carry_over(lines, extract(render(page, template)))
    probabilities = np.zeros((len(lines), 3))
    probabilities[np.arange(len(lines)), np.where(kept, BODY, SIDEBAR)] = 1
    return ScoredPage.of(page, probabilities)


def run(sources: Sources, config: LineConfig, jobs: int) -> None:
    """The whole run; prints and writes its tables. Raises LinesLost, PeerMissing."""
    whole = [page for page in sources.corpus if has_article(page)]
    whole = [page for page in whole if page.style == STYLE] or whole
    peers = {t.name: {name: scores_of(extract, whole, t) for name, extract in TOOLS.items()} for t in TEMPLATES}
    read = [through_html(page, template) for template in TEMPLATES for page in whole]
    scored = score_unseen(sources, read, config, jobs)
    parts = [NOTES.strip(), f"Versions: {', '.join(f'{name} {version(name)}' for name in PACKAGES)}."]
    for template in TEMPLATES:
        found = {**peers[template.name], OURS: score(scored[template.name])}
        lines = ", ".join(f"{count} {label}" for label, count in found[OURS].support.items())
        rows = ([name, *(scores[figure] for figure in COLUMNS)] for name, scores in found.items())
        parts += [f"## {template.name}: {len(whole)} pages, lines: {lines}", table(["", *COLUMNS.values()], rows)]
    write_table("html", "# Pages as HTML\n\n" + "\n\n".join(parts))


def main() -> None:
    """The command line of this module."""
    run(*given_sources("The HTML track of the bench."))


if __name__ == "__main__":
    with foreseen():
        main()
