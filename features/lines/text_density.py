"""Text density: prose stands among prose, furniture among furniture.

What the next few lines are is told by the reach of other quantities; here stands what wider windows tell: how dense the
text around is (Kohlschütter et al., Boilerplate Detection using Shallow Text Features, 2010), how long the run of short
lines is, and which lines form the article's own segment (Pasternack and Roth, Extracting Article Text from the Web with
Maximum Subsequence Segmentation, 2009).
"""

from collections.abc import Iterator

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.lines.one_hot import Quantity
from locbao.features.lines.quantities import (
    PROSE,
    STEPS,
    article_segment,
    distances,
    prose_lines,
    sentence_ends,
    syllable_counts,
    windowed_mean,
)
from locbao.features.page import Batch

_SHORT = 13  # syllables from which on a line ends a run of short ones
_LENGTHS = (3, 5, 8, 11, 15, 20, 30, 45)
_FROM_SEGMENT = (-30, -8, -3, 0, 1, 2, 3, 5, 9, 20, 60)


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line."""
    length, prose = syllable_counts(batch), prose_lines(batch)
    up, down = distances(batch, prose)
    low, high = article_segment(batch)
    index = np.arange(len(batch))
    inside = (index >= low) & (index < high)
    prose_inside = prose & inside
    short_sentences = inside & (length < PROSE) & (length > 3) & sentence_ends(batch)
    paragraphs, capped = prose.astype(np.float64), np.minimum(length, 90)

    yield Quantity("paragraphs within 2 lines", windowed_mean(batch, paragraphs, 2), (0.1, 0.3, 0.5, 0.7, 0.9))
    yield Quantity("paragraphs within 6 lines", windowed_mean(batch, paragraphs, 6), (0.05, 0.15, 0.3, 0.5, 0.7))
    yield Quantity("paragraphs within 15 lines", windowed_mean(batch, paragraphs, 15), (0.03, 0.1, 0.2, 0.35, 0.5))
    yield Quantity("mean syllables within 3 lines", windowed_mean(batch, capped, 3), _LENGTHS)
    yield Quantity("mean syllables within 10 lines", windowed_mean(batch, capped, 10), _LENGTHS)
    yield Quantity("run of short lines it stands in", _run_of_short(batch, length), (1, 2, 3, 5, 9, 17))
    yield Quantity("lines up to the paragraph before", up, STEPS)
    yield Quantity("lines down to the paragraph after", down, STEPS)
    yield Quantity("inside the article's segment", inside, reach=2)
    yield Quantity("lines before the segment's first", low - index, _FROM_SEGMENT)
    yield Quantity("lines after the segment's last", index - high + 1, _FROM_SEGMENT)
    against = length / _usual(batch, prose_inside, length)
    edges = (0.1, 0.2, 0.3, 0.45, 0.65, 0.9, 1.3)
    yield Quantity("length against the page's usual paragraph", against, edges, reach=1)
    share = _share(batch, short_sentences, inside)
    yield Quantity("share of short sentences in the segment", share, (0.01, 0.1, 0.2, 0.35, 0.5, 0.7))
    share = _share(batch, prose_inside, prose)
    yield Quantity("share of the page's paragraphs in the segment", share, (0.3, 0.5, 0.7, 0.9, 0.99))


def _usual(batch: Batch, chosen: BoolArray, length: FloatArray) -> FloatArray:
    """(n,) the mean length of the page's chosen lines, in syllables; `PROSE` where it has none."""
    count, total = batch.page_sums(chosen), batch.page_sums(chosen * length)
    return np.where(count > 0, total / np.maximum(count, 1), PROSE).take(batch.page)


def _share(batch: Batch, part: BoolArray, whole: BoolArray) -> FloatArray:
    """(n,) how many of the page's lines are in `part`, for one in `whole`."""
    return (batch.page_sums(part) / np.maximum(batch.page_sums(whole), 1)).take(batch.page)


def _run_of_short(batch: Batch, length: FloatArray) -> FloatArray:
    """(n,) how many lines of fewer than 13 syllables stand in a row around the line; 0 for a longer line."""
    short = length < _SHORT
    breaks = ~short
    breaks[batch.first[:-1][np.diff(batch.first) > 0]] = True
    run = breaks.cumsum()
    return np.where(short, np.bincount(run, weights=short).take(run), 0)
