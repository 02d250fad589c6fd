"""Pages as HTML and as crawlers' Markdown, by models that have not seen their sites: with links and without.

    python -m locbao.experiments.studies.lines.html_and_markdown CORPUS… --material FILE… --config FILE --sources FOLDER

Pages of the corpus name the file they were labelled from (`source`, .html.gz or .md.gz, below FOLDER). The lines of
both are matched by their letters and digits, in order. Writes `markdown.md`; with `--predictions` also the
probabilities of the lines of HTML, for the comparison with other tools.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from joblib import Parallel, delayed

from locbao.experiments.measurement import Config, Corpus, Jobs, Material, document, start, tool, versions
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.features.arrays import FloatArray, IntArray
from locbao.features.labels import LABELS, SIDEBAR
from locbao.features.page import Batch, Page
from locbao.predict.lines.line_model import LineModel, softmax
from locbao.predict.reading.markup import Markup
from locbao.predict.reading.parsing import page_of
from locbao.train.composer.sources import Sources, read_sources
from locbao.train.configuration import read_configuration
from locbao.train.corpus.corpus_files import CorpusError, example_corpus, expanded, rows, write_rows
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus, site_key
from locbao.train.corpus.pages_from_sources import matched, source_text
from locbao.train.evaluation.estimates import paired_bootstrap
from locbao.train.evaluation.line_scores import all_pages
from locbao.train.evaluation.tables import table
from locbao.train.lines.config import LineConfig
from locbao.train.lines.crossval import OutOfSite, fit_temperature, make_folds, scored_pages
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.headline_fit import fit_headline_weights
from locbao.train.lines.link_fit import fit_link_weights
from locbao.train.lines.run import line_part
from locbao.train.lines.samples import training_samples

WAYS = ("plain lines", "as it is, links hidden", "as it is")
HEADING = """\
# HTML and Markdown, by models that have not seen the pages' sites

The lines of a page as they were labelled, as plain text; the lines of the same page in its HTML or Markdown with its
links and elements hidden, so that they are plain text, too; and as a user gives it in. Only lines that all ways have
are counted. In brackets: 95 % intervals, 1000 paired bootstrap draws over groups of sites."""
_LIBRARIES = ("html2text", "markdownify", "trafilatura")

Gold = Annotated[Path, typer.Argument(help="Labelled pages, of which those with an HTML `source` count.")]
SourceFolder = Annotated[Path, typer.Option(help="Folder below which the sources lie.")]
Predictions = Annotated[Path | None, typer.Option(help="Also write the probabilities there (JSON Lines).")]


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A labelled page, `gold`, and the text that it was labelled from, as it is and read."""

    gold: CorpusPage
    text: str
    markup: Markup
    page: Page


def unseen_models(sources: Sources, config: LineConfig, jobs: int) -> Iterator[tuple[frozenset[str], LineModel]]:
    """Sites, and a model that has learned nothing from them, until each site of the corpus was among them."""
    trainer = LineTrainer(training_samples(sources, config), config)
    samples, corpus = trainer.samples, sources.corpus
    folds = make_folds(corpus, config)
    touching = [samples.touching(fold)[samples.sample] for fold in folds]
    fitted = Parallel(n_jobs=jobs)(delayed(trainer.fit)(~samples.touching(fold)) for fold in folds)
    scores, owner = np.zeros((len(samples.labels), len(LABELS))), np.full(len(samples.labels), -1)
    for number, (_, of_fold) in enumerate(fitted):
        mine = touching[number] & (samples.sample < len(corpus))
        scores[mine], owner[mine] = of_fold[mine], number
    for number, (fold, (passes, _)) in enumerate(zip(folds, fitted, strict=True)):
        others = (owner >= 0) & (owner != number) & samples.sure
        temperature = fit_temperature(scores[others], samples.labels[others])
        logits = scores / temperature
        scored = all_pages(scored_pages(trainer, corpus, softmax(logits)))
        headline = fit_headline_weights([page for page in scored if site_key(page.site) not in fold])
        links = fit_link_weights(samples, logits, others)
        yield fold, LineModel(line_part(passes, config, OutOfSite({}, temperature, headline, links)))


def probabilities(model: LineModel, page: Page) -> FloatArray:
    """(n, 3) probabilities of LABELS."""
    return model.read(Batch.of([page])).probabilities


