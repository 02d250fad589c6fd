"""The line model: two linear passes over a batch of pages, and the reasons behind a line's label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from locbao.features.arrays import FloatArray
from locbao.features.errors import LocbaoError
from locbao.features.labels import LABELS
from locbao.features.lines.design import Design, SecondDesign
from locbao.features.page import Batch

if TYPE_CHECKING:
    import scipy.sparse as sp

_Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted linear model as plain arrays: `weights` (columns, 3) and `intercept` (3,), both float32."""

    weights: _Weights
    intercept: _Weights

    def scores(self, seen: "sp.csr_matrix") -> FloatArray:
        """(n, 3) log-odds, up to a constant a line, for (n, columns)."""
        return np.asarray(seen @ self.weights + self.intercept, dtype=np.float64)


class OtherFeatures(LocbaoError):
    """A model part made for other features than those of this locbao."""

    def __init__(self, found: int, expected: int) -> None:
        super().__init__(
            f"The model weighs {found} columns, but this version of locbao computes {expected}: it was trained with "
            "other features. Train it again with `locbao train lines`, or install the locbao that its manifest names."
        )


class LineModel:
    """Built from the part `lines` of a model folder, a dict of plain values and arrays:

    `families`, `context`, `grams` (one a line): what the first pass sees. `first`: its `weights` and `intercept`.
    `second`: those of the second pass, or None. `temperature`: what the last scores are divided by (Guo et al., 2017).
    Raises OtherFeatures if the weights are not those of this version's columns.
    """

    def __init__(self, part: Mapping[str, Any]) -> None:
        grams = part["grams"].split("\n") if part["grams"] else []
        self.design = Design(part["families"], grams, part["context"])
        self.second_design = SecondDesign(part["context"])
        self._first = Linear(**part["first"])
        self._second = Linear(**part["second"]) if part["second"] else None
        self._temperature = float(part["temperature"])
        self._check_columns()
        # Both passes see the design, so that their weights are looked up together.
        both = [linear.weights[: self.design.width] for linear in (self._first, self._second) if linear]
        self._seen = self.design.weights(np.hstack(both))
        self._believed = self.second_design.weights(self._second.weights[self.design.width :]) if self._second else None

    def _check_columns(self) -> None:
        expected = self.design.width
        for linear in (self._first, self._second):
            if linear and len(linear.weights) != expected:
                raise OtherFeatures(len(linear.weights), expected)
            expected += self.second_design.width

    def probabilities(self, batch: Batch) -> FloatArray:
        """(n, 3) calibrated probabilities of LABELS for every line of the batch."""
        if not len(batch):
            return np.zeros((0, len(LABELS)))
        count = len(LABELS)
        seen = self.design.scores(batch, self._seen)
        scores = seen[:, :count] + self._first.intercept
        if self._second and self._believed is not None:
            believed = self.second_design.scores(batch, softmax(scores), self._believed)
            scores = seen[:, count:] + believed + self._second.intercept
        return softmax(scores / self._temperature)

    def reasons(self, batch: Batch, lines: Sequence[int]) -> Iterator[tuple[list[str], FloatArray, FloatArray]]:
        """For each of `lines`, of its k columns: names (k), values (k,), contributions (k, 3) to the scores."""
        import scipy.sparse as sp

        seen = self.design.matrix(batch)
        names, final = self.design.names(), self._first
        if self._second:
            believed = self.second_design.matrix(batch, softmax(self._first.scores(seen)))
            seen = sp.hstack((seen, believed), format="csr")
            names, final = names + self.second_design.names(), self._second
        for line in lines:
            row = seen[line]
            weights = final.weights[row.indices] * row.data[:, None] / self._temperature
            yield [names[column] for column in row.indices], row.data.astype(np.float64), weights


def softmax(scores: FloatArray) -> FloatArray:
    """(n, k) probabilities of (n, k) scores."""
    exponent = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=1, keepdims=True))
