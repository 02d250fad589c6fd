"""The line model as a scikit-learn estimator, for Pipelines, searches and cross-validation of one's own."""

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from locbao.features.arrays import FloatArray
from locbao.features.labels import LABELS, Label
from locbao.features.page import Batch, Page
from locbao.predict.line_model import LineModel
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.lines.config import LineConfig
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.run import line_part
from locbao.train.lines.samples import Samples, labelled_sample


class LineLabeller(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Labels lines; X is a list of pages, each a list of lines, and y a list of as many labels for each page.

    It learns from the pages of X alone, where `locbao.train_lines` adds composed ones, and is not calibrated. Pages of
    one newspaper are alike: cross-validate with its name as group.

    `words`: words it looks at. `word_sources`: pages that a word must stand in. `second_pass`: whether a second pass
    reads what the first believes of the neighbours. `strength`: inverse strength of the regularisation.

    >>> from locbao import LineLabeller
    >>> pages = [["Trang chủ", "Cầu treo bản Nà đã mở lại sau mùa lũ, già bản kể.", "Ảnh: Hoà Thuỷ"]] * 4
    >>> labels = [["sidebar", "body", "caption"]] * 4
    >>> LineLabeller(second_pass=False).fit(pages, labels).predict(pages[:1])
    [['sidebar', 'body', 'caption']]
    """

    def __init__(
        self, words: int = 2000, word_sources: int = 2, second_pass: bool = True, strength: float = 1.0
    ) -> None:
        self.words, self.word_sources, self.second_pass, self.strength = words, word_sources, second_pass, strength

    def fit(self, X: Sequence[Sequence[str]], y: Sequence[Sequence[str | None]]) -> "LineLabeller":
        """Learns from the lines that have a label; None, as on blank lines, is not learned from.

        Raises ValueError if X and y do not match or a label is none of LABELS, LocbaoError if a label is never met.
        """
        if [len(page) for page in X] != [len(labels) for labels in y]:
            raise ValueError("y must have a list for each page of X, with a label for each line")
        if other := {label for labels in y for label in labels} - {*LABELS, None}:
            raise ValueError(f"labels must be {', '.join(LABELS)} or None, not {', '.join(sorted(map(repr, other)))}")
        config = LineConfig(
            words=self.words, word_sources=self.word_sources, second_pass=self.second_pass, strength=self.strength
        )
        pages = [
            CorpusPage(name, name, tuple(lines), tuple(labels), (True,) * len(lines), (None,) * len(lines), "", name)
            for name, lines, labels in zip((f"page {n}" for n in range(len(X))), X, y, strict=True)
        ]
        trainer = LineTrainer(Samples(tuple(labelled_sample(page, 1.0, real=True) for page in pages)), config)
        self.model_ = LineModel(line_part(trainer.fit_all(), config, None))
        return self

    def predict(self, X: Sequence[Sequence[str]]) -> list[list[Label]]:
        """The most probable label of every line; that of a blank line is sidebar."""
        return [[LABELS[index] for index in page.argmax(axis=1)] for page in self.predict_proba(X)]

    def predict_proba(self, X: Sequence[Sequence[str]]) -> list[FloatArray]:
        """For each page (lines, 3) probabilities of LABELS; those of a blank line are 0, 0, 1."""
        check_is_fitted(self, "model_")
        result = []
        for lines in X:
            page, probabilities = Page.from_lines(lines), np.tile([0.0, 0.0, 1.0], (len(lines), 1))
            probabilities[page.numbers - 1] = self.model_.read(Batch.of([page])).probabilities
            result.append(probabilities)
        return result

    def score(self, X: Sequence[Sequence[str]], y: Sequence[Sequence[str | None]]) -> float:
        """The share of the lines with a label that get it."""
        pairs = zip(self.predict(X), y, strict=True)
        right = [mine == true for page, labels in pairs for mine, true in zip(page, labels, strict=True) if true]
        return float(np.mean(right))
