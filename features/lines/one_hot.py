"""A grid: the columns that fields fill, one for each level of the line itself and of the lines around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.lines.field import Field, LevelArray, level_name
from locbao.features.page import Batch, neighbours

if TYPE_CHECKING:
    import scipy.sparse as sp

_BLOCK = 256  # lines whose weights are gathered at a time, so that they stay in the cache


@dataclass(frozen=True, slots=True)
class GridWeights:
    """Weights of a grid's columns for `count` scores. `rows` (width, 4 or 8) has zeros added: numpy gathers rows of 16
    and of 32 bytes much faster than others."""

    rows: npt.NDArray[np.float32]
    count: int


class Grid:
    """Columns of some fields: one for each level of the line itself and of the `reach` lines before and after, and one
    for the page having no such line."""

    def __init__(self, fields: Sequence[Field], context: bool = True) -> None:
        self.fields = tuple(fields)
        reach = np.array([field.reach * context for field in fields], dtype=np.int64)
        farthest = int(reach.max(initial=0))
        views = [(by, np.flatnonzero(reach >= abs(by))) for by in range(-farthest, farthest + 1)]
        count = np.array([len(field.edges) + 1 for field in fields], dtype=np.int64)
        sizes = np.concatenate([count[seen] + (by != 0) for by, seen in views])
        ends = sizes.cumsum()
        self._field = np.concatenate([seen for _, seen in views])
        self._offset = (ends - sizes)[:, None]
        self._outside = ends - 1  # the last column of a neighbour's field
        borders = np.cumsum([0, *(len(seen) for _, seen in views)]).tolist()
        self._views = [(by, slice(*borders[place : place + 2])) for place, (by, _) in enumerate(views)]
        self.width = int(ends[-1])

    def matrix(self, batch: Batch, level: LevelArray) -> "sp.csr_matrix":
        """(n, width) float32 with a one for each field and neighbour; `level` is (len(fields), n)."""
        import scipy.sparse as sp

        columns = self._columns(level).astype(np.int32)
        for by, view in self._views:
            there, beyond = neighbours(batch, by)
            columns[view] = columns[view].take(there, axis=1)
            columns[view, beyond] = self._outside[view, None]
        pointers = np.arange(len(batch) + 1, dtype=np.int32) * len(columns)
        ones = np.ones(columns.size, dtype=np.float32)
        return sp.csr_matrix((ones, columns.T.ravel(), pointers), shape=(len(batch), self.width))

    def weights(self, columns: npt.NDArray[np.float32]) -> GridWeights:
        """The weights (width, k), k at most 8, as `scores` takes them."""
        count = columns.shape[1]
        rows = np.zeros((self.width, 4 if count <= 4 else 8), dtype=np.float32)
        rows[:, :count] = columns
        return GridWeights(rows, count)

    def scores(self, batch: Batch, level: LevelArray, weights: GridWeights) -> FloatArray:
        """(n, k) `matrix` times the weights, without the matrix.

        What a line gives to the score of the line `by` lines off is added up where it stands, then moved there.
        """
        given = np.empty((len(self._views), len(batch), weights.rows.shape[1]), dtype=np.float32)
        for start in range(0, len(batch), _BLOCK):
            block = slice(start, start + _BLOCK)
            found = weights.rows.take(self._columns(level[:, block]), axis=0)
            for place, (_, view) in enumerate(self._views):
                found[view].sum(axis=0, out=given[place, block])
        result = np.zeros(given.shape[1:])
        for (by, view), part in zip(self._views, given, strict=True):
            there, beyond = neighbours(batch, by)
            seen = part.take(there, axis=0)
            seen[beyond] = weights.rows[self._outside[view]].sum(axis=0)
            result += seen
        return result[:, : weights.count]

    def _columns(self, level: LevelArray) -> IntArray:
        """(views, n) the columns that the lines' own levels fill in the view of each neighbour and field."""
        return np.asarray(level.take(self._field, axis=0) + self._offset)

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return [
            name for by, view in self._views for field in self._field[view] for name in _names(self.fields[field], by)
        ]


def _names(field: Field, by: int) -> list[str]:
    where = f"line {by:+d}: " if by else ""
    names = [where + level_name(field, level) for level in range(len(field.edges) + 1)]
    return [*names, f"no line {by:+d} ({field.name})"] if by else names
