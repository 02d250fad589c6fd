"""Context: prose stands among prose, furniture among furniture.

The levels of the lines next to a line are added by `design`; here stands what wider windows tell: how dense the text
around is (Kohlschütter et al., Boilerplate Detection using Shallow Text Features, 2010), how long the run of short
lines is, and which lines form the article's own segment (Pasternack and Roth, Extracting Article Text from the Web with
Maximum Subsequence Segmentation, 2009).
"""

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.lines.field import Field, stacked
from locbao.features.lines.quantities import (
    PROSE,
    article_segment,
    distances,
    prose_lines,
    sentence_ends,
    syllable_counts,
    windowed_mean,
)
from locbao.features.page import Batch

_SHORT = 13  # syllables from which on a line ends a run of short ones

FIELDS = (
    Field("paragraphs within 2 lines", (0.1, 0.3, 0.5, 0.7, 0.9), 0),
    Field("paragraphs within 6 lines", (0.05, 0.15, 0.3, 0.5, 0.7), 0),
    Field("paragraphs within 15 lines", (0.03, 0.1, 0.2, 0.35, 0.5), 0),
    Field("mean syllables within 3 lines", (3, 5, 8, 11, 15, 20, 30, 45), 0),
    Field("mean syllables within 10 lines", (3, 5, 8, 11, 15, 20, 30, 45), 0),
    Field("run of short lines it stands in", (1, 2, 3, 5, 9, 17), 0),
    Field("lines up to the paragraph before", (1, 2, 3, 4, 6, 10, 20, 60), 0),
    Field("lines down to the paragraph after", (1, 2, 3, 4, 6, 10, 20, 60), 0),
    Field("inside the article's segment", (0.5,), 2),
    Field("lines before the segment's first", (-30, -8, -3, 0, 1, 2, 3, 5, 9, 20, 60), 0),
    Field("lines after the segment's last", (-30, -8, -3, 0, 1, 2, 3, 5, 9, 20, 60), 0),
    Field("length against the page's usual paragraph", (0.1, 0.2, 0.3, 0.45, 0.65, 0.9, 1.3), 1),
    Field("share of short sentences in the segment", (0.01, 0.1, 0.2, 0.35, 0.5, 0.7), 0),
    Field("share of the page's paragraphs in the segment", (0.3, 0.5, 0.7, 0.9, 0.99), 0),
)


def measure(batch: Batch) -> FloatArray:
    """(len(FIELDS), n) of `FIELDS`."""
    length, prose = syllable_counts(batch), prose_lines(batch)
    up, down = distances(batch, prose)
    low, high = article_segment(batch)
    index = np.arange(len(batch))
    inside = (index >= low) & (index < high)
    held = prose & inside
    paragraphs, shown = prose.astype(np.float64), np.minimum(length, 90)
    columns = (
        windowed_mean(batch, paragraphs, 2),
        windowed_mean(batch, paragraphs, 6),
        windowed_mean(batch, paragraphs, 15),
        windowed_mean(batch, shown, 3),
        windowed_mean(batch, shown, 10),
        _run_of_short(batch, length),
        up,
        down,
        inside,
        low - index,
        index - high + 1,
        length / _usual(batch, held, length),
        _share(batch, inside & (length < PROSE) & (length > 3) & sentence_ends(batch), inside),
        _share(batch, held, prose),
    )
    return stacked(columns)


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
