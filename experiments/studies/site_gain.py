"""Site memory measured: on the labelled pages of sites left out, with few and many other pages of the site beside them.

    python -m locbao.experiments.studies.site_gain CORPUS… --predictions FILE --newspapers FILE [--config FILE]

`--predictions` is what `locbao train lines --predictions` wrote of the same corpus: the line model has learned nothing
of a page's site. Nor has what site memory is worth: it is fitted on the other sites. `--newspapers` are labelled pages
with a `kind` for each line, which tell how often a newspaper's signatures come back. Writes `results/site_memory.md`.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from locbao.experiments.studies.site_cost import cost_table
from locbao.experiments.studies.site_signatures import signature_table
from locbao.experiments.trials.trial_results import write_table
from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS
from locbao.predict.sites import SiteModel
from locbao.train.composer.material import site_key
from locbao.train.configuration import read_configuration
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.evaluation.estimates import Estimate
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, compare, score
from locbao.train.evaluation.predictions import read_held_out
from locbao.train.evaluation.tables import table
from locbao.train.lines.config import LineConfig
from locbao.train.lines.site_fit import (
    SIZES,
    STEPS,
    SiteExample,
    fit_weights,
    page_examples,
    site_pages,
    site_part,
)

STYLES = ("full", "main")
FIGURES = ("macro_f1", "body_f1", "caption_f1", "sidebar_f1", "captions_as_body", "sidebar_as_body")
NOTES = """\
Pages of the sites of which the corpus has two or more (section pages count), labelled by a line model that has learned
nothing of their site; what a share of the site's pages is worth is fitted without it, too (sites of one group
together). `others` is how many other pages of the site are there: drawn by the seed, or all that the corpus has; pages
of sites with fewer are left out. In brackets: 95 % intervals, 1000 bootstrap draws over pages; those of `change` are
paired, the same pages with and without.
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """A page of a style, and what site memory makes of it: for each draw of other pages, then for all of them."""

    style: str
    page: ScoredPage
    told: Sequence[SiteExample]
    after: Sequence[ScoredPage]

    def draw(self, others: int | None) -> int | None:
        """The first draw of so many other pages, None if there are no more than that; for None, all of them."""
        if others is None:
            return len(self.told) - 1
        return next((i for i, one in enumerate(self.told) if one.others == others < self.told[-1].others), None)


def tried(scored: ByStyle, pages: Sequence[CorpusPage], config: LineConfig) -> list[Tried]:
    """Every page of a site with others, told by weights that were fitted without its group of sites."""
    known = site_pages(pages)
    told = [(style, page_examples(p, style, known, config.seed)) for style, own in scored.items() for p in own]
    told = [(style, draws) for style, draws in told if draws]
    grouped = {site_key(site): frozenset(map(site_key, group)) for group in config.groups for site in group}
    models: dict[frozenset[str], SiteModel] = {}
    result = []
    for style, draws in told:
        page = draws[0].page
        held = grouped.get(site_key(page.site), frozenset({site_key(page.site)}))
        if held not in models:
            others = [one for _, own in told for one in own if site_key(one.page.site) not in held]
            models[held] = SiteModel(site_part(fit_weights(others)))
        after = [replace(page, probabilities=models[held].with_shares(page.probabilities, one.shares)) for one in draws]
        result.append(Tried(style, page, draws, after))
    return result


def size_table(found: Sequence[Tried]) -> str:
    """Figures by number of other pages."""
    rows: list[list[object]] = []
    for size in (*SIZES, None):
        chosen = [(one, draw) for one in found if (draw := one.draw(size)) is not None]
        before, after = [one.page for one, _ in chosen], [one.after[draw] for one, draw in chosen]
        shown = {
            "without": [f"{score(before)[name].value:.3f}" for name in FIGURES],
            "with": [f"{score(after)[name].value:.3f}" for name in FIGURES],
            "change": [_signed(compare(before, after)[name]) for name in FIGURES],
        }
        rows += [[f"{size or 'all'} ({len(chosen)} pages)", name, *figures] for name, figures in shown.items()]
    return table(["others", "memory", *(figure.replace("_", " ") for figure in FIGURES)], rows)


def change_table(found: Sequence[Tried]) -> str:
    """Every line whose label changes with all other pages: what it is, was and becomes."""
    rows = sorted((row for one in found for row in _changes(one)), key=lambda row: (row[-1], row[0], int(row[1])))
    return table(["page", "line", "is", "without", "with", "share of the site's pages", ""], rows)


def _changes(one: Tried) -> Iterator[list[str]]:
    page, shares = one.page, one.told[-1].shares
    old, new = page.probabilities.argmax(axis=1), one.after[-1].probabilities.argmax(axis=1)
    for place in np.flatnonzero((old != new) & page.sure).tolist():
        was, becomes, truth = LABELS[old[place]], LABELS[new[place]], page.truth[place]
        what = "mended" if becomes == truth else "spoiled" if was == truth else "wrong still"
        yield [page.id, str(place + 1), truth, was, becomes, f"{shares[place]:.2f}", what]


def _signed(one: Estimate) -> str:
    return f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"


def run(scored: ByStyle, pages: Sequence[CorpusPage], newspapers: Sequence[CorpusPage], config: LineConfig) -> None:
    """The whole run; prints and writes its tables. Raises CorpusError."""
    found = tried(scored, pages, config)
    everything = [told for one in found for told in one.told]
    weights = zip(STEPS, fit_weights(everything), strict=True)
    shown = ", ".join(f"{step:.0%}: {weight:.2f}" for step, weight in weights)
    parts = [NOTES.strip(), f"Log-odds that a line gains as sidebar with each share that it reaches: {shown}"]
    for style in STYLES:
        chosen = [one for one in found if one.style == style]
        parts += [f"## Style `{style}`", size_table(chosen)]
        parts += ["Lines whose label changes, with all other pages:", change_table(chosen)]
    parts += ["## Signatures", signature_table(scored, newspapers, everything)]
    parts += ["## Cost", cost_table([page for page in pages if page.style == STYLES[0]])]
    write_table("site_memory", "# Site memory\n\n" + "\n\n".join(parts))


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="Site memory on sites left out.")
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--newspapers", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    given = parser.parse_args()
    try:
        newspapers, config = read_corpus([given.newspapers]), read_configuration(LineConfig, given.config)
        run(read_held_out(given.predictions), read_corpus(given.corpus), newspapers, config)
    except LocbaoError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
