"""Lines and topics as scikit-learn estimators, for Pipelines, searches and cross-validation of one's own."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from locbao.features.arrays import FloatArray, IntArray
from locbao.features.labels import LABELS, Label
from locbao.features.page import Batch, Page
from locbao.features.text import normalise_lines, split_lines, split_sentences
from locbao.features.topics.design import Rules
from locbao.predict.lines.line_model import LineModel
from locbao.predict.topics.topic_model import TopicModel
from locbao.train.configuration import checked
from locbao.train.corpus.labelled_pages import CorpusPage
from locbao.train.corpus.topic_articles import TopicArticle, title_key
from locbao.train.lines.config import LineConfig
from locbao.train.lines.fit import LineTrainer
from locbao.train.lines.run import line_part
from locbao.train.lines.samples import Samples, labelled_sample
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.fit import TopicTrainer
from locbao.train.topics.rules import read_rules
from locbao.train.topics.run import fit_topic

_Config = TypeVar("_Config", LineConfig, TopicConfig)


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

        Raises TypeError if a page is one str, ValueError if X and y do not match or a label is none of LABELS,
        LocbaoError if a label is never met, or a parameter is of a wrong type or size.
        """
        _check_pages(X)
        if not len(X) or [len(page) for page in X] != [len(labels) for labels in y]:
            raise ValueError("X must have a page, and y a list for each page of X, with a label for each line")
        if other := {label for labels in y for label in labels} - {*LABELS, None}:
            raise ValueError(f"labels must be {', '.join(LABELS)} or None, not {', '.join(sorted(map(repr, other)))}")
        config = _configuration(LineConfig, self)
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
        _check_pages(X)
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


def _check_pages(X: Sequence[Sequence[str]]) -> None:
    """Raises TypeError for a page that is one text, whose letters would be taken for lines."""
    if isinstance(X, str) or any(isinstance(page, str) for page in X):
        raise TypeError("a page is a list of lines, not one str: give page.splitlines()")


class TopicClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tells topics of articles; X is a list of articles, each a text or a list of lines, and y has a column a topic.

    y holds 0 and 1, (articles, topics), as scikit-learn's MultiLabelBinarizer makes it. Probabilities are calibrated
    and thresholds chosen inside `fit`, on articles left out in turn, those of one first line together; that needs
    `least` articles with a topic and as many without, and a warning says where they are missing.

    `topics`: names of the columns of y, by number without it. One that has a topic file in the folder `rules`, else
    with those that come with locbao, is learned with its words and rules. `tokens`: "syllables",
    "words" or "both". `phrase`: tokens of the longest phrase. `rarest`: sentences that a phrase must stand in.
    `strength`: inverse strength of the regularisation. `seed`: of all that is drawn by chance.

    >>> from locbao import TopicClassifier
    >>> articles = [f"Bản {n}: dân quân gặt lúa giúp dân." for n in range(20)]
    >>> articles += [f"Chợ phiên {n}: mận hậu được giá." for n in range(20)]
    >>> classifier = TopicClassifier(topics=("harvest",)).fit(articles, [[1]] * 20 + [[0]] * 20)
    >>> classifier.predict(["Xã Nậm Cha: dân quân gặt lúa.", "Mận hậu được giá."]).tolist()
    [[1], [0]]
    """

    def __init__(
        self,
        topics: Sequence[str] | None = None,
        *,
        rules: str | None = None,
        tokens: str = "both",
        phrase: int = 2,
        rarest: int = 3,
        strength: float = 20.0,
        least: int = 5,
        seed: int = 1,
    ) -> None:
        self.topics, self.rules, self.tokens, self.phrase = topics, rules, tokens, phrase
        self.rarest, self.strength, self.least, self.seed = rarest, strength, least, seed

    def fit(self, X: Sequence[str | Sequence[str]], y: Any) -> "TopicClassifier":
        """Learns from the articles; y is anything that numpy takes for a matrix, or a sparse one.

        Raises TypeError if X is one str, ValueError if X, y and `topics` do not match or y holds other values,
        LocbaoError for a bad topic file or parameter.
        """
        carried = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
        if carried.ndim != 2 or len(carried) != len(X) or not np.isin(carried, (0, 1)).all():
            raise ValueError("y must have a row for each article of X and a column for each topic, of 0 and 1")
        names = np.atleast_1d(range(carried.shape[1]) if self.topics is None else self.topics).astype(str)
        if len(set(names)) != carried.shape[1]:
            raise ValueError(f"topics must name each of the {carried.shape[1]} columns of y, each by a name of its own")
        config = _configuration(TopicConfig, self, "topics", "rules")
        articles = []
        for number, (lines, row) in enumerate(zip(_lines(X), carried.astype(bool), strict=True)):
            sentences = tuple(sentence for line in lines for sentence in split_sentences(line)) or ("",)
            id, group = str(number), title_key(next(filter(None, lines), ""))
            articles.append(
                TopicArticle(id, group or id, sentences, frozenset(names[row].tolist()), frozenset(), True, True, id)
            )
        trainer = TopicTrainer(articles, config)
        rules = read_rules(Path(self.rules) if self.rules else None)
        parts = {name: fit_topic(trainer, name, rules.get(name, Rules()), warnings.warn)[0] for name in names.tolist()}
        self.classes_, self.model_ = names, TopicModel({"tokens": self.tokens, "topics": parts})
        return self

    def predict(self, X: Sequence[str | Sequence[str]]) -> IntArray:
        """(articles, topics): 1 where an article carries the topic, in the order of the columns of y."""
        probabilities = self.predict_proba(X)  # raises if it is not fitted
        return (probabilities >= [topic.threshold for topic in self.model_.topics]).astype(np.int64)

    def predict_proba(self, X: Sequence[str | Sequence[str]]) -> FloatArray:
        """(articles, topics) probabilities that an article carries a topic; 0 for an article without text."""
        check_is_fitted(self, "model_")
        judged = self.model_.judge(_lines(X))
        return np.array([list(judgement.scores.values()) for judgement in judged]).reshape(len(X), len(self.classes_))


def _configuration(kind: type[_Config], estimator: BaseEstimator, *others: str) -> _Config:
    """The estimator's parameters but for `others` as a configuration; searches give them as numpy's scalars."""
    values = {name: value for name, value in estimator.get_params().items() if name not in others}
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in values.items()}
    return checked(kind, plain, type(estimator).__name__)


def _lines(X: Sequence[str | Sequence[str]]) -> list[list[str]]:
    """The normalised lines of each article. Raises TypeError for one text, whose letters would pass for articles."""
    if isinstance(X, str):
        raise TypeError("X is many articles, such as a list of str, not one str")
    return [normalise_lines(split_lines(article) if isinstance(article, str) else article) for article in X]
