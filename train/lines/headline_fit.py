"""Fitting how a headline is told from the other lines above the first paragraph.

It is learned from pages with out-of-site probabilities of their lines, as they are met in use.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from locbao.features.arrays import FloatArray
from locbao.features.labels import BODY
from locbao.features.lines.headline_candidates import QUANTITIES, SHORTEST, headline_candidates
from locbao.features.lines.quantities import syllable_counts
from locbao.features.page import Batch, Page
from locbao.predict.lines.headline import HEADLINE_WEIGHTS, HeadlineModel, with_headlines, with_no_body_above
from locbao.train.corpus.labelled_pages import site_key
from locbao.train.evaluation.line_scores import ByStyle, ScoredPage, all_pages

_PENALTY = 0.03  # for each squared weight, against the log loss of a page
_EXAMPLES = 20  # pages from which on a corpus says how headlines look
_Example = tuple[FloatArray, int]
"""Values (m + 1, 10) of the candidates of a page and of "none of them", and which is right."""

_NO_HEADLINE = np.zeros(len(QUANTITIES) + 1)


def fit_headline_weights(pages: Sequence[ScoredPage]) -> FloatArray:
    """(10,) weights of a HeadlineModel, rounded to what two solvers agree on."""
    return _fitted([example for page in pages if (example := _example(page))])


def _fitted(examples: Sequence[_Example]) -> FloatArray:
    if len(examples) < _EXAMPLES:
        return HEADLINE_WEIGHTS

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        slopes = weights.copy()
        slopes[-1] = 0
        value, gradient = _PENALTY * float(slopes @ slopes), 2 * _PENALTY * slopes
        for values, truth in examples:
            score = values @ weights
            score -= score.max()
            chance = np.exp(score) / np.exp(score).sum()
            value -= float(np.log(chance[truth] + 1e-12))
            gradient += values.T @ chance - values[truth]
        return value, gradient

    fitted = minimize(loss, _NO_HEADLINE, jac=True, method="L-BFGS-B")
    return np.asarray(fitted.x.round(3))


def _example(page: ScoredPage) -> _Example | None:
    batch = _batch(page)
    candidates = headline_candidates(batch, page.probabilities)
    if not len(candidates.line):
        return None
    headline = np.flatnonzero((page.labels == BODY) & (syllable_counts(batch) >= SHORTEST))[:1]
    place = np.flatnonzero(candidates.line == headline) if len(headline) else headline
    values = np.zeros((len(candidates.line) + 1, len(QUANTITIES) + 1))
    values[:-1, :-1] = candidates.values
    values[-1, -1] = 1
    return values, int(place[0]) if len(place) else len(candidates.line)


def scored_with_headlines(scored: ByStyle, folds: Sequence[frozenset[str]]) -> ByStyle:
    """The pages with the headlines that weights fitted on the pages of all other folds give them."""
    examples = [(site_key(page.site), example) for page in all_pages(scored) if (example := _example(page))]
    models = {
        fold: HeadlineModel(_fitted([example for site, example in examples if site not in fold])) for fold in folds
    }

    def changed(page: ScoredPage) -> ScoredPage:
        model = next(model for fold, model in models.items() if site_key(page.site) in fold)
        headlines = model.headlines(_batch(page), page.probabilities)
        raised = with_headlines(page.probabilities, headlines)
        return replace(page, probabilities=with_no_body_above(raised, headlines))

    return {style: [changed(page) for page in of_style] for style, of_style in scored.items()}


def _batch(page: ScoredPage) -> Batch:
    return Batch.of([Page.from_lines(page.texts)])
