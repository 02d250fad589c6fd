"""Scores of topics: per topic and over all of them, with 95 % intervals from a bootstrap over articles."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from locbao.features.batch import BoolArray, FloatArray
from locbao.train.score import CALIBRATION_BINS, DRAWS, INTERVAL, Estimate
from locbao.train.tables import table
from locbao.train.topic_crossval import HeldOut, average_precision

FIGURES = ("precision", "recall", "f1", "average_precision", "calibration_error")


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


def score_topics(held_out: Mapping[str, HeldOut], *, sure_only: bool, draws: int = DRAWS, seed: int = 0) -> TopicScores:
    """Scores of the articles whose readers were sure, or of all; a resample takes the same articles for every topic."""
    count = 1 + max(int(one.article.max()) for one in held_out.values())
    random = np.random.default_rng(seed)
    weights = random.multinomial(count, np.full(count, 1 / count), size=draws).astype(np.float64)
    topics, positives, f1, drawn = {}, {}, [], []
    articles = 0
    for name, one in held_out.items():
        kept = one.sure if sure_only else np.ones(len(one.truth), dtype=bool)
        own = weights[:, one.article[kept]]
        truth, predicted, probability = one.truth[kept], one.predicted[kept], one.probability[kept]
        values, draws_ = _rates(truth, predicted, np.ones((1, len(truth)))), _rates(truth, predicted, own)
        f1.append(values["f1"])
        drawn.append(draws_["f1"])
        topics[name] = {figure: _estimate(values[figure], draws_[figure]) for figure in values} | {
            "average_precision": _plain(average_precision(probability, truth)),
            "calibration_error": _plain(calibration_error(probability, truth)),
        }
        positives[name], articles = int(truth.sum()), max(articles, len(truth))
    return TopicScores(articles, positives, topics, _estimate(np.mean(f1, axis=0), np.mean(drawn, axis=0)))


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


def _rates(truth: BoolArray, predicted: BoolArray, weights: FloatArray) -> dict[str, FloatArray]:
    """(draws,) each, from (draws, n) weights; 0 / 0 is 0."""
    hits, said, true = (weights @ (truth & predicted), weights @ predicted, weights @ truth)
    return {
        "precision": hits / np.maximum(said, 1e-9),
        "recall": hits / np.maximum(true, 1e-9),
        "f1": 2 * hits / np.maximum(said + true, 1e-9),
    }


def _estimate(value: FloatArray, draws: FloatArray) -> Estimate:
    low, high = np.percentile(draws, INTERVAL)
    return Estimate(float(value[0]), float(low), float(high))


def _plain(value: float) -> Estimate:
    return Estimate(value, float("nan"), float("nan"))
