"""Repeats: a template writes the same thing twice, a reporter does not.

A related headline stands twice (picture text and link text), a caption follows its alternative text, menus come back in the
footer. Exact repeats are found by a hash of the line, near repeats by the Jaccard similarity of its syllables with lines up
to three further on. The blank lines between a pair tell captions (none, or one) from lists.
"""

import numpy as np

from locbao.features.batch import Batch, BoolArray, FloatArray, HashArray, powers
from locbao.features.field import Field
from locbao.features.page import IntArray

REACH = 3  # lines between which near repeats are looked for
_SHORTEST = 3  # syllables from which on a line opening with another one means something

FIELDS = (
    Field("times the line stands on the page", (2, 3, 4), 2),
    Field("same as the line before", (0.5,), 2),
    Field("same as the line after", (0.5,), 2),
    Field("likeness to the line before", (0.15, 0.3, 0.5, 0.7, 0.95), 1),
    Field("likeness to the line after", (0.15, 0.3, 0.5, 0.7, 0.95), 1),
    Field("likeness to a line 2 or 3 before", (0.15, 0.3, 0.5, 0.7, 0.95), 0),
    Field("likeness to a line 2 or 3 after", (0.15, 0.3, 0.5, 0.7, 0.95), 0),
    Field("blank lines to its repeat (9: no repeat)", (1, 2, 4, 9), 0),
    Field("opens with the whole line before", (0.5,), 1),
    Field("the line after opens with it", (0.5,), 1),
    Field("says the same twice", (0.5,), 2),
    Field("share of repeated lines within 5 lines", (0.01, 0.15, 0.3, 0.5, 0.75), 0),
    Field("distance to the same line (lines)", (1, 2, 3, 6, 20, 100), 0),
)


def line_hashes(batch: Batch) -> tuple[HashArray, HashArray]:
    """Order-sensitive hash of each line's tokens (n,), and the running sums it is made from (t + 1,)."""
    tokens = batch.tokens
    place = np.arange(len(tokens.code)) - tokens.first[tokens.line]
    factors = powers(int(place.max(initial=0)) + 2)
    running = np.append(np.zeros(1, dtype=np.uint64), np.cumsum(tokens.code * factors[place], dtype=np.uint64))
    return running[tokens.first[1:]] - running[tokens.first[:-1]], running


def measure(batch: Batch) -> FloatArray:
    """(n, len(FIELDS)) of `FIELDS`."""
    hashes, running = line_hashes(batch)
    length = np.diff(batch.tokens.first)
    times, nearest = _same_lines(batch, hashes)
    before = {by: likeness(batch, -by) for by in range(1, REACH + 1)}
    after = {by: batch.shifted(before[by], by, 0.0) for by in before}
    same_before = (hashes == batch.shifted(hashes, -1, 0)) & (length > 0)
    same_after = batch.shifted(same_before, 1, False)
    opens = _opens_with_line_before(batch, hashes, running, length)
    columns = (
        times,
        same_before,
        same_after,
        before[1],
        after[1],
        np.maximum(before[2], before[3]),
        np.maximum(after[2], after[3]),
        _gap_of_pair(batch, before, after),
        opens,
        batch.shifted(opens, 1, False),
        _says_twice(batch, hashes, running, length),
        windowed_mean(batch, (times > 1).astype(np.float64), 5),
        nearest,
    )
    return np.column_stack(columns).astype(np.float64)


def windowed_mean(batch: Batch, values: FloatArray, width: int) -> FloatArray:
    """(n,) mean of (n,) values over the page's lines up to `width` lines away on each side."""
    total = np.append(0.0, np.cumsum(values))
    index = np.arange(len(batch))
    low = np.maximum(index - width, batch.first[batch.page])
    high = np.minimum(index + width + 1, batch.first[batch.page + 1])
    return np.asarray((total[high] - total[low]) / np.maximum(high - low, 1))


def likeness(batch: Batch, by: int) -> FloatArray:
    """(n,) Jaccard similarity of a line's syllables with those of the line `by` (negative) lines before it."""
    tokens = batch.tokens
    _, compact = np.unique(tokens.code, return_inverse=True)
    width = int(compact.max(initial=0)) + 1
    keys = np.unique(tokens.line * width + compact)
    line = keys // width
    count = np.bincount(line, minlength=len(batch)).astype(np.float64)
    wanted = keys + by * width
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    shared = np.bincount(line[keys[place] == wanted], minlength=len(batch)) if len(keys) else count
    other = batch.shifted(count, by, 0.0)
    union = count + other - shared
    return np.where(other > 0, shared / np.maximum(union, 1), 0.0)


def _same_lines(batch: Batch, hashes: HashArray) -> tuple[FloatArray, FloatArray]:
    """How often each line stands on its page, and how many lines away the nearest such line is (1000: nowhere)."""
    order = np.lexsort((np.arange(len(batch)), hashes, batch.page))
    fresh = np.ones(len(batch), dtype=bool)
    fresh[1:] = (hashes[order][1:] != hashes[order][:-1]) | (batch.page[order][1:] != batch.page[order][:-1])
    group = np.cumsum(fresh) - 1
    times = np.empty(len(batch))
    times[order] = np.bincount(group)[group] if len(batch) else 0
    apart = np.full(len(batch) + 1, 1000.0)
    apart[1:-1] = np.where(fresh[1:], 1000.0, np.diff(order))
    nearest = np.empty(len(batch))
    nearest[order] = np.minimum(apart[:-1], apart[1:])
    return times, nearest


def _gap_of_pair(batch: Batch, before: dict[int, FloatArray], after: dict[int, FloatArray]) -> FloatArray:
    """(n,) blank lines between a line and its near repeat next to it; 9 where there is none."""
    gap_after = batch.shifted(batch.gaps, 1, 9)
    gap = np.where(after[1] >= 0.6, gap_after, 9)
    return np.where(before[1] >= 0.6, batch.gaps, gap).astype(np.float64)


def _opens_with_line_before(batch: Batch, hashes: HashArray, running: HashArray, length: IntArray) -> BoolArray:
    shorter = batch.shifted(length, -1, 0)
    first = batch.tokens.first[:-1]
    possible = (shorter >= _SHORTEST) & (shorter < length)
    head = running[first + np.where(possible, shorter, 0)] - running[first]
    return np.asarray(possible & (head == batch.shifted(hashes, -1, 0)))


def _says_twice(batch: Batch, hashes: HashArray, running: HashArray, length: IntArray) -> BoolArray:
    """The line is "X X": its second half has the tokens of its first half."""
    half = length // 2
    first = batch.tokens.first[:-1]
    head = running[first + half] - running[first]
    factors = powers(int(half.max(initial=0)) + 1)
    return np.asarray((half >= 2) & (length % 2 == 0) & (hashes - head == head * factors[half]))
