"""First pass: what its probabilities for the whole page tell about every line of it, for the second pass to use.

Stacked sequential learning (Cohen and Carvalho, 2005): a second linear model sees the first one's probabilities for the
neighbours, and the page read with them: where the article begins and ends, which line is its headline, whose words its
body uses.
"""

from collections.abc import Iterator

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.labels import BODY, CAPTION, LABELS, SIDEBAR
from locbao.features.lines.one_hot import Quantity
from locbao.features.lines.quantities import FAR, STEPS, distances, segment, windowed_mean
from locbao.features.lines.repeats import same_lines
from locbao.features.lines.sentence_lines import near_sentences
from locbao.features.lines.words.word_overlap import distinct_words
from locbao.features.page import Batch, page_end, page_start

_GRAIN = 2**20  # probabilities are rounded to fractions whose sums are exact: so a page does not depend on its batch
_SHARES = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
_OVERLAP = (0.01, 0.2, 0.4, 0.55, 0.7, 0.85, 0.99)
_FROM_ARTICLE = (-60, -20, -8, -3, 0, 1, 2, 3, 5, 9, 20, 60)


def quantities(batch: Batch, probabilities: FloatArray) -> Iterator[Quantity]:
    """What is measured of every line; `probabilities` (n, 3) are the first pass's for LABELS."""
    rounded = np.rint(probabilities.T * _GRAIN) / _GRAIN
    log_odds = np.log(np.clip(rounded, 1e-6, 1)) - np.log(np.clip(1 - rounded, 1e-6, 1))
    body, sidebar = rounded[BODY] * near_sentences(batch), rounded[SIDEBAR]
    index = np.arange(len(batch))
    up, down = distances(batch, body > 0.5)
    length = np.minimum(batch.tokens.count, 60)
    low, high = segment(batch, (body - 0.4) * (length + 5))
    inside = (index >= low) & (index < high)
    words = distinct_words(batch)
    headline = _likely_headline(batch, body, low, length).take(batch.page)

    for label, odds in zip(LABELS, log_odds, strict=True):
        yield Quantity(f"first pass, {label} (log-odds)", odds, (-5, -3, -2, -1, 0, 1, 2, 3, 5), reach=3)
    yield Quantity("body within 3 lines", windowed_mean(batch, body, 3), _SHARES)
    yield Quantity("body within 8 lines", windowed_mean(batch, body, 8), _SHARES)
    yield Quantity("captions within 3 lines", windowed_mean(batch, rounded[CAPTION], 3), _SHARES)
    yield Quantity("lines up to the body line before", up, STEPS)
    yield Quantity("lines down to the body line after", down, STEPS)
    yield Quantity("lines before the article's first", low - index, _FROM_ARTICLE)
    yield Quantity("lines after the article's last", index - high + 1, _FROM_ARTICLE)
    share = _share_before(batch, body * length)
    yield Quantity("share of the page's body before it", share, (0.001, 0.05, 0.2, 0.5, 0.8, 0.95, 0.999))
    share = words.share_used_by((body > 0.5) & inside, words.content)
    yield Quantity("share of its words that the body uses", share, _OVERLAP, reach=1)
    share = words.share_used_by(sidebar > 0.5, words.content)
    yield Quantity("share of its words that the sidebar uses", share, _OVERLAP)
    likeness = words.likeness_to(headline)
    yield Quantity("likeness to the believed headline", likeness, (0.05, 0.15, 0.3, 0.5, 0.8, 0.97), reach=1)
    below = np.where(headline >= 0, index - headline, FAR)
    yield Quantity("lines below the believed headline", below, (-60, -20, -5, 0, 1, 2, 3, 4, 6, 9, 15, 30, 60))
    elsewhere = _same_line_elsewhere(batch, rounded[BODY])
    yield Quantity("body belief of the same line elsewhere", elsewhere, (0.001, 0.1, 0.5, 0.9))


def _likely_headline(batch: Batch, body: FloatArray, low: IntArray, length: IntArray) -> IntArray:
    """(p,) the first line of each page's body segment that is long enough to be a headline; -1 for none."""
    return batch.first_on_page(np.flatnonzero((np.arange(len(batch)) >= low) & (body > 0.5) & (length >= 4)))


def _share_before(batch: Batch, mass: FloatArray) -> FloatArray:
    """(n,) share of its page's `mass`, (n,), that stands above a line."""
    total = np.zeros(len(batch) + 1)
    mass.cumsum(out=total[1:])
    start, end = total.take(page_start(batch)), total.take(page_end(batch))
    return np.asarray((total[:-1] - start) / np.maximum(end - start, 1e-9))


def _same_line_elsewhere(batch: Batch, body: FloatArray) -> FloatArray:
    """(n,) mean probability of body of the page's other lines of the same text; 0 where there is none."""
    order, group = same_lines(batch)
    value = body.take(order)
    count = np.bincount(group).take(group)
    others = np.bincount(group, weights=value).take(group) - value
    result = np.empty(len(batch))
    result[order] = np.where(count > 1, others / np.maximum(count - 1, 1), 0.0)
    return result
