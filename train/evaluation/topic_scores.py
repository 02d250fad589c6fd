"""Scores of topics: per topic and over all of them, with 95 % intervals from a bootstrap over articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from locbao.features.arrays import BoolArray, FloatArray
from locbao.train.evaluation.line_scores import CALIBRATION_BINS, DRAWS, Estimate
from locbao.train.evaluation.tables import table
from locbao.train.topics.crossval import HeldOut, average_precision

FIGURES = ("precision", "recall", "f1", "average_precision", "calibration_error")


_Figure = TypeVar("_Figure")

Drawn = tuple[FloatArray, FloatArray]
"""A figure, (1,), and its value in each resample, (draws,); none where it is not drawn."""


@dataclass(frozen=True, slots=True)
class TopicScores:
    """Figures by topic, `macro_f1` over all topics; `articles` and, by topic, `positives` that were scored."""

    articles: int
    positives: dict[str, int]
    topics: dict[str, dict[str, Estimate]]
    macro_f1: Estimate

    def figures(self, topic: str) -> dict[str, float]:
        """The topic's plain figures, for a manifest."""
        found = {name: round(estimate.value, 4) for name, estimate in self.topics[topic].items()}
        return {"positives": self.positives[topic]} | found

    @property
    def named(self) -> dict[str, Estimate]:
        """All figures: `macro_f1` and `TOPIC_FIGURE`."""
        return {"macro_f1": self.macro_f1} | _named(self.topics)


def score_topics(held_out: Mapping[str, HeldOut], *, sure_only: bool, draws: int = DRAWS, seed: int = 0) -> TopicScores:
    """Scores of the articles whose readers were sure, or of all; a resample takes the same articles for every topic."""
    kept = {topic: _kept(one, sure_only) for topic, one in held_out.items()}
    drawn = _drawn(kept, _resamples(held_out, draws, seed))
    topics = {topic: {name: _estimate(*figure) for name, figure in own.items()} for topic, own in drawn.items()}
    positives = {topic: int(one.truth.sum()) for topic, one in kept.items()}
    articles = max(len(one.truth) for one in kept.values())
    return TopicScores(articles, positives, topics, _estimate(*_macro_f1(drawn)))


def compare_scores(
    old: Mapping[str, HeldOut], new: Mapping[str, HeldOut], *, sure_only: bool, draws: int = DRAWS, seed: int = 0
) -> dict[str, Estimate]:
    """new minus old for every figure (`TopicScores.named`): a paired bootstrap, each draw takes the same articles.

    Both hold the same topics of the same articles, under the same numbers.
    """
    weights = _resamples(old, draws, seed)
    before, after = (
        _drawn({topic: _kept(one, sure_only) for topic, one in held_out.items()}, weights) for held_out in (old, new)
    )
    first, second = ({"macro_f1": _macro_f1(drawn)} | _named(drawn) for drawn in (before, after))
    return {name: _estimate(second[name][0] - first[name][0], second[name][1] - first[name][1]) for name in first}


def score_both(held_out: Mapping[str, HeldOut]) -> dict[str, TopicScores]:
    """Scores of the articles whose readers were sure, and of all."""
    if not held_out:
        return {}
    both = {"all articles": score_topics(held_out, sure_only=False)}
    if all(one.sure.all() for one in held_out.values()):
        return both
    return {"sure articles": score_topics(held_out, sure_only=True)} | both


def calibration_error(probability: FloatArray, truth: BoolArray) -> float:
    """Expected calibration error of the topic's probability, in bins of equal width."""
    bins = np.clip((probability * CALIBRATION_BINS).astype(np.int64), 0, CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=truth - probability, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / max(len(truth), 1))


def topic_table(scores: TopicScores) -> str:
    """A row a topic, and one for their mean F1."""
    rows = [
        [name, scores.positives[name], *(figures[figure] for figure in FIGURES)]
        for name, figures in scores.topics.items()
    ]
    rows.append(["mean", "", "", "", scores.macro_f1, "", ""])
    return table(["topic", "articles", *(figure.replace("_", " ") for figure in FIGURES)], rows)


def _named(topics: Mapping[str, Mapping[str, _Figure]]) -> dict[str, _Figure]:
    return {f"{topic}_{name}": figure for topic, own in topics.items() for name, figure in own.items()}


def _kept(one: HeldOut, sure_only: bool) -> HeldOut:
    """Without the articles whose readers doubted, if so wanted."""
    kept = one.sure if sure_only else np.ones(len(one.truth), dtype=bool)
    return HeldOut(one.article[kept], one.truth[kept], one.sure[kept], one.probability[kept], one.predicted[kept])


def _resamples(held_out: Mapping[str, HeldOut], draws: int, seed: int) -> FloatArray:
    """(draws, articles): how often each article is drawn."""
    count = 1 + max(int(one.article.max()) for one in held_out.values())
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=draws)
    return drawn.astype(np.float64)


def _drawn(held_out: Mapping[str, HeldOut], weights: FloatArray) -> dict[str, dict[str, Drawn]]:
    """The figures of each topic."""
    found: dict[str, dict[str, Drawn]] = {}
    for topic, one in held_out.items():
        values = _rates(one.truth, one.predicted, np.ones((1, len(one.truth))))
        drawn = _rates(one.truth, one.predicted, weights[:, one.article])
        found[topic] = {name: (values[name], drawn[name]) for name in values} | {
            "average_precision": _plain(average_precision(one.probability, one.truth)),
            "calibration_error": _plain(calibration_error(one.probability, one.truth)),
        }
    return found


def _macro_f1(drawn: Mapping[str, Mapping[str, Drawn]]) -> Drawn:
    values, draws = zip(*(own["f1"] for own in drawn.values()), strict=True)
    return np.mean(values, axis=0), np.mean(draws, axis=0)


def _rates(truth: BoolArray, predicted: BoolArray, weights: FloatArray) -> dict[str, FloatArray]:
    """(draws,) each, from (draws, n) weights; 0 / 0 is 0."""
    hits, said, true = (weights @ (truth & predicted), weights @ predicted, weights @ truth)
    return {
        "precision": hits / np.maximum(said, 1e-9),
        "recall": hits / np.maximum(true, 1e-9),
        "f1": 2 * hits / np.maximum(said + true, 1e-9),
    }


def _estimate(value: FloatArray, draws: FloatArray) -> Estimate:
    return Estimate.of(value[0], draws)


def _plain(value: float) -> Drawn:
    return np.array([value]), np.empty(0)
