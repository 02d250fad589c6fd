"""Second look: what a first pass believes of the whole page, told to every line of it.

Stacked sequential learning (Cohen and Carvalho, 2005): a second linear model sees the first one's probabilities for the
neighbours, and the page read with them: where the article begins and ends, which line is its headline, whose words its
body uses.
"""

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.lines.field import Field, stacked
from locbao.features.lines.quantities import distances, segment, windowed_mean
from locbao.features.lines.repeats import same_lines
from locbao.features.lines.word_overlap import pairs
from locbao.features.page import Batch, page_end, page_start

_GRAIN = 2**20  # beliefs are rounded to a fraction whose sums are exact, so that a page does not feel its batch
_LOGITS = (-5.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0)
_SHARES = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
_STEPS = (1, 2, 3, 4, 6, 10, 20, 60)

FIELDS = (
    Field("first pass, body (log-odds)", _LOGITS, 3),
    Field("first pass, caption (log-odds)", _LOGITS, 3),
    Field("first pass, sidebar (log-odds)", _LOGITS, 3),
    Field("body within 3 lines", _SHARES, 0),
    Field("body within 8 lines", _SHARES, 0),
    Field("captions within 3 lines", _SHARES, 0),
    Field("lines up to the body line before", _STEPS, 0),
    Field("lines down to the body line after", _STEPS, 0),
    Field("lines before the article's first", (-60, -20, -8, -3, 0, 1, 2, 3, 5, 9, 20, 60), 0),
    Field("lines after the article's last", (-60, -20, -8, -3, 0, 1, 2, 3, 5, 9, 20, 60), 0),
    Field("share of the page's body before it", (0.001, 0.05, 0.2, 0.5, 0.8, 0.95, 0.999), 0),
    Field("share of its words that the body uses", (0.01, 0.2, 0.4, 0.55, 0.7, 0.85, 0.99), 1),
    Field("share of its words that the sidebar uses", (0.01, 0.2, 0.4, 0.55, 0.7, 0.85, 0.99), 0),
    Field("likeness to the believed headline", (0.05, 0.15, 0.3, 0.5, 0.8, 0.97), 1),
    Field("lines below the believed headline", (-60, -20, -5, 0, 1, 2, 3, 4, 6, 9, 15, 30, 60), 0),
    Field("body belief of the same line elsewhere", (0.001, 0.1, 0.5, 0.9), 0),
)


def measure(batch: Batch, probabilities: FloatArray) -> FloatArray:
    """(len(FIELDS), n) of `FIELDS`; `probabilities` (n, 3) are the first pass's for body, caption, sidebar."""
    believed = np.rint(probabilities.T * _GRAIN) / _GRAIN
    body, caption, sidebar = believed
    logits = np.log(np.clip(believed, 1e-6, 1)) - np.log(np.clip(1 - believed, 1e-6, 1))
    index = np.arange(len(batch))
    up, down = distances(batch, body > 0.5)
    length = np.minimum(np.diff(batch.tokens.first), 60)
    low, high = segment(batch, (body - 0.4) * (length + 5))
    words = pairs(batch)
    inside = (index >= low) & (index < high)
    headline = _believed_headline(batch, body, low, length).take(batch.page)
    columns = (
        *logits,
        windowed_mean(batch, body, 3),
        windowed_mean(batch, body, 8),
        windowed_mean(batch, caption, 3),
        up,
        down,
        low - index,
        index - high + 1,
        _share_before(batch, body * length),
        words.share_used_by((body > 0.5) & inside, words.content),
        words.share_used_by(sidebar > 0.5, words.content),
        words.likeness_to(headline),
        np.where(headline >= 0, index - headline, 1000),
        _same_line_elsewhere(batch, body),
    )
    return stacked(columns)


def _believed_headline(batch: Batch, body: FloatArray, low: IntArray, length: IntArray) -> IntArray:
    """(p,) the first line of each page's body segment that is long enough to be a headline; -1 for none."""
    found = np.flatnonzero((np.arange(len(batch)) >= low) & (body > 0.5) & (length >= 4))[::-1]
    result = np.full(len(batch.first) - 1, -1, dtype=np.int64)
    result[batch.page.take(found)] = found  # from the bottom up: a page's first one is written last
    return result


def _share_before(batch: Batch, mass: FloatArray) -> FloatArray:
    """(n,) share of its page's `mass`, (n,), that stands above a line."""
    total = np.zeros(len(batch) + 1)
    mass.cumsum(out=total[1:])
    start, end = total.take(page_start(batch)), total.take(page_end(batch))
    return np.asarray((total[:-1] - start) / np.maximum(end - start, 1e-9))


def _same_line_elsewhere(batch: Batch, body: FloatArray) -> FloatArray:
    """(n,) the mean belief of body that a page's other lines of the same text have; 0 for a line that stands once."""
    order, group = same_lines(batch)
    own = body.take(order)
    count = np.bincount(group).take(group)
    others = np.bincount(group, weights=own).take(group) - own
    result = np.empty(len(batch))
    result[order] = np.where(count > 1, others / np.maximum(count - 1, 1), 0.0)
    return result
