"""Fitting one topic: a linear model over sentences, learned from articles of which only the whole is labelled.

Multiple-instance learning as in MI-SVM (Andrews, Tsochantaridis and Hofmann, Support Vector Machines for
Multiple-Instance Learning, 2003): the strongest sentence of an article with the topic stands for it, and of an article
without it, whose sentences are all without it, the strongest few. Single sentences that people have read come first.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from locbao.features.amounts import counted
from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.topics.design import Rules, TopicDesign, article_signs
from locbao.features.topics.phrases import Phrases, written_phrases
from locbao.predict.topics.topic_model import LONGEST_PHRASE
from locbao.train.corpus.corpus_files import CorpusError
from locbao.train.corpus.topic_articles import TopicArticle
from locbao.train.topics.config import TopicConfig

if TYPE_CHECKING:
    import scipy.sparse as sp


@dataclass(frozen=True, slots=True)
class Scorer:
    """A fitted sentence model: `weights` (columns,) and `intercept`."""

    weights: FloatArray
    intercept: float


class TopicTrainer:
    """The articles of a corpus as sentences; a is their number, s that of the sentences.

    `owner` (s): article of each sentence. `first` (a + 1): an article's sentences are first[i]:first[i + 1].
    """

    def __init__(self, articles: Sequence[TopicArticle], config: TopicConfig) -> None:
        self.articles, self.config = tuple(articles), config
        sizes = np.array([len(article.sentences) for article in articles], dtype=np.int64)
        self.owner = np.arange(len(articles)).repeat(sizes)
        self.first = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))
        self.is_article = np.array([article.is_article for article in articles], dtype=bool)
        self.sure = np.array([article.sure for article in articles], dtype=bool)

    @cached_property
    def phrases(self) -> Phrases:
        """The phrases of all sentences."""
        sentences = [sentence for article in self.articles for sentence in article.sentences]
        return Phrases.of(sentences, LONGEST_PHRASE, self.config.tokens)

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """The phrases that stand in enough sentences, in the order of the alphabet."""
        counts = Counter(
            phrase
            for article in self.articles
            for sentence in article.sentences
            for phrase in set(written_phrases(sentence, self.config.phrase, self.config.tokens))
        )
        return tuple(sorted(phrase for phrase, count in counts.items() if count >= self.config.rarest))

    def design(self, rules: Rules) -> tuple[TopicDesign, "sp.csr_matrix"]:
        """The columns of a topic with these rules, and (s, columns) of all sentences. Raises CorpusError if there is
        nothing to go by, or no article with weight."""
        design = TopicDesign(self.vocabulary, rules)
        if not design.width:
            what = f"no phrase stands in {counted(self.config.rarest, 'sentence')}, and the topic has no rules"
            raise CorpusError("the corpora", what, "Give more articles, or set a smaller `rarest`.")
        if not self.config.unsure_weight and not (self.sure | ~self.is_article).any():
            raise CorpusError("the corpora", "nobody is sure of any article", "Set an `unsure_weight` above 0.")
        return design, design.columns(self.phrases).matrix()

    def labels(self, topic: str) -> tuple[BoolArray, BoolArray]:
        """(a,) whether an article carries the topic, and (a,) whether anybody has judged that."""
        carried = np.array([topic in article.topics for article in self.articles], dtype=bool)
        return carried, np.array([topic not in article.unknown for article in self.articles], dtype=bool)

    def fit(self, X: "sp.csr_matrix", carried: BoolArray, chosen: BoolArray) -> Scorer:
        """The sentence model from the chosen articles, (a,)."""
        single = np.flatnonzero((~self.is_article & chosen)[self.owner])
        of_both = len(np.unique(carried[self.owner[single]])) > 1
        if of_both:
            scorer = self._estimate(X, single, carried, np.ones(len(self.owner)))
        else:  # nothing says yet which sentences are the strongest: all of an article share its label
            every = self.is_article & chosen
            if carried[self.owner[single]].any():  # the few that report on it, and all of articles that do not carry it
                every = chosen & ~(self.is_article & carried)
            start_rows = np.flatnonzero(every[self.owner])
            scorer = self._estimate(X, start_rows, carried, 1 / np.diff(self.first)[self.owner])
        weight = np.where(self.sure | ~self.is_article, 1.0, self.config.unsure_weight)[self.owner]
        for _ in range(max(self.config.rounds, 0 if of_both else 1)):
            scores, rows = sentence_scores(X, scorer), [single]
            for article in np.flatnonzero(self.is_article & chosen):
                start, stop = self.first[article : article + 2]
                strongest = np.argsort(-scores[start:stop], kind="stable")
                rows.append(start + strongest[: 1 if carried[article] else self.config.negatives])
            scorer = self._estimate(X, np.concatenate(rows), carried, weight)
        return scorer

    def signs(self, scores: FloatArray) -> FloatArray:
        """(a, SIGNS) of all articles from the scores of all sentences."""
        return article_signs(scores, self.owner, len(self.articles))

    def _estimate(self, X: "sp.csr_matrix", rows: IntArray, carried: BoolArray, weight: FloatArray) -> Scorer:
        """From some sentences, with their weights (s,); a model that says nothing where these are of one class."""
        truth = carried[self.owner[rows]]
        if len(np.unique(truth)) < 2:
            return Scorer(np.zeros(X.shape[1]), 0.0)
        estimator = logistic(self.config.strength, self.config.seed)
        estimator.fit(X[rows], truth, sample_weight=weight[rows])
        weights = estimator.coef_[0].astype(np.float32).astype(np.float64)  # as they are saved
        return Scorer(weights, round(float(estimator.intercept_[0]), 6))


def sentence_scores(X: "sp.csr_matrix", scorer: Scorer) -> FloatArray:
    """(s,) log-odds."""
    return np.asarray(X @ scorer.weights + scorer.intercept)


def logistic(strength: float, seed: int) -> Any:
    """The estimator: dual coordinate descent (Yu, Huang and Lin, 2011), quick where columns outnumber rows."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, solver="liblinear", dual=True, max_iter=5000, random_state=seed)
