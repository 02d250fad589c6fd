"""The design matrix: every field's level as one column, the neighbours' levels as their context, then the words.

One-hot levels keep the model linear and every weight readable: a line's score is a sum of named reasons.
"""

from collections.abc import Sequence
from types import ModuleType

import numpy as np
import scipy.sparse as sp

from locbao.features import beliefs, density, marks, patterns, place, repeats, shape, ties, words
from locbao.features.batch import Batch, FloatArray
from locbao.features.field import Field, LevelArray, level_name, levels
from locbao.features.page import IntArray
from locbao.features.vocabulary import Vocabulary

FAMILIES: dict[str, ModuleType] = {
    "shape": shape,
    "marks": marks,
    "words": words,
    "repeats": repeats,
    "density": density,
    "place": place,
    "ties": ties,
    "patterns": patterns,
}


class Grid:
    """Columns of some fields: one for each level of the line itself and of the `reach` lines before and after."""

    def __init__(self, fields: Sequence[Field], context: bool = True) -> None:
        self.fields = tuple(fields)
        reach = np.array([field.reach * context for field in fields], dtype=np.int64)
        farthest = int(reach.max(initial=0))
        self._views = [(by, np.flatnonzero(reach >= abs(by))) for by in range(-farthest, farthest + 1)]
        self._outside = np.array([len(field.edges) + 1 for field in fields], dtype=np.uint16)
        sizes = [np.asarray(self._outside[columns] + (by != 0), dtype=np.int64) for by, columns in self._views]
        self._offsets = np.append(0, np.cumsum(np.concatenate(sizes))).astype(np.int32)

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self._offsets[-1])

    def matrix(self, batch: Batch, level: LevelArray, rows: slice) -> sp.csr_matrix:
        """(rows, width) float32 with a one for each field and neighbour; `level` is (n, len(fields)) for all lines."""
        columns = np.hstack([self._seen(batch, level, rows, by, fields) for by, fields in self._views])
        columns = columns + self._offsets[:-1]
        pointers = np.arange(len(columns) + 1, dtype=np.int32) * columns.shape[1]
        ones = np.ones(columns.size, dtype=np.float32)
        return sp.csr_matrix((ones, columns.ravel(), pointers), shape=(len(columns), self.width))

    def _seen(self, batch: Batch, level: LevelArray, rows: slice, by: int, fields: IntArray) -> LevelArray:
        """(rows, fields) levels of the lines `by` further down, or one level more where the page has no such line."""
        page = batch.page[rows]
        there = np.arange(rows.start, rows.stop) + by
        outside = (there < batch.first[page]) | (there >= batch.first[page + 1])
        seen = level[np.where(outside, 0, there)][:, fields]
        seen[outside] = self._outside[fields]
        return seen

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return [name for by, fields in self._views for field in fields for name in _level_names(self.fields[field], by)]


def _level_names(field: Field, by: int) -> list[str]:
    where = f"line {by:+d}: " if by else ""
    names = [where + level_name(field, level) for level in range(len(field.edges) + 1)]
    return [*names, f"no line {by:+d} ({field.name})"] if by else names


class Design:
    """What the first pass sees of a line: the fields of `families` with their context, and the words of a vocabulary."""

    def __init__(self, families: Sequence[str], grams: Sequence[str], context: bool = True) -> None:
        self.families = tuple(families)
        self.vocabulary = Vocabulary(grams)
        self._grid = Grid([field for family in families for field in FAMILIES[family].FIELDS], context)

    def levels(self, batch: Batch) -> LevelArray:
        """(n, fields) levels of all fields."""
        return np.hstack([levels(FAMILIES[name].FIELDS, FAMILIES[name].measure(batch)) for name in self.families])

    def matrix(self, batch: Batch) -> sp.csr_matrix:
        """(n, number of columns) float32 in CSR."""
        rows = slice(0, len(batch))
        fields = self._grid.matrix(batch, self.levels(batch), rows)
        return sp.hstack((fields, self.vocabulary.matrix(batch)), format="csr")

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return self._grid.names() + [f"word “{gram}”" for gram in self.vocabulary.grams]


class SecondDesign:
    """What the second pass sees beside the first pass's columns: the beliefs about the line and its page."""

    def __init__(self, context: bool = True) -> None:
        self._grid = Grid(beliefs.FIELDS, context)

    def matrix(self, batch: Batch, probabilities: FloatArray) -> sp.csr_matrix:
        """(n, number of columns) float32 in CSR; `probabilities` (n, 3) are the first pass's."""
        level = levels(beliefs.FIELDS, beliefs.measure(batch, probabilities))
        return self._grid.matrix(batch, level, slice(0, len(batch)))

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return self._grid.names()
