"""The HTML track of the bench: pages as HTML, where extractors may go by tags, against locbao, which reads their lines.

    python -m locbao.experiments.studies.html_peers CORPUS… --material FILE… --config FILE

The labelled pages are lines alone, so they are set into HTML again (`html_pages.py`), in four ways
(`html_templates.toml`). One leave-sites-out run labels what `predict/reading/html.py` makes of that HTML; the tools
get the HTML itself. Writes `results/html.md`. Needs the `bench` extra.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from locbao.experiments.studies.extractors import HTML_TOOLS, Extract, carry_over
from locbao.experiments.studies.html_pages import SiteTemplate, read_templates, render
from locbao.experiments.studies.plain_text_peers import OURS, peer_table, scored, texts_of
from locbao.experiments.studies.robustness import score_unseen
from locbao.experiments.studies.study import Config, Corpus, Jobs, Material, Results, document, start, versions
from locbao.experiments.trials.trial_results import RESULTS, write_table
from locbao.features.errors import LocbaoError
from locbao.features.text import normalise, split_lines
from locbao.predict.reading.html import html_text
from locbao.train.composer.sources import Sources, read_sources
from locbao.train.configuration import read_configuration
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import LineScores, score
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import has_article

PACKAGES = ("trafilatura", "readability-lxml", "jusText", "boilerpy3", "resiliparse")
STYLE = "full"  # the cut that holds the whole page
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


def through_html(page: CorpusPage, template: SiteTemplate) -> CorpusPage:
    """The page as its HTML reads: the same labelled lines, with other blank lines. Raises LinesLost."""
    entries = zip(page.lines, page.labels, page.sure, page.kinds, strict=True)
    left = [entry for entry in entries if entry[1] is not None]
    rows: list[tuple[str, str | None, bool, str | None]] = []
    for line in split_lines(html_text(render(page, template))):
        if not normalise(line):
            rows.append(("", None, True, None))
            continue
        text, label, sure, kind = left.pop(0) if left else ("", None, True, None)
        if normalise(line) != normalise(text):
            raise LinesLost(page.id, template.name, text)
        rows.append((line, label, sure, kind))
    if left:
        raise LinesLost(page.id, template.name, left[0][0])
    lines, labels, sure_, kinds = zip(*rows, strict=True)
    return replace(
        page, id=f"{page.id} {template.name}", style=template.name, lines=lines, labels=labels, sure=sure_, kinds=kinds
    )


def scores_of(extract: Extract, pages: Sequence[CorpusPage], template: SiteTemplate) -> LineScores:
    """Scores of a tool on the pages as HTML."""
    return score([scored(page, carry_over(texts_of(page), extract(render(page, template)))) for page in pages])


def measure(
    sources: Sources, config: LineConfig, jobs: int, tools: Mapping[str, Extract] = HTML_TOOLS
) -> dict[str, dict[str, LineScores]]:
    """For each template the scores of the tools and of locbao. Raises LinesLost, MissingLibrary."""
    templates = read_templates()
    whole = [page for page in sources.corpus if has_article(page)]
    whole = [page for page in whole if page.style == STYLE] or whole
    scores = {t.name: {name: scores_of(extract, whole, t) for name, extract in tools.items()} for t in templates}
    rewritten = [through_html(page, template) for template in templates for page in whole]
    unseen = score_unseen(sources, rewritten, config, jobs)
    return {name: {**peers, OURS: score(unseen[name])} for name, peers in scores.items()}


def run(
    corpus: Corpus = None,
    material: Material = None,
    config: Config = None,
    jobs: Jobs = 2,
    results: Results = RESULTS,
) -> None:
    """Scores locbao and the tools on pages as HTML; writes `html.md`. Raises LocbaoError."""
    scores = measure(read_sources(corpus or [], material or []), read_configuration(LineConfig, config), jobs)
    tables = (peer_table(name, peers, COLUMNS) for name, peers in scores.items())
    write_table("html", document("# Pages as HTML", NOTES, f"Versions: {versions(*PACKAGES)}.", *tables), results)


if __name__ == "__main__":
    start(run, __doc__)
