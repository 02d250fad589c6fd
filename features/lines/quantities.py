"""Counts of characters and syllables, and quantities of lines, that several families of features start from."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from locbao.features.arrays import BoolArray, ByteArray, CodeArray, FloatArray, IntArray
from locbao.features.page import Batch, cached, page_end, page_start
from locbao.features.tokens import DIGIT, KIND, UPPER

PROSE = 20  # syllables from which on a line that ends a sentence is a paragraph
_LONG_ENOUGH = 60  # syllables beyond which a paragraph counts no more for its segment
_LINE_COST = 12  # syllables a line must have to pay for itself in the segment
FAR = 1000  # distance to a line that the page does not have
STEPS = (1, 2, 3, 4, 6, 10, 20, 60)  # edges of such distances

CAPITAL, SENTENCE_END, COMMA, QUOTE, SEPARATOR, AT = range(1, 7)  # signs: characters by what they are used for
_SIGNS = {".?!…": SENTENCE_END, ",": COMMA, '"“”': QUOTE, "|>»›•·/\\": SEPARATOR, "@": AT}


class CharacterClasses:
    """A number for every character: that of the text which names it, else what `others` has for it."""

    def __init__(self, named: Mapping[str, int], others: ByteArray | None = None) -> None:
        self._table = np.zeros_like(KIND) if others is None else others.copy()
        for characters, number in named.items():
            self._table[list(map(ord, characters))] = number

    def of(self, codes: CodeArray) -> ByteArray:
        """The numbers of code points, an array of any size."""
        return self._table.take(codes, mode="clip")


def among(characters: str) -> CharacterClasses:
    """1 for the characters given, 0 for all others."""
    return CharacterClasses({characters: 1})


_SIGN = CharacterClasses(_SIGNS, np.where(KIND == UPPER, CAPITAL, 0).astype(np.uint8))
_AFTER_SENTENCE = among(" \n\"”')")
_LINE_ENDS = among(".?!…:\"”)'’")


@cached
def sign_counts(batch: Batch) -> FloatArray:
    """(7, n) how many signs of each use every line has; a full stop inside a word or number ends no sentence."""
    sign = _SIGN.of(batch.codes)
    place = np.flatnonzero(sign)  # most characters are lower case or spaces
    sign = sign.take(place)
    follows = batch.codes.take(place + 1, mode="clip")
    sign[(sign == SENTENCE_END) & (_AFTER_SENTENCE.of(follows) == 0)] = 0
    line = batch.start.searchsorted(place, side="right") - 1
    counts = np.bincount(line * (AT + 1) + sign, minlength=len(batch) * (AT + 1))
    return counts.reshape(-1, AT + 1).T.astype(np.float64)


@cached
def syllable_counts(batch: Batch) -> FloatArray:
    """(n,) tokens of each line that are not numbers."""
    return batch.token_counts(batch.tokens.kind != DIGIT)


@cached
def digit_counts(batch: Batch) -> FloatArray:
    """(n,) digits of each line."""
    digit = np.flatnonzero(batch.tokens.kind == DIGIT)
    length = batch.tokens.stop.take(digit) - batch.tokens.start.take(digit)
    return batch.line_sums(batch.tokens.line.take(digit), length)


@cached
def letter_counts(batch: Batch) -> FloatArray:
    """(n,) letters of each line."""
    length = batch.tokens.stop - batch.tokens.start
    return batch.line_sums(batch.tokens.line, length) - digit_counts(batch)


@cached
def sentence_ends(batch: Batch) -> BoolArray:
    """(n,) lines that close as a sentence does."""
    return _LINE_ENDS.of(batch.codes.take(batch.stop - 1)) > 0


@cached
def prose_lines(batch: Batch) -> BoolArray:
    """(n,) lines that are long and end a sentence, or are very long."""
    length = syllable_counts(batch)
    return np.asarray((length >= PROSE) & sentence_ends(batch) | (length >= 2 * PROSE))


@cached
def article_segment(batch: Batch) -> tuple[IntArray, IntArray]:
    """(n,) first line and end of the run of lines that, by their lengths alone, are the page's article."""
    return segment(batch, np.minimum(syllable_counts(batch), _LONG_ENOUGH) - _LINE_COST)


def segment(batch: Batch, values: FloatArray) -> tuple[IntArray, IntArray]:
    """(n,) first line and end (exclusive) of the page's run of lines with the largest sum of `values`, (n,)."""
    bounds = np.zeros((len(batch.first) - 1, 2), dtype=np.int64)
    for page, (start, stop) in enumerate(pairwise(batch.first.tolist())):
        if stop > start:
            total = np.zeros(stop - start + 1)
            values[start:stop].cumsum(out=total[1:])
            end = int((total[1:] - np.minimum.accumulate(total[:-1])).argmax())
            bounds[page] = start + int(total[: end + 1].argmin()), start + end + 1
    low, high = bounds.T
    return low.take(batch.page), high.take(batch.page)


def distances(batch: Batch, marked: BoolArray) -> tuple[FloatArray, FloatArray]:
    """(n,) lines up to the nearest marked line before and down to the nearest one after; 1000 where there is none."""
    index, count = np.arange(len(batch)), len(batch)
    last = np.full(count, -1)
    np.maximum.accumulate(np.where(marked, index, -1)[:-1], out=last[1:])
    following = np.full(count, count)
    np.minimum.accumulate(np.where(marked, index, count)[:0:-1], out=following[-2::-1])
    up = np.where(last >= page_start(batch), index - last, FAR)
    down = np.where(following < page_end(batch), following - index, FAR)
    return up.astype(np.float64), down.astype(np.float64)


@cached
def _window(batch: Batch, width: int) -> tuple[IntArray, IntArray, IntArray]:
    """(n,) first line, end (exclusive) and number of the lines up to `width` lines away, on the same page."""
    index = np.arange(len(batch))
    low, high = np.maximum(index - width, page_start(batch)), np.minimum(index + width + 1, page_end(batch))
    return low, high, high - low


def windowed_mean(batch: Batch, values: FloatArray, width: int) -> FloatArray:
    """(n,) mean of (n,) values over the page's lines up to `width` lines away on each side."""
    total = np.zeros(len(batch) + 1)
    values.cumsum(out=total[1:])
    low, high, size = _window(batch, width)
    return np.asarray((total.take(high) - total.take(low)) / size)
