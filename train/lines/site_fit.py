"""Fitting site memory: how much likelier a line is furniture for the share of its site's other pages that have it.

A logistic regression of "is it sidebar" on the steps that the share reaches, on top of what the line model says (its
log-odds are the offset, so that a line that nothing is known of stays as it is). The line model's probabilities are
those for sites that it has not seen, since at home it leaves nothing to mend.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from scipy.optimize import minimize

from locbao.features.arrays import FloatArray
from locbao.features.labels import SIDEBAR
from locbao.features.page import Page
from locbao.predict.lines.sites import as_shares, longest_lines, reached, without_headline
from locbao.train.corpus.labelled_pages import CorpusPage, site_key
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage

STEPS = (0.05, 0.15, 0.3)
"""Shares of a site's pages. Of the signatures in ten days of newspapers two thirds stand on other pages of theirs, but
two thirds of these on fewer than 15 % of them (studies/lines/site_gain.py); menus and the like stand on most."""

SIZES = (1, 2, 4)  # other pages of a site that are drawn, beside all of them: in use there may be few
DRAWS = 5  # of each size
_PENALTY = 1.0  # half of it for each squared weight, against the log loss of a line
_LEAST = 1e-6  # probability


@dataclass(frozen=True, slots=True)
class SiteExample:
    """A page beside `others`, a number of other pages of its site.

    `shares` (n,): for each of its lines the share of these pages that have it. `weight`: of each of its lines.
    """

    page: ScoredPage
    others: int
    shares: FloatArray
    weight: float


def site_examples(scored: ByStyle, pages: Sequence[CorpusPage], seed: int) -> list[SiteExample]:
    """What there is to learn from: each scored page that has other pages of its site in the corpus, several times."""
    sites = site_pages(pages)
    return [
        example
        for style, of_style in scored.items()
        for page in of_style
        for example in page_examples(page, style, sites, seed)
    ]


def site_part(weights: FloatArray) -> dict[str, Any]:
    """The part `site` of a model folder with these weights, as `predict.lines.sites.SiteModel` reads it."""
    return {"steps": list(STEPS), "weights": weights}


def site_facts(examples: Sequence[SiteExample], part: Mapping[str, Any]) -> dict[str, Any]:
    """What the manifest says of the part: its weights, and how many (cuts of) pages and sites it was learned from."""
    pages = {example.page.id: site_key(example.page.site) for example in examples}
    return {**part, "weights": part["weights"].tolist(), "pages": len(pages), "sites": len({*pages.values()})}


def site_pages(pages: Sequence[CorpusPage]) -> dict[str, dict[str, frozenset[str]]]:
    """For each site its pages, each with the lines of all its cuts."""
    sites: dict[str, dict[str, frozenset[str]]] = {}
    for page in pages:
        of_site, name = sites.setdefault(site_key(page.site), {}), page_name(page.id, page.style)
        of_site[name] = of_site.get(name, frozenset()) | frozenset(Page.from_lines(page.lines).lines)
    return sites


def page_name(id: str, style: str) -> str:
    """What the ids of a page's cuts have in common: `a-1` for `a-1/full`."""
    return id.removesuffix(f"/{style}") if style else id


def page_examples(
    page: ScoredPage, style: str, sites: Mapping[str, Mapping[str, frozenset[str]]], seed: int
) -> list[SiteExample]:
    """The page with all other pages of its site, and with some, drawn by the seed; none if there is no other.

    Other pages that hold the same article count once, and not at all if it is the page's. `sites`: see `site_pages`.
    """
    of_site = sites[site_key(page.site)]
    articles = {longest_lines(lines): lines for lines in of_site.values()}
    del articles[longest_lines(of_site[page_name(page.id, style)])]
    draws = list(_draws(list(articles.values()), Random(f"{seed}/{page.id}")))
    return [SiteExample(page, len(drawn), _line_shares(page, drawn), 1 / len(draws)) for drawn in draws]


def _draws(others: Sequence[frozenset[str]], random: Random) -> Iterator[Sequence[frozenset[str]]]:
    for size in SIZES:
        if size < len(others):
            yield from (random.sample(others, size) for _ in range(DRAWS))
    if others:
        yield from [others] * DRAWS


def _line_shares(page: ScoredPage, others: Sequence[frozenset[str]]) -> FloatArray:
    """(n,) the shares that count for the page's lines, as a model with site memory sees them."""
    lines = Page.from_lines(page.texts).lines
    counts = Counter(line for other in others for line in other)
    shares = as_shares(np.array([counts[line] for line in lines]), len(others))
    return without_headline(lines, page.probabilities.argmax(axis=1), shares)


def fit_weights(examples: Sequence[SiteExample], steps: Sequence[float] = STEPS) -> FloatArray:
    """(steps,) weights, none below 0, rounded to what two solvers agree on; all 0 for no examples."""
    if not examples:
        return np.zeros(len(steps))
    pages = [example.page for example in examples]
    shares = np.concatenate([example.shares for example in examples])
    rows = np.concatenate([page.sure for page in pages]) & (shares > 0)
    features = reached(shares[rows], np.array(steps))
    offset = _log_odds(np.concatenate([page.probabilities for page in pages])[rows])
    truth = np.concatenate([page.labels == SIDEBAR for page in pages])[rows]
    weight = np.concatenate([np.full(len(example.shares), example.weight) for example in examples])[rows]

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        odds = offset + features @ weights
        value = weight @ np.logaddexp(0.0, np.where(truth, -odds, odds)) + _PENALTY / 2 * weights @ weights
        return float(value), features.T @ (weight * (1 / (1 + np.exp(-odds)) - truth)) + _PENALTY * weights

    fitted = minimize(loss, np.zeros(len(steps)), jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(steps))
    return np.asarray(fitted.x.round(3))


def _log_odds(probabilities: FloatArray) -> FloatArray:
    sidebar = probabilities[:, SIDEBAR].clip(_LEAST, 1 - _LEAST)
    return np.asarray(np.log(sidebar / (1 - sidebar)))
