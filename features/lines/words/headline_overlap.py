"""Headline overlap: what holds a line to the article: the headline, and the words that the long lines use.

A caption and a sub-heading speak of the article's own persons and places; a related headline does not. Function words
are left out, since every line has those.
"""

from collections.abc import Iterator

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.lines.one_hot import Quantity
from locbao.features.lines.quantities import FAR, article_segment, prose_lines, syllable_counts
from locbao.features.lines.words.word_overlap import distinct_words
from locbao.features.page import Batch

_NEAR = 15  # lines above the first paragraph within which the headline is looked for


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line."""
    low, high = article_segment(batch)
    index = np.arange(len(batch))
    prose = prose_lines(batch) & (index >= low) & (index < high)
    words = distinct_words(batch)
    shared = words.share_used_by(prose, words.content)
    headline = find_headline(batch, syllable_counts(batch), shared, low).take(batch.page)
    names, below = words.content & words.capital, np.where(headline >= 0, index - headline, FAR)
    yield Quantity("share of its words that long lines use", shared, (0.01, 0.2, 0.4, 0.55, 0.7, 0.85, 0.99), reach=2)
    shared = words.share_used_by(prose, names)
    yield Quantity("share of its names that long lines use", shared, (0.01, 0.3, 0.5, 0.75, 0.99), reach=1)
    likeness = words.likeness_to(headline)
    yield Quantity("likeness to the headline", likeness, (0.05, 0.15, 0.3, 0.5, 0.8, 0.97), reach=1)
    yield Quantity("lines below the headline", below, (-60, -20, -5, 0, 1, 2, 3, 4, 6, 9, 15, 30, 60))


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
