"""Place: where a line stands on its page, and how the page sets its blank lines."""

import numpy as np

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.lines.field import Field, stacked
from locbao.features.page import Batch, page_end, page_start

_GAPS = np.array((1, 2, 4))

FIELDS = (
    Field("lines from the top", (1, 2, 3, 5, 9, 17, 33, 65, 129), 0),
    Field("lines from the bottom", (1, 2, 3, 5, 9, 17, 33, 65, 129), 0),
    Field("place on the page", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), 0),
    Field("lines on the page", (8, 16, 32, 64, 128, 256), 0),
    Field("blank lines before, as this page uses them", (1, 2, 3, 4), 3),
)


def measure(batch: Batch) -> FloatArray:
    """(len(FIELDS), n) of `FIELDS`."""
    index, first, end = np.arange(len(batch)), page_start(batch), page_end(batch)
    size = end - first
    top, bottom = index - first, end - 1 - index
    return stacked((top, bottom, top / np.maximum(size - 1, 1), size, _blanks(batch)))


def _blanks(batch: Batch) -> IntArray:
    """(n,) 0 on a page without blank lines, else 1 for none before the line, 2 for one, 3 for two or three, 4 for
    more."""
    used = batch.page_sums(batch.gaps > 0) > 0
    return np.where(used.take(batch.page), _GAPS.searchsorted(batch.gaps, side="right") + 1, 0)
