"""Place: where a line stands on its page, and how the page sets its blank lines."""

import numpy as np

from locbao.features.batch import Batch, FloatArray
from locbao.features.field import Field

FIELDS = (
    Field("lines from the top", (1, 2, 3, 5, 9, 17, 33, 65, 129), 0),
    Field("lines from the bottom", (1, 2, 3, 5, 9, 17, 33, 65, 129), 0),
    Field("place on the page", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), 0),
    Field("lines on the page", (8, 16, 32, 64, 128, 256), 0),
    Field("blank lines before, as this page uses them", (1, 2, 3, 4), 3),
)


def measure(batch: Batch) -> FloatArray:
    """(n, len(FIELDS)) of `FIELDS`."""
    index = np.arange(len(batch))
    first, end = batch.first[batch.page], batch.first[batch.page + 1]
    size = end - first
    top, bottom = index - first, end - 1 - index
    return np.column_stack((top, bottom, top / np.maximum(size - 1, 1), size, _blanks(batch))).astype(np.float64)


def _blanks(batch: Batch) -> FloatArray:
    """(n,) 0 on a page without blank lines, else 1 for none before the line, 2 for one, 3 for two or three, 4 for more."""
    used = np.bincount(batch.page, weights=batch.gaps > 0, minlength=len(batch.first) - 1) > 0
    level = np.searchsorted((1, 2, 4), batch.gaps, side="right") + 1
    return np.where(used[batch.page], level, 0).astype(np.float64)
