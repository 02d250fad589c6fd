"""What lines or sentences hold in the columns of a linear model: a sparse matrix to train on, scores when labelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    import scipy.sparse as sp

_Float = TypeVar("_Float", bound=np.floating[Any])

_BLOCK = 512  # rows whose weights are gathered at a time, so that they stay in the processor's cache


class Entries(NamedTuple):
    """Values of single rows: m rows, the column of each, and the value, one for all or one each. Those of one place add
    up."""

    row: IntArray
    column: IntArray
    value: FloatArray | float


class Ones(NamedTuple):
    """The columns of n rows that hold a one, v in each row: `first` (v, 1) plus `level` (v, n), of a small type."""

    first: IntArray
    level: npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Columns:
    """The values of n rows in `width` columns, most of them zero; `shape` is (n, width).

    `ones`: where a row holds a one. `entries`: all other values.
    """

    shape: tuple[int, int]
    ones: Iterable[Ones] = ()
    entries: Sequence[Entries] = ()

    def matrix(self) -> "sp.csr_matrix":
        """(n, width) float32."""
        import scipy.sparse as sp

        every = np.arange(self.shape[0])
        parts = [Entries(np.tile(every, len(first)), (first + level).ravel(), 1.0) for first, level in self.ones]
        row, column, value = zip(*parts, *self.entries, strict=True)
        values = [np.broadcast_to(np.float32(one), rows.shape) for one, rows in zip(value, row, strict=True)]
        at = np.concatenate(row), np.concatenate(column)
        return sp.coo_matrix((np.concatenate(values), at), self.shape).tocsr()

    def scores(self, weights: npt.NDArray[np.floating[Any]]) -> FloatArray:
        """(n, k) `matrix()` times the weights, (width, k), without building the matrix; `padded` ones are fast."""
        count, width = self.shape[0], weights.shape[1]
        result = np.zeros((count, width))
        for row, column, value in self.entries:
            gathered = weights.take(column, axis=0).T
            result += np.array([np.bincount(row, weight * value, minlength=count) for weight in gathered]).T
        for first, level in self.ones:
            for start in range(0, count, _BLOCK):
                block = slice(start, start + _BLOCK)
                result[block] += weights.take(first + level[:, block], axis=0).sum(axis=0)
        return result


def padded(weights: npt.NDArray[_Float]) -> npt.NDArray[_Float]:
    """(width, k) weights with columns of zeros up to a multiple of four: numpy gathers rows of 16 and of 32 bytes, four
    and eight weights of float32, much faster than those of other sizes."""
    rows = np.zeros((len(weights), weights.shape[1] + -weights.shape[1] % 4), dtype=weights.dtype)
    rows[:, : weights.shape[1]] = weights
    return rows
