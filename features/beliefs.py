"""Second look: what a first pass believes of the whole page, told to every line of it.

Stacked sequential learning (Cohen and Carvalho, 2005): a second linear model sees the first one's probabilities for the neighbours,
and the page read with them: where the article begins and ends, which line is its headline, whose words its body uses.
"""

import numpy as np

from locbao.features.batch import Batch, FloatArray
from locbao.features.density import distances, segment
from locbao.features.field import Field
from locbao.features.page import IntArray
from locbao.features.repeats import line_hashes, windowed_mean
from locbao.features.ties import Words

BODY, CAPTION, SIDEBAR = 0, 1, 2  # columns of the first pass's probabilities
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
    """(n, len(FIELDS)) of `FIELDS`; `probabilities` (n, 3) are the first pass's for body, caption, sidebar."""
    body = probabilities[:, BODY]
    logits = np.log(np.clip(probabilities, 1e-6, 1)) - np.log(np.clip(1 - probabilities, 1e-6, 1))
    index = np.arange(len(batch))
    up, down = distances(batch, body > 0.5)
    length = np.minimum(np.diff(batch.tokens.first), 60)
    low, high = segment(batch, (body - 0.4) * (length + 5))
    words = Words.of(batch)
    inside = (index >= low) & (index < high)
    headline = _believed_headline(batch, body, low, length)
    return np.column_stack((
        logits,
        windowed_mean(batch, body, 3),
        windowed_mean(batch, body, 8),
        windowed_mean(batch, probabilities[:, CAPTION], 3),
        up,
        down,
        low - index,
        index - high + 1,
        _share_before(batch, body * length),
        words.share_used_by((body > 0.5) & inside, words.content),
        words.share_used_by(probabilities[:, SIDEBAR] > 0.5, words.content),
        words.likeness_to(headline[batch.page]),
        np.where(headline[batch.page] >= 0, index - headline[batch.page], 1000),
        _same_line_elsewhere(batch, body),
    ))


def _believed_headline(batch: Batch, body: FloatArray, low: IntArray, length: IntArray) -> IntArray:
    """(p,) the first line of each page's body segment that is long enough to be a headline; -1 for none."""
    index = np.arange(len(batch))
    found = np.flatnonzero((index >= low) & (body > 0.5) & (length >= 4))
    result = np.full(len(batch.first) - 1, -1, dtype=np.int64)
    pages, first = np.unique(batch.page[found], return_index=True)
    result[pages] = found[first]
    return result


def _share_before(batch: Batch, mass: FloatArray) -> FloatArray:
    """(n,) share of its page's `mass`, (n,), that stands above a line."""
    total = np.append(0.0, np.cumsum(mass))
    start, end = total[batch.first[batch.page]], total[batch.first[batch.page + 1]]
    return np.asarray((total[:-1] - start) / np.maximum(end - start, 1e-9))


def _same_line_elsewhere(batch: Batch, body: FloatArray) -> FloatArray:
    """(n,) the mean belief of body that a page's other lines of the same text have; 0 for a line that stands once."""
    hashes, _ = line_hashes(batch)
    _, group = np.unique(np.column_stack((batch.page.astype(np.uint64), hashes)), axis=0, return_inverse=True)
    count = np.bincount(group.ravel())[group.ravel()]
    total = np.bincount(group.ravel(), weights=body)[group.ravel()]
    return np.where(count > 1, (total - body) / np.maximum(count - 1, 1), 0.0)
