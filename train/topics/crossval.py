"""Scoring a topic on articles that its model has not learned from, and fitting what needs such articles: the weights of
the strongest sentences, calibrated probabilities, and the threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.features.topics.design import SIGNS, article_probabilities
from locbao.train.evaluation.topic_scores import HeldOut
from locbao.train.topics.config import TopicConfig
from locbao.train.topics.fit import TopicTrainer, logistic, sentence_scores

if TYPE_CHECKING:
    import scipy.sparse as sp

_DRAWS = 200  # resamplings that a threshold is the median of
_NARROWEST = 0.1  # standard deviation of a sign; where all articles agree, rounding errors would count otherwise


@dataclass(frozen=True, slots=True)
class Judge:
    """How the signs of an article become a probability, and from which on it carries the topic."""

    weights: FloatArray
    intercept: float
    threshold: float

    def probabilities(self, signs: FloatArray) -> FloatArray:
        """(a,) from (a, SIGNS)."""
        return article_probabilities(signs, self.weights, self.intercept)


AS_IT_STANDS = Judge(np.eye(SIGNS)[0], 0.0, 0.5)
"""The strongest sentence alone, where there is nothing to fit a judge on."""


def never(articles: int) -> Judge:
    """What so many articles tell of a topic that none of them carries: the next one will not either (rule of
    succession)."""
    return Judge(np.zeros(SIGNS), round(-float(np.log(articles + 1)), 6), 0.5)


def make_folds(trainer: TopicTrainer, folds: int) -> IntArray:
    """(a,) fold of each article, -1 for single sentences; a group stays together."""
    groups = sorted({article.group for article in trainer.articles if article.is_article})
    order = np.random.default_rng(trainer.config.seed).permutation(len(groups)) % folds
    fold = dict(zip(groups, order.tolist(), strict=True))
    return np.array([fold[a.group] if a.is_article else -1 for a in trainer.articles], dtype=np.int64)


def cross_validate(trainer: TopicTrainer, topic: str, X: "sp.csr_matrix", fold: IntArray) -> tuple[HeldOut, Judge]:
    """The topic's held-out articles, and the judge fitted on all of them.

    Judge and threshold of a fold's articles come from the other folds, so that both are out of fold, too.
    """
    carried, judged = trainer.labels(topic)
    groups = np.array([article.group for article in trainer.articles])
    scores = np.full(len(trainer.owner), np.nan)
    for number in range(int(fold.max()) + 1):
        out = np.isin(groups, groups[fold == number])
        scorer = trainer.fit(X, carried, judged & ~out)
        rows = out[trainer.owner]
        scores[rows] = sentence_scores(X[rows], scorer)
    signs = trainer.signs(np.nan_to_num(scores))
    scored = np.flatnonzero((fold >= 0) & judged)
    probability, predicted = np.zeros(len(scored)), np.zeros(len(scored), dtype=bool)
    for number in range(int(fold.max()) + 1):
        inside = fold[scored] == number
        others = scored[~inside]
        judge = fit_judge(trainer, signs[others], carried[others], trainer.sure[others])
        probability[inside] = judge.probabilities(signs[scored[inside]])
        predicted[inside] = probability[inside] >= judge.threshold
    held_out = HeldOut(scored, carried[scored], trainer.sure[scored], probability, predicted)
    return held_out, fit_judge(trainer, signs[scored], carried[scored], trainer.sure[scored])


def trained_rate(held_out: HeldOut, config: TopicConfig) -> float:
    """The share of articles with the topic that a judge was fitted on, weighted as it weighs them."""
    return float(np.average(held_out.truth, weights=np.where(held_out.sure, 1.0, config.unsure_weight)))


def fit_judge(trainer: TopicTrainer, signs: FloatArray, truth: BoolArray, sure: BoolArray) -> Judge:
    """From the signs, (n, SIGNS), of articles that the sentence model has not seen."""
    if len(np.unique(truth)) < 2:
        return AS_IT_STANDS
    weight = np.where(sure, 1.0, trainer.config.unsure_weight)
    estimator = logistic(1.0, trainer.config.seed)
    centre, scale = signs.mean(axis=0), np.maximum(signs.std(axis=0), _NARROWEST)
    estimator.fit((signs - centre) / scale, truth, sample_weight=weight)
    weights = np.round(estimator.coef_[0] / scale, 6)
    intercept = round(float(estimator.intercept_[0] - (estimator.coef_[0] / scale) @ centre), 6)
    judge = Judge(weights, intercept, 0.5)
    return Judge(weights, intercept, best_threshold(judge.probabilities(signs), truth, weight, trainer.config))


def best_threshold(probability: FloatArray, truth: BoolArray, weight: FloatArray, config: TopicConfig) -> float:
    """The threshold with the best F1, or what the configuration asks for: the lowest one of a precision (where none has
    it, that of the highest), or the highest one of a recall. The median over resamplings, since a single best one is an
    accident."""
    random, count, order = np.random.default_rng(config.seed), len(truth), np.argsort(-probability, kind="stable")
    thresholds = []
    for _ in range(_DRAWS):
        drawn = (weight * random.multinomial(count, np.full(count, 1 / count)))[order]
        hits, taken = np.cumsum(drawn * truth[order]), np.cumsum(drawn)
        if config.target_precision:
            precision = hits / np.maximum(taken, 1e-9)
            best = int(np.flatnonzero(precision >= min(config.target_precision, precision.max()))[-1])
        elif config.target_recall:
            best = int((hits >= config.target_recall * hits[-1]).argmax())
        else:
            best = int((2 * hits / np.maximum(taken + hits[-1], 1e-9)).argmax())
        thresholds.append(probability[order[best : best + 2]].mean())  # between it and the next one
    return round(float(np.median(thresholds)), 4)


def enough(truth: Sequence[bool] | BoolArray, least: int) -> bool:
    """Whether there is enough of both classes to say anything."""
    positives = int(np.sum(truth))
    return min(positives, len(truth) - positives) >= least
