"""Site memory measured: on the labelled pages of sites left out, with few and many other pages of the site beside them.

    python -m locbao.experiments.studies.lines.site_gain CORPUS… --predictions FILE --newspapers FILE [--config FILE]

`--predictions` is what `locbao train lines --predictions` wrote of the same corpus: the line model has learned nothing
of a page's site. Nor has what site memory is worth: it is fitted on the other sites. `--newspapers` are labelled pages
with a `kind` for each line, which tell how often a newspaper's signatures come back. Writes `site_memory.md`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Annotated

import numpy as np
import typer

from locbao.experiments.measurement import Config, Corpus, document, records, start
from locbao.experiments.result_files import RESULTS, Results, write_table
from locbao.experiments.timing import take_turns
from locbao.features.arrays import FloatArray
from locbao.features.labels import BODY, LABELS, SIDEBAR
from locbao.features.page import Page
from locbao.predict.batch.site_counts import learn
from locbao.predict.lines.sites import SiteModel, as_shares, reached
from locbao.predict.load import load
from locbao.predict.reading.inputs import Reader
from locbao.predict.reading.items import ReadOptions
from locbao.train.configuration import read_configuration
from locbao.train.corpus.corpus_files import example_corpus, expanded, write_rows
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus, site_key
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, compare, score
from locbao.train.evaluation.predictions import read_held_out
from locbao.train.evaluation.tables import table
from locbao.train.lines.config import LineConfig
from locbao.train.lines.site_fit import SIZES, STEPS, SiteExample, fit_weights, page_examples, site_pages, site_part

STYLES = ("full", "main")
FIGURES = ("macro_f1", "body_f1", "caption_f1", "sidebar_f1", "captions_as_body", "sidebar_as_body")
NOTES = """\
Pages of the sites of which the corpus has two or more (section pages count), labelled by a line model that has learned
nothing of their site; what a share of the site's pages is worth is fitted without it, too (sites of one group
together). `others` is how many other pages of the site are there: drawn by the seed, or all that the corpus has; pages
of sites with fewer are left out. In brackets: 95 % intervals, 1000 bootstrap draws over pages; those of `change` are
paired, the same pages with and without.
"""

COST_TURNS = 20  # of the same pages, with a number at the end of long lines: articles differ and menus do not
COST_REPEATS = 3
LONG_LINE = 60  # characters

SIGNATURE_KIND = "author"  # of a line of the newspapers' pages
LEAST_PAGES = 20  # pages of a newspaper that tell something
LONGEST_SIGNATURE = 8  # words of a signature
COUNT_STEPS = (1, 2, 4, 8)  # pages, where plain counts are the steps


@dataclass(frozen=True, slots=True)
class PageWithMemory:
    """A page of a style, and what site memory makes of it: for each draw of other pages, then for all of them."""

    style: str
    page: ScoredPage
    examples: Sequence[SiteExample]
    after: Sequence[ScoredPage]

    def draw(self, others: int | None) -> int | None:
        """The first draw of so many other pages, None if there are no more than that; for None, all of them."""
        if others is None:
            return len(self.examples) - 1
        return next((i for i, one in enumerate(self.examples) if one.others == others < self.examples[-1].others), None)


def with_memory(scored: ByStyle, pages: Sequence[CorpusPage], config: LineConfig) -> list[PageWithMemory]:
    """Every page of a site with others, judged by weights that were fitted without its group of sites."""
    other_pages = site_pages(pages)
    examples = [
        (style, drawn)
        for style, styled in scored.items()
        for page in styled
        if (drawn := page_examples(page, style, other_pages, config.seed))
    ]
    models: dict[tuple[str, ...], SiteModel] = {}
    result = []
    for style, drawn in examples:
        page = drawn[0].page
        held_out = config.group_of(page.site)
        if held_out not in models:
            others = [one for _, draws in examples for one in draws if site_key(one.page.site) not in held_out]
            models[held_out] = SiteModel(site_part(fit_weights(others)))
        model = models[held_out]
        after = [replace(page, probabilities=model.with_shares(page.probabilities, one.shares)) for one in drawn]
        result.append(PageWithMemory(style, page, drawn, after))
    return result


def size_table(compared: Sequence[PageWithMemory]) -> str:
    """Figures by number of other pages."""
    rows = []
    for size in (*SIZES, None):
        chosen = [(one, draw) for one in compared if (draw := one.draw(size)) is not None]
        before, after = [one.page for one, _ in chosen], [one.after[draw] for one, draw in chosen]
        others = f"{size or 'all'} ({len(chosen)} pages)"
        for memory, scores in (("without", score(before)), ("with", score(after))):
            rows.append([others, memory, *(f"{scores[name].value:.3f}" for name in FIGURES)])
        rows.append([others, "change", *(compare(before, after)[name].signed() for name in FIGURES)])
    return table(["others", "memory", *(figure.replace("_", " ") for figure in FIGURES)], rows)


def change_table(compared: Sequence[PageWithMemory]) -> str:
    """Every line whose label changes with all other pages: what it is, was and becomes."""
    rows = []
    for one in compared:
        page, shares = one.page, one.examples[-1].shares
        old, new = page.probabilities.argmax(axis=1), one.after[-1].probabilities.argmax(axis=1)
        for place in np.flatnonzero((old != new) & page.sure).tolist():
            was, becomes, truth = LABELS[old[place]], LABELS[new[place]], page.truth[place]
            what = "mended" if becomes == truth else "spoiled" if was == truth else "wrong still"
            rows.append([page.id, str(place + 1), truth, was, becomes, f"{shares[place]:.2f}", what])
    rows.sort(key=lambda row: (row[-1], row[0], int(row[1])))
    return table(["page", "line", "is", "without", "with", "share of the site's pages", ""], rows)


def cost_table(pages: Sequence[CorpusPage]) -> str:
    """Pages a second of processor time in one process, medians of COST_REPEATS turns."""
    texts = [
        "\n".join(f"{line} {turn}" if len(line) > LONG_LINE else line for line in page.lines)
        for turn in range(COST_TURNS)
        for page in pages
    ]
    sites = [page.site for page in pages] * COST_TURNS
    model = load()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pages.jsonl"
        named = enumerate(zip(sites, texts, strict=True))
        write_rows(path, ({"id": n, "site": site, "text": text} for n, (site, text) in named))
        reader = Reader([str(path)], ReadOptions(site_field="site"))
        memory = learn(reader, lambda state, share: None)
        works: dict[str, Callable[[list[str]], object]] = {
            "first pass: read and count": lambda texts: learn(reader, lambda state, share: None),
            "label": lambda texts: list(model.label_many(texts)),
            "label with site memory": lambda texts: list(model.label_many(texts, sites=sites, memory=memory)),
        }
        taken = take_turns(works, lambda turn: texts, COST_REPEATS, process_time)
    medians = {name: median(turns) for name, turns in taken.items()}
    return records(
        {"": name, "pages/s": f"{len(texts) / time:,.0f}", "time over labelling": f"{time / medians['label']:.2f}"}
        for name, time in medians.items()
    )


def signature_table(scored: ByStyle, newspapers: Sequence[CorpusPage], examples: Sequence[SiteExample]) -> str:
    """Labelled signatures, each set among other pages as the signatures of real newspapers are: how many are lost."""
    odds = signature_odds([page for style in ("full", "article") for page in scored.get(style, ())])
    signatures = coming_back(newspapers)
    counts = np.array([count for count, _ in signatures])
    shares = np.array([as_shares(np.array([count]), pages)[0] for count, pages in signatures])
    again = counts > 0
    below = [f"{(shares[again] < step).mean():.0%}" for step in STEPS[:2]]
    lead = (
        f"Of {len(signatures):,} signatures on the pages of newspapers with {LEAST_PAGES} pages or more, "
        f"{again.mean():.0%} stand on other pages of theirs; {below[0]} of these on fewer than {STEPS[0]:.0%} of the "
        f"pages, {below[1]} on fewer than {STEPS[1]:.0%}. Here are the {len(odds)} "
        "signatures of the labelled pages that the line model finds on sites left out, each set among other pages as "
        "often as those of the newspapers are: how many of them site memory takes for furniture, as it is and with "
        f"plain counts of pages (steps {', '.join(map(str, COUNT_STEPS))}) fitted on the same lines."
    )
    counted = [replace(one, shares=(one.shares * (one.others + 1)).round()) for one in examples]
    gains = {
        "by share of the site's pages": reached(shares, np.array(STEPS)) @ fit_weights(examples),
        "by plain counts of pages": reached(counts, np.array(COUNT_STEPS)) @ fit_weights(counted, COUNT_STEPS),
    }
    lost = {
        name: f"{(gained[None, :] > odds[:, None]).mean():.1%}" if len(odds) and len(gained) else "–"
        for name, gained in gains.items()
    }
    return document(lead, records({"evidence": name, "signatures lost": share} for name, share in lost.items()))


def coming_back(newspapers: Sequence[CorpusPage]) -> list[tuple[int, int]]:
    """For each signature: on how many other pages of its newspaper it stands, and how many other pages there are."""
    by_site: dict[str, list[Sequence[str]]] = {}
    for page in newspapers:
        signed = [text for text, kind in zip(page.lines, page.kinds, strict=True) if kind == SIGNATURE_KIND]
        by_site.setdefault(site_key(page.site), []).append(Page.from_lines(signed).lines)
    result = []
    for _, pages in sorted(by_site.items()):
        counts = Counter(line for lines in pages for line in set(lines))
        if len(pages) >= LEAST_PAGES:
            result += [(counts[line] - 1, len(pages) - 1) for lines in pages for line in lines]
    return result


def signature_odds(pages: Sequence[ScoredPage]) -> FloatArray:
    """(n,) log-odds of body against sidebar of the short lines at the end of each article that are called body."""
    rows = []
    for page in pages:
        body = [place for place, label in enumerate(page.truth) if label == "body"][-2:]
        short = [page.probabilities[place] for place in body if len(page.texts[place].split()) <= LONGEST_SIGNATURE]
        rows += [row[[BODY, SIDEBAR]].clip(1e-6) for row in short if row.argmax() == BODY]
    return np.array([np.log(body / sidebar) for body, sidebar in rows])


def run(
    predictions: Annotated[Path, typer.Option(help="What `locbao train lines --predictions` wrote of the corpus.")],
    newspapers: Annotated[Path, typer.Option(help="Labelled pages with a `kind` for each line.")],
    corpus: Corpus = None,
    config: Config = None,
    results: Results = RESULTS / "lines",
) -> None:
    """Measures everything and writes `site_memory.md`. Raises CorpusError, ConfigError."""
    scored, pages = read_held_out(predictions), read_corpus(expanded(corpus or []) or example_corpus())
    compared = with_memory(scored, pages, read_configuration(LineConfig, config))
    examples = [example for one in compared for example in one.examples]
    weights = zip(STEPS, fit_weights(examples), strict=True)
    shown = ", ".join(f"{step:.0%}: {weight:.2f}" for step, weight in weights)
    parts = ["# Site memory", NOTES]
    parts += [f"Log-odds that a line gains as sidebar with each share that it reaches: {shown}"]
    for style in STYLES:
        chosen = [one for one in compared if one.style == style]
        parts += [f"## Style `{style}`", size_table(chosen)]
        parts += ["Lines whose label changes, with all other pages:", change_table(chosen)]
    parts += ["## Signatures", signature_table(scored, read_corpus([newspapers]), examples)]
    parts += ["## Cost", cost_table([page for page in pages if page.style == STYLES[0]])]
    write_table("site_memory", document(*parts), results)


if __name__ == "__main__":
    start(run, __doc__)
