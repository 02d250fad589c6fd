"""Context: prose stands among prose, furniture among furniture.

The levels of the lines next to a line are added by `design`; here stands what wider windows tell: how dense the text around is
(Kohlschütter et al., Boilerplate Detection using Shallow Text Features, 2010), how long the run of short lines is, and
which lines form the article's own segment (Pasternack and Roth, Extracting Article Text from the Web with Maximum Subsequence
Segmentation, 2009).
"""

import numpy as np

from locbao.features.batch import DIGIT, Batch, BoolArray, FloatArray
from locbao.features.field import Field
from locbao.features.page import IntArray
from locbao.features.repeats import windowed_mean

PROSE = 20  # syllables from which on a line that ends a sentence is a paragraph
_LONG_ENOUGH = 60  # syllables beyond which a paragraph counts no more for its segment
_LINE_COST = 12  # syllables a line must have to pay for itself in the segment

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


def syllable_counts(batch: Batch) -> FloatArray:
    """(n,) tokens of each line that are not numbers."""
    return batch.per_line_tokens(batch.tokens.kind != DIGIT)


def prose_lines(batch: Batch) -> BoolArray:
    """(n,) lines that are long and end a sentence, or are very long."""
    length = syllable_counts(batch)
    return np.asarray((length >= PROSE) & sentence_ends(batch) | (length >= 2 * PROSE))


def sentence_ends(batch: Batch) -> BoolArray:
    """(n,) lines that close as a sentence does."""
    return np.isin(batch.codes[batch.stop - 1], [ord(mark) for mark in ".?!…:\"”)'’"])


def measure(batch: Batch) -> FloatArray:
    """(n, len(FIELDS)) of `FIELDS`."""
    length, prose = syllable_counts(batch), prose_lines(batch)
    up, down = distances(batch, prose)
    low, high = segment(batch, np.minimum(length, _LONG_ENOUGH) - _LINE_COST)
    index = np.arange(len(batch))
    pages = len(batch.first) - 1
    page_prose = np.bincount(batch.page, weights=prose, minlength=pages)
    inside = (index >= low) & (index < high)
    held = np.bincount(batch.page, weights=prose & inside, minlength=pages)
    columns = (
        windowed_mean(batch, prose.astype(np.float64), 2),
        windowed_mean(batch, prose.astype(np.float64), 6),
        windowed_mean(batch, prose.astype(np.float64), 15),
        windowed_mean(batch, np.minimum(length, 90), 3),
        windowed_mean(batch, np.minimum(length, 90), 10),
        _run_of_short(batch, length),
        up,
        down,
        inside,
        low - index,
        index - high + 1,
        length / _usual(batch, prose & inside, length),
        _share_in_segment(batch, inside, (length < PROSE) & sentence_ends(batch) & (length > 3)),
        (held / np.maximum(page_prose, 1))[batch.page],
    )
    return np.column_stack(columns).astype(np.float64)


def distances(batch: Batch, marked: BoolArray) -> tuple[FloatArray, FloatArray]:
    """(n,) lines up to the nearest marked line before and down to the nearest one after; 1000 where the page has none."""
    index = np.arange(len(batch))
    last = np.maximum.accumulate(np.where(marked, index, -1))
    last = np.append(-1, last[:-1])
    next_ = np.minimum.accumulate(np.where(marked, index, len(batch))[::-1])[::-1]
    next_ = np.append(next_[1:], len(batch))
    up = np.where(last >= batch.first[batch.page], index - last, 1000)
    down = np.where(next_ < batch.first[batch.page + 1], next_ - index, 1000)
    return up.astype(np.float64), down.astype(np.float64)


def segment(batch: Batch, values: FloatArray) -> tuple[IntArray, IntArray]:
    """(n,) first line and end (exclusive) of the page's run of lines with the largest sum of `values`, (n,)."""
    bounds = np.zeros((len(batch.first) - 1, 2), dtype=np.int64)
    for page, (start, stop) in enumerate(zip(batch.first[:-1], batch.first[1:], strict=True)):
        if stop > start:
            total = np.append(0.0, np.cumsum(values[start:stop]))
            lowest = np.minimum.accumulate(total[:-1])
            end = int(np.argmax(total[1:] - lowest))
            bounds[page] = start + int(np.argmin(total[: end + 1])), start + end + 1
    return bounds[batch.page, 0], bounds[batch.page, 1]


def _usual(batch: Batch, chosen: BoolArray, length: FloatArray) -> FloatArray:
    """(n,) the mean length of the page's chosen lines, in syllables; `PROSE` where it has none."""
    pages = len(batch.first) - 1
    count = np.bincount(batch.page, weights=chosen, minlength=pages)
    total = np.bincount(batch.page, weights=np.where(chosen, length, 0), minlength=pages)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), PROSE)[batch.page])


def _share_in_segment(batch: Batch, inside: BoolArray, marked: BoolArray) -> FloatArray:
    """(n,) share of marked lines among those of the page's segment."""
    pages = len(batch.first) - 1
    count = np.bincount(batch.page, weights=inside, minlength=pages)
    return np.asarray((np.bincount(batch.page, weights=inside & marked, minlength=pages) / np.maximum(count, 1))[batch.page])


def _run_of_short(batch: Batch, length: FloatArray) -> FloatArray:
    """(n,) how many lines of fewer than 13 syllables stand in a row around the line; 0 for a longer line."""
    short = length < 13
    breaks = ~short | (np.diff(batch.page, prepend=-1) != 0)
    run = np.cumsum(breaks)
    return np.where(short, np.bincount(run, weights=short)[run], 0) if len(batch) else length
