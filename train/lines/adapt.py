"""A line model that learns a site from a few of its pages, without forgetting the others.

What the base model knows is the prior. The pages move its weights by a multinomial logistic regression that has the
base's log-odds as offset: the same columns, the same words, nothing but the weights of the last pass changes. Two
things keep the change small: a penalty on its squares, and pages of other sites, on which the new model is to say what
the base says. Without them a page teaches its own length and order to every site.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize

from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.labels import LABELS
from locbao.predict.lines.line_model import Linear, LineModel, softmax
from locbao.train.lines.samples import Samples

_KEPT = 50.0  # weight of all pages on which nothing is to change, in lines of the site's pages
_RAREST = 1e-3  # as `LineConfig.rarest`
_ITERATIONS = 40


@dataclass(frozen=True, slots=True)
class SiteRows:
    """Lines of pages as the last pass sees them: `X` (n, columns), and the base's log-odds (n, 3), calibrated."""

    X: sp.csr_matrix
    offset: FloatArray

    def of(self, lines: BoolArray) -> "SiteRows":
        """Some of the lines, (n,)."""
        return SiteRows(self.X[np.flatnonzero(lines)], self.offset[lines])


class Adapter:
    """Fits the part `lines` of a base model on to pages of a site. `kept`: pages on which it is not to change.

    Raises OtherFeatures, NotFinite if the part is not one that this version can use.
    """

    def __init__(self, part: Mapping[str, Any], kept: Samples) -> None:
        self._part, self._model = part, LineModel(part)
        self._kept = self.rows(kept)

    def rows(self, samples: Samples) -> SiteRows:
        """The lines of the samples."""
        last, blocks, offsets = Linear(**(self._part["second"] or self._part["first"])), [], []
        for batch in samples.batches():
            blocks.append(self._model.last_matrix(batch))
            offsets.append(last.logits(blocks[-1]) / self._part["temperature"] + self._model.from_links(batch))
        return SiteRows(sp.vstack(blocks, format="csr"), np.vstack(offsets))

    def fit(self, rows: SiteRows, truth: FloatArray, weight: FloatArray, penalty: float) -> dict[str, Any]:
        """The part after learning from the rows: `truth` (n, 3) is 1 for a line's label, `weight` (n,) is a line's.

        `penalty`: half of it for each squared weight, on columns brought to one size, against the log loss of a line.
        """
        columns = np.unique(rows.X.indices)  # no other can learn anything
        X = sp.vstack((rows.X[:, columns], self._kept.X[:, columns]), format="csr")
        square = np.asarray(X.multiply(X).mean(axis=0)).ravel()
        scale = 1.0 / np.sqrt(square + _RAREST)
        X = (X @ sp.diags(scale)).tocsr()
        transposed = X.T.tocsr()
        offset = np.vstack((rows.offset, self._kept.offset))
        target = np.vstack((truth, softmax(self._kept.offset)))
        each = np.append(weight, np.full(len(self._kept.offset), _KEPT / len(self._kept.offset)))[:, None]
        shape = len(columns), len(LABELS)

        def loss(flat: FloatArray) -> tuple[float, FloatArray]:
            shift = flat.reshape(shape)
            logits = offset + X @ shift
            logits -= logits.max(axis=1, keepdims=True)
            logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
            value = penalty / 2 * float((shift * shift).sum()) - float((each * target * logs).sum())
            return value, (transposed @ (each * (np.exp(logs) - target)) + penalty * shift).ravel()

        start = np.zeros(shape[0] * shape[1])
        fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
        pass_ = "second" if self._part["second"] else "first"
        weights = self._part[pass_]["weights"].astype(np.float64)
        weights[columns] += fitted.x.reshape(shape) * scale[:, None] * self._part["temperature"]
        return {**self._part, pass_: {**self._part[pass_], "weights": weights.astype(np.float32)}}
