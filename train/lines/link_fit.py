"""Fitting what links tell beyond the text of a page: how far each column of LinkDesign moves the log-odds of sidebar.

It is learned from pages whose links are known, as a logistic regression on top of what models say of them as plain text
that have not seen their sites. So plain text loses nothing by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.labels import BODY, CAPTION, SIDEBAR
from locbao.features.lines.design import LinkDesign
from locbao.features.page import Batch, Page
from locbao.train.lines.samples import Samples

_PENALTY = 1.0  # for each squared weight, against the log loss of a line
_FEWEST = 10  # pages


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """A page whose links are known; n is the number of its lines.

    `logits` (n, 3): out-of-site log-odds of LABELS. `is_sidebar` (n): the truth. `sure` (n): lines to learn from.
    """

    page: Page
    logits: FloatArray
    is_sidebar: BoolArray
    sure: BoolArray


def linked_pages(samples: Samples, logits: FloatArray, usable: BoolArray) -> list[LinkedPage]:
    """The pages that have links, with their part of the (n, 3) log-odds of all lines; `usable` (n): lines that have
    log-odds and are sure."""
    parts = zip(samples.items, samples.first.tolist(), samples.first[1:].tolist(), strict=False)
    return [
        LinkedPage(item.page, logits[start:stop], item.labels == SIDEBAR, usable[start:stop])
        for item, start, stop in parts
        if item.page.links is not None and usable[start:stop].any()
    ]


def fit_link_weights(pages: Sequence[LinkedPage]) -> FloatArray | None:
    """(width of LinkDesign,) weights, rounded to what two solvers agree on; None for fewer than ten pages."""
    if len(pages) < _FEWEST:
        return None
    sure = np.concatenate([page.sure for page in pages])
    matrix = LinkDesign().columns(Batch.of([page.page for page in pages])).matrix()[sure]
    logits = np.concatenate([page.logits for page in pages])[sure]
    sidebar = np.concatenate([page.is_sidebar for page in pages])[sure]
    before = logits[:, SIDEBAR] - np.logaddexp(logits[:, BODY], logits[:, CAPTION])

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        odds = before + matrix @ weights
        value = float((np.logaddexp(0, odds) - sidebar * odds).sum()) + _PENALTY * float(weights @ weights)
        return value, matrix.T @ (1 / (1 + np.exp(-odds)) - sidebar) + 2 * _PENALTY * weights

    fitted = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(fitted.x.round(3))
