"""Scores of topics: per topic and over all of them, with 95 % intervals from a bootstrap over articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray, IntArray
from locbao.train.evaluation.estimates import DRAWS, Estimate, calibration_error, calibration_gaps, resampled
from locbao.train.evaluation.tables import table

FIGURES = ("precision", "recall", "f1", "average_precision", "calibration_error")

_Figure = TypeVar("_Figure")

Drawn = tuple[float, FloatArray]
"""A figure and its value in each resample, (draws,); none where it is not drawn."""


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
        """The topic's plain figures, for a manifest."""
        figures = {name: round(estimate.value, 4) for name, estimate in self.topics[topic].items()}
        return {"positives": self.positives[topic]} | figures

    @property
    def named(self) -> dict[str, Estimate]:
        """All figures: `macro_f1` and `TOPIC_FIGURE`."""
        return {"macro_f1": self.macro_f1} | _named(self.topics)


def score_topics(held_out: Mapping[str, HeldOut], *, sure_only: bool, draws: int = DRAWS, seed: int = 0) -> TopicScores:
    """Scores of the articles whose readers were sure, or of all; a resample takes the same articles for every topic."""
    drawn = _drawn(held_out, sure_only, draws, seed)
    topics = {topic: {name: Estimate.of(*figure) for name, figure in own.items()} for topic, own in drawn.items()}
    kept = {topic: one.truth[one.sure | (not sure_only)] for topic, one in held_out.items()}
    positives = {topic: int(truth.sum()) for topic, truth in kept.items()}
    return TopicScores(max(map(len, kept.values())), positives, topics, Estimate.of(*_macro_f1(drawn)))


def compare_scores(
    old: Mapping[str, HeldOut], new: Mapping[str, HeldOut], *, sure_only: bool, draws: int = DRAWS, seed: int = 0
) -> dict[str, Estimate]:
    """new minus old for every figure (`TopicScores.named`): a paired bootstrap, each draw takes the same articles.

    Both hold the same topics of the same articles, under the same numbers.
    """
    drawn = [_drawn(held_out, sure_only, draws, seed) for held_out in (old, new)]
    before, after = ({"macro_f1": _macro_f1(one)} | _named(one) for one in drawn)
    return {name: Estimate.of(after[name][0] - before[name][0], after[name][1] - before[name][1]) for name in before}


def score_both(held_out: Mapping[str, HeldOut]) -> dict[str, TopicScores]:
    """Scores of the articles whose readers were sure, and of all."""
    if not held_out:
        return {}
    both = {"all articles": score_topics(held_out, sure_only=False)}
    if all(one.sure.all() for one in held_out.values()):
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


def _named(topics: Mapping[str, Mapping[str, _Figure]]) -> dict[str, _Figure]:
    return {f"{topic}_{name}": figure for topic, own in topics.items() for name, figure in own.items()}


def _drawn(held_out: Mapping[str, HeldOut], sure_only: bool, draws: int, seed: int) -> dict[str, dict[str, Drawn]]:
    """The figures of each topic, FIGURES. The last two are not drawn: both lean to one side in a resample."""
    articles = 1 + max(int(one.article.max()) for one in held_out.values())
    counts = np.zeros((articles, len(held_out), 3))  # hits, predicted, true
    for place, one in enumerate(held_out.values()):
        chosen = one.sure | (not sure_only)
        counts[one.article, place] = (np.stack((one.truth & one.predicted, one.predicted, one.truth)) & chosen).T
    samples = resampled(counts.reshape(articles, -1), draws, seed).reshape(-1, *counts.shape[1:])
    result = {}
    for place, (topic, one) in enumerate(held_out.items()):
        values, drawn = _rates(counts[:, place].sum(axis=0, keepdims=True)), _rates(samples[:, place])
        kept = one.sure | (not sure_only)
        probability, truth = one.probability[kept], one.truth[kept]
        gaps = calibration_gaps(probability, truth, np.zeros(len(truth), dtype=np.int64), 1)
        result[topic] = {name: (float(values[name][0]), drawn[name]) for name in values} | {
            "average_precision": (average_precision(probability, truth), np.empty(0)),
            "calibration_error": (float(calibration_error(gaps, np.array([max(len(truth), 1)]))[0]), np.empty(0)),
        }
    return result


def _rates(counts: FloatArray) -> dict[str, FloatArray]:
    """(draws,) each, from (draws, 3) hits, predicted and true; 0 / 0 is 0."""
    hits, predicted, true = counts.T
    return {
        "precision": hits / np.maximum(predicted, 1e-9),
        "recall": hits / np.maximum(true, 1e-9),
        "f1": 2 * hits / np.maximum(predicted + true, 1e-9),
    }


def _macro_f1(drawn: Mapping[str, Mapping[str, Drawn]]) -> Drawn:
    values, draws = zip(*(own["f1"] for own in drawn.values()), strict=True)
    return float(np.mean(values)), np.mean(draws, axis=0)
