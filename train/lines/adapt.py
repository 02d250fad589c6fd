"""A line model that learns a site from a few of its pages, without forgetting the others.

What the base model knows is the prior. The pages move its weights by a multinomial logistic regression that has the
base's log-odds as offset: the same columns, the same words, nothing but the weights of the last pass changes. Two
things keep the change small: a penalty on its squares, and pages of other sites, on which the new model is to say what
the base says. Without them a page teaches its own length and order to every site.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize

from locbao.features.amounts import duration
from locbao.features.arrays import BoolArray, FloatArray
from locbao.features.labels import LABELS
from locbao.predict.lines.line_model import Linear, LineModel, softmax
from locbao.train.corpus.corpus_files import example_corpus
from locbao.train.corpus.labelled_pages import CorpusPage, read_corpus
from locbao.train.evaluation.evaluate import scored_page
from locbao.train.evaluation.line_scores import ByStyle, all_pages, by_style
from locbao.train.lines.config import LineConfig
from locbao.train.lines.samples import Samples, capped, labelled_sample
from locbao.train.lines.site_fit import page_name
from locbao.train.tracking.tracked_run import Tell

PENALTIES = (1000.0, 300.0, 100.0)
"""Which of them, is told by pages held out; the second is for a page alone (studies/lines/adapting.py)."""

_FOLDS = 10
_KEPT = 50.0  # weight of all pages on which nothing is to change, in lines of the site's pages
_RAREST = 1e-3  # as `LineConfig.rarest`
_ITERATIONS = 40


class Adaptation:
    """Pages of a site beside the part `lines` of a base; any of them can be learned from, or held out.

    What the base says of the example corpus is kept. Raises OtherFeatures if the part is not one that this version can
    use.
    """

    def __init__(self, part: Mapping[str, Any], pages: Sequence[CorpusPage]) -> None:
        longest = LineConfig().page_lines
        samples = capped([labelled_sample(page, 1.0) for page in pages], longest, longest * len(pages))
        kept = [labelled_sample(page, 1.0) for page in read_corpus(example_corpus())]
        self._part, self._pages, self.samples = part, pages, Samples(tuple(samples))
        self._X, self._offset = _rows(part, self.samples)
        self._kept_X, self._kept_offset = _rows(part, Samples(tuple(kept)))

    def fit(self, learned: BoolArray, penalty: float) -> dict[str, Any]:
        """The part after learning from some of the pages, (p,).

        `penalty`: half of it for each squared weight, on columns brought to one size, against the log loss of a line.
        """
        lines = learned[self.samples.sample] & self.samples.sure
        rows = self._X[np.flatnonzero(lines)]
        columns = np.unique(rows.indices)  # no other can learn anything
        X = sp.vstack((rows[:, columns], self._kept_X[:, columns]), format="csr")
        square = np.asarray(X.multiply(X).mean(axis=0)).ravel()
        scale = 1.0 / np.sqrt(square + _RAREST)
        X = (X @ sp.diags(scale)).tocsr()
        transposed = X.T.tocsr()
        offset = np.vstack((self._offset[lines], self._kept_offset))
        target = np.vstack((np.eye(len(LABELS))[self.samples.labels[lines]], softmax(self._kept_offset)))
        kept_weight = np.full(len(self._kept_offset), _KEPT / len(self._kept_offset))
        each = np.append(self.samples.weight[lines], kept_weight)[:, None]
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

    def cross_validated(self, tell: Tell) -> tuple[ByStyle, float]:
        """The pages with an article, scored when they were held out with all their cuts, and the best penalty: that of
        the least log loss of a line. Of a page alone nothing is scored, and the penalty is the second one."""
        names = [page_name(page.id, page.style) for page in self._pages]
        order = sorted(set(names))
        sure = np.bincount(self.samples.sample[self.samples.sure], minlength=len(names))
        if len(order) == 1 or not any(page.has_article and n for page, n in zip(self._pages, sure, strict=True)):
            tell("not scored: there is no other page to learn from, or no article with lines that are sure")
            return {}, PENALTIES[1]
        fold = np.array([order.index(name) % _FOLDS for name in names])
        best: tuple[float, ByStyle, float] = (np.inf, {}, 0.0)
        began = time.monotonic()
        for number, penalty in enumerate(PENALTIES, start=1):
            models = [LineModel(self.fit(fold != held, penalty)) for held in range(fold.max() + 1)]
            pages = ((page, models[held]) for page, held in zip(self._pages, fold, strict=True) if page.has_article)
            scored = by_style((page.style, scored_page(model, page)) for page, model in pages)
            loss = float(np.concatenate([page.losses for page in all_pages(scored)]).mean())
            left = duration((time.monotonic() - began) / number * (len(PENALTIES) - number + 1 / len(models)))
            tell(f"scored {number} of {len(PENALTIES)}: penalty {penalty:g}, log loss {loss:.4f}; about {left} left")
            best = min(best, (loss, scored, penalty), key=lambda result: result[0])
        return best[1:]


def _rows(part: Mapping[str, Any], samples: Samples) -> tuple[sp.csr_matrix, FloatArray]:
    """The lines of the samples as the last pass sees them, (n, columns), and its calibrated log-odds, (n, 3)."""
    model, last, blocks, offsets = LineModel(part), Linear(**(part["second"] or part["first"])), [], []
    for batch in samples.batches():
        blocks.append(model.last_matrix(batch))
        offsets.append(last.logits(blocks[-1]) / part["temperature"] + model.from_links(batch))
    return sp.vstack(blocks, format="csr"), np.vstack(offsets)
