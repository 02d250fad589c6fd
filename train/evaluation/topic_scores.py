"""Scores of topics: per topic and over all of them, with 95 % intervals from a bootstrap over articles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.train.evaluation.estimates import (
    DRAWS,
    Estimate,
    Figures,
    bootstrap,
    calibration_error,
    calibration_gaps,
    paired_bootstrap,
)
from locbao.train.evaluation.tables import table

FIGURES = ("precision", "recall", "f1", "average_precision", "calibration_error")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A topic of a articles, judged by models that have not seen them, nor their groups.

    `article` (a,): their numbers, the same for every topic. `truth`: whether they carry the topic. `sure`: False where
    their readers doubted. `probability`, `predicted`: what the models say.
    """

    article: IntArray
    truth: BoolArray
    sure: BoolArray
    probability: FloatArray
    predicted: BoolArray


@dataclass(frozen=True, slots=True)
class TopicScores:
    """Figures by topic, `macro_f1` over all topics; `articles` and, by topic, `positives` that were scored."""

    articles: int
    positives: dict[str, int]
    topics: dict[str, dict[str, Estimate]]
    macro_f1: Estimate

    def figures(self, topic: str) -> dict[str, float]:
        """The topic's plain figures that there are, for a manifest."""
        values = {name: round(estimate.value, 4) for name, estimate in self.topics[topic].items()}
        figures = {name: value for name, value in values.items() if not np.isnan(value)}
        return {"positives": self.positives[topic], **figures}

    @property
    def named(self) -> dict[str, Estimate]:
        """All figures: `macro_f1` and `TOPIC_FIGURE`."""
        topics = self.topics.items()
        named = {f"{topic}_{name}": figure for topic, of_topic in topics for name, figure in of_topic.items()}
        return {"macro_f1": self.macro_f1} | named


def score_topics(held_out: Mapping[str, HeldOut], *, sure_only: bool, draws: int = DRAWS) -> TopicScores:
    """Scores of the articles whose readers were sure, or of all; a resample takes the same articles for every topic.

    Average precision and calibration error have no interval.
    """
    drawn = bootstrap(_count(held_out, sure_only), _figures(tuple(held_out)), draws)
    plain = _plain_figures(held_out, sure_only)
    topics = {topic: {name: (drawn | plain)[f"{topic}_{name}"] for name in FIGURES} for topic in held_out}
    kept = {topic: of_topic.truth[of_topic.sure | (not sure_only)] for topic, of_topic in held_out.items()}
    positives = {topic: int(truth.sum()) for topic, truth in kept.items()}
    return TopicScores(max(map(len, kept.values())), positives, topics, drawn["macro_f1"])


def compare_scores(old: Mapping[str, HeldOut], new: Mapping[str, HeldOut], *, sure_only: bool) -> dict[str, Estimate]:
    """new minus old for every figure (`TopicScores.named`): a paired bootstrap, each draw takes the same articles.

    Both hold the same topics of the same articles, under the same numbers.
    """
    before, after = (_plain_figures(held_out, sure_only) for held_out in (old, new))
    changes = {name: Estimate(after[name].value - before[name].value, np.nan, np.nan) for name in before}
    drawn = paired_bootstrap(_count(old, sure_only), _count(new, sure_only), _figures(tuple(old)))
    return drawn | changes


def score_both(held_out: Mapping[str, HeldOut]) -> dict[str, TopicScores]:
    """Scores of the articles whose readers were sure, and of all."""
    if not held_out:
        return {}
    both = {"all articles": score_topics(held_out, sure_only=False)}
    if all(of_topic.sure.all() for of_topic in held_out.values()):
        return both
    return {"sure articles": score_topics(held_out, sure_only=True)} | both


def topic_table(scores: TopicScores) -> str:
    """A row a topic, and one for their mean F1."""
    rows = [
        [name, scores.positives[name], *(figures[figure] for figure in FIGURES)]
        for name, figures in scores.topics.items()
    ]
    rows.append(["mean", "", "", "", scores.macro_f1, "", ""])
    return table(["topic", "articles", *(figure.replace("_", " ") for figure in FIGURES)], rows)


def average_precision(probability: FloatArray, truth: BoolArray) -> float:
    """Area under precision over recall, as the mean precision at each article with the topic."""
    hits = truth[np.argsort(-probability, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean()) if hits.any() else float("nan")


def _count(held_out: Mapping[str, HeldOut], sure_only: bool) -> FloatArray:
    """(articles, 3 times the topics): of each topic, whether it is carried and predicted, predicted, carried."""
    articles = 1 + max(int(of_topic.article.max()) for of_topic in held_out.values())
    counts = np.zeros((articles, len(held_out), 3))
    for place, of_topic in enumerate(held_out.values()):
        kept = of_topic.sure | (not sure_only)
        truth, predicted = of_topic.truth, of_topic.predicted
        counts[of_topic.article, place] = (np.stack((truth & predicted, predicted, truth)) & kept).T
    return counts.reshape(articles, -1)


def _figures(topics: Sequence[str]) -> Figures:
    """Precision, recall and F1 of these topics, and the mean F1, from sums of `_count`; 0 / 0 is 0."""

    def figures(totals: FloatArray) -> dict[str, FloatArray]:
        hits, predicted, true = np.moveaxis(totals.reshape(len(totals), len(topics), 3), 2, 0)
        rates = {
            "precision": hits / np.maximum(predicted, 1e-9),
            "recall": hits / np.maximum(true, 1e-9),
            "f1": 2 * hits / np.maximum(predicted + true, 1e-9),
        }
        named = {f"{topic}_{name}": rate[:, i] for i, topic in enumerate(topics) for name, rate in rates.items()}
        return {"macro_f1": rates["f1"].mean(axis=1)} | named

    return figures


def _plain_figures(held_out: Mapping[str, HeldOut], sure_only: bool) -> dict[str, Estimate]:
    """Average precision and calibration error of each topic, without intervals."""
    figures = {}
    for topic, of_topic in held_out.items():
        kept = of_topic.sure | (not sure_only)
        probability, truth = of_topic.probability[kept], of_topic.truth[kept]
        gaps = calibration_gaps(probability, truth, np.zeros(len(truth), dtype=np.int64), 1)
        figures[f"{topic}_average_precision"] = average_precision(probability, truth)
        figures[f"{topic}_calibration_error"] = float(calibration_error(gaps, np.array([max(len(truth), 1)]))[0])
    return {name: Estimate(value, np.nan, np.nan) for name, value in figures.items()}
