"""Fitting the two passes on chosen samples, and labelling others with them."""

import warnings
from collections import Counter
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from locbao.features.amounts import counted
from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.labels import LABELS
from locbao.features.lines.design import Design, SecondDesign
from locbao.predict.lines.line_model import Linear, softmax
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.lines.config import LineConfig
from locbao.train.lines.samples import Samples
from locbao.train.lines.word_choice import GramCounts, spell

PARTS = 3  # of the training pages, each read by a first pass that was fitted on the others
SPARE = 3  # grams kept for each that a fold uses, since folds differ in what is frequent


@dataclass(frozen=True, slots=True)
class Passes:
    """The fitted estimators and what they see: `grams` of the first pass; `second` is None without a second pass."""

    grams: tuple[str, ...]
    first: Linear
    second: Linear | None


def estimate(X: sp.csr_matrix, labels: IntArray, weight: FloatArray, config: LineConfig) -> Linear:
    """Multinomial logistic regression on columns that are brought to one size first.

    A column that is rarely set is scaled up (by the root of its mean square), so that the regularisation asks of every
    column the same for the same share of the lines; it also brings the solver home in a third of the steps.
    """
    square = np.asarray(X.multiply(X).mean(axis=0)).ravel()
    scale = (1.0 / np.sqrt(square + config.rarest)).astype(np.float32)
    fitted = LogisticRegression(C=config.strength * 1000 / weight.sum(), max_iter=config.iterations, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of steps is part of the configuration
        fitted.fit(X @ sp.diags(scale), labels, sample_weight=weight)
    return Linear((fitted.coef_ * scale).T.astype(np.float32), fitted.intercept_.astype(np.float32))


def site_parts(samples: Samples, config: LineConfig) -> IntArray:
    """(s,) which of PARTS a sample belongs to.

    What shares a site of the corpus, or one of its group, is in one part: no page is read by a pass that has learned
    from its site, or from another cut of the page itself.
    """
    pages = Counter(site for item in samples.items if item.real for site in item.sites)
    number = np.arange(len(samples.items)) % PARTS
    if len(pages) < PARTS:
        return number
    part: dict[str, int] = {}
    load = [0] * PARTS
    for site in sorted(pages, key=lambda site: (-pages[site], site)):
        if site not in part:
            least = load.index(min(load))
            for other in config.group_of(site):
                part[other] = least
                load[least] += pages[other]
    for index, item in enumerate(samples.items):
        if parts := sorted({part[site] for site in item.sites if site in part}):
            number[index] = parts[index % len(parts)]
    return number


class LineTrainer:
    """Samples with the first pass's design matrix computed once; folds only choose rows and columns of it."""

    def __init__(self, samples: Samples, config: LineConfig) -> None:
        self.samples, self.config = samples, config
        self._counts = GramCounts.of(samples)
        everyone = np.ones(len(samples.items), dtype=bool)
        frequent = self._counts.frequent(samples, everyone, config.word_sources, SPARE * config.words)
        written = spell(samples)
        self._codes = np.array([code for code in frequent.tolist() if code in written], dtype=np.uint64)
        self._grams = [written[code] for code in self._codes.tolist()]
        design = Design(config.families, self._grams, config.context)
        self._matrix = sp.vstack([design.columns(batch).matrix() for batch in samples.batches()], format="csr")
        self._fields = self._matrix.shape[1] - len(self._grams)

    def fit(self, chosen: BoolArray) -> tuple[Passes, FloatArray]:
        """Both passes fitted on the chosen samples, (s,), and (n, 3) scores of all other lines (0 for the chosen)."""
        columns, grams = self._columns(chosen)
        X = self._with_known_grams(columns)
        lines = chosen[self.samples.sample]
        first = last = self._estimate(X, lines)
        if self.config.second_pass:
            X = self._with_beliefs(X, first, lines)
            last = self._estimate(X, lines)
        scores = np.where(lines[:, None], 0.0, last.logits(X))
        return (Passes(grams, first, last) if self.config.second_pass else Passes(grams, last, None)), scores

    def fit_all(self) -> Passes:
        """Both passes fitted on every sample. Raises CorpusError where a label is never met, or no line has weight."""
        passes, _ = self.fit(np.ones(len(self.samples.items), dtype=bool))
        return passes

    def _columns(self, chosen: BoolArray) -> tuple[IntArray, tuple[str, ...]]:
        """Columns of the fields and of the grams that are frequent among the chosen samples."""
        frequent = self._counts.frequent(self.samples, chosen, self.config.word_sources, self.config.words)
        kept = np.flatnonzero(np.isin(self._codes, frequent))
        return np.append(np.arange(self._fields), self._fields + kept), tuple(self._grams[index] for index in kept)

    def _with_known_grams(self, columns: IntArray) -> sp.csr_matrix:
        """The matrix with these columns alone, its grams counted as by a model that knows no others.

        A gram counts 1 over the root of the known grams in its line, so the grams of a line add up to that root.
        """
        X = self._matrix[:, columns]
        before = np.asarray(self._matrix[:, self._fields :].sum(axis=1)).ravel()
        after = np.asarray(X[:, self._fields :].sum(axis=1)).ravel()
        scale = np.sqrt(before / np.where(after > 0, after, 1.0)).astype(np.float32)
        line = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
        of_gram = X.indices >= self._fields
        X.data[of_gram] *= scale[line[of_gram]]
        return X

    def _estimate(self, X: sp.csr_matrix, lines: BoolArray) -> Linear:
        rows = np.flatnonzero(lines & self.samples.sure)
        labels = self.samples.labels[rows]
        missing = [label for index, label in enumerate(LABELS) if index not in labels]
        if missing:
            raise CorpusError(
                "the corpora",
                f"none of {len(rows)} training lines is {' or '.join(missing)}, and every part that is fitted needs "
                "lines of each label",
                "Give a corpus with more pages, or compose more of them.",
            )
        weight = self.samples.weight[rows]
        if not 0 < weight.sum() < np.inf:
            what = f"the weights of {counted(len(rows), 'training line')} add up to {weight.sum():g}"
            raise CorpusError("the corpora", what, "Set other weights in the configuration, or compose pages.")
        return estimate(X[rows], labels, weight, self.config)

    def _with_beliefs(self, X: sp.csr_matrix, first: Linear, lines: BoolArray) -> sp.csr_matrix:
        """The matrix with the second pass's columns; beliefs about a chosen line are of a first pass without it."""
        believed = softmax(first.logits(X))
        part = site_parts(self.samples, self.config)
        for number in range(PARTS):
            mine = lines & (part == number)[self.samples.sample]
            if mine.any() and (lines & ~mine).any():
                others = self._estimate(X, lines & ~mine)
                believed[mine] = softmax(others.logits(X[np.flatnonzero(mine)]))
        design, start, blocks = SecondDesign(self.config.context), 0, []
        for batch in self.samples.batches():
            blocks.append(design.columns(batch, believed[start : start + len(batch)]).matrix())
            start += len(batch)
        return sp.hstack((X, sp.vstack(blocks)), format="csr")