def by_way(model: LineModel, source: SourcePage) -> dict[str, FloatArray]:
    """For each way the (n, 3) probabilities of the gold lines that are not blank; NaN where the source lacks one."""
    gold, page = Page.from_lines(source.gold.lines), source.page
    pairs = matched(page.lines, gold.lines)

    def of_gold(rows: FloatArray) -> FloatArray:
        result = np.full((len(gold.lines), len(LABELS)), np.nan)
        result[list(pairs)] = rows[list(pairs.values())]
        return result

    hidden = of_gold(probabilities(model, replace(page, links=None, elements=None)))
    ways = dict(zip(WAYS, (probabilities(model, gold), hidden, of_gold(probabilities(model, page))), strict=True))
    if source.markup is Markup.MARKDOWN:
        text = Page.from_text(source.text)
        every = np.tile(np.eye(len(LABELS))[SIDEBAR], (len(page.raw) + 1, 1))
        every[text.numbers] = probabilities(model, text)
        ways["Markdown taken for text"] = of_gold(every[page.numbers])
    return ways


def confusions(gold: CorpusPage, ways: Mapping[str, FloatArray]) -> dict[str, IntArray]:
    """(3, 3) counts of true labels (rows) and predicted ones for each way, of the sure lines that all ways have."""
    labels = np.array([LABELS.index(label) for label in gold.labels if label])
    sure = np.array([sure for sure, label in zip(gold.sure, gold.labels, strict=True) if label])
    sure &= ~np.isnan(list(ways.values())).any(axis=(0, 2))
    counts = {way: np.zeros((len(LABELS), len(LABELS)), dtype=np.int64) for way in ways}
    for way, values in ways.items():
        np.add.at(counts[way], (labels[sure], values[sure].argmax(axis=1)), 1)
    return counts


def figures(counts: FloatArray) -> dict[str, FloatArray]:
    """Errors and macro F1 of summed counts, (d, 9)."""
    square = counts.reshape(-1, len(LABELS), len(LABELS))
    right = np.diagonal(square, axis1=1, axis2=2)
    f1 = 2 * right / np.maximum(square.sum(axis=1) + square.sum(axis=2), 1)
    return {"errors": square.sum(axis=(1, 2)) - right.sum(axis=1), "macro F1": f1.mean(axis=1)}


def way_table(counts: Sequence[Mapping[str, IntArray]], groups: Sequence[str]) -> str:
    """A row for each way: its figures over all pages, and what they differ by from those of plain lines, with intervals
    over groups of sites."""
    order = sorted(set(groups))

    def summed(way: str) -> FloatArray:
        total = np.zeros((len(order), len(LABELS) ** 2))
        for page, group in zip(counts, groups, strict=True):
            total[order.index(group)] += page[way].ravel()
        return total

    lines = []
    for way in counts[0]:
        value = {name: of[0] for name, of in figures(summed(way).sum(axis=0, keepdims=True)).items()}
        against = paired_bootstrap(summed(WAYS[0]), summed(way), figures)
        differences = [against["errors"].signed("+.0f"), against["macro F1"].signed()] if way != WAYS[0] else ["", ""]
        lines.append([way, f"{value['errors']:.0f}", f"{value['macro F1']:.4f}", *differences])
    return table(["read as", "errors", "macro F1", "errors more than plain", "macro F1 more than plain"], lines)


def page_table(pages: Sequence[SourcePage], counts: Sequence[Mapping[str, IntArray]]) -> str:
    """The errors on each page by way."""
    lines = [
        [page.gold.id.removesuffix("/full"), int(of[WAYS[0]].sum()), *(int(c.sum() - c.trace()) for c in of.values())]
        for page, of in zip(pages, counts, strict=True)
    ]
    return table(["errors on", "lines", *counts[0]], lines)


def agreement_table(agreed: Mapping[str, Mapping[str, tuple[int, int]]]) -> str:
    """For each renderer how many lines correspond to one of the HTML's, and how many of these are labelled alike."""
    lines = []
    for name in next(iter(agreed.values()), {}):
        count, alike = (sum(page[name][i] for page in agreed.values()) for i in (0, 1))
        least = min(page[name][1] / max(page[name][0], 1) for page in agreed.values())
        lines.append([name, count, f"{alike / max(count, 1):.1%}", f"{least:.1%}"])
    return table(["HTML as Markdown by", "corresponding lines", "labelled alike", "least on a page"], lines)


