"""Ties: what holds a line to the article: the headline, and the words that the long lines use.

A caption and a sub-heading speak of the article's own persons and places; a related headline does not. Function words
are left out, since every line has those.
"""

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.lines.field import Field, stacked
from locbao.features.lines.quantities import article_segment, prose_lines, syllable_counts
from locbao.features.lines.word_overlap import pairs
from locbao.features.page import Batch

_NEAR = 15  # lines above the first paragraph within which the headline is looked for

FIELDS = (
    Field("share of its words that long lines use", (0.01, 0.2, 0.4, 0.55, 0.7, 0.85, 0.99), 2),
    Field("share of its names that long lines use", (0.01, 0.3, 0.5, 0.75, 0.99), 1),
    Field("likeness to the headline", (0.05, 0.15, 0.3, 0.5, 0.8, 0.97), 1),
    Field("lines below the headline", (-60, -20, -5, 0, 1, 2, 3, 4, 6, 9, 15, 30, 60), 0),
)


def measure(batch: Batch) -> FloatArray:
    """(len(FIELDS), n) of `FIELDS`."""
    low, high = article_segment(batch)
    index = np.arange(len(batch))
    prose = prose_lines(batch) & (index >= low) & (index < high)
    words = pairs(batch)
    shared = words.share_used_by(prose, words.content)
    headline = find_headline(batch, syllable_counts(batch), shared, low).take(batch.page)
    columns = (
        shared,
        words.share_used_by(prose, words.content & words.capital),
        words.likeness_to(headline),
        np.where(headline >= 0, index - headline, 1000),
    )
    return stacked(columns)


def find_headline(batch: Batch, length: FloatArray, shared: FloatArray, low: IntArray) -> IntArray:
    """(p,) the line most like a headline above each page's segment: long enough, short enough, in the article's words;
    -1 for none."""
    index = np.arange(len(batch))
    candidate = (length >= 4) & (length <= 32) & (index <= low) & (index >= low - _NEAR)
    worth = np.where(candidate, shared * np.minimum(length, 12) - 0.1 * (low - index) / _NEAR, -np.inf)
    best = np.full(len(batch.first) - 1, -1, dtype=np.int64)
    for page in np.flatnonzero(batch.page_sums(candidate)).tolist():
        start, stop = batch.first[page : page + 2]
        best[page] = start + worth[start:stop].argmax()
    return best
