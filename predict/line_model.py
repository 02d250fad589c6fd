"""The line model: two linear passes over a batch of pages, and the reasons behind a line's label."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from locbao.features.batch import Batch, FloatArray
from locbao.features.design import Design, SecondDesign
from locbao.predict.labelled import LABELS


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted linear model as plain arrays: `weights` (columns, 3) and `intercept` (3,), both float32."""

    weights: npt.NDArray[np.float32]
    intercept: npt.NDArray[np.float32]

    def scores(self, seen: sp.csr_matrix) -> FloatArray:
        """(n, 3) log-odds, up to a constant a line, for (n, columns)."""
        return np.asarray(seen @ self.weights + self.intercept, dtype=np.float64)


class LineModel:
    """Built from the part `lines` of a model folder, a dict of plain values and arrays:

    `families`, `context`, `grams` (one a line): what the first pass sees. `first`: its `weights` and `intercept`.
    `second`: those of the second pass, or None. `temperature`: what the last scores are divided by (Guo et al., 2017).
    """

    def __init__(self, part: Mapping[str, Any]) -> None:
        self.design = Design(part["families"], part["grams"].split("\n"), part["context"])
        self.second_design = SecondDesign(part["context"])
        self._first = Linear(**part["first"])
        self._second = Linear(**part["second"]) if part["second"] else None
        self._temperature = float(part["temperature"])

    def probabilities(self, batch: Batch) -> FloatArray:
        """(n, 3) calibrated probabilities of LABELS for every line of the batch."""
        if not len(batch):
            return np.zeros((0, len(LABELS)))
        seen = self.design.matrix(batch)
        scores = self._first.scores(seen)
        if self._second is not None:
            scores = self._second.scores(self._with_beliefs(batch, seen))
        return softmax(scores / self._temperature)

    def _with_beliefs(self, batch: Batch, seen: sp.csr_matrix) -> sp.csr_matrix:
        """The columns of the second pass: those of the first, and what it believes."""
        believed = softmax(self._first.scores(seen))
        return sp.hstack((seen, self.second_design.matrix(batch, believed)), format="csr")

    def reasons(self, batch: Batch, lines: Sequence[int]) -> Iterator[tuple[list[str], FloatArray, FloatArray]]:
        """For each of `lines`: names (k), values (k,) and contributions (k, 3) to the scores of LABELS of the columns set."""
        seen = self.design.matrix(batch)
        names, final = self.design.names(), self._first
        if self._second is not None:
            seen = self._with_beliefs(batch, seen)
            names, final = names + self.second_design.names(), self._second
        for line in lines:
            row = seen[line]
            weights = final.weights[row.indices] * row.data[:, None] / self._temperature
            yield [names[column] for column in row.indices], row.data.astype(np.float64), weights


def softmax(scores: FloatArray) -> FloatArray:
    """(n, k) probabilities of (n, k) scores."""
    exponent = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=1, keepdims=True))
