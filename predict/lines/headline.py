"""Is there an article on a page, and which line opens it?

The headline is chosen by a conditional logit over the lines above the first paragraph (McFadden, 1974), the article by
how much of the page is body.
"""

from dataclasses import dataclass

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.labels import BODY, CAPTION, SIDEBAR
from locbao.features.lines.headline_candidates import PARAGRAPH, headline_candidates
from locbao.features.lines.quantities import sentence_ends, syllable_counts
from locbao.features.page import Batch

HEADLINE_WEIGHTS = np.array([0.851, 3.098, 5.084, 0.082, -0.206, -3.267, -6.768, 2.604, -1.131, 1.112])
"""What a model uses that was scored on no other site: fitted on 40 sites."""

_HEADING = 3.0
"""What a heading of the first level adds to a candidate's score: as much as such a heading is an article's headline
(features/notation/elements.py)."""

_ARTICLE = (4.2, 3.3, -13.5)
"""Weights of `article_chance`, the last a constant: a page of nothing but an article needs 24 syllables, one on which a
tenth of the paragraphs is body some 150. Section pages have too little of both: on 14 of sites left out the chance was
at most 0.17, on 163 cuts of pages with an article at least 0.5. The weights were chosen on these."""


@dataclass(frozen=True, slots=True)
class Headlines:
    """Which lines of a batch may be headlines.

    `line` (m): these lines. `chance` (m): the probability of each that it is its page's headline.
    `best` (p): the likeliest line of each page, -1 where it is likelier that there is none.
    `below` (n): the probability of each line of the batch that its page's `best` opens the article further below: the
    line right above a headline may be its kicker.
    """

    line: IntArray
    chance: FloatArray
    best: IntArray
    below: FloatArray


class HeadlineModel:
    """`weights` (10,): of the QUANTITIES of a candidate, and last the score of "none of them"."""

    def __init__(self, weights: FloatArray) -> None:
        self._weights = weights

    def headlines(self, batch: Batch, probabilities: FloatArray) -> Headlines:
        """The headlines of a batch whose lines have these (n, 3) probabilities of LABELS."""
        candidates = headline_candidates(batch, probabilities)
        line, page, pages = candidates.line, candidates.page, len(batch.first) - 1
        *slopes, none = self._weights.tolist()
        # Not a product of matrices, whose sums depend on the batch that a page stands in.
        terms = (slope * value for slope, value in zip(slopes, candidates.values.T, strict=True))
        score = sum(terms, _HEADING * candidates.heading)
        greatest = np.full(pages, none)
        np.maximum.at(greatest, page, score)
        worth = np.exp(score - greatest.take(page))
        none_worth = np.exp(none - greatest)
        together = np.bincount(page, weights=worth, minlength=pages) + none_worth
        best = batch.first_on_page(line[(score == greatest.take(page)) & (score > none)])
        lines = np.diff(batch.first)
        above = np.arange(len(batch)) < np.repeat(best - 1, lines)
        return Headlines(line, worth / together.take(page), best, above * np.repeat(1 / together, lines))


def with_headlines(probabilities: FloatArray, headlines: Headlines) -> FloatArray:
    """(n, 3) probabilities of LABELS where a headline is body: a line is body if it is the headline, and if it is not,
    as probably as before."""
    changed = probabilities.copy()
    other = 1 - headlines.chance
    changed[headlines.line, BODY] = 1 - (1 - changed[headlines.line, BODY]) * other
    for label in (CAPTION, SIDEBAR):
        changed[headlines.line, label] *= other
    return changed


def with_no_body_above(probabilities: FloatArray, headlines: Headlines) -> FloatArray:
    """(n, 3) probabilities of LABELS where no line above the headline is body, but for a kicker: names of papers and
    results of matches are taken for body where an article is short."""
    changed = probabilities.copy()
    changed[:, SIDEBAR] += changed[:, BODY] * headlines.below
    changed[:, BODY] *= 1 - headlines.below
    return changed


def article_chance(batch: Batch, probabilities: FloatArray) -> FloatArray:
    """(p,) the probability that each page holds an article, by the (n, 3) probabilities of LABELS: by the logarithms of
    how many of its syllables are body, and of what share of its paragraphs."""
    body, length = probabilities[:, BODY], syllable_counts(batch)
    paragraph = (length >= PARAGRAPH) & sentence_ends(batch)
    share = (batch.page_sums(body * paragraph) + 0.3) / (batch.page_sums(paragraph) + 1)
    of_size, of_share, constant = _ARTICLE
    score = of_size * np.log1p(batch.page_sums(body * length)) + of_share * np.log(share) + constant
    return np.asarray(1 / (1 + np.exp(-score)))
