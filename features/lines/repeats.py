"""Repeats: a template writes the same thing twice, a reporter does not.

A related headline stands twice (picture text and link text), a caption follows its alternative text, menus come back in
the footer. Exact repeats are found by a hash of the line, near repeats by the Jaccard similarity of its syllables with
lines up to three further on. The blank lines between a pair tell captions (none, or one) from lists.
"""

from collections.abc import Iterator

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, HashArray, IntArray
from locbao.features.lines.one_hot import Quantity
from locbao.features.lines.quantities import FAR, windowed_mean
from locbao.features.lines.words.word_overlap import REACH, distinct_words
from locbao.features.page import Batch, cached
from locbao.features.tokens import powers

_SHORTEST = 3  # syllables from which on a line opening with another one means something
_LIKENESS = (0.15, 0.3, 0.5, 0.7, 0.95)


@cached
def line_hashes(batch: Batch) -> tuple[HashArray, HashArray]:
    """Order-sensitive hash of each line's tokens (n,), and the running sums it is made from (t + 1,)."""
    tokens = batch.tokens
    place = np.arange(len(tokens.code)) - tokens.first.take(tokens.line)
    factors = powers(int(place.max(initial=0)) + 1)
    running = np.zeros(len(tokens.code) + 1, dtype=np.uint64)
    np.cumsum(tokens.code * factors.take(place), out=running[1:])
    total = running.take(tokens.first)
    return total[1:] - total[:-1], running


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line."""
    hashes, running = line_hashes(batch)
    length = batch.tokens.count
    times, nearest = _same_lines(batch)
    before = likeness(batch)
    after = [batch.shifted(values, by, 0.0) for by, values in enumerate(before, start=1)]
    above = batch.shifted(hashes, -1, 0)
    same_before = (hashes == above) & (length > 0)
    opens = _opens_with_line_before(batch, above, running, length)
    repeated = (times > 1).astype(np.float64)

    yield Quantity("times the line stands on the page", times, (2, 3, 4), reach=2)
    yield Quantity("same as the line before", same_before, reach=2)
    yield Quantity("same as the line after", batch.shifted(same_before, 1, False), reach=2)
    yield Quantity("likeness to the line before", before[0], _LIKENESS, reach=1)
    yield Quantity("likeness to the line after", after[0], _LIKENESS, reach=1)
    yield Quantity("likeness to a line 2 or 3 before", np.maximum(before[1], before[2]), _LIKENESS)
    yield Quantity("likeness to a line 2 or 3 after", np.maximum(after[1], after[2]), _LIKENESS)
    yield Quantity("blank lines to its repeat (9: no repeat)", _gap_of_pair(batch, before[0], after[0]), (1, 2, 4, 9))
    yield Quantity("opens with the whole line before", opens, reach=1)
    yield Quantity("the line after opens with it", batch.shifted(opens, 1, False), reach=1)
    yield Quantity("says the same twice", _says_twice(batch, hashes, running, length), reach=2)
    share = windowed_mean(batch, repeated, 5)
    yield Quantity("share of repeated lines within 5 lines", share, (0.01, 0.15, 0.3, 0.5, 0.75))
    yield Quantity("distance to the same line (lines)", nearest, (1, 2, 3, 6, 20, 100))


def likeness(batch: Batch) -> list[FloatArray]:
    """For 1 to REACH: (n,) Jaccard similarity of a line's syllables with those of the line so many lines before it."""
    words = distinct_words(batch)
    result = []
    for by in range(1, REACH + 1):
        other = batch.shifted(words.size, -by, 0.0)
        shared = words.shared[by]
        result.append(np.where(other > 0, shared / np.maximum(words.size + other - shared, 1), 0.0))
    return result


@cached
def same_lines(batch: Batch) -> tuple[IntArray, IntArray]:
    """The lines ordered so that those of one page with the same text stand together, in page order (n,), and the number
    of the group that each line of this order belongs to (n,)."""
    shift = np.uint64(max(1, len(batch).bit_length()))
    hashes, _ = line_hashes(batch)
    # The line's number in the lower bits of its hash: one plain sort orders both.
    keys = np.sort(((hashes >> shift) << shift) | np.arange(len(batch), dtype=np.uint64))
    order = (keys & ((np.uint64(1) << shift) - np.uint64(1))).view(np.int64)
    text, page = keys >> shift, batch.page.take(order)
    fresh = np.zeros(len(batch), dtype=bool)
    fresh[1:] = (text[1:] != text[:-1]) | (page[1:] != page[:-1])
    return order, fresh.cumsum()


def _same_lines(batch: Batch) -> tuple[FloatArray, FloatArray]:
    """How often each line stands on its page, and how many lines away the nearest such line is (FAR: nowhere)."""
    order, group = same_lines(batch)
    times = np.empty(len(batch))
    times[order] = np.bincount(group).take(group)
    apart = np.full(len(batch) + 1, FAR)
    apart[1:-1] = np.where(group[1:] != group[:-1], FAR, np.diff(order))
    nearest = np.empty(len(batch))
    nearest[order] = np.minimum(apart[:-1], apart[1:])
    return times, nearest


def _gap_of_pair(batch: Batch, before: FloatArray, after: FloatArray) -> IntArray:
    """(n,) blank lines between a line and its near repeat next to it; 9 where there is none."""
    gap = np.where(after >= 0.6, batch.shifted(batch.gaps, 1, 9), 9)
    return np.where(before >= 0.6, batch.gaps, gap)


def _opens_with_line_before(batch: Batch, above: HashArray, running: HashArray, length: IntArray) -> BoolArray:
    shorter = batch.shifted(length, -1, 0)
    first = batch.tokens.first[:-1]
    possible = (shorter >= _SHORTEST) & (shorter < length)
    head = running.take(first + shorter * possible) - running.take(first)
    return np.asarray(possible & (head == above))


def _says_twice(batch: Batch, hashes: HashArray, running: HashArray, length: IntArray) -> BoolArray:
    """The line is "X X": its second half has the tokens of its first half."""
    half = length // 2
    first = batch.tokens.first[:-1]
    head = running.take(first + half) - running.take(first)
    factors = powers(int(half.max(initial=0)) + 1)
    return np.asarray((half >= 2) & (length % 2 == 0) & (hashes - head == head * factors.take(half)))
