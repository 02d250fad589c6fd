"""What a few pages of a site teach a model that has not seen it, and what that costs on other sites.

    python -m locbao.experiments.studies.lines.adapting PAGES… --base DIR --others FILE

PAGES are all cuts of a site's pages, `--others` pages of other sites; the base is a model that `locbao train lines` has
fitted without either. In every draw 1, 2 and 4 whole pages are learned (`locbao train lines --base`), and up to three
others are labelled: by the base, by the model that learned on, and by one without a base.
Writes `results/adapting_SITE.md`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Annotated, Any

import numpy as np
import typer

from locbao.experiments.measurement import document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.features.amounts import counted
from locbao.predict.lines.line_model import LineModel
from locbao.predict.load import SHIPPED
from locbao.predict.store.folder import read
from locbao.train.composer.sources import read_sources
from locbao.train.corpus.corpus_files import CorpusError, expanded
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus, site_key
from locbao.train.evaluation.evaluate import scored_by
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.lines.adapt import Adaptation
from locbao.train.lines.config import LineConfig
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.run import line_part
from locbao.train.lines.samples import training_samples
from locbao.train.lines.site_fit import page_name

SIZES = (1, 2, 4)  # pages learned
TESTS = 3  # the most pages labelled in a draw
DRAWS = 3
ALONE = LineConfig(composed=300, folds=0)
NOTES = """\
Wrong lines of all lines, and the log loss of a line, over three draws: after learning so many whole pages of a site, on
three others, whole (`full`) and cut to the article (`main`). `base` has seen nothing of the sites, `learned on` is
`locbao train lines --base`, `alone` a model of the same pages without a base (the example corpus as material, 300
composed pages). `elsewhere` are whole pages of other sites that the base has not seen, before and after. The base was
fitted as the shipped model is (experiments/shipped.toml, folds = 0), without pages, section pages and headlines of
these sites.
"""


@dataclass(slots=True)
class Tally:
    """Wrong lines, lines, and the sum of their log losses."""

    wrong: int = 0
    lines: int = 0
    loss: float = 0.0

    def add(self, pages: Sequence[ScoredPage]) -> None:
        """Counts the sure lines of the pages."""
        for page in pages:
            self.wrong += int((page.probabilities.argmax(axis=1) != page.labels)[page.sure].sum())
            self.lines += int(page.sure.sum())
            self.loss += float(page.losses.sum())

    def __str__(self) -> str:
        return f"{self.wrong} of {self.lines:,} ({self.loss / max(self.lines, 1):.4f})"


def draws(pages: Sequence[CorpusPage], seed: int) -> Iterator[tuple[int, list[CorpusPage], list[CorpusPage]]]:
    """For each draw and size: the size, the whole pages learned, and all cuts of the pages that are labelled. Raises
    CorpusError if there are too few."""
    whole = [page for page in pages if page.style == "full"]
    if len(whole) <= SIZES[1]:
        raise CorpusError("the pages", f"only {counted(len(whole), 'whole page')}", "Give three or more of a site.")
    for draw in range(DRAWS):
        order = Random(f"{seed}/{draw}").sample(whole, len(whole))
        tests = {page_name(page.id, page.style) for page in order[-min(TESTS, len(whole) - SIZES[1]) :]}
        labelled = [page for page in pages if page.has_article and page_name(page.id, page.style) in tests]
        for size in SIZES:
            if size + len(tests) <= len(whole):
                yield size, order[:size], labelled


def measured(
    base: dict[str, Any], pages: Sequence[CorpusPage], others: Sequence[CorpusPage]
) -> Iterator[dict[str, str]]:
    """A row for each size."""
    tallies: dict[tuple[int, str, str], Tally] = defaultdict(Tally)
    for size, learned, labelled in draws(pages, ALONE.seed):
        adaptation = Adaptation(base, learned)
        _, penalty = adaptation.cross_validated(lambda message: None)
        examples = read_sources([], [])
        sources = replace(examples, corpus=tuple(learned), pages=examples.corpus)
        alone = LineTrainer(training_samples(sources, ALONE), ALONE).fit_all()
        adapted = adaptation.fit(np.ones(len(learned), dtype=bool), penalty)
        parts = {"base": base, "learned on": adapted, "alone": line_part(alone, ALONE, None)}
        for name, part in parts.items():
            model = LineModel(part)
            for style, scored in scored_by(model, labelled).items():
                tallies[size, style, name].add(scored)
            if name != "alone":
                for scored in scored_by(model, others).values():
                    tallies[size, "elsewhere", name].add(scored)
    for size in sorted({size for size, _, _ in tallies}):
        for style in ("full", "main", "elsewhere"):
            of_style = {name: str(tallies.get((size, style, name), "–")) for name in ("base", "learned on", "alone")}
            yield {"pages learned": str(size), "pages": style, **of_style}


def run(
    pages: Annotated[list[Path], typer.Argument(help="All cuts of the pages of one site.")],
    base: Annotated[Path, typer.Option(help="A model that has learned from none of the pages.")] = SHIPPED,
    others: Annotated[list[Path] | None, typer.Option(help="Pages of other sites.")] = None,
    results: Results = RESULTS / "lines",
) -> None:
    """Learns on from a base; writes `adapting_SITE.md`. Raises LocbaoError."""
    of_site = read_corpus(expanded(pages))
    elsewhere = [page for page in read_corpus(expanded(others or [])) if page.style == "full" and page.has_article]
    site, sites = site_key(of_site[0].site), len({site_key(page.site) for page in elsewhere})
    which = f"Learned: {site}; elsewhere: {len(elsewhere)} pages of {sites} sites."
    table = records(measured(read(base).parts["lines"], of_site, elsewhere))
    write_table(f"adapting_{site}", document("# Learning on from a model", NOTES, which, table), results)


if __name__ == "__main__":
    start(run, __doc__)
