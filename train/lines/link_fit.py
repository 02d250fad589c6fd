"""Fitting what links tell beyond the text of a page: how far each column of LinkDesign moves the log-odds of sidebar.

It is learned from pages whose links are known, as a logistic regression on top of what models say of them as plain text
that have not seen their sites. So plain text loses nothing by it.
"""

import numpy as np
from scipy.optimize import minimize

from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.labels import BODY, CAPTION, SIDEBAR
from locbao.features.lines.design import LinkDesign
from locbao.features.page import Batch
from locbao.train.lines.samples import Samples

_PENALTY = 1.0  # for each squared weight, against the log loss of a line
_FEWEST = 10  # pages


def fit_link_weights(samples: Samples, logits: FloatArray, usable: BoolArray) -> FloatArray | None:
    """(width of LinkDesign,) weights, rounded to what two solvers agree on; None if fewer than ten pages have links.

    `logits` (n, 3): out-of-site log-odds of LABELS of all lines. `usable` (n): lines that have log-odds and are sure.
    """
    lines_of = np.bincount(samples.sample[usable], minlength=len(samples.items))
    chosen = [place for place, item in enumerate(samples.items) if item.page.links is not None and lines_of[place]]
    if len(chosen) < _FEWEST:
        return None
    linked = np.isin(samples.sample, chosen)
    batch = Batch.of([samples.items[place].page for place in chosen])
    matrix = LinkDesign().columns(batch).matrix()[usable[linked]]
    logits, sidebar = logits[linked & usable], samples.labels[linked & usable] == SIDEBAR
    before = logits[:, SIDEBAR] - np.logaddexp(logits[:, BODY], logits[:, CAPTION])

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        odds = before + matrix @ weights
        value = float((np.logaddexp(0, odds) - sidebar * odds).sum()) + _PENALTY * float(weights @ weights)
        return value, matrix.T @ (1 / (1 + np.exp(-odds)) - sidebar) + 2 * _PENALTY * weights

    fitted = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(fitted.x.round(3))