def renderers() -> dict[str, Callable[[str], str]]:
    """HTML as Markdown by what crawlers use, by name. Raises MissingLibrary."""
    library = tool("html2text")
    html2text = library.html2text

    def as_crawl4ai(markup: str) -> str:
        converter = library.HTML2Text(bodywidth=0)
        converter.single_line_break = converter.ignore_mailto_links = True
        converter.skip_internal_links = False
        return str(converter.handle(markup))

    trafilatura = tool("trafilatura")
    extracted: Any = {"output_format": "markdown", "include_links": True, "include_images": True}
    return {
        "html2text": html2text,
        "html2text, lines not wrapped": partial(html2text, bodywidth=0),
        "html2text as crawl4ai sets it": as_crawl4ai,
        "markdownify": tool("markdownify").markdownify,
        "trafilatura": lambda markup: trafilatura.extract(markup, **extracted) or "",
    }


def agreement(model: LineModel, source: SourcePage, rendered: str) -> tuple[int, int]:
    """How many lines of a rendering say what a line of the HTML says, and how many of these have its label."""
    page = page_of(rendered, Markup.MARKDOWN)
    labels = [probabilities(model, read).argmax(axis=1) for read in (source.page, page)]
    pairs = matched(page.lines, source.page.lines)
    return len(pairs), int((labels[0][list(pairs)] == labels[1][list(pairs.values())]).sum())


def source_pages(paths: Sequence[Path], corpus: Sequence[CorpusPage], folder: Path) -> list[SourcePage]:
    """The pages of a corpus, which stand in the files `paths`, that name a source of the whole page. Raises CorpusError
    if none does."""
    named = {str(row["id"]): row for path in paths for _, row in rows(path)}
    sources = ((gold, source_text(named[gold.id], folder)) for gold in corpus)
    pages = [SourcePage(gold, *source, page_of(*source)) for gold, source in sources if source]
    if not pages:
        hint = 'Give pages of the style full with a "source", a file that ends in .html.gz or .md.gz.'
        raise CorpusError(", ".join(map(str, paths)), "no page names what it was labelled from", hint)
    return pages


def html_pages(gold: Path, folder: Path) -> list[SourcePage]:
    """The pages of a corpus that were labelled from HTML below the folder. Raises CorpusError."""
    return [page for page in source_pages([gold], read_corpus([gold]), folder) if page.markup is Markup.HTML]


def run(
    corpus: Corpus = None,
    material: Material = None,
    *,
    sources: SourceFolder,
    config: Config = None,
    jobs: Jobs = 2,
    predictions: Predictions = None,
    results: Results = RESULTS / "lines",
) -> None:
    """Labels the pages in all ways; writes `markdown.md`. Raises LocbaoError."""
    paths, settings = expanded(corpus or []) or example_corpus(), read_configuration(LineConfig, config)
    read = read_sources(paths, material or [])
    pages, render = source_pages(paths, read.corpus, sources), renderers()
    labelled: dict[str, dict[str, FloatArray]] = {}
    agreed: dict[str, dict[str, tuple[int, int]]] = {}
    for fold, model in unseen_models(read, settings, jobs):
        for page in pages:
            if site_key(page.gold.site) in fold:
                labelled[page.gold.id] = by_way(model, page)
                if page.markup is Markup.HTML:
                    agreed[page.gold.id] = {name: agreement(model, page, f(page.text)) for name, f in render.items()}
    if predictions:
        of_html = [page.gold.id for page in pages if page.markup is Markup.HTML]
        write_rows(predictions, ({"id": id, "probabilities": labelled[id][WAYS[-1]].tolist()} for id in of_html))
    parts = []
    for markup in (Markup.MARKDOWN, Markup.HTML):
        if not (chosen := [page for page in pages if page.markup is markup]):
            continue
        counts = [confusions(page.gold, labelled[page.gold.id]) for page in chosen]
        groups = [" ".join(settings.group_of(page.gold.site)) for page in chosen]
        parts += [f"## {len(chosen)} pages, {markup}", way_table(counts, groups), page_table(chosen, counts)]
    parts += [agreement_table(agreed), f"Versions: {versions(*_LIBRARIES)}."]
    write_table("markdown", document(HEADING, *parts), results)


if __name__ == "__main__":
    start(run, __doc__)
