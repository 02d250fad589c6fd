"""What a training of topics has to show: figures, pictures, and its mistakes article by article."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from locbao.train.evaluation import figures
from locbao.train.evaluation.estimates import metric_key
from locbao.train.evaluation.judged_articles import (
    DECIMALS,
    HELD_OUT_TOPICS,
    JudgedArticle,
    begins,
    mistakes,
    packed_judged,
)
from locbao.train.evaluation.topic_scores import HeldOut, TopicScores
from locbao.train.topics.fit import TopicTrainer
from locbao.train.tracking.run import Picture, RunOutcome


def topic_outcome(
    trainer: TopicTrainer,
    held_out: Mapping[str, HeldOut],
    scores: Mapping[str, TopicScores],
    parts: Mapping[str, Mapping[str, Any]],
) -> RunOutcome:
    """Everything but the timings and the model; `parts`: the fitted topics."""
    pictures: dict[str, Picture] = {"coefficients": _coefficients(parts)}
    if held_out:
        pictures["precision_recall"] = figures.precision_recall(
            {
                topic: figures.Curve(one.truth, one.probability, float(parts[topic]["threshold"]))
                for topic, one in held_out.items()
            }
        )
    pictures |= {f"{topic}/reliability": draw for topic, draw in topic_pictures(held_out).items()}
    judged = judged_articles(trainer, held_out)
    files = {HELD_OUT_TOPICS: packed_judged(judged)} if judged else {}
    return RunOutcome(_metrics(scores), pictures, {"errors": mistakes(judged)}, files)


def topic_pictures(held_out: Mapping[str, HeldOut]) -> dict[str, Picture]:
    """How far the probabilities of each topic can be believed."""
    return {
        topic: figures.reliability(
            np.where(one.predicted, one.probability, 1 - one.probability),
            one.predicted == one.truth,
            f"Calibration of {topic}, articles unseen",
            "articles",
        )
        for topic, one in held_out.items()
    }


def _metrics(scores: Mapping[str, TopicScores]) -> dict[str, float]:
    """Every figure as "kind/topic/figure" with ".low" and ".high"."""
    result: dict[str, float] = {}
    for kind, of_kind in scores.items():
        first, _, _ = kind.partition(" ")
        result |= of_kind.macro_f1.metrics(f"{first}/macro_f1")
        for topic, estimates in of_kind.topics.items():
            for name, estimate in estimates.items():
                result |= estimate.metrics(f"{first}/{metric_key(topic)}/{name}")
    return result


def judged_articles(trainer: TopicTrainer, held_out: Mapping[str, HeldOut]) -> list[JudgedArticle]:
    """The articles of the trainer that were judged."""
    judged: dict[int, JudgedArticle] = {}
    for topic, one in held_out.items():
        columns = (one.article, one.truth, one.probability, one.predicted)
        for number, true, probability, predicted in zip(*(column.tolist() for column in columns), strict=True):
            article = trainer.articles[number]
            before = judged.get(number) or JudgedArticle(article.id, begins(article), {}, {}, (), article.sure)
            judged[number] = replace(
                before,
                truth=before.truth | {topic: true},
                scores=before.scores | {topic: round(probability, DECIMALS)},
                given=before.given + ((topic,) if predicted else ()),
            )
    return [judged[number] for number in sorted(judged)]


def _coefficients(parts: Mapping[str, Mapping[str, Any]]) -> Picture:
    """The heaviest phrases of each topic."""
    names = sorted({phrase for part in parts.values() for phrase in part["phrases"].split("\n") if phrase})
    place = {phrase: number for number, phrase in enumerate(names)}
    weights = np.zeros((len(names), len(parts)))
    for column, part in enumerate(parts.values()):
        phrases = part["phrases"].split("\n") if part["phrases"] else []
        weights[[place[phrase] for phrase in phrases], column] = part["weights"][: len(phrases)]
    return figures.coefficients(tuple(parts), names, weights)
