"""The design: every field's level as one column, the neighbours' levels as their context, then the words.

One-hot levels keep the model linear and every weight readable: a line's score is a sum of named reasons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import FloatArray
from locbao.features.lines import (
    first_pass,
    function_words,
    headline_overlap,
    line_patterns,
    marks,
    position,
    repeats,
    shape,
    text_density,
)
from locbao.features.lines.field import Cuts, LevelArray
from locbao.features.lines.one_hot import Grid, GridWeights
from locbao.features.lines.vocabulary import Vocabulary
from locbao.features.page import Batch

if TYPE_CHECKING:
    import scipy.sparse as sp

FAMILIES: dict[str, ModuleType] = {
    "shape": shape,
    "marks": marks,
    "words": function_words,
    "repeats": repeats,
    "density": text_density,
    "place": position,
    "ties": headline_overlap,
    "patterns": line_patterns,
}


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of a design's columns for k scores: those of the fields, and (k, grams) those of the words."""

    fields: GridWeights
    words: FloatArray


class Design:
    """What the first pass sees of a line: the fields of `families` with their context, and words of a vocabulary."""

    def __init__(self, families: Sequence[str], grams: Sequence[str], context: bool = True) -> None:
        self.families = tuple(families)
        self.vocabulary = Vocabulary(grams)
        fields = [field for family in families for field in FAMILIES[family].FIELDS]
        self._grid, self._cuts = Grid(fields, context), Cuts(fields)

    @property
    def width(self) -> int:
        """Number of columns."""
        return self._grid.width + len(self.vocabulary)

    def levels(self, batch: Batch) -> LevelArray:
        """(fields, n) levels of all fields."""
        values = np.empty((len(self._grid.fields), len(batch)))
        row = 0
        for family in self.families:
            count = len(FAMILIES[family].FIELDS)
            values[row : row + count] = FAMILIES[family].measure(batch)
            row += count
        return self._cuts.levels(values)

    def matrix(self, batch: Batch) -> "sp.csr_matrix":
        """(n, width) float32."""
        import scipy.sparse as sp

        fields = self._grid.matrix(batch, self.levels(batch))
        return sp.hstack((fields, self.vocabulary.matrix(batch)), format="csr")

    def weights(self, columns: npt.NDArray[np.float32]) -> Weights:
        """The weights (width, k) as `scores` takes them."""
        fields, grams = columns[: self._grid.width], columns[self._grid.width :]
        return Weights(self._grid.weights(fields), np.ascontiguousarray(grams.T, dtype=np.float64))

    def scores(self, batch: Batch, weights: Weights) -> FloatArray:
        """(n, k) `matrix(batch)` times the weights, without the matrix."""
        scores = self._grid.scores(batch, self.levels(batch), weights.fields)
        return scores + self.vocabulary.scores(batch, weights.words)

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return self._grid.names() + [f"word “{gram}”" for gram in self.vocabulary.grams]


class SecondDesign:
    """What the second pass sees beside the first pass's columns: the beliefs about the line and its page."""

    def __init__(self, context: bool = True) -> None:
        self._grid, self._cuts = Grid(first_pass.FIELDS, context), Cuts(first_pass.FIELDS)

    @property
    def width(self) -> int:
        """Number of columns."""
        return self._grid.width

    def matrix(self, batch: Batch, probabilities: FloatArray) -> "sp.csr_matrix":
        """(n, width) float32; `probabilities` (n, 3) are the first pass's."""
        return self._grid.matrix(batch, self._levels(batch, probabilities))

    def weights(self, columns: npt.NDArray[np.float32]) -> GridWeights:
        """The weights (width, k) as `scores` takes them."""
        return self._grid.weights(columns)

    def scores(self, batch: Batch, probabilities: FloatArray, weights: GridWeights) -> FloatArray:
        """(n, k) `matrix(batch, probabilities)` times the weights, without the matrix."""
        return self._grid.scores(batch, self._levels(batch, probabilities), weights)

    def names(self) -> list[str]:
        """A readable name for each column, in order."""
        return self._grid.names()

    def _levels(self, batch: Batch, probabilities: FloatArray) -> LevelArray:
        return self._cuts.levels(first_pass.measure(batch, probabilities))
