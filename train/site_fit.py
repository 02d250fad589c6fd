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
from locbao.predict.site_memory import as_shares, longest_lines
from locbao.predict.site_model import reached, without_headline
from locbao.train.composer.material import site_key
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.evaluation.line_scores import ScoredPage
from locbao.train.lines.crossval import ByStyle

Lines = frozenset[str]

STEPS = (0.05, 0.15, 0.3)
"""Shares of a site's pages. Of the signatures in ten days of newspapers two thirds stand on other pages of theirs, but
two thirds of these on fewer than 15 % of them (studies/site_signatures.py); menus and the like stand on most."""

SIZES = (1, 2, 4)  # other pages of a site that are drawn, beside all of them: in use there may be few
DRAWS = 5  # of each size
_PENALTY = 1.0  # half of it for each squared weight, against the log loss of a line
_LEAST = 1e-6  # probability


@dataclass(frozen=True, slots=True)
class Told:
    """A page with what some other pages of its site tell of its lines: `shares` (n,). `weight`: of each line."""

    page: ScoredPage
    others: int
    shares: FloatArray
    weight: float


def told_corpus(scored: ByStyle, pages: Sequence[CorpusPage], seed: int) -> list[Told]:
    """What there is to learn from: each scored page that has other pages of its site in the corpus, several times."""
    known = site_pages(pages)
    return [told for style, own in scored.items() for page in own for told in told_pages(page, style, known, seed)]


def site_part(told: Sequence[Told]) -> dict[str, Any]:
    """The part `site` of a model folder."""
    return packed(fit_weights(told))


def site_facts(told: Sequence[Told], part: Mapping[str, Any]) -> dict[str, Any]:
    """What the manifest says of the part: its weights, and how many (cuts of) pages and sites it was learned from."""
    pages = {one.page.id: site_key(one.page.site) for one in told}
    return {**part, "weights": part["weights"].tolist(), "pages": len(pages), "sites": len({*pages.values()})}


def packed(weights: FloatArray) -> dict[str, Any]:
    """The part of these weights, as `predict.site_model.SiteModel` reads it."""
    return {"steps": list(STEPS), "weights": weights}


def site_pages(pages: Sequence[CorpusPage]) -> dict[str, dict[str, Lines]]:
    """For each site its pages, each with the lines of all its cuts."""
    result: dict[str, dict[str, Lines]] = {}
    for page in pages:
        own = result.setdefault(site_key(page.site), {})
        name = page_name(page.id, page.style)
        own[name] = own.get(name, frozenset()) | frozenset(Page.from_lines(page.lines).lines)
    return result


def page_name(id: str, style: str) -> str:
    """What the ids of a page's cuts have in common: `a-1` for `a-1/full`."""
    return id.removesuffix(f"/{style}") if style else id


def told_pages(page: ScoredPage, style: str, known: Mapping[str, Mapping[str, Lines]], seed: int) -> list[Told]:
    """The page with all other pages of its site, and with some, drawn by the seed; none if there is no other."""
    others = other_pages(page, style, known)
    draws = list(_draws(others, Random(f"{seed}/{page.id}")))
    return [Told(page, len(drawn), told_shares(page, drawn), 1 / len(draws)) for drawn in draws]


def _draws(others: Sequence[Lines], random: Random) -> Iterator[Sequence[Lines]]:
    for size in SIZES:
        if size < len(others):
            yield from (random.sample(others, size) for _ in range(DRAWS))
    if others:
        yield from [others] * DRAWS


def other_pages(page: ScoredPage, style: str, known: Mapping[str, Mapping[str, Lines]]) -> list[Lines]:
    """The other pages of its site; those that hold the same article count once, and not at all if it is the page's."""
    own = known[site_key(page.site)]
    articles = {longest_lines(lines): lines for lines in own.values()}
    del articles[longest_lines(own[page_name(page.id, style)])]
    return list(articles.values())


def told_shares(page: ScoredPage, others: Sequence[Lines]) -> FloatArray:
    """(n,) the shares that count for the page's lines, as a model with site memory sees them."""
    lines = Page.from_lines(page.texts).lines
    counts = Counter(line for other in others for line in other)
    found = as_shares(np.array([counts[line] for line in lines]), len(others))
    return without_headline(lines, page.probabilities.argmax(axis=1), found)


def fit_weights(told: Sequence[Told], steps: Sequence[float] = STEPS) -> FloatArray:
    """(steps,) weights, none below 0, rounded to what two solvers agree on; all 0 for no pages."""
    if not told:
        return np.zeros(len(steps))
    pages = [one.page for one in told]
    shares = np.concatenate([one.shares for one in told])
    rows = np.concatenate([page.sure for page in pages]) & (shares > 0)
    features = reached(shares[rows], np.array(steps))
    offset = _log_odds(np.concatenate([page.probabilities for page in pages])[rows])
    truth = np.concatenate([np.array(page.truth) == "sidebar" for page in pages])[rows]
    weight = np.concatenate([np.full(len(one.shares), one.weight) for one in told])[rows]

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        odds = offset + features @ weights
        value = weight @ np.logaddexp(0.0, np.where(truth, -odds, odds)) + _PENALTY / 2 * weights @ weights
        return float(value), features.T @ (weight * (1 / (1 + np.exp(-odds)) - truth)) + _PENALTY * weights

    found = minimize(loss, np.zeros(len(steps)), jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(steps))
    return np.asarray(found.x.round(3))


def _log_odds(probabilities: FloatArray) -> FloatArray:
    sidebar = probabilities[:, SIDEBAR].clip(_LEAST, 1 - _LEAST)
    return np.asarray(np.log(sidebar / (1 - sidebar)))
