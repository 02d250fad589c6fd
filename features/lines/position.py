"""Position: where a line stands on its page, and how the page sets its blank lines."""

from collections.abc import Iterator

import numpy as np

from locbao.features.arrays import IntArray
from locbao.features.lines.one_hot import Quantity
from locbao.features.page import Batch, page_end, page_start

_COUNTS = (1, 2, 3, 5, 9, 17, 33, 65, 129)
_TENTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_GAPS = np.array((1, 2, 4))


def quantities(batch: Batch) -> Iterator[Quantity]:
    """What is measured of every line."""
    index, first, end = np.arange(len(batch)), page_start(batch), page_end(batch)
    size = end - first
    yield Quantity("lines from the top", index - first, _COUNTS)
    yield Quantity("lines from the bottom", end - 1 - index, _COUNTS)
    yield Quantity("place on the page", (index - first) / np.maximum(size - 1, 1), _TENTHS)
    yield Quantity("lines on the page", size, (8, 16, 32, 64, 128, 256))
    yield Quantity("blank lines before, as this page uses them", _blanks(batch), (1, 2, 3, 4), reach=3)


def _blanks(batch: Batch) -> IntArray:
    """(n,) 0 on a page without blank lines, else 1 for none before the line, 2 for one, 3 for two or three, 4 for
    more."""
    used = batch.page_sums(batch.gaps > 0) > 0
    return np.where(used.take(batch.page), _GAPS.searchsorted(batch.gaps, side="right") + 1, 0)
